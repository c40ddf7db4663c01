"""What forms of pages send, and how it stands to the JSON of the contract.

A field is named by its JSON Pointer with dots: `customer.tenantId` is `/customer/tenantId`. So a page's form is
validated by the very models of the API, and every fault finds its field.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import azure.functions as func

from functions.bodies import media_type
from functions.form_tokens import check_form_token, subject_of
from functions.multipart import MULTIPART, form_parts
from functions.request_errors import MalformedRequestError, TooLargeError, UnsupportedTypeError
from functions.routing import Call
from shared.domain.errors import Fault
from shared.domain.sayings import Saying, say
from shared.usecases.uploads import Upload

URLENCODED = "application/x-www-form-urlencoded"
MOST_BYTES = 1024 * 1024
MOST_FIELDS = 300
TOKEN = "formToken"  # noqa: S105 - the field's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A form's fields in order, and its files."""

    values: Mapping[str, Sequence[str]]
    uploads: tuple[Upload, ...] = ()

    def one(self, name: str) -> str:
        """The field's last value as it was typed; "" where there is none."""
        found = self.values.get(name)
        return found[-1] if found else ""

    def many(self, name: str) -> list[str]:
        """Every value of the field that says something."""
        return [value for value in self.values.get(name, ()) if value.strip()]


async def posted_form(call: Call) -> Posted:
    """The form that a signed-in person sent. FormRefusedError where it is not theirs; as for `any_form`."""
    posted = await any_form(call.request)
    about = subject_of(call.request.url)
    check_form_token(call.settings.form_secret, posted.one(TOKEN), call.caller, about=about, now=call.now)
    return posted


async def any_form(request: func.HttpRequest) -> Posted:
    """The form as it came. UnsupportedTypeError, TooLargeError, MalformedRequestError."""
    kind = media_type(request)
    if kind == MULTIPART:
        pairs, uploads = await form_parts(request)
        return Posted(values=_grouped(pairs), uploads=uploads)
    if kind != URLENCODED:
        raise UnsupportedTypeError(say("Send the form as the page does."))
    body = request.get_body()
    if len(body) > MOST_BYTES:
        raise TooLargeError(say("The form is too large."))
    return Posted(values=_grouped(await asyncio.to_thread(_pairs, body)))


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise MalformedRequestError(say("The form cannot be read.")) from error


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


def field_name(pointer: str) -> str:
    """The field of a JSON Pointer."""
    return ".".join(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """One fault beside its field.

    `anchor` is the ID of the element that the error summary leads to, `label` the field's, "" where the message says
    it all.
    """

    field: str
    anchor: str
    message: str
    label: str = ""


class Faults:
    """The faults of a form, by field; those of no field of the form stand in the summary alone."""

    def __init__(self, faults: Sequence[FieldFault] = ()) -> None:
        self.all = tuple(faults)

    def __bool__(self) -> bool:
        return bool(self.all)

    def of(self, field: str) -> list[str]:
        """The messages at that field."""
        return [fault.message for fault in self.all if fault.field == field]

    def under(self, *fields: str) -> list[str]:
        """The messages at any of these fields."""
        return [message for field in fields for message in self.of(field)]


def field_faults(
    faults: Sequence[Fault],
    *,
    known: Mapping[str, str],
    moved: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> list[FieldFault]:
    """Each fault at the field that its pointer names, or at the next one above it that the form has.

    `known` maps the form's fields to the IDs of their elements; `moved` maps prefixes of pointers to where the form
    shows what they name, `labels` are the fields' own words (message IDs).
    """
    found: list[FieldFault] = []
    for fault in faults:
        name = field_name(_moved(fault.pointer, moved or {}))
        while name and name not in known:
            name = name.rpartition(".")[0]
        label = (labels or {}).get(name, "")
        found.append(FieldFault(field=name, anchor=known.get(name, ""), message=fault.message, label=label))
    return found


def named(fault: Fault, name: str, *, pointer: str) -> Fault:
    """The fault at that place, saying what it is about: a file's name, a column's."""
    words = fault.message if isinstance(fault.message, Saying) else Saying(fault.message, {})
    return Fault(pointer=pointer, code=fault.code, message=say("%(name)s: %(words)s", name=name, words=words))


def _moved(pointer: str, moved: Mapping[str, str]) -> str:
    for before, after in moved.items():
        if pointer == before or pointer.startswith(f"{before}/"):
            return after + pointer.removeprefix(before)
    return pointer
