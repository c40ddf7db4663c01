"""Flows of filing: submit, drafts, the checks, the mails, and what a partner does afterwards."""

from dataclasses import replace

from shared.domain.claim import Claim, Status
from shared.domain.deadlines import ClockKind
from shared.storage.claims import TableClaimStore
from shared.usecases.comment_on_claim import comment_on_claim
from shared.usecases.correct_mpn import correct_mpn
from shared.usecases.create_draft import create_draft
from shared.usecases.disassociate_claim import disassociate_claim
from shared.usecases.dispute_claim import dispute_claim
from shared.usecases.edit_claim import edit_claim
from shared.usecases.proof_files import add_proof
from shared.usecases.resubmit_claim import resubmit_claim
from shared.usecases.submit_draft import submit_draft
from shared.usecases.uploads import Upload
from shared.usecases.withdraw_claim import withdraw_claim
from tests.faults.cases import Case
from tests.faults.surroundings import FILE_NAME, fields, proof


async def submit(case: Case) -> None:
    """A fault in submit; the partner sends the same request again."""
    claim = await case.strike(lambda: case.insist(case.filed))
    await case.drained()
    await case.reached(claim, Status.PENDING_CUSTOMER)
    assert case.requests() == 1
    await case.approved(claim)


async def _draft(case: Case) -> Claim:
    key = f"draft key of {case.customer}"
    claim = await create_draft(
        case.product.services,
        caller=case.partner,
        fields=fields(case.customer),
        idempotency_key=key,
        payload_hash="payload",
        now=case.now,
    )
    case.product.promised(case.partner, key, claim)
    return claim


async def draft(case: Case) -> None:
    """A fault while a draft is made; the partner sends the same request again."""
    claim = await case.strike(lambda: case.insist(lambda: _draft(case)))
    await case.drained()
    await case.reached(claim, Status.DRAFT)


async def edit(case: Case) -> None:
    """A fault while a draft is changed; the partner looks, and changes it where it is not."""
    claim = await _draft(case)
    await case.drained()
    changed = replace(fields(case.customer), claim_name="Another name")
    await case.unless_done(
        claim,
        lambda found: found.claim_name == "Another name",
        lambda: edit_claim(
            case.product.services,
            caller=case.partner,
            claim_id=claim.claim_id,
            fields=changed,
            if_match=claim.revision,
            now=case.now,
        ),
    )
    await case.drained()
    assert (await case.stored(claim)).history_seq == claim.history_seq + 1


async def proof_upload(case: Case) -> None:
    """A fault while a proof is added to a draft and the draft is filed; it is filed with the proof's bytes."""
    claim = await _draft(case)

    async def add() -> None:
        await add_proof(
            case.product.services,
            caller=case.partner,
            claim_id=claim.claim_id,
            upload=Upload(file_name=FILE_NAME, content=proof(case.customer)),
            now=case.now,
        )

    async def both() -> None:
        if (await case.stored(claim)).status is Status.DRAFT:
            await add()
            await submit_draft(case.product.services, caller=case.partner, claim_id=claim.claim_id, now=case.now)

    await case.strike(lambda: case.insist(both))
    await case.drained()
    found = await case.reached(claim, Status.PENDING_CUSTOMER)
    assert len(found.current_proofs) == 1


async def draft_expiry(case: Case) -> None:
    """A fault while the timer deletes a draft that nobody touched: nothing of it is left."""
    claim = await _draft(case)
    await case.drained()
    case.product.now = (await case.stored(claim)).clocks[ClockKind.DRAFT.value].reminder_at or case.now
    await case.timer()
    case.product.promises.claims.clear()  # it may go now: that was told
    await case.strike(lambda: case.wait_for(claim, ClockKind.DRAFT))
    assert await TableClaimStore(case.product.eyes).get(claim.claim_id) is None
    case.claims = 0


async def verify(case: Case) -> None:
    """A fault in the checks, their effects or the mails; the queue delivers again."""
    claim = await case.filed()
    await case.strike(case.drained)
    await case.reached(claim, Status.PENDING_CUSTOMER)
    assert 1 <= case.requests() <= 2
    assert (await case.approved(claim)).status is Status.APPROVED


async def mail_dispatch(case: Case) -> None:
    """A fault while the request mail is sent: it goes out, at most twice, and its acceptance starts the clock once."""
    claim = await case.filed()
    await case.checked(claim)
    await case.strike(case.drained)
    found = await case.reached(claim, Status.PENDING_CUSTOMER)
    assert ClockKind.OPT_OUT.value in found.clocks
    assert 1 <= case.requests() <= 2


async def withdraw(case: Case) -> None:
    """A fault in a withdrawal; the partner looks again and finds it done. The customer is told."""
    claim = await case.pending()
    await case.unless_done(
        claim,
        lambda found: found.status is Status.WITHDRAWN,
        lambda: withdraw_claim(
            case.product.services, caller=case.partner, claim_id=claim.claim_id, comment=None, now=case.now
        ),
    )
    await case.drained()
    assert case.mails_to(f"ida@c{case.customer}.example", "ithdrawn") >= 1, "the customer was never told"


async def withdraw_at_once(case: Case) -> None:
    """A fault while the request is about to be sent to a customer whose claim is taken back: it is not asked then."""
    claim = await case.filed()
    await case.checked(claim)
    await withdraw_claim(
        case.product.services, caller=case.partner, claim_id=claim.claim_id, comment=None, now=case.now
    )
    await case.strike(case.drained)
    await case.reached(claim, Status.WITHDRAWN)
    assert case.requests() == 0, "a customer was asked about a claim that was taken back"


async def comment(case: Case) -> None:
    """A fault while a partner comments: whoever looks first says it once."""
    claim = await case.pending()

    async def say_it() -> None:
        await comment_on_claim(
            case.product.services,
            caller=case.partner,
            claim_id=claim.claim_id,
            text="One remark.",
            internal=False,
            now=case.now,
        )

    await case.unless_done(claim, lambda found: bool(found.comments), say_it)
    await case.drained()
    assert len((await case.stored(claim)).comments) == 1, "one remark stands twice"


async def correct_location(case: Case) -> None:
    """A fault while the MPN ID is put right: it is changed once, and the claim stays official."""
    claim = await case.approved()
    await case.strike(
        lambda: case.insist(
            lambda: correct_mpn(
                case.product.services, caller=case.partner, claim_id=claim.claim_id, mpn_id="1000002", now=case.now
            )
        )
    )
    await case.drained()
    found = await case.reached(claim, Status.APPROVED)
    assert (found.mpn_id, found.history_seq) == ("1000002", claim.history_seq + 1)


async def disassociate(case: Case) -> None:
    """A fault while a partner gives an association up: its slot is free, and both sides are told."""
    claim = await case.approved()
    await case.unless_done(
        claim,
        lambda found: found.status is Status.ENDED,
        lambda: disassociate_claim(
            case.product.services,
            caller=case.partner,
            claim_id=claim.claim_id,
            reason="work-ended",
            item_ids=(),
            now=case.now,
        ),
    )
    await case.drained()
    assert case.mails_to("pat@contoso.example", "ended") >= 1


async def resubmit(case: Case) -> None:
    """A fault while a partner answers what was asked: a new round begins once."""
    claim = await case.action_required()
    await case.unless_done(
        claim,
        lambda found: found.status is not Status.ACTION_REQUIRED,
        lambda: resubmit_claim(
            case.product.services, caller=case.partner, claim_id=claim.claim_id, comment="Here.", now=case.now
        ),
    )
    await case.drained()
    found = await case.reached(claim, Status.UNDER_REVIEW)
    assert found.round == claim.round + 1


async def dispute(case: Case) -> None:
    """A fault while a partner disputes a rejection: a reviewer looks once more."""
    claim = await case.rejected()
    await case.unless_done(
        claim,
        lambda found: found.status is Status.UNDER_REVIEW,
        lambda: dispute_claim(
            case.product.services, caller=case.partner, claim_id=claim.claim_id, comment="We did.", now=case.now
        ),
    )
    await case.drained()
    assert (await case.stored(claim)).disputed
