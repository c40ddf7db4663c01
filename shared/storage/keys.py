"""Every name and key of the storage (STORAGE.md, Layout).

One rule decides them all: what must change together lives in one partition of one table.
"""

import hashlib
import re
from datetime import UTC, date, datetime
from enum import StrEnum

from shared.domain.mails import MailKind

PROOFS_CONTAINER = "proofs"
POISON_SUFFIX = "-poison"
DEADLINE_SHARDS = 4
_NEWEST_FIRST = 10**16
_LAST_DAY = date.max.toordinal()
_AFTER_COLON = ";"
_UNSAFE = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")
_PROOF_BLOB = re.compile(r"([a-z2-7]{48})/([0-9a-f]{64})")
_LONGEST = 512  # characters; the service's limit is 1 KiB of UTF-16


class Table(StrEnum):
    """The tables."""

    CLAIMS = "Claims"
    IDEMPOTENCY = "Idempotency"
    CLAIM_LISTS = "ClaimLists"
    DEADLINES = "Deadlines"
    PARTNERS = "Partners"
    CUSTOMERS = "Customers"
    SUBSCRIPTIONS = "Subscriptions"
    USAGE = "Usage"
    MAIL_OPERATIONS = "MailOperations"
    DEAD_LETTERS = "DeadLetters"
    METRICS = "Metrics"
    MAIL_FAILURES = "MailFailures"
    WALK_PLACES = "WalkPlaces"
    RATE_LIMITS = "RateLimits"
    AUDIT = "Audit"
    EVENT_CURSORS = "EventCursors"
    DIGESTS = "Digests"
    PROOF_SCANS = "ProofScans"


class UnsafeKeyError(ValueError):
    """A value that cannot be part of a key; whatever comes from outside is made canonical before it gets here."""


def is_safe(key: str) -> bool:
    """Whether tables take the key; one that they would not take names nothing that is stored."""
    return 0 < len(key) <= _LONGEST and not _UNSAFE.search(key)


def checked(key: str) -> str:
    """The key as it is. UnsafeKeyError for one with slashes, `#`, `?` or control characters, empty or very long."""
    if not is_safe(key):
        raise UnsafeKeyError(f"{key[:80]!r} cannot be a key")
    return key


def claim_row(claim_id: str) -> str:
    """Row key of a claim in its tenant's partition."""
    return f"claim:{claim_id}"


def history_row(claim_id: str, seq: int) -> str:
    """Row key of one event."""
    return f"history:{claim_id}:{seq:06}"


def slot_row(resource: str) -> str:
    """Row key of an exclusive resource."""
    return f"slot:{resource}"


def mail_row(claim_id: str, kind: MailKind, round_: int, n: int | None) -> str:
    """Row key of a mail in the send ledger."""
    base = f"mail:{claim_id}:{kind.value}:{round_}"
    return base if n is None else f"{base}:{n}"


def children_of(prefix: str, claim_id: str) -> tuple[str, str]:
    """First row key, and the one behind the last, of a claim's rows of a kind ("history", "mail")."""
    return f"{prefix}:{claim_id}:", f"{prefix}:{claim_id}{_AFTER_COLON}"


CLAIMS_OF_TENANT = ("claim:", "claim;")
"""First row key, and the one behind the last, of all claims of a tenant."""


def partner_list(organisation: str) -> str:
    """Partition of a partner organisation's list, over all its locations."""
    return f"partner:{organisation}"


def status_list(status: str) -> str:
    """Partition of the list of all claims in a status."""
    return f"status:{status}"


def list_row(created_at: datetime, claim_id: str) -> str:
    """Row key that sorts the newest claim first."""
    return f"{_NEWEST_FIRST - int(created_at.timestamp() * 1_000_000):016}:{claim_id}"


REVIEW_QUEUE = "queue:UnderReview"
"""Partition of the reviewers' queue."""
QUEUE_ROWS = ("due:", "due;")
"""First row key, and the one behind the last, of what waits in it."""


def queue_row(due_at: datetime, claim_id: str = "") -> str:
    """Row key that sorts the most urgent claim first; without a claim, the place where that instant begins."""
    return f"due:{int(due_at.timestamp() * 1_000_000):016}:{claim_id}"


def queue_place(claim_id: str) -> str:
    """Row key of the note that says where a claim stands in the queue, if it does."""
    return f"place:{claim_id}"


def deadline_partition(due_at: datetime, claim_id: str) -> str:
    """The UTC hour and a shard, so that a busy hour does not make one hot partition."""
    shard = int(hashlib.sha256(claim_id.encode()).hexdigest(), 16) % DEADLINE_SHARDS
    return f"{deadline_hour(due_at)}-{shard:02}"


def deadline_hour(due_at: datetime) -> str:
    """The UTC hour that partitions of deadlines begin with."""
    return due_at.astimezone(UTC).strftime("%Y%m%d%H")


def deadline_row(kind: str, claim_id: str) -> str:
    """Row key of a clock."""
    return f"{kind}:{claim_id}"


def audit_partition(claim_id: str | None, organisation: str) -> str:
    """Partition of what was looked at: of a claim, or by an organisation outside claims."""
    return f"claim:{claim_id}" if claim_id else f"organisation:{organisation}"


def audit_row(at: datetime, entry_id: str) -> str:
    """Row key that sorts by time; the ID tells apart what happens in one instant."""
    return f"{audit_time(at)}:{entry_id}"


def audit_time(at: datetime) -> str:
    """The instant that row keys of the audit begin with."""
    return f"{int(at.timestamp() * 1_000_000):016}"


def key_digest(key: str) -> str:
    """Row key of an idempotency key."""
    return hashlib.sha256(key.encode()).hexdigest()


def usage_row(product_id: str, subscription_id: str | None, month: str) -> str:
    """Row key of a month (`YYYY-MM`) of a product, and of the subscription by which it is held."""
    return f"{product_id}:{subscription_id or '-'}:{month}"


def usage_months(product_id: str, subscription_id: str | None) -> tuple[str, str]:
    """First row key, and the one behind the last, of all months of a product and subscription."""
    base = f"{product_id}:{subscription_id or '-'}"
    return f"{base}:", f"{base}{_AFTER_COLON}"


def subscription_index(subscription_id: str) -> str:
    """Partition of the row that finds a subscription by its ID alone."""
    return f"id:{subscription_id}"


def location_index(mpn_id: str) -> str:
    """Partition of the row that tells which organisation has a location."""
    return f"mpn:{mpn_id}"


def domain_index(domain: str) -> str:
    """Partition of the row that tells which customer has a domain."""
    return f"name:{domain}"


BEHIND_ALL_OWNERS = "g"
"""Behind every partition that is named by a GUID, and before those of the indexes."""


def operation_partition(operation_id: str) -> str:
    """Partition of a mail operation: its first two characters spread the rows."""
    return operation_id[:2].lower()


def rate_partition(scope: str, subject: str) -> str:
    """Partition of a subject's counters in a scope."""
    return f"{scope}:{subject}"


def rate_row(window_start: datetime) -> str:
    """Row key of a window's counter: when the window began, in UTC."""
    return window_start.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def day(at: datetime) -> str:
    """Partition of the dead letters of a UTC day."""
    return at.astimezone(UTC).date().isoformat()


def digest_row(of: date) -> str:
    """Row key that sorts the newest day's digest first."""
    return f"{_LAST_DAY - of.toordinal():07}"


METRICS_BY_DAY = "daily"
"""Partition of the daily metrics."""


def newest_day_first(at: datetime) -> str:
    """Row key that sorts the newest UTC day first."""
    return f"{_LAST_DAY - at.astimezone(UTC).toordinal():07}"


EVENT_CURSOR = "cursor"
"""Row key of how far a claim's events are told, in the claim's own partition."""


WALKS = "walk"
"""Partition of the places where walks go on."""


def proof_blob(claim_id: str, sha256: str) -> str:
    """Blob name, inside the container, of one proof's bytes."""
    return f"{claim_id}/{sha256}"


_PROOF_URI = re.compile(rf"https?://[^/?#]+(?:/[a-z0-9]+)?/{PROOFS_CONTAINER}/([^?#]+)")
"""A blob's address; the storage emulator puts the account's name before the container's."""


def proof_at(uri: str) -> tuple[str, str] | None:
    """Claim ID and SHA-256 of the proof at this address; null where there can be none of ours."""
    found = _PROOF_URI.fullmatch(uri)
    return proof_of(found[1]) if found else None


def proof_of(blob: str) -> tuple[str, str] | None:
    """Claim ID and SHA-256 that a blob's name tells; null for a name that is not ours."""
    found = _PROOF_BLOB.fullmatch(blob)
    return (found[1], found[2]) if found else None
