"""For each route a request that it carries out: what is refused elsewhere is refused for one reason alone.

A route that is not named here is asked for Contoso's claim that waits for its customer, with an empty body.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import azure.functions as func

from functions.claim_fields_form import typed_from
from functions.page_forms import TOKEN
from functions.page_rendering import static_path
from shared.domain.claim import Claim, Status
from shared.domain.claim_fields import fields_of
from shared.forms.claim_form import request_json
from shared.usecases.callers import Role
from tests.security.world import (
    PARTNER_ADMIN,
    PARTNER_USER,
    PROGRAM_ADMIN,
    REVIEWER,
    Person,
    Route,
    World,
    another_file,
)
from tests.unit.functions.sent_requests import BOUNDARY
from tools.sample_registry import customers

type Said = Mapping[str, Any] | Callable[[World, Claim], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What the route is asked: about the claim in this state, with JSON, a form, a file or a table.

    `changes` tells that something is stored differently afterwards.
    """

    status: Status = Status.PENDING_CUSTOMER
    said: Said = field(default_factory=dict)
    table: str = ""
    file: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    changes: bool = True

    def saying(self, said: Mapping[str, Any]) -> "Right":
        """The same request with other words."""
        return replace(self, said=said)


def _draft(_world: World, _claim: Claim) -> dict[str, Any]:
    customer = customers()[0]
    return {
        "mpnId": "1000001",
        "customer": {"tenantId": customer.tenant_id, "domain": customer.domains[0]},
        "solutionArea": "microsoft-365",
        "activities": ["usage"],
        "claimName": "Rollout",
        "items": [{"productId": "teams"}],
    }


def _typed(data: Mapping[str, Any]) -> dict[str, Any]:
    return dict(typed_from(dict(data)).values)


def _amended(_world: World, claim: Claim) -> dict[str, Any]:
    data = request_json(fields_of(claim))
    contact = {"name": "Ida", "title": "IT manager", "email": "ida@alpine.example"}
    return {**_typed({**data, "customerContact": contact}), "keep": ["0", "1"], "ifMatch": str(claim.revision)}


def _answer(**choice: str) -> Said:
    return lambda world, claim: {"token": world.product.tokens.issue(claim), **choice}


def _seen(**said: Any) -> Said:
    return lambda _world, claim: {"ifMatch": str(claim.revision), **said}


_TENANT = "5c2d57f4-0000-4000-8000-000000000077"
_CUSTOMERS = f"tenantId,name,domains,country,zone,language\n{_TENANT},Company,company.example,PL,Europe/Warsaw,pl\n"
_PARTNERS = (
    "organisation,organisationName,mpnId,name,programmes,domains,active\n"
    f"{_TENANT},Company,3000001,Company,osu-microsoft-365,company.example,true\n"
)
_SUBSCRIPTIONS = (
    "subscriptionId,tenantId,productId,status,channel,seats,endsAt\n"
    f"5b5b5b5b-0000-4000-8000-000000000099,{customers()[0].tenant_id},power-bi,active,volume-licensing,60,2027-11-16\n"
)
_USAGE = (
    "tenantId,productId,subscriptionId,month,monthlyActiveUsers,paidUnits\n"
    f"{customers()[0].tenant_id},teams,,2026-10,10,20\n"
)
_ASSOCIATIONS = (
    "organisation,mpnId,tenantId,productId,subscriptionId,partnerContactName,partnerContactEmail\n"
    f"{PARTNER_ADMIN.organisation},1000001,{customers()[0].tenant_id},teams,,Pat,pat@contoso.example\n"
)
_CLAIMS = (
    "rowKey,mpnId,customerTenantId,customerDomain\n"
    f"row-1,1000001,{customers()[0].tenant_id},{customers()[0].domains[0]}\n"
)
_KEY = {"Idempotency-Key": "once"}
_MATCH = {"If-Match": "*"}
_REJECT = {"decision": "reject", "reasonCodes": ["poe-no-date"], "comment": "No date."}
_CLAIM, _PAGE, _REVIEW = "api/claims/{claimId}", "claims/{claimId:minlength(4)}", "review/{claimId:minlength(20)}"
_REGISTRY = "api/review/registry/"
RIGHT: Mapping[tuple[str, str], Right] = {
    ("POST", "api/claims"): Right(said=_draft, headers=_KEY),
    ("POST", "api/claims/check"): Right(said=_draft),
    ("POST", "api/claims/import"): Right(table=_CLAIMS),
    ("PATCH", _CLAIM): Right(status=Status.DRAFT, said={"claimName": "Another"}, headers=_MATCH),
    ("DELETE", _CLAIM): Right(status=Status.DRAFT),
    ("POST", f"{_CLAIM}/proofs"): Right(status=Status.ACTION_REQUIRED, file=True),
    ("DELETE", f"{_CLAIM}/proofs/{{proofId}}"): Right(status=Status.ACTION_REQUIRED),
    ("POST", f"{_CLAIM}/submit"): Right(status=Status.DRAFT),
    ("POST", f"{_CLAIM}/resubmit"): Right(status=Status.ACTION_REQUIRED),
    ("POST", f"{_CLAIM}/withdraw"): Right(),
    ("POST", f"{_CLAIM}/comments"): Right(said={"comment": "Hello."}),
    ("POST", f"{_CLAIM}/dispute"): Right(status=Status.REJECTED, said={"comment": "It is there."}),
    ("POST", f"{_CLAIM}/disassociate"): Right(status=Status.APPROVED, said={"reason": "work-ended"}),
    ("POST", f"{_CLAIM}/correct-mpn"): Right(status=Status.UNDER_REVIEW, said={"mpnId": "1000002"}),
    ("GET", "api/associations/{claimId}/usage"): Right(status=Status.APPROVED, params={"productId": "teams"}),
    ("GET", "associations/{claimId}"): Right(status=Status.APPROVED),
    ("POST", "api/respond/{claimId}"): Right(said=_answer(choice="confirm")),
    ("POST", "api/review/claims/{claimId}/decision"): Right(status=Status.UNDER_REVIEW, said=_REJECT, headers=_MATCH),
    ("POST", "api/review/claims/{claimId}/erase-person"): Right(
        status=Status.WITHDRAWN, said={"email": "anna@alpine.example"}
    ),
    ("POST", "api/review/finalization"): Right(changes=False),
    ("POST", _REGISTRY + "customers"): Right(table=_CUSTOMERS),
    ("POST", _REGISTRY + "partners"): Right(table=_PARTNERS),
    ("POST", _REGISTRY + "subscriptions"): Right(table=_SUBSCRIPTIONS),
    ("POST", _REGISTRY + "usage"): Right(table=_USAGE),
    ("POST", _REGISTRY + "associations"): Right(table=_ASSOCIATIONS),
    ("GET", "static/{name}"): Right(segments={"name": static_path("site.css").rpartition("/")[2]}),
    ("GET", "api/docs/{name}"): Right(segments={"name": "swagger-ui.css"}),
    ("POST", "claims/new"): Right(said=lambda world, claim: {**_typed(_draft(world, claim)), "key": "once"}),
    ("GET", f"{_PAGE}/draft"): Right(status=Status.DRAFT),
    ("GET", f"{_PAGE}/draft/{{step}}"): Right(status=Status.DRAFT),
    ("POST", f"{_PAGE}/draft/{{step}}"): Right(
        status=Status.DRAFT, segments={"step": "check"}, said=_seen(comment="Hello.")
    ),
    ("POST", f"{_PAGE}/draft/proofs/{{proofId}}/remove"): Right(status=Status.DRAFT),
    ("GET", f"{_PAGE}/discard"): Right(status=Status.DRAFT),
    ("POST", f"{_PAGE}/discard"): Right(status=Status.DRAFT),
    ("POST", f"{_PAGE}/submit"): Right(status=Status.DRAFT),
    ("GET", f"{_PAGE}/edit"): Right(status=Status.ACTION_REQUIRED),
    ("POST", f"{_PAGE}/edit"): Right(status=Status.ACTION_REQUIRED, said=_amended),
    ("POST", f"{_PAGE}/comments"): Right(said={"comment": "Hello."}),
    ("POST", f"{_PAGE}/proofs"): Right(status=Status.ACTION_REQUIRED, file=True),
    ("POST", f"{_PAGE}/proofs/{{proofId}}/remove"): Right(status=Status.ACTION_REQUIRED),
    ("POST", f"{_PAGE}/resubmit"): Right(status=Status.ACTION_REQUIRED),
    ("POST", f"{_PAGE}/withdraw"): Right(),
    ("GET", f"{_PAGE}/dispute"): Right(status=Status.REJECTED),
    ("POST", f"{_PAGE}/dispute"): Right(status=Status.REJECTED, said={"comment": "It is there."}),
    ("GET", f"{_PAGE}/disassociate"): Right(status=Status.APPROVED),
    ("POST", f"{_PAGE}/disassociate"): Right(status=Status.APPROVED, said={"reason": "work-ended", "scope": "all"}),
    ("GET", f"{_PAGE}/correct-mpn"): Right(status=Status.UNDER_REVIEW),
    ("POST", f"{_PAGE}/correct-mpn"): Right(status=Status.UNDER_REVIEW, said={"mpnId": "1000002"}),
    ("POST", "respond/{claimId}"): Right(said=_answer(choice="confirm")),
    ("POST", "review/finalization"): Right(changes=False),
    ("POST", "review/registry"): Right(
        table=_CUSTOMERS,
        said={"registry": "customers", "step": "import", "tried": hashlib.sha256(_CUSTOMERS.encode()).hexdigest()},
    ),
    ("POST", f"{_REVIEW}/comments"): Right(status=Status.UNDER_REVIEW, said={"remark": "Hello."}),
    ("POST", f"{_REVIEW}/decision"): Right(status=Status.UNDER_REVIEW, said=_seen(step="decide", **_REJECT)),
}
LOOKS = {
    "api/claims/{claimId}/proofs/{proofId}",
    "review/{claimId:minlength(20)}/proofs/{proofId}",
    "review/{claimId:minlength(20)}/proofs/{proofId}/file",
}
"""Whoever looks at a proof is written down (PROCESS.md, History)."""


def right(route: Route) -> Right:
    """What the route is rightly asked."""
    return RIGHT.get((route.method, route.declared.path), Right())


def one_who_may(route: Route) -> Person | None:
    """Somebody whom the route is for; nobody where it needs no sign-in."""
    roles = route.declared.roles
    if not roles:
        return None
    order = ((Role.PARTNER_ADMIN, PARTNER_ADMIN), (Role.PARTNER_USER, PARTNER_USER), (Role.REVIEWER, REVIEWER))
    return next((person for role, person in order if role in roles), PROGRAM_ADMIN)


async def ask(
    world: World,
    route: Route,
    person: Person | None,
    *,
    claim_id: str | None = None,
    guard: str | None = None,
    headers: Mapping[str, str] | None = None,
    wanted: Right | None = None,
    **segments: str,
) -> func.HttpResponse:
    """The answer to the right request, sent by that person: about another claim where one is named.

    `guard` is the form's token, the person's own unless said. `headers` come on top.
    """
    asked = wanted or right(route)
    claim = world.claims[asked.status]
    said = asked.said(world, claim) if callable(asked.said) else asked.said
    named = {**world.segments(claim), **asked.segments, **({"claimId": claim_id} if claim_id else {}), **segments}
    if route.is_page and route.changes and person is not None:
        said = {TOKEN: world.token(person, route.path(named)) if guard is None else guard, **said}
    body, kind = _body(route, asked, said)
    sent = {**({"content-type": kind} if kind else {}), **asked.headers}
    if person is not None:
        sent["x-ms-client-principal"] = person.header
    return await world.send(route, segments=named, headers={**sent, **(headers or {})}, params=asked.params, body=body)


def _body(route: Route, asked: Right, said: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body, and its media type."""
    if not route.changes:
        return b"", ""
    if asked.file or (asked.table and route.is_page):
        name, content = ("proof.pdf", another_file()) if asked.file else ("table.csv", asked.table.encode())
        return _multipart(said, name, content), f"multipart/form-data; boundary={BOUNDARY}"
    if asked.table:
        return asked.table.encode(), "text/csv"
    if route.is_page:
        return urlencode(said, doseq=True).encode(), "application/x-www-form-urlencoded"
    return json.dumps(said).encode(), "application/json"


def _multipart(said: Mapping[str, Any], name: str, content: bytes) -> bytes:
    parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in said.items()]
    parts.append(f'name="proof"; filename="{name}"\r\n\r\n'.encode() + content)
    begun = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    return b"".join(begun + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
