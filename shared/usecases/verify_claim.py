"""The checks of a submitted claim, run by the queue (PROCESS.md, Checks).

Level-triggered: a claim that is not Submitted needs nothing. Nothing but list rows is written before the one commit at
the end, so that a crash anywhere leaves a message that is delivered again.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.checks import run_checks, verdict
from shared.domain.claim import CheckOutcome, CheckResult, Claim, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.history import SYSTEM
from shared.domain.sayings import say
from shared.domain.slots import SlotPendingError, SupersedeRequiredError
from shared.usecases.facts import gather_facts
from shared.usecases.follow_up import follow_up, show_meanwhile
from shared.usecases.late_rows import look_again
from shared.usecases.proof_scans import SCAN_STEP, awaits_scan, look_again_after_scan, with_scans
from shared.usecases.read_once import reading_once
from shared.usecases.records import ConflictError, Queue, Versioned, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import CAS_TRIES, RECOVERY_STEP, carry_out
from shared.usecases.work_queue import Kept, take_back

FIRST = 1
"""The history's first row: a claim that was just filed."""
LONGEST_COMMIT = timedelta(minutes=3)
"""A submit whose commit failed leaves a recovery message; longer than this no commit takes, retries included."""
_EVENTS = {
    CheckOutcome.PASS.value: EventKind.CHECKS_PASSED,
    CheckOutcome.FLAG.value: EventKind.CHECKS_FLAGGED,
    CheckOutcome.FAIL.value: EventKind.CHECKS_FAILED,
}


async def verify_claim(
    services: Services, *, message: WorkMessage, last_attempt: bool, thorough: bool = False, now: datetime
) -> None:
    """Run every check, commit the verdict, and carry out what follows from it.

    A check whose service is down raises ServiceUnavailableError, so that the queue tries again; on the `last_attempt`
    it becomes a flag, never a pass. Losing a slot's race makes the claim contested. The lists show the claim before it
    is checked; where it cannot be, its partner gets the receipt before the error is raised, or before the malware scan
    of a proof is waited for. `thorough` (a redelivery, and every recovery message) clears lists that an interrupted run
    may have left behind.
    """
    services, kept = reading_once(services), Kept()
    thorough = thorough or message.step == RECOVERY_STEP
    try:
        await _verified(services, message, kept, last_attempt=last_attempt, thorough=thorough, now=now)
    except Exception:
        await show_meanwhile(services, message, now=now)
        raise
    await follow_up(services, kept, thorough=thorough, now=now)


async def _verified(
    services: Services, message: WorkMessage, kept: Kept, *, last_attempt: bool, thorough: bool, now: datetime
) -> None:
    for _ in range(CAS_TRIES):
        current = await services.claims.get(message.claim_id)
        if current is None:
            if message.step != RECOVERY_STEP or now - message.sent_at < LONGEST_COMMIT:
                await look_again(services, Queue.VERIFY, message, now=now)
            return
        if current.value.status is not Status.SUBMITTED:
            if thorough:  # whoever was interrupted may have listed it as submitted after another run had checked it
                await services.lists.project(current.value, thorough=True)
            return
        is_first = current.value.history_seq == FIRST and not thorough and message.step != SCAN_STEP
        await services.lists.project(current.value, thorough=thorough, first=is_first)
        scanned = await with_scans(services, current.value)
        if awaits_scan(services, scanned, now=now):
            await show_meanwhile(services, message, now=now)
            await look_again_after_scan(services, scanned, now=now)
            return
        try:
            await _verify(services, replace(current, value=scanned), kept, last_attempt=last_attempt, now=now)
        except (ConflictError, SlotPendingError, SupersedeRequiredError):
            await take_back(services.queue, kept)  # of commits that were refused: nothing follows from them
            continue
        return
    raise ConflictError(say("The claim's slots are being changed by others at this moment."))


async def _verify(
    services: Services, current: Versioned[Claim], kept: Kept, *, last_attempt: bool, now: datetime
) -> None:
    claim, facts, slots = await gather_facts(services, current.value, last_attempt=last_attempt, now=now)
    results = run_checks(claim, facts, catalogue=services.catalogue, policy=services.policy)
    kind = _EVENTS[verdict(results)]
    customer = claim.customer
    if facts.customer is not None:
        known = facts.customer  # its word counts, as with the deadlines; who filed knows the contact's language best
        language = customer.language or known.language
        customer = replace(customer, name=known.name, country=known.country, language=language)
    event = Event(
        kind=kind,
        actor=SYSTEM,
        items=claim.items,
        checks=results,
        reasons=_reasons(results),
        item_reasons={item.item_id: failed for item in claim.live_items if (failed := _failed(item.item_id, results))},
        changes={"customer": customer},
        detail={"checks": {result.code: result.result.value for result in results}},
    )
    await carry_out(services, current, event, now=now, registered=facts.customer, slots=slots, kept=kept)


def _failed(item_id: str, results: tuple[CheckResult, ...]) -> tuple[str, ...]:
    """The checks that fail for one item: its own, or the whole claim's. One that is faultless falls with the claim."""
    about = (result for result in results if not result.item_ids or item_id in result.item_ids)
    return tuple(dict.fromkeys(result.code for result in about if result.result is CheckOutcome.FAIL))


def _reasons(results: tuple[CheckResult, ...]) -> tuple[str, ...]:
    """The codes that weigh: every fail where there is one, else every flag."""
    failed = tuple(dict.fromkeys(result.code for result in results if result.result is CheckOutcome.FAIL))
    flagged = tuple(dict.fromkeys(result.code for result in results if result.result is CheckOutcome.FLAG))
    return failed or flagged
