"""Dead letters in memory."""

import asyncio
from dataclasses import replace
from datetime import datetime

from shared.storage import keys
from shared.usecases.operation_records import DeadLetterPage, DeadLetterPlace
from shared.usecases.records import DeadLetter, Versioned
from tests.fakes.rows import FakeRows


class FakeDeadLetters:
    """The DeadLetters in memory. `page_rows` is how many letters one page looks at."""

    def __init__(self, *, page_rows: int = 1000) -> None:
        self.rows: FakeRows[DeadLetter] = FakeRows()
        self._page_rows = page_rows

    async def add(self, letter: DeadLetter) -> None:
        """Keep it; the same letter again keeps who put it back before."""
        await asyncio.sleep(0)
        stored = self.rows.get(keys.day(letter.at), letter.letter_id)
        if stored is not None:
            trace = stored.value
            letter = replace(letter, replayed_at=trace.replayed_at, replayed_by=trace.replayed_by)
        self.rows.put(keys.day(letter.at), letter.letter_id, letter)

    async def page(
        self, *, since: datetime, until: datetime, top: int, open_only: bool, behind: DeadLetterPlace | None
    ) -> DeadLetterPage:
        """Letters of those days, oldest day first, by ID within a day."""
        await asyncio.sleep(0)
        first = (behind.day, behind.letter_id) if behind else (keys.day(since), "")
        places = [place for place in sorted(self.rows.stored) if first < place and place[0] <= keys.day(until)]
        found: list[DeadLetter] = []
        for number, place in enumerate(places):
            if len(found) == top or number == self._page_rows:
                day, letter_id = places[number - 1]
                return DeadLetterPage(items=tuple(found), behind=DeadLetterPlace(day=day, letter_id=letter_id))
            letter = self.rows.stored[place].value
            if letter.is_open or not open_only:
                found.append(letter)
        return DeadLetterPage(items=tuple(found), behind=None)

    async def get(self, place: DeadLetterPlace) -> Versioned[DeadLetter] | None:
        """The letter, or null where there is none."""
        await asyncio.sleep(0)
        return self.rows.get(place.day, place.letter_id)

    async def mark_replayed(self, letter: Versioned[DeadLetter], *, at: datetime, by: str) -> None:
        """Note who put it back, and when."""
        await asyncio.sleep(0)
        marked = replace(letter.value, replayed_at=at, replayed_by=by)
        self.rows.replace(keys.day(marked.at), marked.letter_id, marked, letter.version)
