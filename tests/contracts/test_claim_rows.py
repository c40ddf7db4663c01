"""The contract of ClaimStore for what lies beside a claim: history, the send ledger, the tenant's other claims."""

from dataclasses import replace

import pytest

from shared.domain.claim import Status
from shared.domain.mails import MailKind, MailStatus
from shared.usecases.ports import ClaimStore
from shared.usecases.records import ConflictError, MailWrite
from tests.contracts.sample_claims import (
    OTHER_ORGANISATION,
    claim,
    filing,
    fresh,
    intent,
    outcome,
    step,
)


async def test_history_comes_in_order_of_its_numbers(store: ClaimStore) -> None:
    """History rows come by number, 10 after 9, and only those of the claim asked for."""
    tenant_id = fresh()
    stored, neighbour = claim(tenant_id), claim(tenant_id, key="two")
    await store.commit(filing(stored))
    await store.commit(filing(neighbour))
    for _ in range(10):
        current = await store.get(stored.claim_id)
        assert current is not None
        await store.commit(step(current.value, current.version))
    assert [row.seq for row in await store.history(stored.claim_id)] == list(range(1, 12))


async def test_a_ledger_row_is_found_by_its_key(store: ClaimStore) -> None:
    """A mail is found by kind, round and number, and one without a number is another mail than the first."""
    stored = claim()
    once, first = intent(stored), intent(stored, n=1)
    await store.commit(filing(stored, mails=(once, first)))
    found = [await store.mail(stored.claim_id, MailKind.ASSOCIATION_REQUEST, 1, n) for n in (None, 1, 2)]
    assert [row.value if row else None for row in found] == [once, first, None]


async def test_a_ledger_row_is_replaced_at_its_version_only(store: ClaimStore) -> None:
    """A ledger row moves once from a version; a second, other write from there is a conflict."""
    stored = claim()
    await store.commit(filing(stored, mails=(intent(stored),)))
    row = (await store.mails(stored.claim_id))[0]
    sending = replace(row.value, status=MailStatus.SENDING, attempts=1)
    version = await store.save_mail(sending, row.version)
    assert version != row.version
    with pytest.raises(ConflictError):
        await store.save_mail(replace(row.value, status=MailStatus.CANCELLED), row.version)
    sent = replace(sending, status=MailStatus.SENT)
    await store.save_mail(sent, version)
    assert [found.value for found in await store.mails(stored.claim_id)] == [sent]


async def test_a_claim_s_row_alone_is_replaced_at_its_version_only(store: ClaimStore) -> None:
    """What is no event replaces the row once from a version, and leaves the history alone."""
    stored = claim()
    await store.commit(filing(stored))
    found = await store.get(stored.claim_id)
    assert found
    history = await store.history(stored.claim_id)
    after = replace(found.value, claim_name="erased", revision=found.value.revision + 1)
    await store.rewrite(after, found.version)
    with pytest.raises(ConflictError):
        await store.rewrite(replace(after, claim_name="late"), found.version)
    again = await store.get(stored.claim_id)
    assert again
    assert again.value == after
    assert await store.history(stored.claim_id) == history


async def test_a_ledger_row_moves_with_the_claim(store: ClaimStore) -> None:
    """A commit that replaces a ledger row at an old version is a conflict, and the claim stays where it was."""
    stored = claim()
    await store.commit(filing(stored, mails=(intent(stored),)))
    current, row = await store.get(stored.claim_id), (await store.mails(stored.claim_id))[0]
    assert current is not None
    sent = replace(row.value, status=MailStatus.SENT)
    commit = replace(
        step(current.value, current.version, status=Status.APPROVED),
        mails=(MailWrite(mail=sent, version=row.version),),
    )
    await store.save_mail(replace(row.value, status=MailStatus.SENDING), row.version)
    assert await outcome(store, commit) == "conflict"
    fresh_row = (await store.mails(stored.claim_id))[0]
    again = replace(commit, mails=(MailWrite(mail=sent, version=fresh_row.version),))
    await store.commit(again)
    found = await store.get(stored.claim_id)
    assert found is not None
    assert found.value.status is Status.APPROVED
    assert (await store.mails(stored.claim_id))[0].value == sent


async def test_a_number_finds_the_customers_own_claim(store: ClaimStore) -> None:
    """A claim is found by its number among those of its customer, and by no other customer's."""
    tenant_id = fresh()
    wanted, other = claim(tenant_id, key="wanted"), claim(tenant_id, key="other")
    for stored in (wanted, other):
        await store.commit(filing(stored))
    assert await store.numbered(tenant_id, wanted.number) == (wanted,)
    assert await store.numbered(fresh(), wanted.number) == ()
    assert await store.numbered(tenant_id, "CPOR-0000-0000") == ()


async def test_revenue_claims_are_the_organisations_live_ones(store: ClaimStore) -> None:
    """Only live revenue claims for the tenant are found: the organisation's, or everybody's where none is named."""
    tenant_id = fresh()
    wanted = claim(tenant_id, key="wanted", activities=("revenue",), status=Status.APPROVED)
    theirs = claim(tenant_id, key="theirs", organisation=OTHER_ORGANISATION, activities=("revenue",))
    others = (
        theirs,
        claim(tenant_id, key="usage", status=Status.APPROVED),
        claim(tenant_id, key="over", activities=("revenue",), status=Status.WITHDRAWN),
        claim(tenant_id, key="draft", activities=("revenue",), status=Status.DRAFT),
        claim(key="elsewhere", activities=("revenue",), status=Status.APPROVED),
    )
    for stored in (wanted, *others):
        await store.commit(filing(stored))
    assert await store.revenue_claims(tenant_id, wanted.organisation) == (wanted,)
    everybodys = await store.revenue_claims(tenant_id, None)
    assert {one.claim_id for one in everybodys} == {wanted.claim_id, theirs.claim_id}
