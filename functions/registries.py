"""Partners, customers and subscriptions in and out as CSV (API.md, Reviewers and program admins)."""

from typing import Protocol

import azure.functions as func

from functions.bodies import csv_of
from functions.exports import ExportPage, Place, export_answer
from functions.import_answers import import_answer, is_dry_run
from functions.routing import Call, new_blueprint, route
from shared.forms.registry_files import CUSTOMERS_FILE, PARTNERS_FILE, SUBSCRIPTIONS_FILE, RegistryFile
from shared.usecases import import_customers as importing_customers
from shared.usecases import import_partners as importing_partners
from shared.usecases import import_subscriptions as importing_subscriptions
from shared.usecases import read_registries as reading
from shared.usecases.callers import Caller, Role
from shared.usecases.registry_records import Place as RegistryPlace
from shared.usecases.registry_records import RegistryPage
from shared.usecases.services import Services

blueprint = new_blueprint()
_ADMIN = frozenset({Role.PROGRAM_ADMIN})
_PARTNERS = "api/review/registry/partners"
_CUSTOMERS = "api/review/registry/customers"
_SUBSCRIPTIONS = "api/review/registry/subscriptions"


@route(blueprint, _PARTNERS, methods=("POST",), roles=_ADMIN)
async def import_partners(call: Call) -> func.HttpResponse:
    """The partners' locations, in."""
    dry_run, content = is_dry_run(call), csv_of(call.request)
    results = importing_partners.import_partners(
        call.services, caller=call.caller, rows=PARTNERS_FILE.rows(content), dry_run=dry_run
    )
    return await import_answer(call, results, dry_run=dry_run)


@route(blueprint, _CUSTOMERS, methods=("POST",), roles=_ADMIN)
async def import_customers(call: Call) -> func.HttpResponse:
    """The customers' tenants, in."""
    dry_run, content = is_dry_run(call), csv_of(call.request)
    results = importing_customers.import_customers(
        call.services, caller=call.caller, rows=CUSTOMERS_FILE.rows(content), dry_run=dry_run
    )
    return await import_answer(call, results, dry_run=dry_run)


@route(blueprint, _SUBSCRIPTIONS, methods=("POST",), roles=_ADMIN)
async def import_subscriptions(call: Call) -> func.HttpResponse:
    """The customers' subscriptions, in; the claims that hold them are woken."""
    dry_run, content = is_dry_run(call), csv_of(call.request)
    results = importing_subscriptions.import_subscriptions(
        call.services, caller=call.caller, rows=SUBSCRIPTIONS_FILE.rows(content), dry_run=dry_run, now=call.now
    )
    return await import_answer(call, results, dry_run=dry_run)


@route(blueprint, _PARTNERS, methods=("GET",), roles=_ADMIN)
async def export_partners(call: Call) -> func.HttpResponse:
    """The partners' locations, out."""
    return await _export(call, reading.read_partners, PARTNERS_FILE, _PARTNERS)


@route(blueprint, _CUSTOMERS, methods=("GET",), roles=_ADMIN)
async def export_customers(call: Call) -> func.HttpResponse:
    """The customers' tenants, out."""
    return await _export(call, reading.read_customers, CUSTOMERS_FILE, _CUSTOMERS)


@route(blueprint, _SUBSCRIPTIONS, methods=("GET",), roles=_ADMIN)
async def export_subscriptions(call: Call) -> func.HttpResponse:
    """The customers' subscriptions, out."""
    return await _export(call, reading.read_subscriptions, SUBSCRIPTIONS_FILE, _SUBSCRIPTIONS)


class _Reader[T](Protocol):
    async def __call__(
        self, services: Services, *, caller: Caller, behind: RegistryPlace | None, top: int
    ) -> RegistryPage[T]: ...


async def _export[T](call: Call, reader: _Reader[T], file: RegistryFile[T], path: str) -> func.HttpResponse:
    async def read(behind: Place | None, top: int) -> ExportPage:
        place = (behind[0], behind[1]) if behind else None
        page = await reader(call.services, caller=call.caller, behind=place, top=top)
        return ExportPage(rows=[file.cells(one) for one in page.items], behind=page.behind)

    return await export_answer(call, read, path=path, columns=file.columns)
