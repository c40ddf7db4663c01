"""What a proof says, for a person who reads it: plain values, no library's types."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofReading:
    """A proof's text, and what was found in it of what check 6 looks for.

    `products_named` are IDs of the claim's products; `signed` is true as well for a filled signature field, which names
    nobody; `newest_date` is the newest that is not in the future. All is empty where there is no text to read.
    """

    text: str
    machine_readable: bool
    customer_named: bool
    products_named: frozenset[str]
    signed: bool
    signed_by: str | None
    newest_date: date | None
    active_content: bool
