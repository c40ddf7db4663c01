"""Messages that failed for good are kept where they do not expire and people see them."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from shared.usecases.records import DeadLetter
from shared.usecases.services import Services

_CIRCUMSTANCES = {"sent_at", "correlation"}
_ID_AT_MOST = 100
"""Characters; a claim's ID has 48. What is longer, or holds anything but plain letters and digits, is none."""


async def record_dead_letter(services: Services, *, queue: str, body: str, now: datetime) -> None:
    """Keep the message under a digest of its queue and what it asks for, so that a repeat is the same letter.

    A due row whose work fails is handed out again by every tick: were each of these messages a letter of its own, one
    claim would bury all others beneath a thousand a day.
    """
    asked, claim_id = _read(body)
    digest = hashlib.sha256(f"{queue}\n{asked}".encode()).hexdigest()[:32]
    await services.dead_letters.add(DeadLetter(letter_id=digest, queue=queue, body=body, claim_id=claim_id, at=now))


def _read(body: str) -> tuple[str, str | None]:
    """What the message asks for (all but when it was sent, and in whose course), and of which claim it speaks."""
    try:
        message = json.loads(body)
        if not isinstance(message, dict):
            return body, None
        wish = {name: value for name, value in message.items() if name not in _CIRCUMSTANCES}
        return json.dumps(wish, sort_keys=True), _claim_id(message)
    except (ValueError, RecursionError):  # nesting without end is foreign, too, and must be kept all the same
        return body, None


def _claim_id(message: Mapping[str, object]) -> str | None:
    found = message.get("claim_id")
    if not isinstance(found, str) or len(found) > _ID_AT_MOST:
        return None
    # Half a character, as JSON can write it, is nothing that a table takes.
    return found if found.isascii() and found.isalnum() else None
