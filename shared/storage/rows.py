"""Point reads, and the condition of a write, the same for every table."""

from typing import Any

from azure.core import MatchConditions
from azure.data.tables import TableEntity
from azure.data.tables.aio import TableClient

from shared.storage import keys
from shared.storage.faults import ResourceNotFoundError, service_faults


async def read_row(table: TableClient, partition: str, row: str) -> TableEntity | None:
    """The entity, null where there is none; a key that tables would not take names none. ServiceUnavailableError."""
    if not (keys.is_safe(partition) and keys.is_safe(row)):
        return None
    try:
        with service_faults():
            return await table.get_entity(partition, row)
    except ResourceNotFoundError:
        return None


def if_match(version: str) -> dict[str, Any]:
    """The options of a write that is for the row as it was read, at that ETag, and for no other."""
    return {"etag": version, "match_condition": MatchConditions.IfNotModified}
