"""Dead letters in memory."""

import asyncio

from shared.storage import keys
from shared.usecases.records import DeadLetter


class FakeDeadLetters:
    """The DeadLetters in memory."""

    def __init__(self) -> None:
        self.letters: dict[tuple[str, str], DeadLetter] = {}

    async def add(self, letter: DeadLetter) -> None:
        """Keep it; the same letter again is the same."""
        await asyncio.sleep(0)
        self.letters[keys.day(letter.at), keys.checked(letter.letter_id)] = letter
