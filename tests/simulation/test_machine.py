"""Partners, customers, a reviewer, the timer and the provider as rules, in whatever order breaks something."""

import random
from collections.abc import Collection, Coroutine
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from shared.usecases.customer_response import Choice
from tests.simulation.cases import FULL
from tests.simulation.deliveries import Deliveries
from tests.simulation.faulty_ports import Fault, FaultPlan
from tests.simulation.observer import Broken, WatchedRows
from tests.simulation.people import ENDS, PRODUCTS
from tests.simulation.plain_parts import GOOD, SCANNED, UNREADABLE, Clockwork
from tests.simulation.registrar import change_end
from tests.simulation.schedules import CUSTOMERS, DECISIONS, ORGANISATIONS, PARTNER_ACTS, SKIPS
from tests.simulation.world import World

RUNS, STEPS = (2_800, 50) if FULL else (24, 50)
CHOSEN = st.integers(0, 50)
FAULTS = st.one_of(st.none(), st.none(), st.tuples(st.integers(1, 20), st.sampled_from(Fault)))
FaultAhead = tuple[int, Fault] | None


class Programme(RuleBasedStateMachine):
    """One product and everybody at it; each rule may meet a fault at one of its calls."""

    taken: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.clockwork = Clockwork()
        self.world = self.clockwork.run(World(FaultPlan(random.Random(0)), random.Random(0)).begin())
        self.deliveries = Deliveries(self.world)

    def step(self, work: Coroutine[Any, Any, None], fault: FaultAhead = None) -> None:
        """Do the work, with the fault ahead."""
        plan = self.world.plan
        plan.at = {plan.count + fault[0]: fault[1]} if fault else {}
        self.clockwork.run(work)
        Programme.taken += 1

    def claim(self, chosen: int) -> tuple[str, str]:
        """One of the claims that somebody knows of."""
        known = self.world.known()
        return known[chosen % len(known)]

    @rule(
        organisation=st.sampled_from(ORGANISATIONS),
        customer=st.sampled_from(CUSTOMERS),
        products=st.sampled_from(PRODUCTS),
        says=st.sampled_from((GOOD, GOOD, SCANNED, UNREADABLE)),
        fault=FAULTS,
    )
    def a_partner_files(
        self, organisation: str, customer: int, products: tuple[str, ...], says: bytes, fault: FaultAhead
    ) -> None:
        """A new claim."""
        self.step(self.world.new_filing(organisation, customer, products, says), fault)

    @precondition(lambda self: bool(self.world.filings))
    @rule(chosen=CHOSEN, fault=FAULTS)
    def a_partner_files_again(self, chosen: int, fault: FaultAhead) -> None:
        """The same request again."""
        filings = self.world.filings
        self.step(self.world.file(filings[chosen % len(filings)]), fault)

    @rule(organisation=st.sampled_from(ORGANISATIONS), fault=FAULTS)
    def a_partner_begins(self, organisation: str, fault: FaultAhead) -> None:
        """A draft."""
        self.step(self.world.draft(organisation, 1), fault)

    @precondition(lambda self: bool(self.world.known()))
    @rule(chosen=CHOSEN, act=st.sampled_from(PARTNER_ACTS), fault=FAULTS)
    def a_partner_acts(self, chosen: int, act: str, fault: FaultAhead) -> None:
        """Withdraw, answer, dispute, comment, give up, correct."""
        claim_id, organisation = self.claim(chosen)
        self.step(self.world.partner(claim_id, organisation, act), fault)

    @precondition(lambda self: bool(self.world.known()))
    @rule(chosen=CHOSEN, decision=st.sampled_from(DECISIONS), supersede=st.booleans(), fault=FAULTS)
    def a_reviewer_decides(self, chosen: int, decision: str, supersede: bool, fault: FaultAhead) -> None:
        """Any decision."""
        self.step(self.world.decide(self.claim(chosen)[0], decision, supersede=supersede), fault)

    @precondition(lambda self: bool(self.world.known()))
    @rule(chosen=CHOSEN, choice=st.sampled_from(Choice), item=st.sampled_from((None, 0, 1)), fault=FAULTS)
    def a_customer_answers(self, chosen: int, choice: Choice, item: int | None, fault: FaultAhead) -> None:
        """Any choice, for all products or for one."""
        self.step(self.world.answer(self.claim(chosen)[0], choice, item), fault)

    @precondition(lambda self: bool(self.world.known()))
    @rule(chosen=CHOSEN)
    def somebody_looks(self, chosen: int) -> None:
        """Looking changes nothing."""
        before = dict(self.world.observer.rows.stored)
        claim_id, organisation = self.claim(chosen)
        self.step(self.world.look(claim_id, organisation))
        assert self.world.observer.rows.stored == before

    @precondition(lambda self: bool(self.deliveries.visible()))
    @rule(chosen=CHOSEN, times=st.sampled_from((1, 1, 1, 2, 10)), fault=FAULTS)
    def a_message_arrives(self, chosen: int, times: int, fault: FaultAhead) -> None:
        """Any of those that wait, at one process or at several."""
        found = self.deliveries.visible()
        queue, message = found[chosen % len(found)]
        self.step(self.deliveries.deliver(queue, message, times=times), fault)

    @precondition(lambda self: bool(self.deliveries.visible()))
    @rule()
    def the_queues_are_worked_off(self) -> None:
        """All that waits, in its order."""
        self.step(self.work_off())

    async def work_off(self) -> None:
        """Every message that can be taken."""
        for queue, message in self.deliveries.visible():
            await self.deliveries.deliver(queue, message)

    @rule(skip=st.sampled_from(SKIPS))
    def time_passes(self, skip: timedelta) -> None:
        """Some of it."""
        self.world.product.now += skip

    @precondition(lambda self: self.deliveries.next_due() is not None)
    @rule(seconds=st.sampled_from((-1, 0, 1, 960)))
    def a_clock_runs_out(self, seconds: int) -> None:
        """A second before, at, or after."""
        due = self.deliveries.next_due() + timedelta(seconds=seconds)
        self.world.product.now = max(self.world.product.now, due)

    @rule(fault=FAULTS)
    def the_timer_runs(self, fault: FaultAhead) -> None:
        """As often as it likes."""
        self.step(self.deliveries.tick(), fault)

    @rule(ends_in=st.sampled_from(ENDS), fault=FAULTS)
    def the_registry_changes(self, ends_in: timedelta, fault: FaultAhead) -> None:
        """A subscription ends sooner, or later."""
        self.step(change_end(self.world, ends_in), fault)

    @precondition(lambda self: bool(self.world.product.sender.sent))
    @rule(chosen=CHOSEN, fault=FAULTS)
    def a_mail_bounces(self, chosen: int, fault: FaultAhead) -> None:
        """Any that was sent."""
        self.step(self.deliveries.bounce(chosen), fault)

    @invariant()
    def places_and_claims_agree(self) -> None:
        """At any moment."""
        self.world.observer.check_now()

    def teardown(self) -> None:
        """At rest every promise holds."""
        try:
            self.clockwork.run(self.deliveries.settle(times=2))
        finally:
            self.clockwork.close()


def live_through(runs: int, *, phases: Collection[Phase] = tuple(Phase)) -> None:
    """So many runs of the machine, always the same ones."""
    run_state_machine_as_test(
        Programme,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            phases=phases,
            report_multiple_bugs=False,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nobody_finds_an_order_that_breaks_a_promise() -> None:
    """Whatever people, queues, timers and faults do in whatever order, every promise holds."""
    Programme.taken = 0
    live_through(RUNS)
    print(f"{Programme.taken} steps of the rule-based machine, 0 broken")
    assert Programme.taken >= (100_000 if FULL else 500)


def test_the_machine_finds_a_missing_safeguard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without If-Match the machine finds an order that breaks a promise."""
    monkeypatch.setattr(WatchedRows, "check", lambda *_: None)
    with pytest.raises(Broken):
        live_through(RUNS, phases=(Phase.generate,))
