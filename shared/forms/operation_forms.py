"""The parameters of what operators ask for (API.md, Reviewers and program admins)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.forms.form import Form, faults_of
from shared.forms.list_form import USUAL_ROWS, Continuation, Start, Top


class PageForm(Form):
    """How many rows a page holds, and where to go on."""

    top: Top | None = None
    continuation: Continuation | None = None

    @property
    def rows(self) -> int:
        """How many rows the page holds at most."""
        return int(self.top) if self.top else USUAL_ROWS


class DeadLettersForm(PageForm):
    """Which dead letters: those that wait for somebody, or all, since a day."""

    state: Literal["open", "all"] = "open"
    since: Start | None = None

    @property
    def first_day(self) -> datetime | None:
        """The day to begin with."""
        return datetime.fromisoformat(self.since) if self.since else None


class FinalizationForm(PageForm):
    """In earnest, or a dry run as of some instant."""

    dry_run: Literal["true", "false"] = "false"
    as_of: Start | None = None

    @property
    def is_dry(self) -> bool:
        """Whether nothing is to happen."""
        return self.dry_run == "true"

    def instant(self, now: datetime) -> datetime:
        """The instant that the dry run is about."""
        return datetime.fromisoformat(self.as_of) if self.as_of else now


def parameters[F: Form](form: type[F], query: Mapping[str, Any]) -> F:
    """The query string's values. InvalidClaimError with every fault, pointers by parameter's name."""
    try:
        return form.model_validate(dict(query))
    except ValidationError as error:
        raise InvalidClaimError(faults_of(error)) from error


def finalization_of(query: Mapping[str, Any]) -> FinalizationForm:
    """The finalization that is asked for. `asOf`, `top` and `continuation` are a dry run's: InvalidClaimError."""
    form = parameters(FinalizationForm, query)
    if not form.is_dry:
        message = say("This goes with dryRun=true only.")
        named = {"/asOf": form.as_of, "/top": form.top, "/continuation": form.continuation}
        faults = [Fault(pointer=name, code="dry-run-only", message=message) for name, value in named.items() if value]
        if faults:
            raise InvalidClaimError(tuple(faults))
    return form
