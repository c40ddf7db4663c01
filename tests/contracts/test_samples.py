"""Rows and messages as past releases wrote them: each must be read for ever.

A sample is never changed. Whoever changes a stored shape raises SCHEMA_VERSION, writes the step that upgrades the old
shape, and adds samples of the new one; old samples stay.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.domain.claim import ApprovalGround, CheckOutcome, Outcome, Scan, Status
from shared.domain.history import rehashed
from shared.domain.mails import MailKind, MailStatus
from shared.storage import entities
from shared.storage.claim_lists import TableClaimLists
from shared.storage.claims import TableClaimStore
from shared.storage.clients import Clients
from shared.storage.dead_letters import TableDeadLetters
from shared.storage.deadlines import TableDeadlines
from shared.storage.idempotency import TableIdempotency
from shared.storage.keys import Table
from shared.storage.mail_operations import TableMailOperations
from shared.storage.metrics import TableMetricsStore
from shared.storage.registry import TableRegistry
from shared.storage.upgrades import SCHEMA_VERSION, STEPS, UnknownVersionError, upgraded
from shared.storage.work_messages import parsed
from shared.usecases.operation_records import DeadLetterPlace
from shared.usecases.records import ListQuery
from tests.contracts.conftest import KEY

SAMPLES = Path(__file__).with_name("samples")
KINDS = {
    "claim": Table.CLAIMS,
    "history": Table.CLAIMS,
    "slot": Table.CLAIMS,
    "mail": Table.CLAIMS,
    "list": Table.CLAIM_LISTS,
    "deadline": Table.DEADLINES,
    "location": Table.PARTNERS,
    "customer": Table.CUSTOMERS,
    "subscription": Table.SUBSCRIPTIONS,
    "idempotency": Table.IDEMPOTENCY,
    "operation": Table.MAIL_OPERATIONS,
    "dead-letter": Table.DEAD_LETTERS,
    "metrics": Table.METRICS,
}
VERSIONS = pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
AT = datetime(2026, 11, 16, 10, 0, 0, 123456, tzinfo=UTC)
TENANT = "a1a1a1a1-0000-4000-8000-00000000f001"
ORGANISATION = "c0c0c0c0-0000-4000-8000-00000000f001"
CLAIM_ID = "ugq2diiaabaabaaaaaaaaahqagn5gomyk6up5lnuluuwqs6b"


def text(kind: str, version: int) -> str:
    """The sample as it was written."""
    return (SAMPLES / f"{kind}.v{version}.json").read_text(encoding="utf-8")


def entity(kind: str, version: int) -> dict[str, Any]:
    """The sample as the SDK hands it over: columns marked as instants are instants."""
    row: dict[str, Any] = json.loads(text(kind, version))
    for mark in [name for name in row if name.endswith("@odata.type")]:
        name = mark.removesuffix("@odata.type")
        assert row.pop(mark) == "Edm.DateTime"
        row[name] = datetime.fromisoformat(row[name])
    return row


@pytest.fixture
async def stored(clients: Clients, version: int) -> Clients:
    """Clients of tables that hold that version's samples."""
    for kind, table in KINDS.items():
        await clients.table(table).upsert_entity(entity(kind, version))
    return clients


def test_every_kind_has_a_sample_of_every_version() -> None:
    """No version of any kind of row or message is without its frozen sample."""
    wanted = {f"{kind}.v{version}.json" for kind in (*KINDS, "message") for version in range(1, SCHEMA_VERSION + 1)}
    assert {path.name for path in SAMPLES.iterdir()} == wanted


def test_upgrades_lead_from_known_versions_to_known_ones() -> None:
    """Each step belongs to a kind that is read through it, and to a version that is past."""
    assert {kind for kind, _ in STEPS} <= {*KINDS, "message"}
    assert all(1 <= version < SCHEMA_VERSION for _, version in STEPS)


@pytest.mark.parametrize("version", [0, -1, SCHEMA_VERSION + 1])
def test_a_version_that_nobody_knows_is_refused(version: int) -> None:
    """A row of a later release, or of none, is not half understood."""
    with pytest.raises(UnknownVersionError):
        upgraded("claim", {}, version)


@VERSIONS
async def test_a_claim_of_every_version_is_read(stored: Clients, version: int) -> None:
    """A claim of a past release is read with all that it said."""
    found = await TableClaimStore(stored).get(CLAIM_ID)
    assert found is not None
    claim = found.value
    assert (claim.claim_id, claim.number, claim.status) == (CLAIM_ID, "CPOR-KF9K-K62Q", Status.PENDING_CUSTOMER)
    assert claim.claim_name == "Wdrożenie Łódź 🚀"
    assert claim.customer.tenant_id == TENANT
    assert [item.outcome for item in claim.items] == [Outcome.REFUSED, Outcome.CLAIMED]
    assert claim.items[1].supersede
    assert (claim.proofs[0].scan, claim.proofs[0].size) == (Scan.NOT_SCANNED, 3)
    assert claim.comments[0].text == 'It\'s 50% done; "quoted" / \\ # ?'
    assert claim.checks[0].result is CheckOutcome.FLAG
    assert claim.clocks["opt-out"].deadline_at == datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)
    assert claim.window == claim.clocks["opt-out"]
    assert claim.approval_ground is ApprovalGround.SILENCE
    assert claim.visited == (Status.SUBMITTED, Status.PENDING_CUSTOMER)
    assert (claim.submitted_at, claim.ended_at, claim.created_at) == (AT, AT, AT)
    assert claim.revenue is not None
    assert claim.technical_contact is not None


@VERSIONS
async def test_history_of_every_version_is_read_and_still_verifies(stored: Clients, version: int) -> None:
    """An event of a past release is read so exactly that its hash can be computed again."""
    rows = await TableClaimStore(stored).history(CLAIM_ID)
    assert len(rows) == 1
    row = rows[0]
    again = rehashed(row)
    assert again == row
    assert (row.event, row.at) == ("submitted", AT)


@VERSIONS
async def test_slots_and_mails_of_every_version_are_read(stored: Clients, version: int) -> None:
    """A slot and a ledger row of a past release are read with all that they said."""
    store = TableClaimStore(stored)
    slot = (await store.slots(TENANT, ["workload~teams"]))["workload~teams"].value
    pending = slot.entry("osu-microsoft-365").pending
    assert slot.epoch == 7
    assert pending is not None
    assert pending.claim_id == CLAIM_ID
    mail = await store.mail(CLAIM_ID, MailKind.ASSOCIATION_REQUEST, 1, 2)
    assert mail is not None
    assert (mail.value.status, mail.value.attempts, mail.value.sent_at) == (MailStatus.SENT, 2, AT)
    assert mail.value.detail == {"a": [1]}


@VERSIONS
async def test_list_rows_of_every_version_are_read(stored: Clients, version: int) -> None:
    """A list row of a past release is shown, and found by what it is searched for."""
    page = await TableClaimLists(stored, secret=KEY).page(ListQuery(organisation=ORGANISATION, q="łódź 🚀"))
    assert [row.claim_id for row in page.items] == [CLAIM_ID]
    assert page.items[0].outcomes == (Outcome.REFUSED, Outcome.CLAIMED)
    assert page.items[0].submitted_at == AT


@VERSIONS
async def test_deadlines_of_every_version_come_due(stored: Clients, version: int) -> None:
    """A clock that a past release set comes due under this one."""
    due = await TableDeadlines(stored).due(AT, limit=1000)
    assert [row.due_at for row in due if row.claim_id == CLAIM_ID] == [AT]


@VERSIONS
async def test_registry_rows_of_every_version_are_read(stored: Clients, version: int) -> None:
    """Locations, customers and subscriptions that a past release imported are known to this one."""
    registry = TableRegistry(stored)
    location = await registry.location(TENANT, "1000001")
    customer = await registry.customer(TENANT)
    subscription = await registry.subscription("5b5b5b5b-0000-4000-8000-00000000f011")
    assert location is not None
    assert (location.name, location.programmes) == ("Łódź", frozenset({"osa-sell", "osu-microsoft-365"}))
    assert customer is not None
    assert (customer.name, customer.zone) == ("Birch, Biuro", "Europe/Warsaw")
    assert subscription is not None
    assert (subscription.seats, subscription.ends_at) == (300, AT)


@VERSIONS
async def test_keys_and_operations_of_every_version_are_read(stored: Clients, version: int) -> None:
    """A key that was used under a past release stays used, and a mail sent by it is found by its operation."""
    begun = await TableIdempotency(stored).begin(
        organisation=ORGANISATION, key="frozen", payload_hash="hash", claim_id=CLAIM_ID, now=AT
    )
    assert begun == CLAIM_ID
    operation = await TableMailOperations(stored).find("00000000-0000-4000-8000-00000000000F")
    assert operation is not None
    assert (operation.claim_id, operation.round, operation.n) == (CLAIM_ID, 1, 2)


@VERSIONS
def test_messages_of_every_version_are_read(version: int) -> None:
    """A message that a past release left in the queue is understood."""
    message = parsed(text("message", version))
    assert (message.claim_id, message.step, message.sent_at) == (CLAIM_ID, "due", AT)
    assert message.deadline is not None
    assert message.deadline.due_at == AT


def test_nothing_was_dropped_without_a_new_version() -> None:
    """Every column, and every field of the body, that the newest sample has is still written: additions are free."""
    row = entity("claim", SCHEMA_VERSION)
    again = entities.claim_entity(entities.claim_of(row), row["OperationId"])
    assert {name: again.get(name) for name in row if name != "Body00"} == {
        name: value for name, value in row.items() if name != "Body00"
    }
    assert _dropped(json.loads(entities.text_of(row)), json.loads(entities.text_of(again))) == []


def _dropped(old: Any, new: Any, at: str = "") -> list[str]:
    """Where the new body does not say what the old one did; what it says besides is no fault."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [place for name, value in old.items() for place in _dropped(value, new.get(name), f"{at}/{name}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            place
            for index, (one, other) in enumerate(zip(old, new, strict=True))
            for place in _dropped(one, other, f"{at}/{index}")
        ]
    return [] if old == new else [at]


@VERSIONS
async def test_a_dead_letter_is_read(stored: Clients) -> None:
    """A letter of a past release is one that waits for somebody."""
    place = DeadLetterPlace(day="2026-11-16", letter_id="00f00100f00100f00100f00100f00100")
    found = await TableDeadLetters(stored).get(place)
    assert found is not None
    assert (found.value.queue, found.value.claim_id, found.value.at) == ("claim-effects", CLAIM_ID, AT)
    assert (found.value.body, found.value.is_open) == ('{"claim_id": "x"}', True)


@VERSIONS
async def test_metrics_are_read(stored: Clients) -> None:
    """The figures of a past release are read until the timer has taken new ones."""
    found = await TableMetricsStore(stored).newest()
    assert found is not None
    assert (found.as_of, found.counts, found.finalization_lag_seconds) == (AT.replace(year=2039), {"Draft": 2}, 60)
    assert found.stages["review"].median_hours == 1.5
    assert found.months[0].opted_out == 1
