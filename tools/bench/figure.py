"""One figure of the product, as measured, against its reference in the same run."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured; `ratio` is what the `limit` is about.

    `at_most` says which way is good. `measured` and `reference` are words with their units, for the table.
    """

    name: str
    work: str
    measured: str
    reference: str
    ratio: float
    limit: float
    unit: str = "\N{MULTIPLICATION SIGN}"
    at_most: bool = True

    @property
    def met(self) -> bool:
        """Whether the figure is as good as it has to be."""
        return self.ratio <= self.limit if self.at_most else self.ratio >= self.limit

    @property
    def share(self) -> float:
        """How much of the limit is used: at most 1 where it is met, whichever way is good."""
        if self.at_most:
            return self.ratio / self.limit if self.limit else float(self.ratio > 0)
        return self.limit / self.ratio if self.ratio else float("inf")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(seconds: float) -> str:
    """A duration as people read it."""
    return f"{seconds * 1000:.1f} ms"


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
