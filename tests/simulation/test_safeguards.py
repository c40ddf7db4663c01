"""The simulation can fail: with any one safeguard taken out, a few of its runs find it."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from shared.domain.claim import Claim
from shared.domain.mails import MailIntent
from shared.domain.slots import Slot, SlotParty
from shared.storage import keys
from shared.usecases import carry_out_effects, record_delivery, slot_changes
from shared.usecases.records import Commit, ConflictError, Queue, SentMessage, Versioned, WorkMessage
from shared.usecases.services import Services
from shared.usecases.transition import RECOVERY_STEP
from tests.fakes.queues import FakeWorkQueue
from tests.simulation.cases import Case, single_faults
from tests.simulation.faulty_ports import Fault
from tests.simulation.observer import Broken, WatchedRows
from tests.simulation.plain_parts import Clockwork, QuickClaims
from tests.simulation.schedules import STORIES, run_crowd

SEEDS = 60

CROWDS = 20


def no_if_match(patch: pytest.MonkeyPatch) -> None:
    """Rows are written whatever version they are at."""
    patch.setattr(WatchedRows, "check", lambda *_: None)


def no_operation_id(patch: pytest.MonkeyPatch) -> None:
    """A commit whose reply was lost takes its own rows for somebody else's."""
    commit_once = QuickClaims.commit

    async def commit(self: QuickClaims, commit: Commit) -> None:
        row = commit.claims[0].row
        if self.rows.get(commit.tenant_id, keys.history_row(row.claim_id, row.seq)) is not None:
            raise ConflictError("The claim has changed meanwhile.")
        await commit_once(self, commit)

    patch.setattr(QuickClaims, "commit", commit)


def no_intent(patch: pytest.MonkeyPatch) -> None:
    """Nothing is said before a commit of what it will leave to be done."""
    send_all = FakeWorkQueue.send

    async def send(
        self: FakeWorkQueue, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()
    ) -> SentMessage:
        if message.step != RECOVERY_STEP:
            return await send_all(self, queue, message, delay=delay)
        return SentMessage(queue=queue, message=message, message_id="", receipt="never sent")

    patch.setattr(FakeWorkQueue, "send", send)


def no_pending_check(patch: pytest.MonkeyPatch) -> None:
    """A claim takes the pending place of a slot, whoever stands there."""

    def take_pending(slot: Slot, *, programme: str, party: SlotParty, **_: Any) -> Slot:
        return replace(slot.with_entry(programme, replace(slot.entry(programme), pending=party)), epoch=slot.epoch + 1)

    patch.setattr(slot_changes, "take_pending", take_pending)
    patch.setattr("shared.domain.checks.GROUPS", _without("exclusivity_findings"))


def _without(name: str) -> tuple[Callable[..., Any], ...]:
    from shared.domain.checks import GROUPS

    return tuple(group for group in GROUPS if group.__name__ != name)


def no_gated_clock(patch: pytest.MonkeyPatch) -> None:
    """A notice that bounced counts as given."""
    patch.setattr(record_delivery, "UNDELIVERED", frozenset())


def no_lease(patch: pytest.MonkeyPatch) -> None:
    """A mail that somebody is sending is not left alone."""
    sent = carry_out_effects._mails

    async def mails(
        services: Services, ledger: Sequence[Versioned[MailIntent]], read: Versioned[Claim] | None, **options: Any
    ) -> Any:
        return await sent(services, ledger, read, **{**options, "watched": tuple(row.version for row in ledger)})

    patch.setattr(carry_out_effects, "_mails", mails)


SAFEGUARDS = (no_if_match, no_operation_id, no_intent, no_pending_check, no_gated_clock)


def runs(clockwork: Clockwork) -> Iterator[Case]:
    """A bounded run: each story without a fault and with the faults at each commit, and some seeds, taken in turns.

    What strikes right after a commit comes first: most safeguards are there for it.
    """
    plain = [Case(story=story) for story in sorted(STORIES)]
    faulty: list[Case] = []
    for case in plain:
        faulty += single_faults(case.story, case.run(clockwork).calls, commits=True)
    random.Random(4).shuffle(faulty)
    singles = [*plain, *sorted(faulty, key=lambda case: case.faults[0][1] not in {Fault.RETRIED, Fault.DIE_AFTER})]
    seeds = [Case(seed=seed) for seed in range(SEEDS)]
    return chain.from_iterable(zip(singles[0::4], singles[1::4], singles[2::4], singles[3::4], seeds, strict=False))


@pytest.mark.parametrize("take_out", SAFEGUARDS, ids=lambda one: one.__name__)
def test_a_missing_safeguard_is_found(
    clockwork: Clockwork, monkeypatch: pytest.MonkeyPatch, take_out: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """Without the safeguard a promise is broken within the bounded run."""
    cases = list(runs(clockwork))
    take_out(monkeypatch)
    for number, case in enumerate(cases, start=1):
        try:
            case.run(clockwork)
        except Broken as broken:
            print(f"{take_out.__name__}: found in run {number}: {str(broken).partition(';')[0]}")
            return
    pytest.fail(f"{take_out.__name__} is not found in {len(cases)} runs")


def test_a_missing_lease_is_found(clockwork: Clockwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four processes at one message send no mail twice, unless nobody leaves a mail alone that is being sent."""
    for seed in range(CROWDS):
        clockwork.run(run_crowd(seed))
    no_lease(monkeypatch)
    with pytest.raises(Broken, match="a mail went out too often"):
        all(clockwork.run(run_crowd(seed)) is None for seed in range(CROWDS))
