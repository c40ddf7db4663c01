"""What names another organisation's things elsewhere than in the path: in queries, bodies, keys and lists."""

import json
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from shared.domain.claim import Status
from tests.claims import CONTOSO, FABRIKAM
from tests.security.right_requests import RIGHT, Right, ask, right
from tests.security.tally import Record, Tally, told
from tests.security.test_access import NOBODY_S
from tests.security.world import PARTNER_ADMIN, PARTNER_USER, REVIEWER, RIVAL, ROUTES, World, name_of

BY_NAME = {name_of(route): route for route in ROUTES}
LISTS = (
    "GET api/claims",
    "GET api/claims.csv",
    "GET api/associations",
    "GET claims",
    "GET associations",
)
AREA = "organisations elsewhere than in paths"
NOBODY_S_MPN = "9999999"


def words_of(world: World) -> list[str]:
    """What tells of Contoso's claims: their numbers and IDs."""
    return [word for claim in world.claims.values() for word in (claim.number, claim.claim_id)]


@pytest.mark.parametrize("name", LISTS)
async def test_lists_hold_one_s_own_alone(world: World, record_property: Record, name: str) -> None:
    """Whatever a rival filters by, even what names another organisation, no word of it is in the answer."""
    tally, before = Tally(AREA, record_property), world.stored()
    claim = world.claims[Status.APPROVED]
    own = await ask(world, BY_NAME[name], RIVAL)
    assert world.rival is not None
    tally.check(world.rival.claim_id.encode() in own.get_body(), "one's own is missing")
    filters: tuple[dict[str, str], ...] = (
        {},
        {"tenantId": claim.customer.tenant_id},
        {"mpnId": claim.mpn_id},
        {"q": claim.number},
        {"q": claim.claim_id},
        {"status": "Approved", "organisation": CONTOSO, "organisationId": CONTOSO},
        {"top": "200", "overdue": "true", "contested": "false"},
    )
    for params in filters:
        answer = await ask(world, BY_NAME[name], RIVAL, wanted=Right(params=params))
        found = [word for word in words_of(world) if word.encode() in answer.get_body().replace(_typed(params), b"")]
        tally.check(answer.status_code < 500 and not found, f"{params}: {answer.status_code} {found}")
        answer = await ask(world, BY_NAME[name], PARTNER_ADMIN, wanted=Right(params=params))
        tally.check(world.rival.claim_id.encode() not in answer.get_body(), f"{params}: the rival's is shown")
    tally.check(world.stored() == before, "something was stored")
    tally.done()


def _typed(params: dict[str, str]) -> bytes:
    """What a page shows again of what was typed."""
    return f'value="{params["q"]}"'.encode() if "q" in params else b"\0"


async def test_a_form_to_download_knows_one_s_own_alone(world: World, record_property: Record) -> None:
    """The proof form for a rival's claim is as little there as for none."""
    tally, route = Tally(AREA, record_property), BY_NAME["GET api/proof-template"]
    nothing = await ask(world, route, RIVAL, wanted=Right(params={"claimId": NOBODY_S}))
    for claim in world.claims.values():
        wanted = Right(params={"claimId": claim.claim_id})
        answer = await ask(world, route, RIVAL, wanted=wanted)
        tally.check(told(answer, claim.claim_id) == told(nothing, NOBODY_S), f"{claim.status}: {answer.status_code}")
        answer = await ask(world, route, PARTNER_ADMIN, wanted=wanted)
        tally.check(answer.status_code == 200, f"one's own, {claim.status}: {answer.status_code}")
    tally.done()


@pytest.mark.parametrize("name", ["POST api/claims", "POST api/claims/check", "POST claims/new"])
async def test_another_s_location_is_like_none(world: World, record_property: Record, name: str) -> None:
    """Filing for a rival's location, and for one that there is not, is refused in the same words."""
    tally, route = Tally(AREA, record_property), BY_NAME[name]
    theirs, nobody_s = [
        await ask(world, route, PARTNER_ADMIN, wanted=_with(right(route), mpnId=mpn))
        for mpn in ("2000001", NOBODY_S_MPN)
    ]
    tally.check(told(theirs, "2000001") == told(nobody_s, NOBODY_S_MPN), f"{theirs.status_code}")
    refused = theirs.status_code == 422 or b"mpn-not-enrolled" in theirs.get_body()
    tally.check(refused, f"{theirs.status_code} {theirs.get_body()[:200]!r}")
    tally.done()


def _with(asked: Right, **more: Any) -> Right:
    """The request with these values as well."""
    said = asked.said

    def saying(world: World, claim: Any) -> dict[str, Any]:
        return {**(said(world, claim) if callable(said) else said), **more}

    return replace(asked, said=saying)


@pytest.mark.parametrize("name", ["POST api/claims/{claimId}/correct-mpn", "PATCH api/claims/{claimId}"])
async def test_no_claim_moves_to_another_s_location(world: World, record_property: Record, name: str) -> None:
    """A claim is corrected to one's own locations alone; a rival's is told like one that there is not."""
    tally, before, route = Tally(AREA, record_property), world.stored(), BY_NAME[name]
    answers = []
    for mpn in ("2000001", NOBODY_S_MPN):
        answer = await ask(world, route, PARTNER_ADMIN, wanted=replace(right(route), said={"mpnId": mpn}))
        tally.refused(answer, 422, "mpn-not-enrolled", case=mpn, page=False)
        answers.append(told(answer, mpn))
    tally.check(answers[0] == answers[1], "a rival's location is told")
    tally.check(world.stored() == before, "something was stored")
    answer = await ask(world, route, PARTNER_ADMIN, wanted=replace(right(route), said={"mpnId": "1000002"}))
    tally.check(answer.status_code == 200, f"one's own: {answer.status_code}")
    tally.done()


async def test_keys_are_each_organisation_s_own(world: World, record_property: Record) -> None:
    """The key under which somebody filed opens nothing to others: the same key and words make a claim of their own."""
    tally, route = Tally(AREA, record_property), BY_NAME["POST api/claims"]
    first = await ask(world, route, PARTNER_ADMIN)
    for who, mpn in ((PARTNER_USER, "1000001"), (RIVAL, "2000001")):
        answer = await ask(world, route, who, wanted=_with(right(route), mpnId=mpn))
        same = _said(answer).get("claimId") == _said(first)["claimId"]
        tally.check(answer.status_code == 201 and same == (who is PARTNER_USER), f"{mpn}: {answer.status_code} {same}")
    tally.done()


@pytest.mark.parametrize("name", ["POST api/claims", "PATCH api/claims/{claimId}"])
async def test_nobody_sets_what_the_process_decides(world: World, record_property: Record, name: str) -> None:
    """Fields that are not the sender's to set are refused by name, and nothing of the request is stored."""
    tally, before, route = Tally("fields that are not the sender's", record_property), world.stored(), BY_NAME[name]
    for field, value in _NOT_THEIRS.items():
        answer = await ask(world, route, PARTNER_ADMIN, wanted=_with(right(route), **{field: value}))
        tally.refused(answer, 422, f"/{field}", case=field, page=False)
    tally.check(world.stored() == before, "something was stored")
    answer = await ask(world, route, PARTNER_ADMIN)
    tally.check(answer.status_code < 400, f"without any: {answer.status_code}")
    tally.done()


_NOT_THEIRS: dict[str, object] = {
    "organisation": FABRIKAM,
    "status": "Approved",
    "claimId": NOBODY_S,
    "number": "CPOR-0000-0001",
    "revision": 99,
    "round": 9,
    "approvedAt": "2026-11-16T10:00:00Z",
    "validUntil": "2036-11-16T10:00:00Z",
    "optOutDeadline": "2026-11-16T10:00:00Z",
    "customerChoice": "confirm",
    "checks": [],
    "proofs": [{"proofId": "p1"}],
    "nextActor": "none",
    "createdAt": "2020-01-01T00:00:00Z",
    "__proto__": {"status": "Approved"},
}


async def test_what_reviewers_say_among_themselves_stays_there(world: World, record_property: Record) -> None:
    """A remark for reviewers is in no answer that a partner gets, and a partner's own is never one."""
    tally, secret = Tally(AREA, record_property), "between-us-reviewers"
    comment = BY_NAME["POST api/claims/{claimId}/comments"]
    claim = world.claims[right(comment).status]
    answer = await ask(world, comment, REVIEWER, wanted=Right(said={"comment": secret, "internal": True}))
    tally.check(answer.status_code == 201, answer.status_code)
    readers = [
        route
        for route in ROUTES
        if route.method == "GET" and "claimId" in route.named and PARTNER_ADMIN.roles[0] in route.declared.roles
    ]
    for route in readers:
        wanted = replace(RIGHT.get((route.method, route.declared.path), Right()), status=claim.status)
        answer = await ask(world, route, PARTNER_ADMIN, wanted=wanted)
        tally.check(secret.encode() not in answer.get_body(), name_of(route))
    seen = await ask(world, BY_NAME["GET api/review/claims/{claimId}"], REVIEWER, claim_id=claim.claim_id)
    tally.check(secret.encode() in seen.get_body(), "the reviewers do not see it either")
    link = BY_NAME["POST api/respond/{claimId}"]
    answer = await ask(world, link, None, wanted=Right(said={"token": world.product.tokens.issue(claim)}))
    tally.check(answer.status_code == 200 and secret.encode() not in answer.get_body(), "the customer sees it")
    said = {"comment": "from a partner", "internal": True}
    await ask(world, comment, PARTNER_ADMIN, wanted=Right(said=said))
    mine = await ask(world, BY_NAME["GET api/claims/{claimId}"], PARTNER_ADMIN, claim_id=claim.claim_id)
    tally.check(b"from a partner" in mine.get_body(), "a partner's remark is hidden from the partner")
    tally.done()


def _said(answer: func.HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.get_body())
    return found
