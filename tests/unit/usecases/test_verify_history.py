"""The history's chain, recomputed for a reviewer."""

from dataclasses import replace

import pytest

from shared.domain.claim import Status
from shared.domain.claim_events import EventKind as E
from shared.storage import entities, keys
from shared.usecases.callers import NotFoundError, RoleMissingError
from shared.usecases.records import ConflictError
from shared.usecases.verify_history import HistoryVerdict, verify_history
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import REVIEWER, live, new_claim


async def verdict(product: FakeProduct, claim_id: str) -> HistoryVerdict:
    """What a reviewer is told."""
    return await verify_history(product.services, caller=REVIEWER, claim_id=claim_id)


async def test_an_untouched_history_is_intact() -> None:
    """Three rows in a chain whose end the claim names: nothing to report."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "a"), E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)
    found = await verdict(product, claim.claim_id)
    assert found == HistoryVerdict(claim_id=claim.claim_id, rows=3, head_matches=True, breaks=())
    assert found.intact


@pytest.mark.parametrize(
    ("seq", "expected", "head"),
    [(2, {(2, "was changed after it was written")}, True), (3, {(3, "was changed after it was written")}, True)],
)
async def test_a_changed_row_shows(seq: int, expected: set[tuple[int, str]], head: bool) -> None:
    """A row whose reason was changed behind the app's back is named."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "a"), E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)
    tenant, key = claim.customer.tenant_id, keys.history_row(claim.claim_id, seq)
    stored = product.claims.rows.get(tenant, key)
    assert stored is not None
    forged = replace(entities.history_of(stored.value), reasons=("made-up",))
    product.claims.rows.put(tenant, key, entities.history_entity(tenant, forged))
    found = await verdict(product, claim.claim_id)
    assert {(one.seq, one.what) for one in found.breaks} == expected
    assert (found.intact, found.head_matches) == (False, head)


async def test_a_row_that_was_taken_away_shows() -> None:
    """Without its last row the history ends elsewhere than the claim says; without any, at nothing."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "a"), E.SUBMITTED, E.CHECKS_PASSED)
    for left in (1, 0):
        product.claims.rows.delete(claim.customer.tenant_id, keys.history_row(claim.claim_id, left + 1))
        found = await verdict(product, claim.claim_id)
        assert (found.intact, found.head_matches, found.rows) == (False, False, left)


async def test_a_row_that_cannot_be_read_is_no_crash() -> None:
    """A row whose body was made into something else is reported, not an error of ours."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "a"), E.SUBMITTED)
    key = keys.history_row(claim.claim_id, 1)
    stored = product.claims.rows.get(claim.customer.tenant_id, key)
    assert stored is not None
    product.claims.rows.put(claim.customer.tenant_id, key, {**stored.value, "Body00": "{}"})
    found = await verdict(product, claim.claim_id)
    assert (found.rows, found.intact, found.breaks[0].what) == (None, False, "a row cannot be read")


async def test_a_claim_that_moves_meanwhile_is_no_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row written between the two reads makes the look begin again; a claim that never stands still says so."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "a"), E.SUBMITTED, E.CHECKS_FLAGGED)
    history = product.claims.history
    moves = 1

    async def moving(claim_id: str) -> object:
        nonlocal moves
        if moves:
            moves -= 1
            await live(product, claim, E.COMMENTED)
        return await history(claim_id)

    monkeypatch.setattr(product.claims, "history", moving)
    found = await verdict(product, claim.claim_id)
    assert (found.intact, found.rows) == (True, 3)
    moves = 100
    with pytest.raises(ConflictError):
        await verdict(product, claim.claim_id)


async def test_it_is_for_the_programme_and_for_claims_that_exist() -> None:
    """A partner may not ask, and a claim that is not there is not found."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "a"), E.SUBMITTED)
    with pytest.raises(RoleMissingError):
        await verify_history(product.services, caller=replace(REVIEWER, roles=frozenset()), claim_id=claim.claim_id)
    for wrong in ("x", new_claim(product, "b").claim_id):
        with pytest.raises(NotFoundError):
            await verdict(product, wrong)


async def test_a_status_that_no_event_led_to_shows() -> None:
    """A claim whose row was made Approved behind the app's back is found, though the chain itself is whole."""
    product = FakeProduct()
    claim = await live(product, new_claim(product, "a"), E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)
    forged = replace(claim, status=Status.APPROVED)
    product.claims.rows.put(
        claim.customer.tenant_id, keys.claim_row(claim.claim_id), entities.claim_entity(forged, "op")
    )
    found = await verdict(product, claim.claim_id)
    assert (found.intact, found.head_matches) == (False, True)
    assert [(one.seq, one.what) for one in found.breaks] == [(3, "led to another status than the claim's")]
