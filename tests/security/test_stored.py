"""The same on real tables, blobs and queues: what opening addresses writes, what a rival finds, whose a place is."""

import json
from collections.abc import AsyncIterator

import pytest

from shared.domain.claim import Status
from shared.storage.keys import Table
from tests.security.right_requests import LOOKS, Right, ask, one_who_may
from tests.security.stored_world import StoredWorld, stored_world
from tests.security.tally import Record, Tally, told
from tests.security.test_access import NOBODY_S, PARTNERS_CLAIM
from tests.security.test_prefetch import AHEAD, READING
from tests.security.test_tokens import flipped
from tests.security.world import PARTNER_ADMIN, RIVAL, ROUTES, name_of, opened
from tools.embedded import Azurite

BY_NAME = {name_of(route): route for route in ROUTES}


@pytest.fixture(scope="module")
async def kept() -> AsyncIterator[StoredWorld]:
    """The world on an emulator that nobody else writes to."""
    with Azurite() as emulator:
        async with stored_world(emulator.connection_string) as made:
            yield made


@pytest.fixture
def stored(kept: StoredWorld, monkeypatch: pytest.MonkeyPatch) -> StoredWorld:
    """The same, behind the app's functions."""
    opened(monkeypatch, kept.world, kept.told)
    kept.sent()
    return kept


async def test_opening_sends_nothing_that_writes(stored: StoredWorld, record_property: Record) -> None:
    """Opening every address, ahead of a person, leaves every row, blob and message as it was, with its version.

    A look at a proof writes its row of the audit log. In the end a click shows that a change would be seen.
    """
    tally, before = Tally("opening addresses ahead, stored", record_property), await stored.stored()
    for route in READING:
        for headers in AHEAD[1:3]:
            answer = await ask(stored.world, route, one_who_may(route), headers=headers)
            tally.check(answer.status_code < 400, f"{route.declared.name}: {answer.status_code}")
            written = {one.partition("(")[0] for one in stored.sent()}
            allowed = {f"POST {Table.AUDIT.value}"} if route.declared.path in LOOKS else set()
            tally.check(written <= allowed, f"{route.declared.name} sent {written}")
    after = await stored.stored()
    looks = {key for key in after.keys() - before.keys() if key.startswith(f"{Table.AUDIT.value}/")}
    tally.check({key: after[key] for key in after.keys() - looks} == before, "what is stored is different")
    tally.check(len(before) > 100 and len(looks) > 0, "there was nothing to see")
    click = await ask(stored.world, BY_NAME["POST api/respond/{claimId}"], None)
    changed = await stored.stored()
    tally.check(click.status_code == 200 and changed != after and bool(stored.sent()), "a click is not seen")
    tally.done()


async def test_a_rival_finds_nothing_and_writes_nothing(stored: StoredWorld, record_property: Record) -> None:
    """Every route about a claim, asked by a rival: 404 as for no claim, and nothing that writes goes over the wire."""
    tally = Tally("organisations by routes, stored", record_property)
    for route in PARTNERS_CLAIM:
        claim = stored.world.claims[Status.APPROVED]
        theirs = await ask(stored.world, route, RIVAL, claim_id=claim.claim_id)
        nothing = await ask(stored.world, route, RIVAL, claim_id=NOBODY_S)
        alike = told(theirs, claim.claim_id) == told(nothing, NOBODY_S)
        tally.check(theirs.status_code == 404 and alike, f"{name_of(route)}: {theirs.status_code}")
        tally.check(not stored.sent(), f"{name_of(route)} wrote")
    tally.done()


async def test_a_place_in_a_list_is_its_reader_s(stored: StoredWorld, record_property: Record) -> None:
    """A list's continuation leads on for its own organisation, in its one spelling; a rival's leads them nowhere."""
    tally, route = Tally("continuations", record_property), BY_NAME["GET api/claims"]
    first = await ask(stored.world, route, PARTNER_ADMIN, wanted=Right(params={"top": "1"}))
    token = json.loads(first.get_body())["continuation"]
    assert token, "the list has one page"
    stored.sent()
    for damaged in (*flipped(token), token[:-1], token + "=", f"{token}A", token + token):
        answer = await ask(stored.world, route, PARTNER_ADMIN, wanted=Right(params={"continuation": damaged}))
        tally.check(answer.status_code == 422, f"{damaged!r}: {answer.status_code}")
    answer = await ask(stored.world, route, RIVAL, wanted=Right(params={"continuation": token}))
    tally.check(answer.status_code == 422, f"a rival: {answer.status_code}")
    answer = await ask(stored.world, route, PARTNER_ADMIN, wanted=Right(params={"continuation": token, "top": "1"}))
    tally.check(answer.status_code == 200, f"one's own: {answer.status_code} {answer.get_body()[:200]!r}")
    tally.done()
