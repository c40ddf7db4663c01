"""The twelve invariants of the storage (STORAGE.md), each a look at raw evidence that tells what is broken.

Nothing here goes through the app's code: bodies are plain JSON, days are counted by hand.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.evidence import Evidence, Row, body_of
from tests.faults.surroundings import FILE_NAME, token_of

TERMINAL_OR_WAITING = {
    "Draft", "UnderReview", "ActionRequired", "PendingCustomer", "Approved",
    "OptedOut", "Rejected", "Withdrawn", "Ended",
}  # fmt: skip
FINAL = {"OptedOut", "Withdrawn", "Ended"}
LISTED = {
    ("", "Draft"), ("", "Submitted"), ("", "Approved"), ("Draft", "Submitted"), ("Submitted", "PendingCustomer"),
    ("Submitted", "UnderReview"), ("Submitted", "Rejected"), ("Submitted", "Withdrawn"),
    ("UnderReview", "PendingCustomer"), ("UnderReview", "ActionRequired"), ("UnderReview", "Rejected"),
    ("UnderReview", "Withdrawn"), ("ActionRequired", "Submitted"), ("ActionRequired", "Rejected"),
    ("ActionRequired", "Withdrawn"), ("PendingCustomer", "OptedOut"), ("PendingCustomer", "Approved"),
    ("PendingCustomer", "ActionRequired"), ("PendingCustomer", "Withdrawn"), ("Approved", "Ended"),
    ("Rejected", "UnderReview"),
}  # fmt: skip
PLACES = {"Approved": "holder", "PendingCustomer": "pending"}
SETTLED = {"Sent", "Cancelled", "Failed", "Bounced"}
HOLIDAYS = {date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1)}
"""The holidays of the driven customers' country, while the stories last."""
WINDOW_DAYS, SATURDAY, ZONE = 5, 5, ZoneInfo("America/New_York")
Findings = Iterator[str]


def acknowledged_claims_exist(found: Evidence) -> Findings:
    """1. Every acknowledged claim exists, with its proofs' bytes, and rests in a terminal or visibly waiting state."""
    bodies = found.bodies
    for answered in found.promises.claims.values():
        yield from (f"the acknowledged claim {one} is not there" for one in answered - bodies.keys())
    for claim_id, body in bodies.items():
        if body["status"] not in TERMINAL_OR_WAITING:
            yield f"{claim_id} hangs in {body['status']}"
        for proof in body["proofs"]:
            content = found.proofs.get(f"{claim_id}/{proof['sha256']}", b"")
            if hashlib.sha256(content).hexdigest() != proof["sha256"] or len(content) != proof["size"]:
                yield f"the bytes of a proof of {claim_id} are not those filed"


def one_claim_a_key(found: Evidence) -> Findings:
    """2. One (organisation, key) makes at most one claim."""
    yield from (f"a key made {len(ids)} claims" for ids in found.promises.claims.values() if len(ids) > 1)
    tickets = Counter(ticket["ClaimId"] for ticket in found.tickets)
    yield from (f"{claim_id} has {times} keys" for claim_id, times in tickets.items() if times > 1)
    for (organisation, key), ids in found.promises.claims.items():
        row = hashlib.sha256(key.encode()).hexdigest()
        named = {one["ClaimId"] for one in found.tickets if (one["PartitionKey"], one["RowKey"]) == (organisation, row)}
        if named != ids:
            yield f"the key's row names {named}, answered was {ids}"


def slots_name_who_stands_there(found: Evidence) -> Findings:
    """3. At most one holder and one pending claim a slot, at any instant; the epoch never decreases."""
    bodies, named = found.bodies, dict[tuple[str, str], str]()
    for row in found.children("slot"):
        slot = body_of(row)
        for programme, entry in slot["entries"].items():
            for place, status in (("holder", "Approved"), ("pending", "PendingCustomer")):
                if entry[place] is None:
                    continue
                claim_id = entry[place]["claim_id"]
                if bodies.get(claim_id, {}).get("status") != status:
                    yield f"{place} of {slot['resource']} is a claim that is not {status}"
                named[slot["resource"], programme + place] = claim_id
    for claim_id, body in bodies.items():
        standing = PLACES.get(body["status"])
        for item in body["items"]:
            stands = standing and item["resource"] and item["outcome"] in {"claimed", "associated"}
            if stands and named.get((item["resource"], f"{item['programme']}{standing}")) != claim_id:
                yield f"{claim_id} is {body['status']}, and its slot does not name it"
    yield from found.seen


def history_is_a_chain_of_listed_moves(found: Evidence) -> Findings:
    """4. Only listed transitions; terminal states are final; one history row each; the hash chain verifies."""
    for claim_id, body in found.bodies.items():
        if found.claims[claim_id]["Status"] != body["status"]:
            yield f"{claim_id} has two statuses"
        events = found.history(claim_id)
        if [event["seq"] for event in events] != list(range(1, body["history_seq"] + 1)):
            yield f"{claim_id} has {body['history_seq']} events and {len(events)} rows"
        operations = Counter(event["operation_id"] for event in events)
        yield from (f"one write made {times} rows of {claim_id}" for times in operations.values() if times > 1)
        previous, status = "", ""
        for event in events:
            to = event["to_status"]
            if event["previous_hash"] != previous or event["hash"] != digest(event):
                yield f"the chain of {claim_id} breaks at {event['seq']}"
            if event["from_status"] != status or (to != status and (status, to) not in LISTED) or status in FINAL:
                yield f"{claim_id} went from {status} to {to}"
            previous, status = event["hash"], to
        if (previous, status) != (body["history_hash"], body["status"]):
            yield f"{claim_id} is not where its history ends"


def digest(event: Row) -> str:
    """The hash that the event's row must have."""
    content = {
        "actor": [event["actor"]["kind"], event["actor"]["id"]],
        "at": datetime.fromisoformat(event["at"]).isoformat(),
        "claimId": event["claim_id"],
        "detail": event["detail"],
        "event": event["event"],
        "from": event["from_status"],
        "previous": event["previous_hash"],
        "reasons": event["reasons"],
        "seq": event["seq"],
        "to": event["to_status"],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def a_no_is_a_no(found: Evidence) -> Findings:
    """5. Never both Approved by deadline and OptedOut; an acknowledged opt-out is never lost."""
    for claim_id, body in found.bodies.items():
        events = {event["event"] for event in found.history(claim_id)}
        if "deadline-passed" in events and body["status"] == "OptedOut":
            yield f"{claim_id} was approved by silence and declined"
    for claim_id, choice in found.promises.choices.items():
        body = found.bodies.get(claim_id, {})
        if choice == "optOut" and not any(item["outcome"] == "declined" for item in body.get("items", ())):
            yield f"the customer's no to {claim_id} is lost"
        if choice == "optOut" and body.get("customer_choice") != choice:
            yield f"the customer's no to {claim_id} was replaced"


def never_early(found: Evidence) -> Findings:
    """6. No finalization before 5 business days after an accepted, not bounced notice."""
    for claim_id in found.bodies:
        for event in found.history(claim_id):
            if event["event"] != "deadline-passed":
                continue
            notices = [body_of(row) for row in found.children("mail") if row["ClaimId"] == claim_id]
            ends = [
                window_end(datetime.fromisoformat(mail["sent_at"]))
                for mail in notices
                if mail["kind"] == "association-request" and mail["sent_at"] and not _bounced(mail, event)
            ]
            if not ends or datetime.fromisoformat(event["at"]) < min(ends):
                yield f"{claim_id} became official at {event['at']}, its window ends {ends}"


def _bounced(mail: Row, event: Row) -> bool:
    """Whether the notice was known as undelivered by then."""
    known = mail["status"] == "Bounced" and datetime.fromisoformat(mail["updated_at"])
    return bool(known) and known < datetime.fromisoformat(event["at"])


def window_end(accepted: datetime) -> datetime:
    """The end of the fifth business day after the notice's, in the customers' zone."""
    day, left = accepted.astimezone(ZONE).date(), WINDOW_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY and day not in HOLIDAYS
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE).astimezone(UTC)


def reading_changes_nothing(found: Evidence) -> Findings:
    """7. GET and HEAD never change business state."""
    if found.reads_sent - {"GET", "HEAD"}:
        yield f"reading sent {sorted(found.reads_sent)}"
    if found.changed_by_reading:
        yield "a row differs after reading"


def mails_are_sent_or_settled(found: Evidence) -> Findings:
    """8. Each mail intent is sent at least once or is visibly stuck; at most one duplicate per crash."""
    sent = Counter(operation_id for operation_id, _ in found.mails)
    for row in found.children("mail"):
        if row["MailStatus"] not in SETTLED:
            yield f"a mail is left {row['MailStatus']}"
        if row["MailStatus"] == "Sent" and not sent[row["OperationId"]]:
            yield "a mail is Sent that never went out"
    yield from (f"a mail went out {times} times" for times in sent.values() if times > 1 + found.faults)


def answers_keep_others_out(found: Evidence) -> Findings:
    """9. A partner's answers do not depend on another partner's data, except `notAvailable` and `contested`."""
    owners = {claim_id: body["organisation"] for claim_id, body in found.bodies.items()}
    for organisation, text in found.answers.items():
        for claim_id, owner in owners.items():
            number = found.bodies[claim_id]["number"]
            if owner != organisation and any(word in text for word in (owner, claim_id, number)):
                yield "a partner's answer names another partner's claim"


def lists_equal_a_rebuild(found: Evidence) -> Findings:
    """10. Lists equal a rebuild from Claims once the queues are empty."""
    claims = found.claims
    listed = Counter((row["PartitionKey"], row["ClaimId"]) for row in found.lists)
    wanted = {(f"partner:{row['Organisation']}", claim_id) for claim_id, row in claims.items()}
    wanted |= {(f"status:{row['Status']}", claim_id) for claim_id, row in claims.items()}
    wanted |= {("queue:UnderReview", claim_id) for claim_id, row in claims.items() if row["Status"] == "UnderReview"}
    if set(listed) != wanted or any(times > 1 for times in listed.values()):
        yield f"the lists have {sorted(set(listed) - wanted)} too much, and lack {sorted(wanted - set(listed))}"
    for row in found.lists:
        if row["ClaimId"] in claims and row["HistorySeq"] != claims[row["ClaimId"]]["HistorySeq"]:
            yield f"a list tells of {row['ClaimId']} as it was"


def only_clean_proofs_are_served(found: Evidence) -> Findings:
    """11. A PoE not scanned clean, where scanning is on, is never served."""
    yield from (f"a proof was served that is {scan}" for scan in found.served if scan != "clean")


def the_log_tells_nobody(found: Evidence) -> Findings:
    """12. Logs hold no token, address, file name or body."""
    secrets: list[tuple[str, str | None]] = [("file name", FILE_NAME), ("mail", "Please answer")]
    for _, mail in found.mails:
        secrets += [("token", token_of(mail)), ("recipient", mail.to)]
    for body in found.bodies.values():
        for name in ("customer_contact", "partner_contact"):
            if body[name] is not None:
                secrets += [(name, body[name]["email"]), (name, body[name]["name"])]
    yield from (f"the log holds a {what}" for what, word in dict.fromkeys(secrets) if word and word in found.log)
    if re.search(r"[\w.+-]+@[\w-]+\.example", found.log):
        yield "the log holds an address"


INVARIANTS: dict[int, Callable[[Evidence], Findings]] = {
    1: acknowledged_claims_exist,
    2: one_claim_a_key,
    3: slots_name_who_stands_there,
    4: history_is_a_chain_of_listed_moves,
    5: a_no_is_a_no,
    6: never_early,
    7: reading_changes_nothing,
    8: mails_are_sent_or_settled,
    9: answers_keep_others_out,
    10: lists_equal_a_rebuild,
    11: only_clean_proofs_are_served,
    12: the_log_tells_nobody,
}


def broken(found: Evidence) -> list[str]:
    """What does not hold, each with the number of its invariant."""
    return [f"invariant {number}: {what}" for number, check in INVARIANTS.items() for what in check(found)]


class Witness:
    """Looks at the raw rows of a tenant after each step: what must hold at any instant."""

    def __init__(self, read: Callable[[], Any]) -> None:
        self._read = read
        self._epochs: dict[str, int] = {}
        self._statuses: dict[str, str] = {}
        self._revisions: dict[str, int] = {}
        self.looks = 0
        self.seen: list[str] = []

    async def look(self) -> None:
        """Compare what is stored now with what was there before."""
        self.looks += 1
        for row in await self._read():
            key = row["RowKey"]
            if key.startswith("slot:"):
                self._rises(self._epochs, key, int(row["Epoch"]), "epoch")
            elif key.startswith("claim:"):
                self._rises(self._revisions, key, int(row["HistorySeq"]), "history")
                before = self._statuses.get(key, row["Status"])
                if before in FINAL and row["Status"] != before:
                    self.seen.append(f"{key} left the final state {before}")
                self._statuses[key] = row["Status"]

    def _rises(self, known: dict[str, int], key: str, value: int, what: str) -> None:
        if value < known.get(key, value):
            self.seen.append(f"the {what} of {key} went back to {value}")
        known[key] = value
