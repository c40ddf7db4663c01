"""Every flow that faults are put into, and one case of one."""

import logging
from collections.abc import Awaitable, Callable
from itertools import count
from random import Random

from shared.storage.keys import Table
from tests.faults import stories_deciding, stories_filing, stories_importing, stories_scanning
from tests.faults.cases import Case
from tests.faults.evidence import Evidence, gather_evidence, raw
from tests.faults.invariants import Witness, broken
from tests.faults.product import DrivenProduct
from tests.faults.surroundings import START, Logbook, Postbox, Promises, registered
from tests.faults.transport import Fault
from tools.sample_registry import tenant

Story = Callable[[Case], Awaitable[None]]
FLOWS: dict[str, Story] = {
    "submit": stories_filing.submit,
    "draft": stories_filing.draft,
    "edit": stories_filing.edit,
    "proof-upload": stories_filing.proof_upload,
    "draft-expiry": stories_filing.draft_expiry,
    "verify": stories_filing.verify,
    "mail-dispatch": stories_filing.mail_dispatch,
    "scan-wait": stories_scanning.wait,
    "scan-clean": stories_scanning.clean,
    "scan-malware": stories_scanning.malware,
    "withdraw": stories_filing.withdraw,
    "withdraw-at-once": stories_filing.withdraw_at_once,
    "comment": stories_filing.comment,
    "correct-mpn": stories_filing.correct_location,
    "disassociate": stories_filing.disassociate,
    "resubmit": stories_filing.resubmit,
    "dispute": stories_filing.dispute,
    "bulk": stories_importing.bulk,
    "accept": stories_deciding.accept,
    "reject": stories_deciding.reject,
    "request-information": stories_deciding.request_information,
    "notice": stories_deciding.notice,
    "supersede": stories_deciding.supersede,
    "rivals": stories_deciding.rivals,
    "approve": stories_deciding.approve,
    "decline": stories_deciding.decline,
    "decline-some": stories_deciding.decline_some,
    "wrong-person": stories_deciding.wrong_person,
    "revoke": stories_deciding.revoke,
    "finalize": stories_deciding.finalize,
    "reminder": stories_deciding.reminder,
    "overdue": stories_deciding.overdue,
    "bounce": stories_deciding.bounce,
    "late-bounce": stories_deciding.late_bounce,
    "late-notice": stories_deciding.late_notice,
    "refused-notice": stories_deciding.refused_notice,
    "import-registry": stories_importing.import_registry,
    "import-ends": stories_importing.import_ends,
    "import-usage": stories_importing.usage,
    "import-associations": stories_importing.associations,
    "renewal": stories_importing.renewal,
    "subscription-end": stories_importing.subscription_end,
}
_CUSTOMERS = count(100)


async def run_case(
    product: DrivenProduct, flow: str, at: int | None, fault: Fault, *, again: int = 0
) -> tuple[bool, list[str]]:
    """Run the flow for a fresh customer with the fault at its request `at`; then every message `again` times more.

    Gives whether the fault was reached, and what is broken afterwards.
    """
    case, found, wrong = await tell(product, flow, at, fault, again=again)
    wrong += broken(found)
    if len(found.claims) != case.claims:
        wrong.append(f"there are {len(found.claims)} claims, not {case.claims}")
    return case.happened, wrong


async def tell(
    product: DrivenProduct, flow: str, at: int | None, fault: Fault, *, again: int = 0
) -> tuple[Case, Evidence, list[str]]:
    """Tell the story of a case; gives what an independent reader finds afterwards, and what repeats have changed."""
    customer = next(_CUSTOMERS)
    product.now, product.postbox, product.promises = START, Postbox(), Promises()
    product.sent.clear()
    product.restart()
    await product.forget_the_dead()
    await product.services.registry.put_customers([registered(customer)])
    witness = Witness(lambda: raw(product.eyes, Table.CLAIMS, tenant(customer)))
    product.look = witness.look
    case = Case(product, customer, at, fault)
    log, root = Logbook(), logging.getLogger()
    root.addHandler(log)
    try:
        await FLOWS[flow](case)
        before = await raw(product.eyes, Table.CLAIMS, tenant(customer))
        mails = len(product.postbox.mails)
        if again:
            await product.deliver_again(again, Random(customer))
        found = await gather_evidence(product, tenant(customer), log, witness.seen)
    finally:
        root.removeHandler(log)
        product.look = None
    if again and (found.rows != before or len(found.mails) != mails):
        return case, found, ["messages delivered again have changed something"]
    return case, found, []
