"""The filters of a list, from a query string (API.md, GET /api/claims)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.domain.claim import Status
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.forms.form import Form, faults_of
from shared.forms.texts import MpnId, TenantId, Word, refusal
from shared.usecases.records import ListQuery

MOST_ROWS = 200
USUAL_ROWS = 50
TOKEN_LENGTH = 2000
_DATE_LENGTH = len("2026-11-22")


def _status(text: str) -> str:
    for status in Status:
        if text.strip().casefold() == status.value.casefold():
            return status.value
    raise refusal("invalid-choice", say("There is no such status. There are: %(known)s.", known=", ".join(Status)))


def _top(text: str) -> str:
    number = text.strip()
    if not (number.isascii() and number.isdecimal() and len(number) <= 3 and 1 <= int(number) <= MOST_ROWS):  # noqa: PLR2004
        raise refusal("out-of-range", say("This must be a whole number from 1 to 200."))
    return number


def _instant(text: str, *, end: bool) -> datetime:
    """A day, from its beginning or until its end in UTC, or an instant with its offset."""
    # A plus sign that was not escaped arrives as a space.
    clean = text.strip().replace(" ", "+")
    try:
        found = datetime.fromisoformat(clean)
        if len(clean) == _DATE_LENGTH:
            found = datetime.combine(found.date(), time(), tzinfo=UTC)
            return found + timedelta(days=1) - timedelta(microseconds=1) if end else found
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _no_time() from error
    raise _no_time()


def _flag(text: str) -> str:
    word = text.strip().casefold()
    if word not in {"true", "false"}:
        raise refusal("invalid-choice", say("This must be true or false."))
    return word


def _no_time() -> PydanticCustomError:
    return refusal("invalid-time", say("Give a day such as 2026-11-22, or a time such as 2026-11-22T09:30:00Z."))


def _checked_start(text: str) -> str:
    return _instant(text, end=False).isoformat()


def _checked_end(text: str) -> str:
    return _instant(text, end=True).isoformat()


_TIME = WithJsonSchema({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]})
_STATUS = WithJsonSchema({"type": "string", "enum": [status.value for status in Status]})
Start = Annotated[str, AfterValidator(_checked_start), _TIME]
"""A day from its beginning in UTC, or an instant, as ISO 8601."""
Top = Annotated[
    str,
    AfterValidator(_top),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS}),
]
"""How many rows a page may hold."""
Flag = Annotated[str, AfterValidator(_flag), WithJsonSchema({"type": "boolean"})]
"""True or false, as a query string says it."""
Continuation = Annotated[str, Field(max_length=TOKEN_LENGTH)]
"""Where the last page said to go on."""


class ListForm(Form):
    """Every filter of a list; all are texts, as a query string holds them."""

    status: Annotated[str, AfterValidator(_status), _STATUS] | None = None
    mpn_id: MpnId | None = None
    tenant_id: TenantId | None = None
    solution_area: Word | None = None
    activity: Word | None = None
    product_id: Word | None = None
    submitted_from: Start | None = None
    submitted_to: Annotated[str, AfterValidator(_checked_end), _TIME] | None = None
    q: Word | None = None
    top: Top | None = None
    continuation: Continuation | None = None


class ReviewListForm(ListForm):
    """What reviewers may ask besides: what waits too long, what is contested, and in which order."""

    overdue: Flag | None = None
    contested: Flag | None = None
    sort: Literal["urgency", "newest"] | None = None


def list_query(parameters: Mapping[str, Any]) -> ListQuery:
    """The query of these parameters. InvalidClaimError with every fault, pointers by parameter's name."""
    return _query(_form(ListForm, parameters))


def review_query(parameters: Mapping[str, Any], *, now: datetime) -> ListQuery:
    """The reviewers' query of these parameters. InvalidClaimError with every fault, pointers by parameter's name.

    Claims under review come by urgency unless another order is asked for: those overdue at `now` first. Nothing else
    can be overdue, and no other list has an urgency.
    """
    form = _form(ReviewListForm, parameters)
    waiting = form.status in {None, Status.UNDER_REVIEW.value}
    if form.sort == "urgency" and not waiting:
        message = say("Only claims under review are sorted by urgency.")
        raise InvalidClaimError((Fault(pointer="/sort", code="invalid-choice", message=message),))
    return replace(
        _query(form),
        contested=form.contested == "true" if form.contested else None,
        due_before=now if form.overdue == "true" else None,
        due_from=now if form.overdue == "false" and waiting else None,
        urgent_first=waiting and form.sort != "newest",
    )


def _form[F: ListForm](kind: type[F], parameters: Mapping[str, Any]) -> F:
    try:
        return kind.model_validate(dict(parameters))
    except ValidationError as error:
        raise InvalidClaimError(faults_of(error)) from error


def _query(form: ListForm) -> ListQuery:
    return ListQuery(
        status=Status(form.status) if form.status else None,
        mpn_id=form.mpn_id,
        tenant_id=form.tenant_id,
        solution_area=form.solution_area,
        activity=form.activity,
        product_id=form.product_id,
        submitted_from=datetime.fromisoformat(form.submitted_from) if form.submitted_from else None,
        submitted_to=datetime.fromisoformat(form.submitted_to) if form.submitted_to else None,
        q=form.q,
        top=int(form.top) if form.top else USUAL_ROWS,
        continuation=form.continuation,
    )
