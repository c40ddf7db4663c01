"""Every queue message is delivered three times, and still no mail is sent twice (PROCESS.md, Mails)."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.claim import Claim
from shared.domain.mails import MailKind, MailStatus
from shared.usecases.create_draft import create_draft
from shared.usecases.customer_response import Choice, answer_request
from shared.usecases.decide_claim import Decision, decide_claim
from shared.usecases.disassociate_claim import disassociate_claim
from shared.usecases.resubmit_claim import resubmit_claim
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.uploads import Upload
from shared.usecases.withdraw_claim import withdraw_claim
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_partner_steps import PARTNER, REVIEWER
from tests.unit.usecases.test_story_on_fakes import FIELDS, PROOF, stored
from tools.sample_proofs import scan_pdf

DELIVERIES = 3
MARGIN = timedelta(hours=1)


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def filed(product: FakeProduct, key: str, proof: bytes = PROOF) -> Claim:
    """A claim whose checks are done."""
    claim = await submit_new_claim(
        product.services,
        caller=PARTNER,
        fields=FIELDS,
        mpn_id=None,
        faults=(),
        proofs=[Upload(file_name="proof.pdf", content=proof)],
        idempotency_key=key,
        payload_hash=key,
        now=product.now,
    )
    return await settled(product, claim)


async def settled(product: FakeProduct, claim: Claim) -> Claim:
    """The claim once every message was delivered three times."""
    await product.drain(deliveries=DELIVERIES)
    return await stored(product, claim.claim_id)


async def at(product: FakeProduct, claim: Claim, clock: str, *, reminder: bool = False) -> Claim:
    """The claim once that clock, or its reminder, has come due, and the timer has run three times."""
    receipt = claim.clocks[clock]
    product.now = (receipt.reminder_at or product.now) if reminder else receipt.deadline_at + MARGIN
    for _ in range(DELIVERIES):
        await product.tick()
    return await settled(product, claim)


async def decided(product: FakeProduct, claim: Claim, decision: Decision) -> Claim:
    """The claim as a reviewer decides it."""
    await decide_claim(
        product.services,
        caller=REVIEWER,
        claim_id=claim.claim_id,
        decision=decision,
        if_match=claim.revision,
        now=product.now,
    )
    return await settled(product, claim)


async def answered(product: FakeProduct, claim: Claim, choice: Choice) -> Claim:
    """The claim as its customer answers it."""
    await answer_request(
        product.services,
        claim_id=claim.claim_id,
        token=product.tokens.issue(claim),
        choice=choice,
        item_ids=frozenset(),
        reason=None,
        now=product.now,
    )
    return await settled(product, claim)


async def silent(product: FakeProduct) -> Claim:
    """Reminded, official by silence, given up by the partner."""
    claim = await filed(product, "silent")
    claim = await at(product, claim, "opt-out", reminder=True)
    claim = await at(product, claim, "opt-out")
    await disassociate_claim(
        product.services, caller=PARTNER, claim_id=claim.claim_id, reason="work-ended", item_ids=(), now=product.now
    )
    return await settled(product, claim)


async def reviewed(product: FakeProduct) -> Claim:
    """Asked for more, reminded, filed again, rejected."""
    claim = await filed(product, "reviewed", scan_pdf())
    asking = Decision(decision="requestInformation", reason_codes=("poe-no-signature-found",))
    claim = await decided(product, claim, asking)
    claim = await at(product, claim, "action-required", reminder=True)
    await resubmit_claim(product.services, caller=PARTNER, claim_id=claim.claim_id, comment="Signed.", now=product.now)
    claim = await settled(product, claim)
    return await decided(product, claim, Decision(decision="reject", reason_codes=("poe-not-convincing",)))


async def declined(product: FakeProduct) -> Claim:
    """The customer said no."""
    return await answered(product, await filed(product, "declined"), Choice.OPT_OUT)


async def taken_back(product: FakeProduct) -> Claim:
    """Withdrawn once the customer had been told."""
    claim = await filed(product, "taken back")
    await withdraw_claim(product.services, caller=PARTNER, claim_id=claim.claim_id, comment=None, now=product.now)
    return await settled(product, claim)


async def forgotten(product: FakeProduct) -> Claim:
    """A draft that nobody edits, up to the warning."""
    claim = await create_draft(
        product.services, caller=PARTNER, fields=FIELDS, idempotency_key="draft", payload_hash="d", now=product.now
    )
    return await at(product, await settled(product, claim), "draft", reminder=True)


async def test_no_mail_is_sent_twice_when_every_message_comes_three_times(product: FakeProduct) -> None:
    """Five lives with nearly every mail: each intent is sent once, whatever comes again, and none is left over."""
    lives = [await live(product) for live in (silent, reviewed, declined, taken_back, forgotten)]
    ledger = [one.value for claim in lives for one in await product.claims.mails(claim.claim_id)]
    sent = [mail for mail in ledger if mail.status is MailStatus.SENT]
    assert {mail.status for mail in ledger} <= {MailStatus.SENT, MailStatus.CANCELLED}
    assert product.mails_sent() == Counter({mail.operation_id: 1 for mail in sent})
    unusual = {MailKind.ASSOCIATION_CONTESTED, MailKind.ASSOCIATION_ENDING}
    kinds = {mail.kind for mail in sent}
    assert {
        MailKind.ASSOCIATION_REQUEST,
        MailKind.ASSOCIATION_REMINDER,
        MailKind.ASSOCIATION_APPROVED,
        MailKind.ASSOCIATION_ENDED,
        MailKind.ASSOCIATION_WITHDRAWN,
        MailKind.CLAIM_RECEIVED,
        MailKind.CLAIM_UNDER_REVIEW,
        MailKind.ACTION_REQUIRED,
        MailKind.CUSTOMER_NOTIFIED,
        MailKind.CLAIM_APPROVED,
        MailKind.CUSTOMER_OPTED_OUT,
        MailKind.CLAIM_REJECTED,
        MailKind.DEADLINE_NEAR,
        MailKind.DRAFT_EXPIRING,
        MailKind.CLAIM_ENDED,
    } <= kinds | unusual


async def test_the_count_would_show_a_mail_too_many(product: FakeProduct) -> None:
    """The proof above can fail: a mail that is handed to the provider again is counted."""
    await filed(product, "once")
    operation_id, mail = product.sender.sent[0]
    await product.sender.send(replace(mail), operation_id=operation_id)
    assert max(product.mails_sent().values()) == 2
