"""Mail operations in memory."""

import asyncio
from dataclasses import replace

from shared.storage import keys
from shared.usecases.records import MailOperation


class FakeMailOperations:
    """The MailOperations in memory; operation IDs are GUIDs, whose letters' case says nothing."""

    def __init__(self) -> None:
        self.operations: dict[str, MailOperation] = {}

    async def put(self, operation: MailOperation) -> None:
        """Remember; again is fine."""
        await asyncio.sleep(0)
        name = keys.checked(operation.operation_id.lower())
        self.operations[name] = replace(operation, operation_id=name)

    async def find(self, operation_id: str) -> MailOperation | None:
        """The mail, or null."""
        await asyncio.sleep(0)
        return self.operations.get(operation_id.lower())
