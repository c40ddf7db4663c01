"""What one claim takes, and from it what so many a month need and cost.

Requests are those that `make bench FIGURE=life` counted; sizes, looks and run times are estimates.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tools.embedded import ROOT
from tools.scale import rates

PROOF_MB = 0.5
ROWS_KB = 30
"""Claim, six history rows, mails, list rows, ticket and deadlines."""
MAILS, MAIL_MB = 5, 0.03
EXECUTIONS, SECONDS_EACH, MEMORY_GB = 24, 0.4, 2
LOG_KB = 12
PAGES_READ = 20
"""Looks at lists and claims, by everybody, for each claim filed; each takes three requests."""
_KB_PER_GB, _MB_PER_GB = 1_000_000, 1_000


@dataclass(frozen=True, slots=True)
class Cost:
    """A line of the bill."""

    what: str
    amount: str
    dollars: float


def requests_of_a_life() -> int:
    """All that was counted for a claim's life, recoveries too."""
    run = json.loads((ROOT / "docs" / "performance.json").read_text(encoding="utf-8"))
    return int(next(row["ratio"] for row in run if row["name"] == "life-and-recoveries"))


def monthly(claims: int) -> Iterator[Cost]:
    """The bill of a month in which so many claims are filed, with the rows and proofs of a year kept."""
    requests = claims * (requests_of_a_life() + 3 * PAGES_READ)
    yield Cost("table and queue requests", f"{requests:,}", requests / 10_000 * rates.TABLE_AND_QUEUE.dollars)
    yield Cost("blob writes", f"{claims:,}", claims / 10_000 * rates.BLOB_WRITES.dollars)
    yield Cost("blob reads", f"{2 * claims:,}", 2 * claims / 10_000 * rates.BLOB_READS.dollars)
    rows = 12 * claims * ROWS_KB / _KB_PER_GB
    yield Cost("rows of a year", f"{rows:,.0f} GB", rows * rates.TABLE_STORED.dollars)
    proofs = 12 * claims * PROOF_MB / _MB_PER_GB
    yield Cost("proofs of a year", f"{proofs:,.0f} GB", proofs * rates.BLOB_STORED.dollars)
    runs = claims * (EXECUTIONS + PAGES_READ)
    yield Cost("executions", f"{runs:,}", runs / 1_000_000 * rates.EXECUTIONS.dollars)
    work = runs * SECONDS_EACH * MEMORY_GB
    yield Cost("memory while they run", f"{work:,.0f} GB-s", work * rates.GB_SECONDS.dollars)
    mails = claims * MAILS
    yield Cost("mails", f"{mails:,}", mails * (rates.MAILS.dollars + MAIL_MB * rates.MAIL_BYTES.dollars))
    logs = claims * LOG_KB / _KB_PER_GB
    yield Cost("logs", f"{logs:,.0f} GB", logs * rates.LOGS.dollars)
