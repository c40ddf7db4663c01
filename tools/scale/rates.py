"""Prices and limits of the services, as assumed on a day: look them up again before you rely on them.

Prices are in US dollars, without free grants, reservations and taxes; they differ by region and agreement. Prices and
limits were typed in from memory and the rules of the storage, not read from a price list.
"""

from dataclasses import dataclass

ASSUMED_ON = "2026-11-23"


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of something costs."""

    what: str
    unit: str
    dollars: float


TABLE_AND_QUEUE = Rate("table and queue requests", "10,000", 0.0004)
BLOB_WRITES = Rate("blob writes (hot)", "10,000", 0.055)
BLOB_READS = Rate("blob reads (hot)", "10,000", 0.0044)
TABLE_STORED = Rate("table data stored", "GB and month", 0.045)
BLOB_STORED = Rate("proofs stored (hot, locally redundant)", "GB and month", 0.018)
EXECUTIONS = Rate("Flex Consumption executions", "1,000,000", 0.40)
GB_SECONDS = Rate("Flex Consumption memory", "GB-second", 0.000026)
MAILS = Rate("e-mails", "mail", 0.00025)
MAIL_BYTES = Rate("e-mail content", "MB", 0.00012)
LOGS = Rate("logs taken in", "GB", 2.76)
RATES = (
    TABLE_AND_QUEUE,
    BLOB_WRITES,
    BLOB_READS,
    TABLE_STORED,
    BLOB_STORED,
    EXECUTIONS,
    GB_SECONDS,
    MAILS,
    MAIL_BYTES,
    LOGS,
)

PARTITION_PER_SECOND = 2_000
ACCOUNT_PER_SECOND = 20_000
QUEUE_PER_SECOND = 2_000
MAILS_PER_HOUR = 100
INSTANCES = 100
"""maximumInstances of infra/main.bicep."""
CONCURRENT = 8 + 4
"""Messages that one instance works on at a time: batchSize + newBatchThreshold of host.json."""
