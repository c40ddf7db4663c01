"""The customers' tenants, imported by a programme admin (PROCESS.md, Who may do what)."""

import asyncio
from collections.abc import AsyncGenerator, Iterable

from shared.domain.registry import RegisteredCustomer
from shared.domain.sayings import say
from shared.usecases.callers import Caller, Role
from shared.usecases.import_results import RowResult
from shared.usecases.row_imports import ImportRow, Stored, Upsert, each, import_rows, row_fault
from shared.usecases.services import Services


async def import_customers(
    services: Services, *, caller: Caller, rows: Iterable[ImportRow[RegisteredCustomer]], dry_run: bool
) -> AsyncGenerator[RowResult]:
    """Each customer made, changed or left alone; a domain that another tenant has stays that one's.

    A domain moves by taking it from the one first: a file that does both at once may have to be sent twice.
    RoleMissingError, ServiceUnavailableError.
    """
    caller.needs(Role.PROGRAM_ADMIN)

    async def look(row: int, customer: RegisteredCustomer) -> Stored[RegisteredCustomer]:
        domains = customer.domains
        owners = await asyncio.gather(*(services.registry_admin.domain_owner(domain) for domain in domains))
        faults = tuple(
            row_fault(
                row,
                "domains",
                "domain-taken",
                say("The tenant %(tenant)s has the domain %(domain)s.", tenant=owner, domain=domain),
            )
            for domain, owner in zip(domains, owners, strict=True)
            if owner is not None and owner != customer.tenant_id
        )
        stored = await services.registry.customer(customer.tenant_id)
        return Stored(value=stored, faults=faults, whole=None not in owners)

    upsert = Upsert(
        key_column="tenantId",
        look=each(look),
        put=services.registry.put_customers,
        names=lambda customer: (("domains", domain) for domain in customer.domains),
    )
    async for result in import_rows(rows, upsert, dry_run=dry_run):
        yield result
