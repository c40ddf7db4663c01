"""The claim's history: one row per event, each bound to the one before by a hash (PROCESS.md, History)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.claim import Actor, ActorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One event of a claim, bound to the one before.

    `seq` counts from 1; `from_status` is "" for the first; `hash` covers `previous_hash` and everything but the
    operation ID, which says which write made the row.
    """

    claim_id: str
    seq: int
    at: datetime
    actor: Actor
    event: str
    from_status: str
    to_status: str
    reasons: tuple[str, ...]
    detail: Mapping[str, object]
    previous_hash: str
    hash: str
    operation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainBreak:
    """Where a recomputed history differs from the stored one."""

    seq: int
    what: str


def chained(
    *,
    claim_id: str,
    seq: int,
    at: datetime,
    actor: Actor,
    event: str,
    from_status: str,
    to_status: str,
    reasons: tuple[str, ...],
    detail: Mapping[str, object],
    previous_hash: str,
    operation_id: str,
) -> HistoryRow:
    """The next row of the chain. `detail` must hold JSON values only, so that the hash can be recomputed later."""
    digest = _digest(
        {
            "actor": [actor.kind.value, actor.id],
            "at": at.isoformat(),
            "claimId": claim_id,
            "detail": detail,
            "event": event,
            "from": from_status,
            "previous": previous_hash,
            "reasons": list(reasons),
            "seq": seq,
            "to": to_status,
        }
    )
    return HistoryRow(
        claim_id=claim_id,
        seq=seq,
        at=at,
        actor=actor,
        event=event,
        from_status=from_status,
        to_status=to_status,
        reasons=reasons,
        detail=detail,
        previous_hash=previous_hash,
        hash=digest,
        operation_id=operation_id,
    )


def rehashed(row: HistoryRow) -> HistoryRow:
    """The row with the hash that what it says comes to."""
    return chained(
        claim_id=row.claim_id,
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        event=row.event,
        from_status=row.from_status,
        to_status=row.to_status,
        reasons=row.reasons,
        detail=row.detail,
        previous_hash=row.previous_hash,
        operation_id=row.operation_id,
    )


def _digest(fields: Mapping[str, object]) -> str:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def breaks(rows: Iterable[HistoryRow], *, last_seq: int, last_hash: str) -> tuple[ChainBreak, ...]:
    """Every place where the rows, in order, are not the chain that the claim's own row ends with."""
    found: list[ChainBreak] = []
    previous, expected_seq = "", 1
    for row in rows:
        if row.seq != expected_seq:
            found.append(ChainBreak(seq=row.seq, what=f"expected row {expected_seq}"))
        if row.previous_hash != previous:
            found.append(ChainBreak(seq=row.seq, what="does not follow the row before it"))
        if rehashed(row) != row:
            found.append(ChainBreak(seq=row.seq, what="was changed after it was written"))
        previous, expected_seq = row.hash, row.seq + 1
    if (expected_seq - 1, previous) != (last_seq, last_hash):
        found.append(ChainBreak(seq=expected_seq, what="the claim names another last row"))
    return tuple(found)


SYSTEM = Actor(kind=ActorKind.SYSTEM, id="cpor")
