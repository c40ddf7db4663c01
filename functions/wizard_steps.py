"""The steps by which a claim is filed: what each one asks, what a draft lacks in it, and how its answers are kept.

The draft is the wizard's memory. A step writes its own fields alone, so that two tabs on different steps do not disturb
each other; on the same step the later one is told (PAGES.md, Patterns).
"""

import copy
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from functions.page_forms import field_name
from shared.domain.catalogue import Catalogue, ClaimType
from shared.domain.claim import Claim
from shared.domain.claim_fields import fields_of
from shared.domain.door import door_faults
from shared.domain.errors import Fault
from shared.domain.reason_texts import N_
from shared.forms.claim_form import request_json


class Step(StrEnum):
    """The steps in their order; the values are parts of addresses."""

    CUSTOMER = "customer"
    ACTIVITY = "activity"
    DETAILS = "details"
    PRODUCTS = "products"
    CONTACTS = "contacts"
    PROOFS = "proofs"
    CHECK = "check"


STEPS: tuple[Step, ...] = tuple(Step)
TITLES: Mapping[Step, str] = {
    Step.CUSTOMER: N_("Location and customer"),
    Step.ACTIVITY: N_("Solution area and activities"),
    Step.DETAILS: N_("Details"),
    Step.PRODUCTS: N_("Products"),
    Step.CONTACTS: N_("Contacts"),
    Step.PROOFS: N_("Proof of execution"),
    Step.CHECK: N_("Check your answers"),
}
FIELDS: Mapping[Step, tuple[str, ...]] = {
    Step.CUSTOMER: ("mpnId", "customer.domain", "customer.tenantId"),
    Step.ACTIVITY: ("solutionArea", "activities"),
    Step.DETAILS: ("claimName", "customer.name", "customer.country", "customer.language"),
    Step.PRODUCTS: ("items",),
    Step.CONTACTS: ("customerContact", "technicalContact", "partnerContact", "revenue"),
    Step.PROOFS: ("proofs",),
    Step.CHECK: ("comment",),
}
"""The request's fields that a step asks, dots for JSON; whatever is below them belongs to them."""


def step_of(pointer: str) -> Step | None:
    """The step that asks the field of a fault; null for a fault of the whole."""
    name = field_name(pointer)
    return next((step for step, fields in FIELDS.items() if any(_within(name, field) for field in fields)), None)


def _within(name: str, field: str) -> bool:
    return name == field or name.startswith(f"{field}.")


def path_of(claim: Claim, step: Step | None = None) -> str:
    """The address of a step, or of the list of steps."""
    return f"/claims/{claim.claim_id}/draft" + (f"/{step}" if step else "")


def next_step_of(step: Step) -> Step:
    """The step behind this one."""
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def part_of(data: Mapping[str, Any], step: Step) -> dict[str, Any]:
    """What a request (parsed JSON) says in that step, by dotted name."""
    found: dict[str, Any] = {}
    for field in FIELDS[step]:
        outer, _, inner = field.partition(".")
        value = data.get(outer)
        if inner:
            value = value.get(inner) if isinstance(value, dict) else None
        if value is not None:
            found[field] = value
    return found


def with_part(data: Mapping[str, Any], step: Step, part: Mapping[str, Any]) -> dict[str, Any]:
    """The request with that step's fields as `part` says, and all others as they were."""
    merged = copy.deepcopy(dict(data))
    for field in FIELDS[step]:
        outer, _, inner = field.partition(".")
        holder, name = (merged.setdefault(outer, {}), inner) if inner else (merged, outer)
        if field in part:
            holder[name] = part[field]
        else:
            holder.pop(name, None)
    return merged


def fitted(data: Mapping[str, Any], *, catalogue: Catalogue) -> dict[str, Any]:
    """The request without what its area and activities do not ask any more, after these were changed."""
    merged = dict(data)
    kinds = kinds_of(merged.get("solutionArea"), merged.get("activities", ()), catalogue)
    if kinds and not any(kind.revenue_fields for kind in kinds):
        merged.pop("revenue", None)
    if kinds and not any(kind.technical_contact for kind in kinds):
        merged.pop("technicalContact", None)
    area = merged.get("solutionArea")
    known = {one.id for one in catalogue.products if one.solution_area == area}
    if area and merged.get("items"):
        merged["items"] = [one for one in merged["items"] if one.get("productId") in known]
    return merged


def kinds_of(area: object, activities: Iterable[str], catalogue: Catalogue) -> tuple[ClaimType, ...]:
    """The claim types that an area and activities make."""
    return tuple(kind for one in activities if (kind := catalogue.claim_type(str(area or ""), one)))


def seen_of(claim: Claim, step: Step) -> str:
    """A mark of what the step says now: a form that carries another one was made from something else."""
    part = part_of(request_json(fields_of(claim)), step)
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]


def missing_of(claim: Claim, *, catalogue: Catalogue) -> tuple[Fault, ...]:
    """What the draft still lacks, and what does not fit, as submitting it would say."""
    return door_faults(fields_of(claim), catalogue=catalogue, complete=True, proofs_count=len(claim.current_proofs))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """A line of the list of steps, as parts/steps.html shows it; `words` and `hint` are message IDs."""

    words: str
    state: str
    path: str
    hint: str = ""


def step_states(claim: Claim | None, current: Step | None, *, catalogue: Catalogue) -> Sequence[StepState]:
    """Every step with how far it is; before there is a draft only the first one is open."""
    if claim is None:
        return [
            StepState(words=TITLES[step], state="current" if step is current else "closed", path="") for step in STEPS
        ]
    lacking = {step_of(fault.pointer) for fault in missing_of(claim, catalogue=catalogue)}
    return [_state(claim, step, current, lacking) for step in STEPS]


def _state(claim: Claim, step: Step, current: Step | None, lacking: Collection[Step | None]) -> StepState:
    words, path = TITLES[step], path_of(claim, step)
    if step is current:
        return StepState(words=words, state="current", path="")
    if step in {Step.PRODUCTS, Step.CONTACTS} and not knows_activity(claim):
        return StepState(
            words=words, state="closed", path="", hint=N_("Choose the solution area and activities first.")
        )
    if step is Step.CHECK:
        return StepState(words=words, state="todo", path=path)
    return StepState(words=words, state="todo" if step in lacking else "done", path=path)


def knows_activity(claim: Claim) -> bool:
    """Whether area and activities are chosen: what products and contacts are asked for depends on them."""
    return bool(claim.solution_area and claim.activities)
