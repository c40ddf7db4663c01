"""A write can succeed and be reported as failed: what the adapters make of it (STORAGE.md, What the SDKs really do)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.claim import Status
from shared.domain.mails import MailStatus
from shared.settings import Settings
from shared.storage.claim_lists import TableClaimLists
from shared.storage.claims import TableClaimStore
from shared.storage.clients import Clients
from shared.storage.deadlines import TableDeadlines
from shared.storage.idempotency import LEASE, TableIdempotency
from shared.storage.proofs import BlobProofStore, ProofDamagedError
from shared.storage.queues import StorageWorkQueue
from shared.usecases.records import (
    ConflictError,
    DeadlineRow,
    InFlightError,
    ListQuery,
    Queue,
    ServiceUnavailableError,
    SlotWrite,
    Ticket,
    WorkMessage,
)
from tests.contracts.lossy_transport import FOR_EVER, Loss, LossyTransport
from tests.contracts.sample_claims import NOW, claim, deletion, filing, fresh, intent, slot, step

PERFORMED = pytest.mark.parametrize("loss", [Loss.NOTHING, Loss.SERVER_ERROR], ids=lambda loss: loss.name)
pytestmark = pytest.mark.usefixtures("clients")  # they see to it that the tables are there


@pytest.fixture
async def transport() -> LossyTransport:
    """The transport under the adapters of the test."""
    return LossyTransport()


@pytest.fixture
async def lossy(storage: Settings, transport: LossyTransport) -> AsyncIterator[Clients]:
    """Clients on that transport."""
    async with Clients(storage, transport=transport) as made:
        yield made


@PERFORMED
async def test_a_commit_whose_reply_is_lost_is_a_success(lossy: Clients, transport: LossyTransport, loss: Loss) -> None:
    """A filing whose reply is lost is reported as done, with one history row, one mail and its slot."""
    store, filed = TableClaimStore(lossy), claim()
    transport.lose("POST", "$batch", loss)
    await store.commit(filing(filed, mails=(intent(filed),), slots=(SlotWrite(slot=slot(filed), version=None),)))
    assert transport.outstanding == 0
    found = await store.get(filed.claim_id)
    assert found is not None
    assert found.value == filed
    assert len(await store.history(filed.claim_id)) == 1
    assert len(await store.mails(filed.claim_id)) == 1
    assert len(await store.slots(filed.customer.tenant_id, ["workload~teams"])) == 1


@PERFORMED
async def test_a_step_whose_reply_is_lost_is_a_success(lossy: Clients, transport: LossyTransport, loss: Loss) -> None:
    """A step whose reply is lost, and which the SDK may have tried again in vain, moved the claim exactly once."""
    store, filed = TableClaimStore(lossy), claim()
    await store.commit(filing(filed))
    seen = await store.get(filed.claim_id)
    assert seen is not None
    transport.lose("POST", "$batch", loss)
    await store.commit(step(seen.value, seen.version, status=Status.APPROVED))
    found = await store.get(filed.claim_id)
    assert found is not None
    assert (found.value.status, found.value.history_seq) == (Status.APPROVED, 2)
    assert [row.seq for row in await store.history(filed.claim_id)] == [1, 2]


@PERFORMED
async def test_a_deletion_whose_reply_is_lost_is_a_success(
    lossy: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """Deleting a draft is reported as done, and nothing of the draft is left."""
    store, draft = TableClaimStore(lossy), claim(status=Status.DRAFT)
    await store.commit(filing(draft, mails=(intent(draft),)))
    seen = await store.get(draft.claim_id)
    assert seen is not None
    transport.lose("POST", "$batch", loss)
    await store.commit(deletion(seen.value, seen.version))
    assert await store.get(draft.claim_id) is None
    assert await store.history(draft.claim_id) == ()
    assert await store.mails(draft.claim_id) == ()


@PERFORMED
async def test_the_loser_of_a_race_is_told_so_even_without_a_reply(
    lossy: Clients, clients: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """A lost reply is never taken for a success of one's own where another writer made the history row."""
    store, filed = TableClaimStore(lossy), claim()
    await store.commit(filing(filed))
    seen = await store.get(filed.claim_id)
    assert seen is not None
    await TableClaimStore(clients).commit(step(seen.value, seen.version, claim_name="the winner's"))
    transport.lose("POST", "$batch", loss)
    with pytest.raises((ConflictError, ServiceUnavailableError)):
        await store.commit(step(seen.value, seen.version, claim_name="the loser's"))
    found = await store.get(filed.claim_id)
    assert found is not None
    assert found.value.claim_name == "the winner's"
    assert len(await store.history(filed.claim_id)) == 2


async def test_a_commit_that_never_arrived_is_no_success(lossy: Clients, transport: LossyTransport) -> None:
    """Where the request did not get through, the caller hears that the storage is down, and nothing is there."""
    store, filed = TableClaimStore(lossy), claim()
    transport.lose("POST", "$batch", Loss.UNREACHABLE, times=FOR_EVER)
    with pytest.raises(ServiceUnavailableError):
        await store.commit(filing(filed))
    assert await store.get(filed.claim_id) is None


async def test_a_commit_that_nobody_can_clear_up_is_no_success(
    lossy: Clients, clients: Clients, transport: LossyTransport
) -> None:
    """Where reading back fails as well, the caller hears that nobody can tell; sending the same again finds out."""
    filed = claim()
    commit = filing(filed)
    transport.lose("POST", "$batch", Loss.NOTHING)
    transport.lose("GET", "Claims", Loss.UNREACHABLE, times=FOR_EVER)
    with pytest.raises(ServiceUnavailableError):
        await TableClaimStore(lossy).commit(commit)
    await TableClaimStore(clients).commit(commit)
    assert len(await TableClaimStore(clients).history(filed.claim_id)) == 1


@PERFORMED
async def test_a_saved_mail_whose_reply_is_lost_is_a_success(
    lossy: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """The version that is given back is the one to go on from."""
    store, filed = TableClaimStore(lossy), claim()
    await store.commit(filing(filed, mails=(intent(filed),)))
    row = (await store.mails(filed.claim_id))[0]
    sending = replace(row.value, status=MailStatus.SENDING, attempts=1)
    transport.lose("PUT", "Claims", loss)
    version = await store.save_mail(sending, row.version)
    assert transport.outstanding == 0
    sent = replace(sending, status=MailStatus.SENT)
    await store.save_mail(sent, version)
    assert [found.value for found in await store.mails(filed.claim_id)] == [sent]


@PERFORMED
async def test_a_row_rewritten_without_a_reply_is_a_success(
    lossy: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """An erasure whose reply is lost is done, once."""
    store, filed = TableClaimStore(lossy), claim()
    await store.commit(filing(filed))
    found = await store.get(filed.claim_id)
    assert found
    transport.lose("PUT", "Claims", loss)
    after = replace(found.value, claim_name="erased")
    await store.rewrite(after, found.version)
    assert transport.outstanding == 0
    again = await store.get(filed.claim_id)
    assert again
    assert again.value == after


@PERFORMED
async def test_a_mail_that_another_saved_alike_is_not_ones_own(
    lossy: Clients, clients: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """Two workers take the same mail with the same values: without a reply, too, only one of them may send it."""
    store, filed = TableClaimStore(lossy), claim()
    await store.commit(filing(filed, mails=(intent(filed),)))
    row = (await store.mails(filed.claim_id))[0]
    sending = replace(row.value, status=MailStatus.SENDING, attempts=1, updated_at=NOW)
    await TableClaimStore(clients).save_mail(sending, row.version)
    transport.lose("PUT", "Claims", loss)
    with pytest.raises((ConflictError, ServiceUnavailableError)):
        await store.save_mail(sending, row.version)


@PERFORMED
async def test_a_ticket_whose_reply_is_lost_is_still_a_ticket(
    lossy: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """The one that inserted the row gets the ticket, and can finish with it; nobody else gets one."""
    keys, asked = TableIdempotency(lossy), {"organisation": fresh(), "key": "k", "payload_hash": "p", "claim_id": "c"}
    transport.lose("POST", "Idempotency", loss)
    ticket = await keys.begin(**asked, now=NOW)
    assert transport.outstanding == 0
    assert isinstance(ticket, Ticket)
    with pytest.raises(InFlightError):
        await keys.begin(**asked, now=NOW)
    await keys.finish(ticket)
    assert await keys.begin(**asked, now=NOW) == "c"


@PERFORMED
async def test_a_take_over_whose_reply_is_lost_is_still_one(
    lossy: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """The one that took an abandoned ticket over is not kept waiting for itself."""
    keys, asked = TableIdempotency(lossy), {"organisation": fresh(), "key": "k", "payload_hash": "p", "claim_id": "c"}
    await keys.begin(**asked, now=NOW)
    transport.lose("PUT", "Idempotency", loss)
    ticket = await keys.begin(**asked, now=NOW + LEASE)
    assert isinstance(ticket, Ticket)
    assert ticket.taken_over
    await keys.finish(ticket)
    assert await keys.begin(**asked, now=NOW) == "c"


@PERFORMED
async def test_closing_a_ticket_without_a_reply_is_a_success(
    lossy: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """A finished key answers with its claim, an abandoned one is free, though neither reply arrived."""
    keys, asked = TableIdempotency(lossy), {"organisation": fresh(), "key": "k", "payload_hash": "p", "claim_id": "c"}
    first = await keys.begin(**asked, now=NOW)
    assert isinstance(first, Ticket)
    transport.lose("DELETE", "Idempotency", loss)
    await keys.abandon(first)
    second = await keys.begin(**asked, now=NOW)
    assert isinstance(second, Ticket)
    transport.lose("PUT", "Idempotency", loss)
    await keys.finish(second)
    assert transport.outstanding == 0
    assert await keys.begin(**asked, now=NOW) == "c"


async def test_a_ticket_that_was_never_written_is_none(lossy: Clients, transport: LossyTransport) -> None:
    """Where the row could not be written, the caller hears that the storage is down, and the key is free."""
    keys, asked = TableIdempotency(lossy), {"organisation": fresh(), "key": "k", "payload_hash": "p", "claim_id": "c"}
    transport.lose("POST", "Idempotency", Loss.UNREACHABLE, times=FOR_EVER)
    with pytest.raises(ServiceUnavailableError):
        await keys.begin(**asked, now=NOW)
    transport.forget()
    assert isinstance(await keys.begin(**asked, now=NOW), Ticket)


@PERFORMED
async def test_an_upload_whose_reply_is_lost_is_a_success(
    lossy: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """The proof is stored once, and is what was sent."""
    proofs, content = BlobProofStore(lossy), b"%PDF-1.7 proof"
    identity, sha256 = claim().claim_id, hashlib.sha256(content).hexdigest()
    transport.lose("PUT", sha256, loss)
    await proofs.put(identity, sha256, content)
    assert transport.outstanding == 0
    assert await proofs.get(identity, sha256) == content


async def test_an_upload_that_never_arrived_is_no_success(lossy: Clients, transport: LossyTransport) -> None:
    """Where no upload gets through, the caller hears that the storage is down, and there is no proof."""
    proofs, content = BlobProofStore(lossy), b"%PDF-1.7 proof"
    identity, sha256 = claim().claim_id, hashlib.sha256(content).hexdigest()
    transport.lose("PUT", sha256, Loss.UNREACHABLE, times=FOR_EVER)
    with pytest.raises(ServiceUnavailableError):
        await proofs.put(identity, sha256, content)
    assert await proofs.get(identity, sha256) is None


async def test_an_upload_onto_other_bytes_is_no_success(lossy: Clients) -> None:
    """A blob of that name with other bytes is told apart from the reply of one's own upload that was lost."""
    proofs, content = BlobProofStore(lossy), b"%PDF-1.7 proof"
    identity, sha256 = claim().claim_id, hashlib.sha256(content).hexdigest()
    await lossy.proofs.get_blob_client(f"{identity}/{sha256}").upload_blob(b"%PDF-1.7 PROOF")
    with pytest.raises(ProofDamagedError):
        await proofs.put(identity, sha256, content)


@PERFORMED
async def test_a_message_whose_reply_is_lost_is_there(lossy: Clients, transport: LossyTransport, loss: Loss) -> None:
    """A message is in the queue once or twice, never not at all."""
    queue = lossy.queue(Queue.DELIVERY.value)
    await queue.clear_messages()
    transport.lose("POST", Queue.DELIVERY.value, loss)
    sent = WorkMessage(claim_id=claim().claim_id, step="test", sent_at=NOW)
    await asyncio.gather(StorageWorkQueue(lossy).send(Queue.DELIVERY, sent), return_exceptions=True)
    assert transport.outstanding == 0
    assert len([message async for message in queue.receive_messages()]) in {1, 2}


@PERFORMED
async def test_clocks_and_lists_are_written_again_until_they_are_there(
    lossy: Clients, transport: LossyTransport, loss: Loss
) -> None:
    """A due row and a projection that are written again after a lost reply are there once."""
    filed = claim(organisation=fresh())
    lists, deadlines = TableClaimLists(lossy, secret="s" * 40), TableDeadlines(lossy)
    row = DeadlineRow(kind=fresh(), claim_id=filed.claim_id, due_at=NOW + timedelta(hours=1))
    transport.lose("PUT", "Deadlines", loss)
    transport.lose("PUT", "ClaimLists", loss)
    transport.lose("POST", "ClaimLists", loss)
    for _ in range(3):
        await asyncio.gather(lists.project(filed, thorough=False), deadlines.put([row]), return_exceptions=True)
    assert transport.outstanding == 0
    page = await lists.page(ListQuery(organisation=filed.organisation))
    assert [item.claim_id for item in page.items] == [filed.claim_id]
    assert [found for found in await deadlines.due(row.due_at, limit=1000) if found.kind == row.kind] == [row]
