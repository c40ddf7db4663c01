"""What each write leaves to be done, where no story of the others comes by (docs/mutation.md)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.claim import Claim, Contact, RequestedProduct, Status
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import ForbiddenTransitionError
from shared.domain.mails import MailKind, MailStatus
from shared.storage.idempotency import LEASE
from shared.usecases.callers import RoleMissingError
from shared.usecases.carry_out_effects import carry_out_effects
from shared.usecases.create_draft import create_draft
from shared.usecases.deadline_work import HANDED_OUT_AT_MOST
from shared.usecases.discard_draft import discard_draft
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import (
    ConflictError,
    DeliveryReport,
    ListQuery,
    Mail,
    Queue,
    ServiceUnavailableError,
    WorkMessage,
)
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.transition import CAS_TRIES, RECOVERY_STEP, intent
from shared.usecases.uploads import Upload
from shared.usecases.verify_claim import verify_claim
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_partner_steps import PARTNER, REVIEWER, USER
from tests.unit.usecases.test_story_on_fakes import FIELDS, PROOF, stored


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def filed(product: FakeProduct, fields: ClaimFields = FIELDS, *, key: str = "k") -> Claim:
    """A claim that was just submitted."""
    return await submit_new_claim(
        product.services,
        caller=PARTNER,
        fields=fields,
        mpn_id=None,
        faults=(),
        proofs=[Upload(file_name="proof.pdf", content=PROOF)],
        idempotency_key=key,
        payload_hash="p",
        now=product.now,
    )


async def drafted(product: FakeProduct) -> Claim:
    """A draft."""
    return await create_draft(
        product.services, caller=USER, fields=FIELDS, idempotency_key="k", payload_hash="p", now=product.now
    )


async def test_who_takes_a_key_over_has_the_claim_checked(
    product: FakeProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submit that dies behind its commit, its message lost: the same request later asks for the checks again."""

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(product.idempotency, "finish", die)
        with pytest.raises(KeyboardInterrupt):
            await filed(product)
    while product.queue.take(Queue.VERIFY) is not None:
        pass
    product.now += LEASE + timedelta(minutes=1)
    while product.queue.take(Queue.VERIFY) is not None:
        pass
    claim = await filed(product)
    message = product.queue.take(Queue.VERIFY)
    assert message is not None
    assert (message.claim_id, message.step) == (claim.claim_id, "taken-over")


async def test_a_list_row_of_what_is_gone_goes(product: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft that is discarded while its row is written leaves no row behind."""
    draft = await drafted(product)
    project = product.lists.project

    async def gone_meanwhile(claim: Claim, *, thorough: bool, first: bool = False) -> bool:
        monkeypatch.setattr(product.lists, "project", project)
        await discard_draft(product.services, caller=USER, claim_id=claim.claim_id, now=product.now)
        return await project(claim, thorough=thorough, first=first)

    monkeypatch.setattr(product.lists, "project", gone_meanwhile)
    message = WorkMessage(claim_id=draft.claim_id, step="drafted", sent_at=product.now)
    await product.work(Queue.EFFECTS, message)
    assert await product.claims.get(draft.claim_id) is None
    page = await product.lists.page(ListQuery(organisation=draft.organisation, top=10))
    assert page.items == ()


async def test_a_claim_that_never_stands_still_is_tried_again(
    product: FakeProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists that cannot follow are an error, so that the queue comes back; nothing ends with an older row."""
    claim = await filed(product)
    message = product.queue.take(Queue.VERIFY)
    assert message is not None
    await verify_claim(product.services, message=message, last_attempt=False, now=product.now)
    get = product.claims.get

    async def ahead(claim_id: str) -> object:
        found = await get(claim_id)
        if found is None:
            return None
        moved = replace(found.value, history_seq=found.value.history_seq + ahead.seen)  # type: ignore[attr-defined]
        ahead.seen += 1  # type: ignore[attr-defined]
        return replace(found, value=moved)

    ahead.seen = 1  # type: ignore[attr-defined]
    monkeypatch.setattr(product.claims, "get", ahead)
    with pytest.raises(ConflictError):
        await product.work(Queue.EFFECTS, WorkMessage(claim_id=claim.claim_id, step="x", sent_at=product.now))


async def test_a_mail_that_cannot_go_out_is_tried_again(product: FakeProduct, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the first mail that failed is raised at the end, so that the queue comes back and it goes out."""
    claim = await filed(product)
    send, tries = product.sender.send, 0

    async def fail_first(mail: Mail, *, operation_id: str) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ServiceUnavailableError("The provider does not answer.")
        return await send(mail, operation_id=operation_id)

    monkeypatch.setattr(product.sender, "send", fail_first)
    with pytest.raises(ServiceUnavailableError):
        await product.work(Queue.EFFECTS, WorkMessage(claim_id=claim.claim_id, step="x", sent_at=product.now))
    await product.drain()
    receipt = await product.claims.mail(claim.claim_id, MailKind.CLAIM_RECEIVED, 1, None)
    assert receipt is not None
    assert receipt.value.status is MailStatus.SENT


async def test_whatever_was_interrupted_is_checked_again(product: FakeProduct) -> None:
    """A thorough run asks for the checks of a claim that waits for them, and of no other: their message may be lost."""
    claim = await filed(product)
    while product.queue.take(Queue.VERIFY) is not None:
        pass
    message = WorkMessage(claim_id=claim.claim_id, step=RECOVERY_STEP, sent_at=product.now)
    await carry_out_effects(product.services, message=message, thorough=True, now=product.now)
    assert [one.step for one in product.queue.waiting(Queue.VERIFY)] == [RECOVERY_STEP]
    await product.drain()
    assert (await stored(product, claim.claim_id)).status is Status.PENDING_CUSTOMER
    await carry_out_effects(product.services, message=message, thorough=True, now=product.now)
    assert product.queue.waiting(Queue.VERIFY) == ()


async def test_only_its_partner_discards_a_draft(product: FakeProduct) -> None:
    """Without a partner's role, and once it is submitted, nothing is discarded; a draft is gone with its history."""
    draft = await drafted(product)
    nobody = replace(USER, roles=REVIEWER.roles)
    with pytest.raises(RoleMissingError):
        await discard_draft(product.services, caller=nobody, claim_id=draft.claim_id, now=product.now)
    await discard_draft(product.services, caller=USER, claim_id=draft.claim_id, now=product.now)
    assert await product.claims.get(draft.claim_id) is None
    claim = await filed(product, key="k2")
    waiting = product.queue.waiting(Queue.EFFECTS)
    with pytest.raises(ForbiddenTransitionError):
        await discard_draft(product.services, caller=PARTNER, claim_id=claim.claim_id, now=product.now)
    assert product.queue.waiting(Queue.EFFECTS) == waiting  # refused before anything is written


async def _receipt(product: FakeProduct, claim: Claim) -> DeliveryReport:
    """A report that the partner's receipt bounced."""
    receipt = await product.claims.mail(claim.claim_id, MailKind.CLAIM_RECEIVED, 1, None)
    assert receipt is not None
    return DeliveryReport(operation_id=receipt.value.operation_id, status="Bounced", at=product.now)


async def test_a_bounced_receipt_is_on_record_and_moves_nothing(product: FakeProduct) -> None:
    """A mail that no clock hangs on is marked in the ledger; its claim stays as it is."""
    claim = await filed(product)
    await product.drain()
    before = await stored(product, claim.claim_id)
    await record_delivery(product.services, report=await _receipt(product, claim), now=product.now)
    receipt = await product.claims.mail(claim.claim_id, MailKind.CLAIM_RECEIVED, 1, None)
    assert receipt is not None
    assert (receipt.value.status, receipt.value.failure) == (MailStatus.BOUNCED, "Bounced")
    assert await stored(product, claim.claim_id) == before


async def test_a_report_that_loses_every_race_comes_again(
    product: FakeProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report is tried a few times and then fails, so that its message is delivered again; it is never dropped."""
    claim = await filed(product)
    await product.drain()
    report, tries = await _receipt(product, claim), 0

    async def lose(*_: object) -> str:
        nonlocal tries
        tries += 1
        raise ConflictError("Somebody was quicker.")

    monkeypatch.setattr(product.claims, "save_mail", lose)
    with pytest.raises(ConflictError):
        await record_delivery(product.services, report=report, now=product.now)
    assert tries == CAS_TRIES


async def test_each_product_keeps_the_reasons_of_its_own_failure(product: FakeProduct) -> None:
    """What a claim is rejected for are its fails, not its flags; each product has those that are about it."""
    contact = Contact(name="Ida Manager", title="IT manager", email="ida.manager@gmail.com")
    fields = replace(
        FIELDS,
        customer_contact=contact,
        requested=(
            RequestedProduct(product_id="teams", subscription_id="5b5b5b5b-0000-4000-8000-000000000099"),
            RequestedProduct(product_id="intune"),
        ),
    )
    claim = await filed(product, fields)
    await product.drain()
    after = await stored(product, claim.claim_id)
    assert after.status is Status.REJECTED
    assert after.reasons == ("subscription-unknown",)
    assert {item.product_id: item.reasons for item in after.items}["teams"] == ("subscription-unknown",)
    assert "contact-domain-not-customer" in {check.code for check in after.checks if check.result == "flag"}


def test_a_mail_keeps_what_its_text_needs_of_the_event(claim: Claim) -> None:
    """Of an event's detail the ledger keeps what the mail says, and nothing else."""
    kept = intent(claim, MailKind.ASSOCIATION_ENDING, n=3, now=claim.created_at, detail={"endsAt": "x", "other": 1})
    assert kept.detail == {"endsAt": "x"}
    assert intent(claim, MailKind.CLAIM_RECEIVED, n=3, now=claim.created_at, detail={"endsAt": "x"}).detail is None


@pytest.fixture
async def claim(product: FakeProduct) -> Claim:
    """A submitted claim."""
    return await filed(product)


def test_a_tick_hands_out_a_thousand() -> None:
    """So many messages are sent within the timer's own minute; docs/scale.md counts with it."""
    assert HANDED_OUT_AT_MOST == 1000
