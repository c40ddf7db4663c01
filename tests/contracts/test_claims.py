"""The contract of ClaimStore."""

import asyncio
from dataclasses import replace

import pytest

from shared.domain.claim import Status
from shared.domain.identifiers import InvalidIdentifierError
from shared.domain.mails import MailKind, MailStatus
from shared.storage.claims import TableClaimStore
from shared.storage.clients import Clients
from shared.storage.entities import TooMuchDataError
from shared.storage.keys import UnsafeKeyError
from shared.usecases.ports import ClaimStore
from shared.usecases.records import ConflictError, ServiceUnavailableError, SlotWrite, TooManyIncumbentsError
from tests.contracts.sample_claims import (
    OTHER_ORGANISATION,
    claim,
    deletion,
    filing,
    intent,
    outcome,
    slot,
    step,
)


async def test_a_claim_comes_back_as_it_was_stored(store: ClaimStore) -> None:
    """A stored claim equals the one read, with every character, instant and receipt in it."""
    stored = claim()
    assert await store.get(stored.claim_id) is None
    await store.commit(filing(stored))
    found = await store.get(stored.claim_id)
    assert found is not None
    assert found.value == stored


async def test_a_claim_of_many_comments_comes_back_whole(store: ClaimStore) -> None:
    """A claim whose JSON takes several columns, in characters of four bytes, is put together again."""
    comment = claim().comments[0]
    long = claim(comments=tuple(replace(comment, comment_id=f"c{n}", text="🚀Ł" * 700) for n in range(30)))
    await store.commit(filing(long))
    found = await store.get(long.claim_id)
    assert found is not None
    assert found.value == long


async def test_a_claim_too_big_for_a_row_is_refused(store: ClaimStore) -> None:
    """A claim that no row can hold is refused by name, and nothing of it is stored."""
    comment = claim().comments[0]
    too_long = claim(comments=tuple(replace(comment, comment_id=f"c{n}", text="🚀" * 4000) for n in range(55)))
    with pytest.raises(TooMuchDataError):
        await store.commit(filing(too_long))
    assert await store.get(too_long.claim_id) is None


async def test_one_commit_writes_all_its_rows(store: ClaimStore) -> None:
    """A commit's claim, history, slots and mails are all there afterwards, as they were given."""
    stored = claim()
    mail = intent(stored)
    commit = filing(stored, mails=(mail,), slots=(SlotWrite(slot=slot(stored), version=None),))
    await store.commit(commit)
    assert await store.history(stored.claim_id) == (commit.claims[0].row,)
    assert [found.value for found in await store.mails(stored.claim_id)] == [mail]
    slots = await store.slots(commit.tenant_id, ["workload~teams", "workload~intune"])
    assert {name: found.value for name, found in slots.items()} == {"workload~teams": slot(stored)}


async def test_a_commit_is_all_or_nothing(store: ClaimStore) -> None:
    """A commit whose slot moved writes neither the claim nor its history nor its mail."""
    first = claim()
    tenant_id = first.customer.tenant_id
    await store.commit(filing(first, slots=(SlotWrite(slot=slot(first), version=None),)))
    second = claim(tenant_id, key="two", organisation=OTHER_ORGANISATION)
    losing = filing(second, mails=(intent(second),), slots=(SlotWrite(slot=slot(second), version=None),))
    assert await outcome(store, losing) == "conflict"
    assert await store.get(second.claim_id) is None
    assert await store.history(second.claim_id) == ()
    assert await store.mails(second.claim_id) == ()
    slots = await store.slots(tenant_id, ["workload~teams"])
    assert slots["workload~teams"].value == slot(first)


async def test_the_same_commit_again_is_a_success(store: ClaimStore) -> None:
    """A commit sent twice, as after a lost reply, succeeds twice and makes one history row."""
    stored = claim()
    commit = filing(stored)
    await store.commit(commit)
    await store.commit(commit)
    assert len(await store.history(stored.claim_id)) == 1


async def test_the_same_commit_again_is_a_success_after_the_claim_moved_on(store: ClaimStore) -> None:
    """A commit is recognised by its history row even when the claim's own row names a later one."""
    stored = claim()
    commit = filing(stored)
    await store.commit(commit)
    current = await store.get(stored.claim_id)
    assert current is not None
    await store.commit(step(current.value, current.version, status=Status.APPROVED))
    await store.commit(commit)
    found = await store.get(stored.claim_id)
    assert found is not None
    assert found.value.status is Status.APPROVED


async def test_a_step_on_a_claim_that_is_gone_is_a_conflict(store: ClaimStore) -> None:
    """A step from the version of a deleted claim does not bring it back."""
    draft = claim(status=Status.DRAFT)
    await store.commit(filing(draft))
    current = await store.get(draft.claim_id)
    assert current is not None
    await store.commit(deletion(current.value, current.version))
    assert await outcome(store, step(current.value, current.version)) == "conflict"
    assert await store.get(draft.claim_id) is None


async def test_a_deleted_draft_leaves_nothing(store: ClaimStore) -> None:
    """A deleted draft's history and mails go with it; deleting it again is a success."""
    draft = claim(status=Status.DRAFT)
    await store.commit(filing(draft, mails=(intent(draft, MailKind.DRAFT_EXPIRING, n=1),)))
    current = await store.get(draft.claim_id)
    assert current is not None
    await store.commit(deletion(current.value, current.version))
    await store.commit(deletion(current.value, current.version))
    assert await store.get(draft.claim_id) is None
    assert await store.history(draft.claim_id) == ()
    assert await store.mails(draft.claim_id) == ()


async def test_a_draft_that_moved_is_not_deleted(store: ClaimStore) -> None:
    """A deletion at an old version is a conflict, and the draft keeps its history."""
    draft = claim(status=Status.DRAFT)
    await store.commit(filing(draft))
    seen = await store.get(draft.claim_id)
    assert seen is not None
    await store.commit(step(seen.value, seen.version))
    assert await outcome(store, deletion(seen.value, seen.version)) == "conflict"
    assert len(await store.history(draft.claim_id)) == 2


async def test_a_draft_of_more_rows_than_a_transaction_holds_is_deleted_whole(store: ClaimStore) -> None:
    """A draft with 130 mails leaves none of them, though one transaction cannot delete them all."""
    draft = claim(status=Status.DRAFT)
    mails = [intent(draft, MailKind.DRAFT_EXPIRING, n=n) for n in range(130)]
    await store.commit(filing(draft, mails=tuple(mails[:80])))
    seen = await store.get(draft.claim_id)
    assert seen is not None
    await store.commit(step(seen.value, seen.version, mails=tuple(mails[80:])))
    current = await store.get(draft.claim_id)
    assert current is not None
    await store.commit(deletion(current.value, current.version))
    assert await store.get(draft.claim_id) is None
    assert await store.mails(draft.claim_id) == ()
    assert await store.history(draft.claim_id) == ()


async def test_a_commit_of_more_rows_than_a_transaction_holds_is_refused(store: ClaimStore) -> None:
    """A commit of 100 operations goes through, one of 101 is refused by name before anything is written."""
    fits = claim()
    await store.commit(filing(fits, mails=tuple(intent(fits, n=n) for n in range(98))))
    assert len(await store.mails(fits.claim_id)) == 98
    too_many = claim()
    with pytest.raises(TooManyIncumbentsError):
        await store.commit(filing(too_many, mails=tuple(intent(too_many, n=n) for n in range(99))))
    assert await store.get(too_many.claim_id) is None


async def test_of_many_workers_that_take_a_mail_one_wins(store: ClaimStore) -> None:
    """Five writers of the very same value at one version end as one success: only one of them may send the mail."""
    stored = claim()
    await store.commit(filing(stored, mails=(intent(stored),)))
    row = (await store.mails(stored.claim_id))[0]
    sending = replace(row.value, status=MailStatus.SENDING, attempts=1)
    ends = await asyncio.gather(*(store.save_mail(sending, row.version) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(end, str) for end in ends) == 1
    assert sum(isinstance(end, ConflictError) for end in ends) == 4


async def test_an_id_that_is_none_is_refused(store: ClaimStore) -> None:
    """An ID that no claim can have is refused before any key is made of it."""
    for odd in ("a/b", "claim#1", "", "A" * 48, "x" * 2000):
        with pytest.raises(InvalidIdentifierError):
            await store.get(odd)


async def test_a_slot_with_an_odd_key_is_refused(store: ClaimStore) -> None:
    """A slot whose resource cannot be a key is refused, and is read as one that does not exist."""
    stored = claim()
    for odd in ("workload~a/b", "workload~a\\b", "workload~#", "workload~?", "workload~\n", "w" * 600):
        with pytest.raises(UnsafeKeyError):
            await store.commit(filing(stored, slots=(SlotWrite(slot=slot(stored, resource=odd), version=None),)))
        assert await store.slots(stored.customer.tenant_id, [odd]) == {}
    assert await store.get(stored.claim_id) is None


async def test_a_slot_with_a_key_of_odd_letters_is_stored(store: ClaimStore) -> None:
    """Characters that tables take, though URLs and filters give them a meaning, are kept as they are."""
    stored = claim()
    names = ["workload~o'brien", "workload~100%25 & +1", 'workload~zażółć: ~;=,@$!*()[]{}<>|^`"']
    slots = tuple(SlotWrite(slot=slot(stored, resource=name), version=None) for name in names)
    await store.commit(filing(stored, slots=slots))
    found = await store.slots(stored.customer.tenant_id, names)
    assert {name: versioned.value for name, versioned in found.items()} == {
        name: slot(stored, resource=name) for name in names
    }
    moved = tuple(SlotWrite(slot=slot(stored, resource=name, epoch=2), version=found[name].version) for name in names)
    current = await store.get(stored.claim_id)
    assert current is not None
    await store.commit(step(current.value, current.version, slots=moved))
    assert {row.value.epoch for row in (await store.slots(stored.customer.tenant_id, names)).values()} == {2}


async def test_a_commit_that_names_a_row_twice_is_refused(store: ClaimStore) -> None:
    """Two values for one slot in one commit are nobody's intention: nothing of it is written."""
    stored = claim()
    twice = tuple(SlotWrite(slot=slot(stored, epoch=epoch), version=None) for epoch in (1, 2))
    with pytest.raises((ConflictError, ServiceUnavailableError)):
        await store.commit(filing(stored, slots=twice))
    assert await store.get(stored.claim_id) is None
    assert await store.slots(stored.customer.tenant_id, ["workload~teams"]) == {}


async def test_rows_have_columns_to_filter_on(clients: Clients) -> None:
    """A claim's row has flat, typed columns for admins, and leaves out those that hold nothing."""
    stored = claim(approved_at=None)
    await TableClaimStore(clients).commit(filing(stored))
    row = await clients.table_service.get_table_client("Claims").get_entity(
        stored.customer.tenant_id, f"claim:{stored.claim_id}"
    )
    assert row["Status"] == "PendingCustomer"
    assert row["MpnId"] == "1000001"
    assert row["Activities"] == "usage"
    assert row["ProductIds"] == "teams"
    assert row["HistorySeq"] == 1
    assert stored.window is not None
    assert row["OptOutDeadline"] == stored.window.deadline_at
    assert row["SubmittedAt"] == stored.submitted_at
    assert "ApprovedAt" not in row
