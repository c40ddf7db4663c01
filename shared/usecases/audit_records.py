"""What somebody looked at, without changing anything (PROCESS.md, History): plain values, no service's types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.domain.claim import Actor


class AuditAction(StrEnum):
    """What is recorded though no claim moves; the stored values never change."""

    PROOF_READ = "proof-read"
    PRE_CHECKED = "pre-checked"
    PERSON_ERASED = "person-erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One look at something: `subject` is what it was about (a proof's ID, a tenant's), `claim_id` null outside claims.

    `organisation` is the looker's tenant ID. `detail` holds JSON values, never a mail address or a file name.
    """

    at: datetime
    actor: Actor
    action: AuditAction
    organisation: str
    subject: str
    claim_id: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
