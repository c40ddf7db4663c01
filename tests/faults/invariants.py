"""The invariants of the storage, checked by an independent reader of raw rows and blobs, not through the app's code."""

import hashlib
import json
from collections import Counter
from typing import Any

from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.odata import equal
from tests.faults.product import Postbox

TERMINAL_OR_WAITING = {
    "Draft", "UnderReview", "ActionRequired", "PendingCustomer", "Approved",
    "OptedOut", "Rejected", "Withdrawn", "Ended",
}  # fmt: skip
LISTED = {
    ("", "Draft"), ("", "Submitted"), ("Draft", "Submitted"), ("Submitted", "PendingCustomer"),
    ("Submitted", "UnderReview"), ("Submitted", "Rejected"), ("Submitted", "Withdrawn"),
    ("UnderReview", "PendingCustomer"), ("UnderReview", "ActionRequired"), ("UnderReview", "Rejected"),
    ("UnderReview", "Withdrawn"), ("ActionRequired", "Submitted"), ("ActionRequired", "Rejected"),
    ("ActionRequired", "Withdrawn"), ("PendingCustomer", "OptedOut"), ("PendingCustomer", "Approved"),
    ("PendingCustomer", "ActionRequired"), ("PendingCustomer", "Withdrawn"), ("Approved", "Ended"),
    ("Rejected", "UnderReview"),
}  # fmt: skip


def _body(entity: dict[str, Any]) -> dict[str, Any]:
    chunks = sorted(name for name in entity if name.startswith("Body"))
    return json.loads("".join(entity[name] for name in chunks))


async def raw(clients: Clients, table: Table, tenant_id: str) -> list[dict[str, Any]]:
    """A tenant's rows of a table."""
    column = "PartitionKey" if table is Table.CLAIMS else "TenantId"
    return [dict(entity) async for entity in clients.table(table).query_entities(equal(column, tenant_id))]


async def check_all(clients: Clients, postbox: Postbox, tenant_id: str) -> dict[str, dict[str, Any]]:
    """Check what must hold of a tenant once the queues are empty; gives its claims' bodies by ID."""
    rows = await raw(clients, Table.CLAIMS, tenant_id)
    claims = {row["ClaimId"]: row for row in rows if row["RowKey"].startswith("claim:")}
    bodies = {claim_id: _body(row) for claim_id, row in claims.items()}
    for claim_id, body in bodies.items():
        assert body["status"] in TERMINAL_OR_WAITING, body["status"]
        assert claims[claim_id]["Status"] == body["status"]
        await _check_proofs(clients, claim_id, body)
        _check_history(claim_id, body, rows)
    _check_slots(rows, bodies)
    _check_mails(rows, postbox)
    _check_lists(await raw(clients, Table.CLAIM_LISTS, tenant_id), claims)
    return bodies


async def _check_proofs(clients: Clients, claim_id: str, body: dict[str, Any]) -> None:
    for proof in body["proofs"]:
        blob = clients.proofs.get_blob_client(f"{claim_id}/{proof['sha256']}")
        content = await (await blob.download_blob()).readall()
        assert hashlib.sha256(content).hexdigest() == proof["sha256"]
        assert len(content) == proof["size"]


def _check_history(claim_id: str, body: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """One row per event, in an unbroken chain of listed moves that ends where the claim stands."""
    events = [_body(row) for row in rows if row["RowKey"].startswith(f"history:{claim_id}:")]
    events.sort(key=lambda event: event["seq"])
    assert [event["seq"] for event in events] == list(range(1, body["history_seq"] + 1))
    previous, status = "", ""
    for event in events:
        assert event["previous_hash"] == previous
        assert event["from_status"] == status
        if event["to_status"] != status:
            assert (status, event["to_status"]) in LISTED
        previous, status = event["hash"], event["to_status"]
    assert (previous, status) == (body["history_hash"], body["status"])


def _check_slots(rows: list[dict[str, Any]], bodies: dict[str, dict[str, Any]]) -> None:
    """Each slot names exactly the claims that stand in it, and no claim stands in one that does not name it."""
    named: dict[tuple[str, str], str] = {}
    for row in rows:
        if not row["RowKey"].startswith("slot:"):
            continue
        slot = _body(row)
        for programme, entry in slot["entries"].items():
            for place, status in (("holder", "Approved"), ("pending", "PendingCustomer")):
                if entry[place] is None:
                    continue
                claim = bodies[entry[place]["claim_id"]]
                assert claim["status"] == status, (place, claim["status"])
                named[slot["resource"], programme + place] = entry[place]["claim_id"]
    for claim_id, body in bodies.items():
        place = {"Approved": "holder", "PendingCustomer": "pending"}.get(body["status"])
        for item in body["items"]:
            if place and item["resource"] and item["outcome"] in {"claimed", "associated"}:
                assert named[item["resource"], item["programme"] + place] == claim_id


def _check_mails(rows: list[dict[str, Any]], postbox: Postbox) -> None:
    """Every intent is settled, every Sent one went out, and none more than twice."""
    sent = Counter(operation_id for operation_id, _ in postbox.mails)
    for row in rows:
        if row["RowKey"].startswith("mail:"):
            assert row["MailStatus"] in {"Sent", "Cancelled", "Failed", "Bounced"}, row["MailStatus"]
            if row["MailStatus"] == "Sent":
                assert sent[row["OperationId"]] >= 1
    assert all(times <= 2 for times in sent.values()), sent


def _check_lists(rows: list[dict[str, Any]], claims: dict[str, dict[str, Any]]) -> None:
    """The lists are what a rebuild from the claims would make."""
    listed = {(row["PartitionKey"], row["ClaimId"]) for row in rows}
    wanted = {(f"partner:{row['Organisation']}", claim_id) for claim_id, row in claims.items()}
    wanted |= {(f"status:{row['Status']}", claim_id) for claim_id, row in claims.items()}
    wanted |= {("queue:UnderReview", claim_id) for claim_id, row in claims.items() if row["Status"] == "UnderReview"}
    assert listed == wanted
    assert len(rows) == len(listed)
    for row in rows:
        assert row["HistorySeq"] == claims[row["ClaimId"]]["HistorySeq"]
