"""The customer's link and the other signed values: damaged, cut, lengthened, and used for what they are not for."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from functions.continuations import continuation
from functions.form_tokens import form_token
from shared.domain.claim import Claim, Status
from shared.domain.claim_events import EventKind as E
from shared.notifications.response_tokens import SignedResponseTokens
from tests.claims import an_event
from tests.security.right_requests import Right, ask
from tests.security.tally import Record, Tally
from tests.security.world import KEY, PARTNER_ADMIN, PROGRAM_ADMIN, ROUTES, SECRET, Route, World, each
from tests.unit.usecases.lives import live

OLD, RETIRED = "o" * 40, "r" * 40
CHOICES = ("confirm", "optOut", "wrongPerson", "revoke")
DOORS = [route for route in ROUTES if route.changes and route.declared.path.endswith("respond/{claimId}")]
_DUE = ("opt-out", "claim-1", "2026-11-20T10:00:00+00:00")
_LETTER = ("2026-11-16", "letter-1")
_REGISTRY = "api/review/registry/"
PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "api/review/dead-letters": ("dead-letters", _LETTER),
    "review/dead-letters": ("review/dead-letters", _LETTER),
    "api/review/finalization": ("due", _DUE),
    "review/finalization": ("review/finalization", _DUE),
    **{f"{_REGISTRY}{one}": (f"{_REGISTRY}{one}", ("a", "b")) for one in ("customers", "partners", "subscriptions")},
    f"{_REGISTRY}usage": (f"{_REGISTRY}usage", ("a", "b", "c")),
}
"""The lists and exports whose use cases hand out plain places: for what the function signs them, and such a place."""
PAGED = [
    route
    for route in ROUTES
    if route.declared.path in PLACES and route.changes == (route.declared.path == "api/review/finalization")
]
AREA = "response tokens"


async def answered(
    world: World, route: Route, claim: Claim, token: str, choice: str | None = None
) -> tuple[int, dict[str, Any]]:
    """The status of the answer to that token and choice, and what JSON says."""
    said = {"token": token, **({"choice": choice} if choice else {})}
    answer = await ask(world, route, None, claim_id=claim.claim_id, wanted=Right(said=said))
    return answer.status_code, {} if route.is_page else json.loads(answer.get_body())


def flipped(token: str) -> Iterator[str]:
    """The token with each of its bits turned over, one at a time."""
    for position in range(len(token) * 8):
        damaged = bytearray(token.encode())
        damaged[position // 8] ^= 1 << position % 8
        yield damaged.decode("latin-1")


@pytest.mark.parametrize(("status", "choice"), [(Status.PENDING_CUSTOMER, "confirm"), (Status.APPROVED, "revoke")])
@each(*DOORS)
async def test_every_flipped_bit_is_refused(
    world: World, record_property: Record, route: Route, status: Status, choice: str
) -> None:
    """Whichever bit of the link is turned over, nothing is shown and nothing is done; the link itself is taken.

    Every bit by the API; every fifth by the page, which draws itself each time and asks the same.
    """
    claim = world.claims[status]
    token, tally, before = world.product.tokens.issue(claim), Tally(AREA, record_property), world.stored()
    for damaged in islice(flipped(token), 0, None, 5 if route.is_page else 1):
        code, _ = await answered(world, route, claim, damaged, choice)
        tally.check(code in {401, 422}, f"{damaged!r}: {code}")
    tally.check(world.stored() == before, "something was stored")
    code, _ = await answered(world, route, claim, token, choice)
    tally.check(code == 200 and world.stored() != before, f"the genuine one: {code}")
    tally.done()


@each(*DOORS)
async def test_no_part_of_a_token_and_nothing_more_is_one(world: World, record_property: Record, route: Route) -> None:
    """Cut at either end, lengthened, padded, in other letters: none of it is the link that was mailed."""
    claim = world.claims[Status.PENDING_CUSTOMER]
    token, tally, before = world.product.tokens.issue(claim), Tally(AREA, record_property), world.stored()
    recipient, round_, signature = token.split(".")
    forged = [
        *(token[:length] for length in range(len(token))),
        *(token[start:] for start in range(1, len(token))),
        *(token + more for more in ("=", "A", ".", "%00", "\0", "%3D", ".A", "\u200b", "\u0301")),
        token + token,
        token.swapcase(),
        token.upper(),
        f"{recipient.upper()}.{round_}.{signature}",
        f"{recipient}.0{round_}.{signature}",
        f"{recipient}.+{round_}.{signature}",
        f"{recipient}.\N{FULLWIDTH DIGIT ONE}.{signature}",
        f"{recipient}.{round_}..{signature}",
        f"{recipient}.{round_}.{'A' * 43}",
        f"{recipient}.{round_}.",
        f"{'0' * 32}.{round_}.{signature}",
        f"{recipient}.999999.{signature}",
        "null",
        "x" * 1000,
        "x" * 100_000,
    ]
    for damaged in forged:
        for choice in (None, "confirm"):
            code, _ = await answered(world, route, claim, damaged, choice)
            tally.check(code in {401, 422}, f"{damaged[:120]!r}: {code}")
    spaced = (f" {token}", f"{token} ", f"{token}\n", f"\t{token}", f"#{token}")  # a page takes what was pasted
    for odd in (*spaced, [token], {"token": token}, 7, True) if not route.is_page else ():
        answer = await ask(world, route, None, wanted=Right(said={"token": odd, "choice": "confirm"}))
        tally.check(answer.status_code in {401, 422}, f"{odd!r}: {answer.status_code}")
    tally.check(world.stored() == before, "something was stored")
    tally.done()


@each(*DOORS)
async def test_a_token_opens_its_own_claim_alone(world: World, record_property: Record, route: Route) -> None:
    """Each claim's link at every other claim: also where it is the same customer, contact and round."""
    tally, before = Tally(AREA, record_property), world.stored()
    for claim in world.claims.values():
        token = world.product.tokens.issue(claim)
        for other in world.claims.values():
            for choice in (None, *CHOICES) if other is not claim and not route.is_page else (None,):
                code, _ = await answered(world, route, other, token, choice)
                mine = other is claim and claim.round > 0  # a draft's customer has never been asked
                tally.check(code == (200 if mine else 401), f"{claim.status} at {other.status}, {choice}: {code}")
    tally.check(world.stored() == before, "something was stored")
    tally.done()


@each(*DOORS)
async def test_a_token_is_its_recipient_s_and_its_round_s(world: World, record_property: Record, route: Route) -> None:
    """Whoever is not the contact any more is refused, and so is a round that has not begun; nothing else expires."""
    claim = world.claims[Status.PENDING_CUSTOMER]
    tokens, tally, before = world.product.tokens, Tally(AREA, record_property), world.stored()
    put_back = world.checkpoint()
    assert claim.customer_contact is not None
    other = replace(claim.customer_contact, email="olga@alpine.example")
    for stolen in (replace(claim, customer_contact=other), replace(claim, round=claim.round + 1)):
        for choice in (None, *CHOICES):
            code, _ = await answered(world, route, claim, tokens.issue(stolen), choice)
            tally.check(code == 401, f"round {stolen.round}, {choice}: {code}")
    tally.check(world.stored() == before, "something was stored")
    put_back()
    old = tokens.issue(claim)
    wrong = an_event(E.CONTACT_WRONG)
    amended = an_event(E.AMENDED, changes={"customer_contact": other})
    again = await live(world.product, claim, wrong, amended, E.RESUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)
    kept = world.stored()
    for choice in (None, *CHOICES):
        code, _ = await answered(world, route, again, old, choice)
        tally.check(code == 401, f"the former contact, {choice}: {code}")
    tally.check(world.stored() == kept, "something was stored")
    code, _ = await answered(world, route, again, tokens.issue(again), "confirm")
    tally.check(code == 200, f"the contact: {code}")
    tally.done()


async def test_links_do_not_wear_out(world: World, record_property: Record) -> None:
    """A link opens its request years later, and the recorded choice sent again is its outcome and nothing more."""
    claim, tally = world.claims[Status.PENDING_CUSTOMER], Tally(AREA, record_property)
    (route,) = (door for door in DOORS if not door.is_page)
    token = world.product.tokens.issue(claim)
    code, said = await answered(world, route, claim, token, "confirm")
    tally.check((code, said["outcome"]) == (200, "confirm"), f"{code} {said}")
    kept = world.stored()
    world.product.now += timedelta(days=900)
    kept_now = world.stored()
    for choice, wanted in (("confirm", 200), (None, 200), ("optOut", 409), ("wrongPerson", 409)):
        code, _ = await answered(world, route, claim, token, choice)
        tally.check(code == wanted, f"{choice}: {code}")
    tally.check(world.stored() == kept_now and len(kept) == len(kept_now), "something was stored")
    tally.done()


@each(*DOORS)
async def test_retired_keys_only_revoke(
    world: World, monkeypatch: pytest.MonkeyPatch, record_property: Record, route: Route
) -> None:
    """The previous key's links go on working; a retired one's show the request and revoke; a removed one's nothing."""
    tally = Tally(AREA, record_property)
    keyring = SignedResponseTokens(keys=(KEY, OLD), retired_keys=(RETIRED,), recipient_key=KEY.encode())
    monkeypatch.setattr(world.product, "services", replace(world.product.services, tokens=keyring))
    put_back = world.checkpoint()
    for status in (Status.PENDING_CUSTOMER, Status.APPROVED):
        claim = world.claims[status]
        for key in (KEY, OLD, RETIRED, "x" * 40):
            token = SignedResponseTokens(keys=(key,), recipient_key=KEY.encode()).issue(claim)
            for choice in (None, *CHOICES):
                before = world.stored()
                code, _ = await answered(world, route, claim, token, choice)
                wanted = _wanted(status, key, choice)
                tally.check(code == wanted, f"{status}, key {key[0]}, {choice}: {code}, not {wanted}")
                acts = choice is not None and wanted == 200 and (choice, status) != ("confirm", Status.APPROVED)
                tally.check((world.stored() != before) == acts, f"{status}, key {key[0]}, {choice}: stored")
                put_back()
    tally.done()


def _wanted(status: Status, key: str, choice: str | None) -> int:
    if key not in {KEY, OLD, RETIRED}:
        return 401
    if choice is None:
        return 200
    if key == RETIRED and choice != "revoke":
        return 401
    open_now = {"revoke"} if status is Status.APPROVED else {"confirm", "optOut", "wrongPerson"}
    return 200 if choice in open_now else 409


@each(*DOORS)
async def test_other_tokens_open_no_request(world: World, record_property: Record, route: Route) -> None:
    """A form's token, a list's place, or a signature for another purpose is no link, though the keys were the same."""
    claim = world.claims[Status.PENDING_CUSTOMER]
    tally, before = Tally("tokens across purposes", record_property), world.stored()
    recipient = world.product.tokens.recipient("anna@alpine.example")
    for secret in (SECRET, KEY):
        for token in (
            form_token(secret, PARTNER_ADMIN.caller, about=f"respond/{claim.claim_id}", now=world.product.now),
            str(continuation(secret, "claims", [claim.claim_id])),
            str(continuation(secret, "cpor.respond", [claim.claim_id, recipient, "1"])),
        ):
            code, _ = await answered(world, route, claim, token, "confirm")
            tally.check(code in {401, 422}, f"{token}: {code}")
    tally.check(world.stored() == before, "something was stored")
    tally.done()


@each(*PAGED)
async def test_a_continuation_is_its_own_list_s(world: World, record_property: Record, route: Route) -> None:
    """A place in another list, a damaged one, or another kind of token leads nowhere; the list's own leads on."""
    tally = Tally("continuations", record_property)
    purpose, place = PLACES[route.declared.path]
    good = str(continuation(SECRET, purpose, place))
    forged = {
        *islice(flipped(good), 0, None, 7 if route.is_page else 1),  # pages ask the same and draw a page each time
        *(good[:length] for length in range(1, len(good), 7 if route.is_page else 1)),
        *(good + more for more in ("=", "A", good)),
        str(continuation(SECRET, "another", place)),
        str(continuation(KEY, purpose, place)),
        world.token(PROGRAM_ADMIN, "/review/dead-letters"),
        world.product.tokens.issue(world.claims[Status.APPROVED]),
    }
    params = {"dryRun": "true"} if route.changes else {}
    for token in forged:
        answer = await ask(world, route, PROGRAM_ADMIN, wanted=Right(params={**params, "continuation": token}))
        tally.check(answer.status_code == 422, f"{token!r}: {answer.status_code}")
    answer = await ask(world, route, PROGRAM_ADMIN, wanted=Right(params={**params, "continuation": good}))
    tally.check(answer.status_code == 200, f"its own: {answer.status_code} {answer.get_body()[:300]!r}")
    tally.done()
