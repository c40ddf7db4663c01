"""Everything that is on record of a claim, put together when somebody looks (PROCESS.md, History).

Mails and looks at proofs are rows of their own, which neither move the claim nor stand in its chain.
"""

import asyncio
from dataclasses import dataclass

from shared.domain.claim import Claim
from shared.domain.history import HistoryRow
from shared.domain.mails import MailIntent
from shared.usecases.audit_records import AuditAction, AuditEntry
from shared.usecases.callers import Caller
from shared.usecases.reading import read_claim
from shared.usecases.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimHistory:
    """The claim's events in order of seq, its mails as their keys sort, and the looks at its proofs, oldest first."""

    claim: Claim
    rows: tuple[HistoryRow, ...]
    mails: tuple[MailIntent, ...]
    looks: tuple[AuditEntry, ...]


async def claim_history(services: Services, *, caller: Caller, claim_id: str) -> ClaimHistory:
    """The claim's whole record. A partner sees who of its own organisation looked, and no reviewer's look.

    NotFoundError as for the claim.
    """
    claim = await read_claim(services, caller=caller, claim_id=claim_id)
    rows, mails, looks = await asyncio.gather(
        services.claims.history(claim_id), services.claims.mails(claim_id), services.audit.of_claim(claim_id)
    )
    return ClaimHistory(
        claim=claim,
        rows=rows,
        mails=tuple(stored.value for stored in mails),
        looks=tuple(one for one in looks if _is_shown(one, caller)),
    )


def _is_shown(entry: AuditEntry, caller: Caller) -> bool:
    """Looks at proofs: all of them to the programme, their own to partners. Erasures stand in the table alone."""
    is_look = entry.action is AuditAction.PROOF_READ
    return is_look and (caller.is_programme or entry.organisation == caller.organisation)
