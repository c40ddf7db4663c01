"""A product on the fakes with a claim in every state, and the door of every function of the app."""

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import azure.functions as func
import pytest

from functions.form_tokens import form_token, subject_of
from functions.operations_json import letter_name
from functions.registration import register_functions
from functions.routing import DECLARED, Declared
from shared import wiring
from shared.clock import CLOCK
from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind as E
from shared.settings import Settings, read_settings
from shared.usecases.callers import Caller, Role
from shared.usecases.record_dead_letter import record_dead_letter
from shared.usecases.records import Queue
from shared.usecases.take_metrics import take_metrics
from tests.claims import CONTOSO, FABRIKAM, STORIES, a_proof
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import principal, request
from tests.unit.usecases.contests import filed_by
from tests.unit.usecases.lives import OPERATOR, live
from tools.sample_proofs import pdf_proof
from tools.sample_registry import seed_registry

SITE = "https://cpor.example"
SECRET = "f" * 40
KEY = "k" * 40
STRANGERS = "99999999-0000-4000-8000-000000000009"
"""An organisation that nobody has registered."""
_SEGMENT = re.compile(r"\{(\w+)(?::[^{}]*)?\??\}")
_PARTS = frozenset({"services", "tokens", "policy"})
"""What a product is made of besides its fakes."""
SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with these words for app roles in their token."""

    organisation: str
    roles: tuple[str, ...]
    object_id: str = "0b0b0b0b-0000-4000-8000-000000000001"

    @property
    def header(self) -> str:
        """What App Service Authentication writes for them."""
        claims = [
            {"typ": "tid", "val": self.organisation},
            {"typ": "oid", "val": self.object_id},
            {"typ": "name", "val": "Casey"},
            *({"typ": "roles", "val": role} for role in self.roles),
        ]
        return principal(self.organisation, claims=claims)

    @property
    def caller(self) -> Caller:
        """Whom the app takes them for."""
        known = frozenset(role for role in Role if role in self.roles)
        return Caller(organisation=self.organisation, object_id=self.object_id, name="Casey", roles=known)


PARTNER_ADMIN = Person(organisation=CONTOSO, roles=(Role.PARTNER_ADMIN,))
PARTNER_USER = Person(organisation=CONTOSO, roles=(Role.PARTNER_USER,))
RIVAL = Person(organisation=FABRIKAM, roles=(Role.PARTNER_ADMIN, Role.PARTNER_USER))
REVIEWER = Person(organisation=OPERATOR, roles=(Role.REVIEWER,))
PROGRAM_ADMIN = Person(organisation=OPERATOR, roles=(Role.PROGRAM_ADMIN,))
IN_THEIR_PLACE = {
    Role.PARTNER_ADMIN: PARTNER_ADMIN,
    Role.PARTNER_USER: PARTNER_USER,
    Role.REVIEWER: REVIEWER,
    Role.PROGRAM_ADMIN: PROGRAM_ADMIN,
}
"""Each role where it counts."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one declared route."""

    method: str
    declared: Declared

    @property
    def changes(self) -> bool:
        """Whether it may change something."""
        return self.method not in SAFE

    @property
    def is_page(self) -> bool:
        """Whether people see it."""
        return not self.declared.path.startswith("api/")

    @property
    def named(self) -> tuple[str, ...]:
        """The names of the path's segments that are filled in."""
        return tuple(match[1] for match in _SEGMENT.finditer(self.declared.path))

    def path(self, segments: Mapping[str, str]) -> str:
        """The path with its segments filled in."""
        return "/" + _SEGMENT.sub(lambda match: segments.get(match[1], ""), self.declared.path)


@cache
def served() -> dict[str, Callable[[func.HttpRequest], Any]]:
    """Every function of the app by its name."""
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    register_functions(app)
    return {str(one.get_function_name()): one.get_user_function() for one in app.get_functions()}


served()
ROUTES = tuple(
    sorted(
        (Route(method, declared) for declared in DECLARED.values() for method in declared.methods),
        key=lambda route: (route.declared.path, route.method),
    )
)
"""The inventory, as the app declares it: a new route is tried everywhere without being named here."""


def name_of(route: Route) -> str:
    """The route as a test's ID."""
    return f"{route.method} {route.declared.path}"


def each(*routes: Route) -> pytest.MarkDecorator:
    """One test for each of the routes."""
    return pytest.mark.parametrize("route", routes, ids=name_of)


@cache
def a_file() -> bytes:
    """A proof of work that is welcome."""
    return pdf_proof(customer="Alpine", products=["Microsoft Teams"])


@cache
def another_file() -> bytes:
    """One more."""
    return pdf_proof(customer="Alpine", products=["Exchange Online"])


def settings(**changes: str) -> Settings:
    """The settings of a product behind App Service Authentication."""
    return read_settings(
        {
            "DataStorage": "UseDevelopmentStorage=true",
            "ProofStorage": "UseDevelopmentStorage=true",
            "EMAIL_ENDPOINT": "http://127.0.0.1:1",
            "EMAIL_SENDER": "no-reply@cpor.example",
            "REVIEWER_MAILBOX": "review@cpor.example",
            "PUBLIC_URL": SITE,
            "OPERATOR_TENANT_ID": OPERATOR,
            "RESPONSE_TOKEN_KEYS": KEY,
            "CLAIM_ID_SECRET": KEY,
            "FORM_SECRET": SECRET,
            "WEBSITE_AUTH_ENABLED": "true",
            **changes,
        }
    )


_SETTINGS = settings()


@dataclass
class World:
    """One product: `claims` are Contoso's by state, `rival` is Fabrikam's, `letter` names a message that failed."""

    product: FakeProduct
    claims: dict[Status, Claim] = field(default_factory=dict)
    rival: Claim | None = None
    letter: str = ""

    def segments(self, claim: Claim | None = None, **others: str) -> dict[str, str]:
        """Every segment that a path may have, filled in with what there is; the claim is the customer's to answer."""
        claim = claim or self.claims[Status.PENDING_CUSTOMER]
        known = {"claimId": claim.claim_id, "letterId": self.letter, "step": "details", "name": "site.css"}
        return {**known, "proofId": claim.proofs[0].proof_id, **others}

    def token(self, person: Person, path: str) -> str:
        """What the person's form that posts to that path carries."""
        return form_token(SECRET, person.caller, about=subject_of(path), now=self.product.now)

    async def send(
        self,
        route: Route,
        *,
        segments: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> func.HttpResponse:
        """The answer to a request, as the Functions host hands it over."""
        mine = {name: segments[name] for name in route.named if name in segments}
        sent = request(
            route.method, route.path(mine), body=body, headers=headers or {}, params=params or {}, route=mine
        )
        answer: func.HttpResponse = await served()[route.declared.name](sent)
        return answer

    def stored(self) -> list[tuple[str, object]]:
        """Everything that the product keeps, whatever for: two of these are equal where nothing changed."""
        return [(f"{type(fake).__name__}.{name}", _copied(value)) for fake, name, value in _kept(self.product)]

    def checkpoint(self) -> Callable[[], None]:
        """Gives what puts everything back that is kept now."""
        kept = [(fake, name, _copied(value)) for fake, name, value in _kept(self.product)]

        def put_back() -> None:
            for fake, name, value in kept:
                setattr(fake, name, _copied(value))

        return put_back


def _kept(product: FakeProduct) -> list[tuple[object, str, object]]:
    """What each fake of the product keeps, by its name."""
    found: list[tuple[object, str, object]] = []
    waiting, seen = [cast("object", product)], {id(product)}
    while waiting:
        fake = waiting.pop()
        for name, value in sorted(vars(fake).items()):
            if type(value).__module__.startswith("tests.fakes."):
                if id(value) not in seen:
                    seen.add(id(value))
                    waiting.append(value)
            elif not (name in _PARTS or callable(value)):
                found.append((fake, name, value))
    return found


def _copied(value: Any) -> Any:
    """The value with containers of its own: what is in them is replaced, never changed."""
    if isinstance(value, dict):
        made = copy(value)
        for key, one in value.items():
            made[key] = _copied(one) if isinstance(one, list | set | deque) else one
        return made
    return copy(value) if isinstance(value, list | set | deque) else value


async def new_world(product: FakeProduct) -> World:
    """The product with its claims, as people left it."""
    world = World(product)
    await seed_registry(product.services.registry, now=product.now)
    for status, story in STORIES.items():
        events = [E.CONFIRMED if kind is E.DEADLINE_PASSED else kind for kind in story]
        world.claims[status] = await _lived(world, CONTOSO, status.value, *events)
    story = (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED, E.CONFIRMED)
    world.rival = await _lived(world, FABRIKAM, "rival", *story)
    body = {"schema_version": 1, "claim_id": world.rival.claim_id, "step": "submitted"}
    sent = {**body, "sent_at": "2026-11-16T09:59:00+00:00", "deadline": None}
    await record_dead_letter(
        world.product.services, queue=Queue.EFFECTS.value, body=json.dumps(sent), now=world.product.now
    )
    letters = product.services.dead_letters
    kept = await letters.page(since=product.now, until=product.now, top=1, open_only=True, behind=None)
    world.letter = letter_name(kept.items[0])
    await take_metrics(world.product.services, now=world.product.now)  # else the first reader of figures would
    return world


async def _lived(world: World, organisation: str, name: str, *events: E) -> Claim:
    """A claim for a customer of its own, with its proof, shown in the lists."""
    digest = hashlib.sha256(a_file()).hexdigest()
    proof = a_proof("p1", sha256=digest, size=len(a_file()))
    new = filed_by(world.product, organisation, "teams", "exchange-online", tenant=name, key=name, proofs=(proof,))
    await world.product.services.proofs.put(new.claim_id, digest, a_file())
    claim = await live(world.product, new, *events)
    await world.product.services.lists.project(claim, thorough=True)
    return claim


def opened(monkeypatch: pytest.MonkeyPatch, world: World, told: Settings = _SETTINGS) -> None:
    """Put the world's product behind the app's functions, its time the app's."""
    monkeypatch.setattr(wiring, "settings", lambda: told)
    monkeypatch.setattr(wiring, "services", lambda: world.product.services)
    monkeypatch.setattr(type(CLOCK), "now", lambda _: world.product.now)
