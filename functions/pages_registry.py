"""The registries as pages: files in with a dry run first, and out (API.md, Reviewers and program admins)."""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import azure.functions as func

from functions.bodies import CSV_AT_MOST
from functions.page_forms import Faults, Posted, field_faults, field_name, named, posted_form
from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page
from functions.request_errors import TooLargeError
from functions.routing import Call, new_blueprint, route
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.domain.sayings import say
from shared.forms.legacy_file import COLUMNS, legacy_rows
from shared.forms.registry_files import CUSTOMERS_FILE, PARTNERS_FILE, SUBSCRIPTIONS_FILE
from shared.forms.usage_file import USAGE_COLUMNS, usage_rows
from shared.texts import texts
from shared.usecases import import_customers as customers
from shared.usecases import import_legacy_associations as associations
from shared.usecases import import_partners as partners
from shared.usecases import import_subscriptions as subscriptions
from shared.usecases import import_usage as usage
from shared.usecases.callers import Role
from shared.usecases.import_results import RowOutcome, RowResult

blueprint = new_blueprint()
ADMINS = frozenset({Role.PROGRAM_ADMIN})
_UNPROCESSABLE = 422
_SHOWN_AT_MOST = 200
type Results = AsyncIterator[RowResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """One registry: its name (a message ID), its file's columns, and its import."""

    title: str
    columns: tuple[str, ...]
    read: Callable[[Call, bytes, bool], Results]


REGISTRIES: Mapping[str, Registry] = {
    "partners": Registry(
        title=N_("Partners"),
        columns=tuple(PARTNERS_FILE.columns),
        read=lambda call, content, dry: partners.import_partners(
            call.services, caller=call.caller, rows=PARTNERS_FILE.rows(content), dry_run=dry
        ),
    ),
    "customers": Registry(
        title=N_("Customers"),
        columns=tuple(CUSTOMERS_FILE.columns),
        read=lambda call, content, dry: customers.import_customers(
            call.services, caller=call.caller, rows=CUSTOMERS_FILE.rows(content), dry_run=dry
        ),
    ),
    "subscriptions": Registry(
        title=N_("Subscriptions"),
        columns=tuple(SUBSCRIPTIONS_FILE.columns),
        read=lambda call, content, dry: subscriptions.import_subscriptions(
            call.services, caller=call.caller, rows=SUBSCRIPTIONS_FILE.rows(content), dry_run=dry, now=call.now
        ),
    ),
    "usage": Registry(
        title=N_("Usage"),
        columns=tuple(USAGE_COLUMNS),
        read=lambda call, content, dry: usage.import_usage(
            call.services, caller=call.caller, rows=usage_rows(content), dry_run=dry, now=call.now
        ),
    ),
    "associations": Registry(
        title=N_("Associations"),
        columns=tuple(COLUMNS),
        read=lambda call, content, dry: associations.import_legacy_associations(
            call.services, caller=call.caller, rows=legacy_rows(content), dry_run=dry, now=call.now
        ),
    ),
}
_OUTCOMES: Mapping[str, str] = {
    RowOutcome.CREATED.value: N_("New"),
    RowOutcome.UPDATED.value: N_("Changed"),
    RowOutcome.UNCHANGED.value: N_("As it was"),
    RowOutcome.FAILED.value: N_("With errors"),
}


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a file's rows: counts of all, and the first ones to show, those with errors first.

    `digest` names the file by its content, so that what is imported is what was tried.
    """

    registry: str
    dry_run: bool
    file_name: str
    digest: str
    counts: Counter[str] = field(default_factory=Counter)
    failed: list[RowResult] = field(default_factory=list)
    others: list[RowResult] = field(default_factory=list)

    @property
    def rows(self) -> list[RowResult]:
        """The rows to show."""
        return [*self.failed, *self.others][:_SHOWN_AT_MOST]

    async def take(self, results: Results) -> None:
        """Count every row, and keep the first ones."""
        async for one in results:
            self.counts[one.outcome.value] += 1
            kept = self.failed if one.outcome is RowOutcome.FAILED else self.others
            if len(kept) < _SHOWN_AT_MOST:
                kept.append(one)


@route(blueprint, "review/registry", methods=("GET",), roles=ADMINS, on_problem=problem_page)
async def show_registry_page(call: Call) -> func.HttpResponse:
    """The registries, each with its columns and its export, and the form for a file."""
    return _page(call, typed=Posted(values={"registry": [next(iter(REGISTRIES))]}))


@route(blueprint, "review/registry", methods=("POST",), roles=ADMINS, on_problem=problem_page)
async def import_registry_page(call: Call) -> func.HttpResponse:
    """What the file would do; and what it did, where it is the one that was tried before."""
    posted = await posted_form(call)
    registry = REGISTRIES.get(posted.one("registry"))
    try:
        if registry is None:
            raise _fault("/registry", "unknown-value", say("Choose which registry the file is for."))
        if not posted.uploads:
            raise _fault("/proof", "required", say("Choose a CSV file."))
        upload = posted.uploads[0]
        if len(upload.content) > CSV_AT_MOST:
            raise TooLargeError(say("The file may have at most %(most)d MB.", most=CSV_AT_MOST // 1024**2))
        digest, dry_run = hashlib.sha256(upload.content).hexdigest(), posted.one("step") != "import"
        if not dry_run and posted.one("tried") != digest:
            raise _fault("/proof", "other-file", say("This is not the file that was tried. Try this one first."))
        outcome = Outcome(registry=posted.one("registry"), dry_run=dry_run, file_name=upload.file_name, digest=digest)
        await outcome.take(registry.read(call, upload.content, dry_run))
    except InvalidClaimError as error:
        return _page(call, typed=posted, faults=error.faults)
    return _page(call, typed=posted, outcome=outcome)


def _fault(pointer: str, code: str, message: str) -> InvalidClaimError:
    return InvalidClaimError((Fault(pointer=pointer, code=code, message=message),))


def _page(
    call: Call, *, typed: Posted, faults: tuple[Fault, ...] = (), outcome: Outcome | None = None
) -> func.HttpResponse:
    words = texts(language_of_page(call.request))
    shown: dict[str, Any] = {name: words.gettext(one.title) for name, one in REGISTRIES.items()}
    known = {"registry": "f-registry", "proof": "f-file"}
    return page(
        call,
        "review-registry.html",
        status=_UNPROCESSABLE if faults else 200,
        typed=typed,
        faults=Faults(field_faults(_at_the_file(faults), known=known)),
        registries=shown,
        columns={name: ", ".join(one.columns) for name, one in REGISTRIES.items()},
        row_outcomes={name: words.gettext(word) for name, word in _OUTCOMES.items()},
        outcome=outcome,
        is_admin=True,
    )


def _at_the_file(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """What is wrong with the file as a whole stands at its field; a column that is missing is named."""
    return tuple(one if one.pointer in {"/registry", "/proof"} else _in_the_file(one) for one in faults)


def _in_the_file(fault: Fault) -> Fault:
    of, _, column = field_name(fault.pointer).partition(".")
    return named(fault, column, pointer="/proof") if of == "columns" else replace(fault, pointer="/proof")
