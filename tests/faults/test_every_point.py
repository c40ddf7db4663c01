"""Killing the app, never the emulator, and every other fault, at every storage request of every flow."""

import os
from collections.abc import Callable
from itertools import count

import pytest

from tests.faults.flows import FLOWS, run_case
from tests.faults.product import DrivenProduct
from tests.faults.surroundings import fields
from tests.faults.transport import Fault, ProcessDied

FULL = os.environ.get("FAULTS") == "full"
NAMES, FAULTS = sorted(FLOWS), list(Fault)
EVERY = 0
ENOUGH = 10
"""Findings of one flow and fault after which no more are looked for."""
SAMPLE = [(flow, FAULTS[number % len(FAULTS)], 1 + 3 * number % 5) for number, flow in enumerate(NAMES)]
"""One point a flow, for every run; `make faults` looks at every point."""
CHOSEN = [(flow, fault, EVERY) for flow in NAMES for fault in FAULTS] if FULL else SAMPLE
Record = Callable[[str, object], None]


async def proven(driven: DrivenProduct, flow: str, at: int | None, fault: Fault) -> tuple[bool, list[str]]:
    """One case; what a story itself finds wrong counts as well."""
    try:
        return await run_case(driven, flow, at, fault, again=1 if FULL else 0)
    except (AssertionError, Exception) as error:
        driven.restart()
        await driven.purge()
        return True, [f"{type(error).__name__}: {error}"]


@pytest.mark.parametrize(("flow", "fault", "at"), CHOSEN, ids=[f"{flow}-{fault.name}" for flow, fault, _ in CHOSEN])
async def test_any_point_of_a_flow_may_fail(
    driven: DrivenProduct, flow: str, fault: Fault, at: int, record_property: Record
) -> None:
    """Whichever request of the flow fails, the claim ends where it should and every invariant holds."""
    points, failures = 0, list[str]()
    for point in count(1) if at == EVERY else (at, 1):
        happened, wrong = await proven(driven, flow, point, fault)
        failures += [f"{fault.value} at request {point} of {flow}: {one}" for one in wrong]
        points += happened
        behind = happened is not (at == EVERY)  # the flow's last request, or the one point of a sample
        if behind or len(failures) > ENOUGH:
            break
    for name, value in (("flow", flow), ("points", points), ("cases", points), ("broken", len(failures))):
        record_property(name, value)
    assert points or fault is Fault.EMPTY_PAGE, "the fault was never reached"
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("flow", NAMES if FULL else ["supersede", "bounce", "decline-some"])
async def test_every_message_may_come_ten_times_more(driven: DrivenProduct, flow: str, record_property: Record) -> None:
    """Every message of the flow, delivered ten times more and shuffled, changes no row and sends no mail."""
    _, wrong = await run_case(driven, flow, None, Fault.DIE_AFTER, again=10)
    for name, value in (("flow", flow), ("points", 0), ("cases", 1), ("broken", len(wrong))):
        record_property(name, value)
    assert not wrong


async def test_a_death_before_anything_is_sent_leaves_nothing(driven: DrivenProduct) -> None:
    """A worker that dies before its first request of a submit has stored nothing at all."""
    driven.restart()
    driven.transport.plan(1, Fault.DIE_BEFORE)
    with pytest.raises(ProcessDied):
        await driven.submit("never", customer=99, asked=fields(99))
    driven.restart()
    assert await driven.drain() == 0
