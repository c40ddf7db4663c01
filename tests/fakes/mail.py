"""A mail provider and a tenant directory in memory, which a test may make fail."""

import asyncio
from collections.abc import Iterable, Mapping

from shared.domain.errors import DomainError
from shared.usecases.records import Mail, ServiceUnavailableError


class FakeMailSender:
    """The MailSender in memory: accepts each mail, a repeated one too, or fails with the next of `failures`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Mail]] = []  # with the operation ID that each was given
        self.failures: list[DomainError] = []

    async def send(self, mail: Mail, *, operation_id: str) -> str:
        """Accept the mail; the operation keeps its ID."""
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((operation_id, mail))
        return operation_id


class FakeTenantDirectory:
    """The TenantDirectory in memory; it is silent about the domains in `down`."""

    def __init__(self, tenants: Mapping[str, str], *, down: Iterable[str] = ()) -> None:
        self.tenants = dict(tenants)
        self.down = set(down)

    async def tenant_of(self, domain: str) -> str | None:
        """The tenant of the domain, null for an unknown one."""
        await asyncio.sleep(0)
        if domain in self.down:
            raise ServiceUnavailableError("The identity platform does not answer.")
        return self.tenants.get(domain)
