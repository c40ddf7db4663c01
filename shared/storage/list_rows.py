"""A claim's list row to an entity and back."""

from collections.abc import Mapping
from typing import Any

from shared.domain.claim import Claim, Outcome, Status
from shared.domain.stages import StageTimes
from shared.storage import keys
from shared.storage.entities import Entity, instant
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.metrics_records import ClaimFigures
from shared.usecases.records import ClaimSummary
from shared.usecases.summaries import summary_of


def list_entity(claim: Claim, partition: str, row: str) -> Entity:
    """The claim's row in one list, with the columns that filters name."""
    summary = summary_of(claim)
    searched = (summary.number, summary.claim_name, summary.domain, summary.customer_name)
    columns: dict[str, Any] = {
        "PartitionKey": keys.checked(partition),
        "RowKey": row,
        "SchemaVersion": SCHEMA_VERSION,
        "ClaimId": summary.claim_id,
        "ClaimNumber": summary.number,
        "Organisation": summary.organisation,
        "MpnId": summary.mpn_id,
        "TenantId": summary.tenant_id,
        "Domain": summary.domain,
        "CustomerName": summary.customer_name,
        "ClaimName": summary.claim_name,
        "Status": summary.status.value,
        "SolutionArea": summary.solution_area,
        "Activities": ",".join(summary.activities),
        "ProductIds": ",".join(summary.product_ids),
        "Outcomes": ",".join(outcome.value for outcome in summary.outcomes),
        "Contested": summary.contested,
        "NextActor": summary.next_actor,
        "NextDeadline": summary.next_deadline,
        "DeadlineZone": summary.deadline_zone,
        "SubmittedAt": summary.submitted_at,
        "CreatedAt": summary.created_at,
        "UpdatedAt": summary.updated_at,
        "Revision": summary.revision,
        "DecidedAt": summary.stages.decided_at,
        "VerificationHours": summary.stages.verification,
        "ReviewHours": summary.stages.review,
        "CustomerHours": summary.stages.customer,
        "TotalHours": summary.stages.total,
        "HistorySeq": claim.history_seq,
        SEARCHED: " ".join(text.casefold() for text in searched if text),
    }
    return {name: value for name, value in columns.items() if value is not None}


def summary_from(entity: Mapping[str, Any]) -> ClaimSummary:
    """The summary of a row."""
    created_at, updated_at = instant(entity, "CreatedAt"), instant(entity, "UpdatedAt")
    if created_at is None or updated_at is None:
        raise ValueError("a list row without its times")
    return ClaimSummary(
        claim_id=entity["ClaimId"],
        number=entity["ClaimNumber"],
        organisation=entity["Organisation"],
        mpn_id=entity["MpnId"],
        tenant_id=entity["TenantId"],
        domain=entity["Domain"],
        customer_name=entity.get("CustomerName"),
        claim_name=entity.get("ClaimName"),
        status=Status(entity["Status"]),
        solution_area=entity.get("SolutionArea"),
        activities=split(entity["Activities"]),
        product_ids=split(entity["ProductIds"]),
        outcomes=tuple(Outcome(name) for name in split(entity["Outcomes"])),
        contested=bool(entity["Contested"]),
        next_actor=entity["NextActor"],
        next_deadline=instant(entity, "NextDeadline"),
        # Rows from before it was kept have none; the next change of the claim writes it.
        deadline_zone=entity.get("DeadlineZone"),
        submitted_at=instant(entity, "SubmittedAt"),
        created_at=created_at,
        updated_at=updated_at,
        revision=int(entity["Revision"]),
        stages=_stages(entity),
    )


SUMMARY = (
    *("RowKey", "ClaimId", "ClaimNumber", "Organisation", "MpnId", "TenantId", "Domain", "CustomerName", "ClaimName"),
    *("Status", "SolutionArea", "Activities", "ProductIds", "Outcomes", "Contested", "NextActor", "NextDeadline"),
    *("DeadlineZone", "SubmittedAt", "CreatedAt", "UpdatedAt", "Revision", "DecidedAt"),
    *("VerificationHours", "ReviewHours", "CustomerHours", "TotalHours"),
)
"""The columns that a summary is made of; reading a row takes as long as it has columns."""
SEARCHED = "SearchText"
"""The column that words are looked for in."""
FIGURES = (
    *("RowKey", "SubmittedAt", "NextDeadline", "Contested", "DecidedAt"),
    *("VerificationHours", "ReviewHours", "CustomerHours", "TotalHours"),
)
"""The columns that are counted."""


def figures_from(entity: Mapping[str, Any]) -> ClaimFigures:
    """What is counted of a row, of which those columns were read."""
    return ClaimFigures(
        submitted_at=instant(entity, "SubmittedAt"),
        next_deadline=instant(entity, "NextDeadline"),
        contested=bool(entity["Contested"]),
        stages=_stages(entity),
    )


def _stages(entity: Mapping[str, Any]) -> StageTimes:
    return StageTimes(
        verification=entity.get("VerificationHours"),
        review=entity.get("ReviewHours"),
        customer=entity.get("CustomerHours"),
        total=entity.get("TotalHours"),
        decided_at=instant(entity, "DecidedAt"),
    )


def split(text: str) -> tuple[str, ...]:
    """The names that a column holds, separated by commas."""
    return tuple(part for part in text.split(",") if part)
