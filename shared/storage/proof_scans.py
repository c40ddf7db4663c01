"""What the malware scan said, in a partition for each claim: a row for each content that it looked at."""

import json
from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import AzureError
from azure.data.tables import UpdateMode

from shared.domain.claim import Scan
from shared.domain.sayings import say
from shared.storage import keys, odata
from shared.storage.clients import Clients
from shared.storage.entities import instant, version_of
from shared.storage.faults import is_conflict, service_faults
from shared.storage.keys import Table
from shared.storage.rows import if_match, read_row
from shared.storage.upgrades import SCHEMA_VERSION
from shared.usecases.records import ConflictError, ServiceUnavailableError
from shared.usecases.scan_records import ScanFinding, outweighs

_TRIES = 5


class TableProofScans:
    """The ProofScans on its table."""

    def __init__(self, clients: Clients) -> None:
        self._table = clients.table(Table.PROOF_SCANS)

    async def note(self, finding: ScanFinding) -> None:
        """Compare with what is there and swap; after a lost reply it is there, and does not outweigh itself."""
        row: dict[str, Any] = {
            "PartitionKey": keys.checked(finding.claim_id),
            "RowKey": keys.checked(finding.sha256),
            "SchemaVersion": SCHEMA_VERSION,
            "Scan": finding.scan.value,
            "At": finding.at,
            "Names": json.dumps(list(finding.names), ensure_ascii=False),
        }
        for _ in range(_TRIES):
            stored = await read_row(self._table, row["PartitionKey"], row["RowKey"])
            if not outweighs(finding, _finding(stored) if stored is not None else None):
                return
            try:
                if stored is None:
                    await self._table.create_entity(row)
                else:
                    await self._table.update_entity(row, mode=UpdateMode.REPLACE, **if_match(version_of(stored)))
            except AzureError as error:
                if is_conflict(error):
                    continue
                raise ServiceUnavailableError(say("The storage did not answer.")) from error
            return
        raise ConflictError(say("The scan's word on this proof is being changed by others."))

    async def of_claim(self, claim_id: str) -> Mapping[str, Scan]:
        """The scan's word on each content of the claim that it spoke of, by SHA-256."""
        with service_faults():
            rows = self._table.query_entities(odata.partition(keys.checked(claim_id)))
            return {str(row["RowKey"]): Scan(row["Scan"]) async for row in rows}


def _finding(row: Mapping[str, Any]) -> ScanFinding:
    at = instant(row, "At")
    if at is None:
        raise ValueError("a scan's row without its time")
    return ScanFinding(
        claim_id=row["PartitionKey"],
        sha256=row["RowKey"],
        scan=Scan(row["Scan"]),
        at=at,
        names=tuple(json.loads(row["Names"])),
    )
