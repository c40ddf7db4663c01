"""Each safeguard is taken out, one at a time, and a named test of the suite fails: the suite can find what it is for.

The table of safeguards and tests is printed at the end of the run.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.outcomes import Failed

from functions import page_forms, routing
from shared import wiring
from shared.domain import slots
from shared.domain.claim import Status
from shared.domain.claim_events import EventKind
from shared.domain.claim_states import TRANSITIONS
from shared.domain.deadlines import ClockKind
from shared.storage import claims
from shared.storage.claims import TableClaimStore
from shared.usecases import dispatch_mail
from shared.usecases.callers import Caller
from shared.usecases.records import Queue, SentMessage, WorkMessage
from shared.usecases.transition import RECOVERY_STEP
from tests.contracts import test_claim_races
from tests.faults.product import DrivenProduct
from tests.faults.surroundings import ImpatientQueue
from tests.faults.test_every_point import proven
from tests.faults.transport import Fault
from tests.unit.functions import test_page_forms, test_routing
from tests.unit.usecases import test_claim_history

POINT = "tests/faults/test_every_point.py::test_any_point_of_a_flow_may_fail"
POINTS_AT_MOST = 12
type Record = Callable[[str, object], None]
type Patch = pytest.MonkeyPatch


def no_if_match(patch: Patch) -> None:
    """Rows are replaced whatever they are by now."""
    patch.setattr(claims, "if_match", lambda _version: {})


def no_read_back(patch: Patch) -> None:
    """A write that was reported as failed is taken for one."""

    async def never(*_: object) -> bool:
        return False

    patch.setattr(TableClaimStore, "_happened", never)


def no_intent(patch: Patch) -> None:
    """No recovery message is sent before the commit; what is sent after it stays."""
    send = ImpatientQueue.send
    nowhere = "never sent"

    async def only_after(
        self: ImpatientQueue, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()
    ) -> Any:
        if message.step != RECOVERY_STEP:
            return await send(self, queue, message, delay=delay)
        return SentMessage(queue=queue, message=message, message_id=nowhere, receipt=nowhere)

    async def send_late(self: ImpatientQueue, sent: SentMessage, instead: WorkMessage) -> None:
        await only_after(self, sent.queue, instead)

    async def forget(*_: object) -> None:
        """There is nothing to take back."""

    patch.setattr(ImpatientQueue, "send", only_after)
    patch.setattr(ImpatientQueue, "hasten", send_late)
    patch.setattr(ImpatientQueue, "recall", forget)


def no_pending_check(patch: Patch) -> None:
    """A claim takes the pending place that another one has."""
    patch.setattr(slots, "check_nobody_waits", lambda *_: None)


def no_delivery_gate(patch: Patch) -> None:
    """The customer's window starts with the checks, whether anybody was told or not."""
    rules = TRANSITIONS[Status.SUBMITTED][EventKind.CHECKS_PASSED]
    at_once = tuple(replace(rule, clocks=(ClockKind.OPT_OUT,)) for rule in rules)
    patch.setitem(TRANSITIONS[Status.SUBMITTED], EventKind.CHECKS_PASSED, at_once)


def no_round_check(patch: Patch) -> None:
    """What was to be sent is sent, whatever has become of the claim."""

    async def always(*_: object, **__: object) -> bool:
        return True

    patch.setattr(dispatch_mail, "_makes_sense", always)


def no_site_check(patch: Patch) -> None:
    """Another site's page may do it."""
    patch.setattr(routing, "check_same_site", lambda *_, **__: None)


def no_form_check(patch: Patch) -> None:
    """A form counts, whoever made it."""
    patch.setattr(page_forms, "check_form_token", lambda *_, **__: None)


def no_organisation_check(patch: Patch) -> None:
    """Every claim is everybody's."""
    patch.setattr(Caller, "owns", lambda *_: True)


async def slot_race(driven: DrivenProduct, _patch: Patch) -> None:
    """The contract's race for a slot, on the real tables."""
    await test_claim_races.test_of_many_claims_one_takes_a_known_slot(TableClaimStore(driven.eyes))


def flow(name: str, fault: Fault | None = None) -> Callable[[DrivenProduct, Patch], Awaitable[None]]:
    """A flow of the fault suite: at each of its first requests, or without a fault."""

    async def run(driven: DrivenProduct, _patch: Patch) -> None:
        for at in range(1, POINTS_AT_MOST if fault else 2):
            happened, wrong = await proven(driven, name, at if fault else None, fault or Fault.DIE_AFTER)
            assert not wrong, wrong
            if not happened:
                return

    return run


async def other_sites(_driven: DrivenProduct, patch: Patch) -> None:
    """The door of every function, against another site's page."""
    known = SimpleNamespace(auth_enabled=True, operator_tenant_id="", public_url="https://cpor.example")
    patch.setattr(wiring, "settings", lambda: known)
    patch.setattr(wiring, "services", lambda: SimpleNamespace(registry=test_routing.FakeRegistry()))
    patch.setattr(routing, "DECLARED", dict(routing.DECLARED))
    await test_routing.test_other_sites_are_refused_before_anything_else()


async def forged_forms(_driven: DrivenProduct, _patch: Patch) -> None:
    """A page's form without the page's token."""
    await test_page_forms.test_a_form_that_the_page_did_not_make_is_refused()


async def rivals_look(_driven: DrivenProduct, _patch: Patch) -> None:
    """Another organisation asks for a claim's history."""
    await test_claim_history.test_a_partner_sees_its_own_people_s_looks_only()


SAFEGUARDS: list[tuple[str, Callable[[Patch], None], str, str, Callable[[DrivenProduct, Patch], Awaitable[None]]]] = [
    (
        "If-Match",
        no_if_match,
        "tests/contracts/test_claim_races.py::test_of_many_claims_one_takes_a_known_slot",
        "conflict",
        slot_race,
    ),
    (
        "operation-id read-back",
        no_read_back,
        f"{POINT}[comment-BROKEN_AFTER]",
        "one remark stands twice",
        flow("comment", Fault.BROKEN_AFTER),
    ),
    (
        "intent before commit",
        no_intent,
        f"{POINT}[withdraw-DIE_AFTER]",
        "the customer was never told",
        flow("withdraw", Fault.DIE_AFTER),
    ),
    ("slot pending check", no_pending_check, f"{POINT}[rivals-*]", "two claims wait", flow("rivals")),
    ("delivery-gated clock", no_delivery_gate, f"{POINT}[late-notice-*]", "silence began before", flow("late-notice")),
    (
        "round check before sending",
        no_round_check,
        f"{POINT}[withdraw-at-once-*]",
        "taken back",
        flow("withdraw-at-once"),
    ),
    (
        "CSRF: other sites",
        no_site_check,
        "tests/unit/functions/test_routing.py::test_other_sites_are_refused_before_anything_else",
        "other-site",
        other_sites,
    ),
    (
        "CSRF: form token",
        no_form_check,
        "tests/unit/functions/test_page_forms.py::test_a_form_that_the_page_did_not_make_is_refused",
        "FormRefusedError",
        forged_forms,
    ),
    (
        "organisation check",
        no_organisation_check,
        "tests/unit/usecases/test_claim_history.py::test_a_partner_sees_its_own_people_s_looks_only",
        "NotFoundError",
        rivals_look,
    ),
]


@pytest.mark.parametrize(("name", "take_out", "test", "words", "run"), SAFEGUARDS, ids=[one[0] for one in SAFEGUARDS])
async def test_the_suite_fails_without_the_safeguard(
    driven: DrivenProduct,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
    name: str,
    take_out: Callable[[Patch], None],
    test: str,
    words: str,
    run: Callable[[DrivenProduct, Patch], Awaitable[None]],
) -> None:
    """With the safeguard in place the named test passes; without it the same test fails."""
    if not test.startswith(POINT):  # the flows pass in a module of their own, with this and other faults
        with monkeypatch.context() as patch:
            await run(driven, patch)
    with monkeypatch.context() as patch:
        take_out(patch)
        with pytest.raises((AssertionError, Failed)) as failure:
            await run(driven, patch)
    await driven.purge()
    assert words in str(failure.value), "the test fails for another reason"
    record_property("safeguard", f"{name:28} {test}")
