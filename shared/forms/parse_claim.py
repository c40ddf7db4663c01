"""A claim request, read with every fault at once: the fields' own, and how they fit together.

Rules across fields do not wait until each field is right: what is wrong is set aside, and the rest is looked at as if
the request held nothing else (PAGES.md, Decisions).
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import ValidationError

from shared.domain.catalogue import Catalogue
from shared.domain.claim_fields import ClaimFields
from shared.domain.door import REQUIRED, door_faults
from shared.domain.errors import Fault
from shared.domain.sayings import say
from shared.forms.claim_form import ClaimForm, ContactForm, PartnerContactForm, RevenueForm
from shared.forms.form import Form, faults_of, is_blank

type Path = tuple[int | str, ...]

_STAND_INS: Mapping[str, Any] = {
    "mpnId": "1",
    "customer": {"tenantId": "00000000-0000-0000-0000-000000000000", "domain": "set-aside.invalid"},
}
_OBJECTS: Mapping[str, type[Form]] = {
    "customerContact": ContactForm,
    "technicalContact": ContactForm,
    "partnerContact": PartnerContactForm,
    "revenue": RevenueForm,
}
_LISTS = ("activities", "items")
_WRITABLE = frozenset({"name", "title", "solutionSeller", "customerName", "solutionName"})
_TITLED = ("customerContact", "technicalContact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What could be read of a claim request.

    `fields` is null where the request's own shape is wrong, `mpn_id` what could be read of it even then. Where there
    are faults nothing may be stored.
    """

    fields: ClaimFields | None
    mpn_id: str | None
    faults: tuple[Fault, ...]


def parse_claim(data: object, *, complete: bool, catalogue: Catalogue, proofs_count: int | None = None) -> Parsed:
    """The fields of a claim request (parsed JSON) and every fault, in the order of the request's names.

    `complete` asks for all that is needed to submit, `proofs_count` is how many proofs come with it.
    """
    data = _without_empty_objects(data)
    try:
        form = ClaimForm.model_validate(data)
    except ValidationError as error:
        return _faulty(data, error, complete=complete, catalogue=catalogue, proofs_count=proofs_count)
    fields = form.fields()
    faults = door_faults(fields, catalogue=catalogue, complete=complete, proofs_count=proofs_count)
    return Parsed(fields=fields, mpn_id=fields.mpn_id, faults=_in_order(faults))


def _without_empty_objects(data: object) -> object:
    """A contact whose every field is blank is a form nobody filled in: the same as none."""
    if not isinstance(data, dict):
        return data
    return {name: value for name, value in data.items() if not (name in _OBJECTS and _is_unfilled(name, value))}


def _is_unfilled(name: str, value: object) -> bool:
    """Whether it is an object of blank fields alone; a field that there is not must still be told."""
    if not isinstance(value, dict):
        return False
    return value.keys() <= _OBJECTS[name].names() and all(is_blank(part) for part in value.values())


def _faulty(
    data: object, error: ValidationError, *, complete: bool, catalogue: Catalogue, proofs_count: int | None
) -> Parsed:
    own = faults_of(error)
    if not isinstance(data, dict):
        return Parsed(fields=None, mpn_id=None, faults=own)
    rest, places = _set_aside(data, [(details["loc"], details["type"]) for details in error.errors(include_url=False)])
    try:
        fields = ClaimForm.model_validate(rest).fields()
    except ValidationError:
        return Parsed(fields=None, mpn_id=None, faults=own)
    looked_at = door_faults(fields, catalogue=catalogue, complete=complete, proofs_count=proofs_count)
    known = {fault.pointer for fault in own}
    fitting = [moved for fault in looked_at if not _overshadowed((moved := _moved(fault, places)).pointer, known)]
    titles = [fault for fault in _missing_titles(data) if complete and not _overshadowed(fault.pointer, known)]
    faults = _in_order((*own, *fitting, *titles))
    return Parsed(fields=None, mpn_id=None if _overshadowed("/mpnId", known) else fields.mpn_id, faults=faults)


def _set_aside(
    data: Mapping[str, Any], wrong: Iterable[tuple[Path, str]]
) -> tuple[dict[str, Any], Mapping[str, list[int]]]:
    """The request without what is wrong in it, and at which places of the original lists the rest stood."""
    rest = {name: copy.deepcopy(value) for name, value in data.items() if name in ClaimForm.names()}
    gone: dict[str, set[int]] = {name: set() for name in _LISTS}
    for path, kind in wrong:
        top = str(path[0]) if path else ""
        if top in _STAND_INS:
            rest[top] = _STAND_INS[top]
        elif top in _LISTS and len(path) > 1:
            gone[top].add(int(path[1]))
        elif not _kept(rest, path, unknown=kind == "extra_forbidden"):
            rest.pop(top, None)
    places: dict[str, list[int]] = {}
    for name in _LISTS:
        if isinstance(rest.get(name), list):
            places[name] = [index for index in range(len(rest[name])) if index not in gone[name]]
            rest[name] = [rest[name][index] for index in places[name]]
    return rest, places


def _kept(rest: dict[str, Any], path: Path, *, unknown: bool) -> bool:
    """Whether the rest of a contact or of the revenue fields could be kept, with a stand-in for what is wrong."""
    if len(path) != 2 or path[0] not in _OBJECTS or not isinstance(rest.get(str(path[0])), dict):  # noqa: PLR2004
        return False
    holder, name = rest[str(path[0])], str(path[1])
    if unknown:
        holder.pop(name, None)
    elif name in _WRITABLE:
        holder[name] = "?"
    return unknown or name in _WRITABLE


def _moved(fault: Fault, places: Mapping[str, list[int]]) -> Fault:
    """The fault with its pointer into the request as it was sent."""
    steps = fault.pointer.split("/")
    if len(steps) < 3 or steps[1] not in places:  # noqa: PLR2004 - /items/N
        return fault
    steps[2] = str(places[steps[1]][int(steps[2])])
    return replace(fault, pointer="/".join(steps))


def _overshadowed(pointer: str, known: set[str]) -> bool:
    """Whether a known fault is at the place, above it or below it: what follows from that is no news."""
    return any(
        pointer == other or pointer.startswith(f"{other}/") or other.startswith(f"{pointer}/") for other in known
    )


def _missing_titles(data: Mapping[str, Any]) -> Iterable[Fault]:
    """Contacts set aside for another fault still lack their title."""
    for name in _TITLED:
        contact = data.get(name)
        if isinstance(contact, dict) and is_blank(contact.get("title")):
            yield Fault(pointer=f"/{name}/title", code=REQUIRED, message=say("Say what this person's job is."))


@cache
def _order() -> tuple[str, ...]:
    """The form's fields by the names that requests use, in their order."""
    ClaimForm.model_rebuild()
    return tuple(field.alias or name for name, field in ClaimForm.model_fields.items())


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Each place's fault once, in the order of the form's fields, so that a page can list them from top to bottom."""
    order = _order()

    def rank(fault: Fault) -> int:
        top = fault.pointer.split("/")[1] if fault.pointer else ""
        return order.index(top) if top in order else len(order)

    once: dict[tuple[str, str], Fault] = {}
    for fault in faults:
        once.setdefault((fault.pointer, fault.code), fault)
    return tuple(sorted(once.values(), key=rank))
