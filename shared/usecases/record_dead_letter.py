"""Messages that failed for good are kept where they do not expire and people see them."""

import hashlib
import json
from datetime import datetime

from shared.usecases.records import DeadLetter
from shared.usecases.services import Services

_ID_AT_MOST = 100
"""Characters; a claim's ID has 48. What is longer, or holds anything but plain letters and digits, is none."""


async def record_dead_letter(services: Services, *, queue: str, body: str, now: datetime) -> None:
    """Keep the message under a digest of its queue and body, so that a repeat is the same letter."""
    digest = hashlib.sha256(f"{queue}\n{body}".encode()).hexdigest()[:32]
    letter = DeadLetter(letter_id=digest, queue=queue, body=body, claim_id=_claim_id(body), at=now)
    await services.dead_letters.add(letter)


def _claim_id(body: str) -> str | None:
    """The claim that the message speaks of, where it can be read at all."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):  # nesting without end is foreign, too, and must be kept all the same
        return None
    found = message.get("claim_id") if isinstance(message, dict) else None
    if not isinstance(found, str) or len(found) > _ID_AT_MOST:
        return None
    # Half a character, as JSON can write it, is nothing that a table takes.
    return found if found.isascii() and found.isalnum() else None
