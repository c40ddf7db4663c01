"""What must hold of raw rows, seen at every write and at rest; reads what is stored, not through the app's code.

The listed moves and the states in which a claim may rest are those that the reader of the real storage holds it to.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.product import FakeProduct
from tests.fakes.rows import FakeRows
from tests.faults.invariants import LISTED, TERMINAL_OR_WAITING

MARGIN = timedelta(hours=1)
WINDOW_DAYS = 5
SATURDAY = 5
SETTLED = {"Sent", "Cancelled", "Failed", "Bounced"}
WATCHED = {"PendingCustomer": "opt-out", "ActionRequired": "action-required", "Draft": "draft"}
PLACES = {"Approved": "holder", "PendingCustomer": "pending"}
Body = dict[str, Any]


class Broken(AssertionError):  # noqa: N818 - it is the finding, as an assertion is
    """An invariant does not hold."""


def must(condition: object, what: str) -> None:
    """Broken unless it holds."""
    if not condition:
        raise Broken(what)


def body_of(entity: Mapping[str, Any]) -> Body:
    """The stored value."""
    found: Body = json.loads("".join(entity[name] for name in sorted(entity) if name.startswith("Body")))
    return found


class WatchedRows(FakeRows[dict[str, Any]]):
    """The Claims table in memory, each write of which is looked at."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.moves: Counter[tuple[str, str]] = Counter()

    def put(self, partition: str, row: str, value: dict[str, Any]) -> str:
        """Write the row, unless that breaks a promise."""
        stored = self.stored.get((partition, row))
        before = stored.value if stored else None
        kind = row.partition(":")[0]
        if kind == "history":
            must(before is None or before == value, f"a row of the history is written twice: {row}")
        elif kind == "slot" and before is not None:
            must(value["Epoch"] > before["Epoch"], "a slot's epoch does not grow")
        elif kind == "claim":
            self._claim(before, value)
        return super().put(partition, row, value)

    def _claim(self, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
        move = (before["Status"] if before else "", after["Status"])
        self.moves[move] += 1
        must(move[0] == move[1] or move in LISTED, f"the move {move} is not listed")
        seen = before["HistorySeq"] if before else 0
        must(after["HistorySeq"] == seen + 1, "a claim's history is not one row longer")
        if move == ("PendingCustomer", "Approved") and after["ApprovalGround"] == "silence":
            self._finalization(body_of(before or {}))

    def request_of(self, body: Body) -> dict[str, Any]:
        """The ledger's row of the request that the claim's present round sent."""
        request = f"mail:{body['claim_id']}:association-request:{body['round']}"
        return self.stored[body["customer"]["tenant_id"], request].value

    def _finalization(self, body: Body) -> None:
        """The customer had five whole business days from a notice that was accepted and has not bounced."""
        must("opt-out" in body["clocks"], "a claim is official by silence, and no notice was accepted")
        receipt = body["clocks"]["opt-out"]
        zone = ZoneInfo(receipt["zone"])
        told, ends = (datetime.fromisoformat(receipt[name]).astimezone(zone) for name in ("starts_at", "deadline_at"))
        must(self._now() >= ends, "a claim is official before its deadline")
        days = (told.date() + timedelta(days=n) for n in range(1, (ends.date() - told.date()).days + 1))
        must(sum(day.weekday() < SATURDAY for day in days) >= WINDOW_DAYS, "the window is too short")
        mail = self.request_of(body)
        must(mail["MailStatus"] == "Sent", f"a claim is official by silence, and its notice is {mail['MailStatus']}")


class Observer:
    """Looks at a product's raw rows."""

    def __init__(self, product: FakeProduct) -> None:
        self._product = product
        self._read: dict[str, Body] = {}
        self.rows = WatchedRows(lambda: product.now)
        product.claims.rows = self.rows

    def bodies(self) -> dict[str, Body]:
        """Every claim's stored value, by ID."""
        return {body["claim_id"]: body for body in self._bodies("claim")}

    def request_of(self, body: Body) -> str:
        """The operation of the request that the claim's present round sent."""
        return str(self.rows.request_of(body)["OperationId"])

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [row.value for key, row in self.rows.stored.items() if key[1].startswith(f"{kind}:")]

    def _bodies(self, kind: str) -> list[Body]:
        """Each stored value of the kind; one that has not changed is read once."""
        found: list[Body] = []
        for key, row in self.rows.stored.items():
            if key[1].startswith(f"{kind}:"):
                if row.version not in self._read:
                    self._read[row.version] = body_of(row.value)
                found.append(self._read[row.version])
        return found

    def check_now(self) -> dict[str, Body]:
        """What must hold between any two transactions: places and claims agree."""
        bodies = self.bodies()
        named: dict[tuple[str, str, str, str], str] = {}
        slots = zip(self._of("slot"), self._bodies("slot"), strict=True)
        for slot, body in slots:
            for programme, entry in body["entries"].items():
                for status, place in PLACES.items():
                    party = entry[place]
                    if party is None:
                        continue
                    claim = bodies.get(party["claim_id"])
                    stands = claim["status"] if claim else "gone"
                    must(stands == status, f"a slot's {place} is {stands}")
                    named[slot["PartitionKey"], slot["Resource"], programme, place] = party["claim_id"]
        for claim_id, body in bodies.items():
            if body["status"] not in PLACES:
                continue
            for item in body["items"]:
                if item["resource"] and item["outcome"] in {"claimed", "associated"}:
                    where = (body["customer"]["tenant_id"], item["resource"], item["programme"])
                    must(named.get((*where, PLACES[body["status"]])) == claim_id, "a claim stands in no slot")
        return bodies

    def check_rest(self, *, faults: int) -> dict[str, Body]:
        """What must hold besides once every queue is empty, after so many faults."""
        bodies = self.check_now()
        histories = self._histories()
        must(set(histories) == set(bodies), "there is a history without a claim, or a claim without one")
        for claim_id, body in bodies.items():
            must(body["status"] in TERMINAL_OR_WAITING, f"a claim rests in {body['status']}")
            _check_chain(body, histories[claim_id])
            for proof in body["proofs"]:
                content = self._product.proofs.blobs.get(f"{claim_id}/{proof['sha256']}")
                must(content is not None and hashlib.sha256(content).hexdigest() == proof["sha256"], "a proof is lost")
        self._check_clocks(bodies.values())
        self._check_mails(faults)
        self._check_lists(bodies)
        return bodies

    def _histories(self) -> dict[str, list[Body]]:
        found: dict[str, list[Body]] = {}
        for body in sorted(self._bodies("history"), key=lambda row: int(row["seq"])):
            found.setdefault(body["claim_id"], []).append(body)
        return found

    def _check_clocks(self, bodies: Iterable[Body]) -> None:
        """Each claim that waits has its clock, and each clock the row that wakes it."""
        due = {(row.value.kind, row.value.claim_id, row.value.due_at) for row in self._due()}
        for body in bodies:
            kind = WATCHED.get(body["status"])
            if kind is None:
                continue
            must(kind in body["clocks"], f"a claim waits in {body['status']} without a clock")
            wakes = datetime.fromisoformat(body["clocks"][kind]["deadline_at"]) + MARGIN
            must((kind, body["claim_id"], wakes) in due, f"nothing wakes a claim in {body['status']}")

    def _due(self) -> list[Any]:
        return list(self._product.deadlines.rows.stored.values())

    def _check_mails(self, faults: int) -> None:
        """Every intent is settled; each that says Sent went out; what went out twice did so for a fault."""
        sent = self._product.mails_sent()
        for row in self._of("mail"):
            must(row["MailStatus"] in SETTLED, f"a mail is left {row['MailStatus']}")
            must(row["MailStatus"] != "Sent" or sent[row["OperationId"]], "a mail is Sent that never went out")
        must(sum(times - 1 for times in sent.values()) <= faults, "a mail went out too often")

    def _check_lists(self, bodies: Mapping[str, Body]) -> None:
        """The lists are what a rebuild from the claims would make."""
        wanted: dict[tuple[str, str], int] = {}
        for claim_id, body in bodies.items():
            names = [f"partner:{body['organisation']}", f"status:{body['status']}"]
            for name in [*names, *(["queue:UnderReview"] if body["status"] == "UnderReview" else [])]:
                wanted[name, claim_id] = body["history_seq"]
        rows = self._product.lists.rows.stored
        listed = {(name, row.value.summary.claim_id): row.value.history_seq for (name, _), row in rows.items()}
        must(listed == wanted and len(rows) == len(wanted), "the lists are not those of the claims")


def _check_chain(body: Body, rows: list[Body]) -> None:
    """One row per event, in an unbroken chain that ends where the claim stands."""
    must([row["seq"] for row in rows] == list(range(1, body["history_seq"] + 1)), "a row of the history is missing")
    previous, status = "", ""
    for row in rows:
        must(row["previous_hash"] == previous and row["from_status"] == status, "the history's chain is broken")
        must(row["hash"] == _digest(row), "a row of the history was changed")
        previous, status = row["hash"], row["to_status"]
    must((previous, status) == (body["history_hash"], body["status"]), "the history ends elsewhere than its claim")
    silent = [row["seq"] for row in rows if row["event"] == "deadline-passed"]
    refused = [row["seq"] for row in rows if row["event"] == "opted-out"]
    must(not (silent and refused), "a claim is official by silence and opted out")


def _digest(row: Body) -> str:
    """A row's hash, computed anew from its own description (PROCESS.md, History)."""
    covered = {
        "actor": [row["actor"]["kind"], row["actor"]["id"]],
        "at": row["at"].replace("Z", "+00:00"),
        "claimId": row["claim_id"],
        "detail": row["detail"],
        "event": row["event"],
        "from": row["from_status"],
        "previous": row["previous_hash"],
        "reasons": row["reasons"],
        "seq": row["seq"],
        "to": row["to_status"],
    }
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
