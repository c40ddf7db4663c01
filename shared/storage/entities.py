"""Values to table entities and back.

A claim's entity has flat, typed columns for admins to filter on, and the whole claim as JSON in `Body00`, `Body01`, …;
the JSON is what is read back. Entities carry `SchemaVersion`; `upgrades` brings old bodies up to date.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azure.data.tables import TableEntity
from pydantic import TypeAdapter

from shared.domain.claim import Claim
from shared.domain.errors import DomainError
from shared.domain.history import HistoryRow
from shared.domain.mails import MailIntent
from shared.domain.sayings import say
from shared.domain.slots import Slot
from shared.storage import keys
from shared.storage.upgrades import SCHEMA_VERSION, upgraded

# A property holds 64 KiB, that is 32 Ki units of UTF-16, of which a character may take two.
BODY_CHUNK = 15_000
# Units of UTF-16. An entity holds 1 MiB, that is 512 Ki units; the flat columns need some of it.
BODY_AT_MOST = 400_000
_BYTES_PER_UNIT = 2
Entity = dict[str, Any]


class TooMuchDataError(DomainError):
    """The claim has grown beyond what one row can hold."""

    code = "too-much-data"


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """The serialiser of a kind of value; building one costs more than using it many times."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _body(value: object) -> dict[str, str]:
    text = _adapter(type(value)).dump_json(value).decode()
    if len(text.encode("utf-16-le")) // _BYTES_PER_UNIT > BODY_AT_MOST:
        raise TooMuchDataError(say("There is too much on this claim. Remove comments or proofs."))
    return columns_of(text)


def columns_of(text: str) -> dict[str, str]:
    """A text of any length as the columns `Body00`, `Body01`, …, for a property holds 64 KiB."""
    chunks = range(0, max(len(text), 1), BODY_CHUNK)
    return {f"Body{index:02}": text[start : start + BODY_CHUNK] for index, start in enumerate(chunks)}


def text_of(entity: Mapping[str, Any]) -> str:
    """The text of those columns."""
    return "".join(entity[column] for column in sorted(entity) if column.startswith("Body"))


def _value[T](kind: type[T], name: str, entity: Mapping[str, Any]) -> T:
    data = json.loads(text_of(entity))
    value: T = _adapter(kind).validate_python(upgraded(name, data, int(entity["SchemaVersion"])))
    return value


def _entity(partition: str, row: str, body: object, columns: Mapping[str, Any]) -> Entity:
    """The entity without its null columns: the service would silently leave them out, and a merge keep old ones."""
    known = {name: value for name, value in columns.items() if value is not None}
    key = {"PartitionKey": keys.checked(partition), "RowKey": keys.checked(row)}
    return {**key, "SchemaVersion": SCHEMA_VERSION, **known, **_body(body)}


def version_of(entity: TableEntity) -> str:
    """The ETag that the entity was read at."""
    return str(entity.metadata["etag"])


def claim_entity(claim: Claim, operation_id: str) -> Entity:
    """The claim's row."""
    return _entity(
        claim.customer.tenant_id,
        keys.claim_row(claim.claim_id),
        claim,
        {
            "Kind": "claim",
            "ClaimId": claim.claim_id,
            "ClaimNumber": claim.number,
            "ClaimName": claim.claim_name,
            "Status": claim.status.value,
            "Organisation": claim.organisation,
            "MpnId": claim.mpn_id,
            "TenantId": claim.customer.tenant_id,
            "Domain": claim.customer.domain,
            "SolutionArea": claim.solution_area,
            "Activities": ",".join(claim.activities),
            "ProductIds": ",".join(sorted({item.product_id for item in claim.items if item.product_id})),
            "Reasons": ",".join(claim.reasons),
            "Round": claim.round,
            "Revision": claim.revision,
            "HistorySeq": claim.history_seq,
            "HistoryHash": claim.history_hash,
            "OperationId": operation_id,
            "CreatedAt": claim.created_at,
            "UpdatedAt": claim.updated_at,
            "SubmittedAt": claim.submitted_at,
            "NoticeAcceptedAt": claim.notice_accepted_at,
            "OptOutDeadline": claim.window.deadline_at if claim.window else None,
            "ApprovedAt": claim.approved_at,
            "ApprovalGround": claim.approval_ground.value if claim.approval_ground else None,
            "EndedAt": claim.ended_at,
            "ValidUntil": claim.valid_until,
            "Disputed": claim.disputed,
        },
    )


def claim_of(entity: Mapping[str, Any]) -> Claim:
    """The claim of a row."""
    return _value(Claim, "claim", entity)


def history_entity(tenant_id: str, row: HistoryRow) -> Entity:
    """One event's row."""
    return _entity(
        tenant_id,
        keys.history_row(row.claim_id, row.seq),
        row,
        {
            "Kind": "history",
            "ClaimId": row.claim_id,
            "Seq": row.seq,
            "At": row.at,
            "Actor": f"{row.actor.kind.value}:{row.actor.id}",
            "Event": row.event,
            "FromStatus": row.from_status,
            "ToStatus": row.to_status,
            "Reasons": ",".join(row.reasons),
            "Hash": row.hash,
            "PreviousHash": row.previous_hash,
            "OperationId": row.operation_id,
        },
    )


def history_of(entity: Mapping[str, Any]) -> HistoryRow:
    """The event of a row."""
    return _value(HistoryRow, "history", entity)


def slot_entity(tenant_id: str, slot: Slot) -> Entity:
    """A slot's row; per programme a pair of columns names holder and pending claim."""
    columns: dict[str, Any] = {"Kind": "slot", "Resource": slot.resource, "Epoch": slot.epoch}
    for programme, entry in sorted(slot.entries.items()):
        name = programme.replace("-", "_")
        columns[f"Holder_{name}"] = entry.holder.claim_id if entry.holder else None
        columns[f"Pending_{name}"] = entry.pending.claim_id if entry.pending else None
    return _entity(tenant_id, keys.slot_row(slot.resource), slot, columns)


def slot_of(entity: Mapping[str, Any]) -> Slot:
    """The slot of a row."""
    return _value(Slot, "slot", entity)


def mail_entity(tenant_id: str, mail: MailIntent) -> Entity:
    """A ledger row."""
    return _entity(
        tenant_id,
        keys.mail_row(mail.claim_id, mail.kind, mail.round, mail.n),
        mail,
        {
            "Kind": "mail",
            "ClaimId": mail.claim_id,
            "MailKind": mail.kind.value,
            "Round": mail.round,
            "MailStatus": mail.status.value,
            "Attempts": mail.attempts,
            "OperationId": mail.operation_id,
            "CreatedAt": mail.created_at,
            "UpdatedAt": mail.updated_at,
            "SentAt": mail.sent_at,
            "Failure": mail.failure,
        },
    )


def mail_of(entity: Mapping[str, Any]) -> MailIntent:
    """The ledger entry of a row."""
    return _value(MailIntent, "mail", entity)


def instant(entity: Mapping[str, Any], name: str) -> datetime | None:
    """A column's instant as a plain UTC-aware datetime, null where the column is absent."""
    value = entity.get(name)
    return datetime.fromisoformat(value.isoformat()) if isinstance(value, datetime) else None
