"""A mail provider and a tenant directory in memory, which a test may make fail."""

import asyncio
from collections.abc import Mapping

from shared.domain.errors import DomainError
from shared.usecases.records import Mail


class FakeMailSender:
    """The MailSender in memory: accepts, or fails with the next of `failures`. An operation ID is sent once."""

    def __init__(self) -> None:
        self.sent: dict[str, Mail] = {}
        self.failures: list[DomainError] = []

    async def send(self, mail: Mail, *, operation_id: str) -> str:
        """Accept the mail; the operation keeps its ID."""
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.setdefault(operation_id, mail)
        return operation_id


class FakeTenantDirectory:
    """The TenantDirectory in memory; `failure` is what it answers instead, where set."""

    def __init__(self, tenants: Mapping[str, str]) -> None:
        self._tenants = dict(tenants)
        self.failure: DomainError | None = None

    async def tenant_of(self, domain: str) -> str | None:
        """The tenant of the domain, null for an unknown one."""
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self._tenants.get(domain)
