"""Rows are imported in bounded batches, each with its own end, whatever becomes of the others."""

import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from shared.domain.errors import Fault
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.records import ServiceUnavailableError
from shared.usecases.row_imports import BATCH, ImportRow, Stored, Upsert, Written, each, import_rows, row_fault

type Thing = tuple[str, int]
"""A key and a figure."""


@dataclass
class Shelf:
    """Things by key, and what was asked of it."""

    things: dict[str, int] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    written: list[str] = field(default_factory=list)
    told: list[Written[Thing]] = field(default_factory=list)
    down_at: str | None = None

    async def look(self, row: int, thing: Thing) -> Stored[Thing]:
        """What is on the shelf."""
        key = thing[0]
        if key in self.forbidden:
            return Stored(value=None, faults=(row_fault(row, "key", "forbidden", "No."),))
        known = (key, self.things[key]) if key in self.things else None
        return Stored(value=known, whole=key not in self.broken)

    async def put(self, things: Sequence[Thing]) -> None:
        """Onto the shelf, until it breaks."""
        for key, figure in things:
            if key == self.down_at:
                raise ServiceUnavailableError("The shelf broke.")
            self.things[key] = figure
            self.written.append(key)

    async def settled(self, written: Sequence[Written[Thing]]) -> None:
        """Remember who was told of."""
        self.told += written

    def upsert(self) -> Upsert[Thing]:
        """How things get onto it; figures above 1,000 may be there once only."""
        return Upsert(
            key_column="key",
            look=each(self.look),
            put=self.put,
            names=lambda thing: [("figure", str(thing[1]))] if thing[1] > 1000 else [],
            settled=self.settled,
        )


def rows(*things: Thing) -> list[ImportRow[Thing]]:
    """These things as rows, numbered from 1."""
    return [ImportRow(row=number, key=thing[0], value=thing) for number, thing in enumerate(things, 1)]


async def ends(shelf: Shelf, given: Sequence[ImportRow[Thing]], *, dry_run: bool = False) -> list[RowResult]:
    """What became of the rows."""
    return [result async for result in import_rows(given, shelf.upsert(), dry_run=dry_run)]


def outcomes(results: Sequence[RowResult]) -> list[str]:
    """The ends' words."""
    return [result.outcome.value for result in results]


async def test_each_row_ends_in_its_own_way_and_in_its_place() -> None:
    """What is new is created, what differs updated, what is the same left alone, what is forbidden told; in order."""
    shelf = Shelf(things={"b": 2, "c": 3}, forbidden={"d"})
    results = await ends(shelf, rows(("d", 1), ("a", 1), ("c", 3), ("b", 5)))
    assert outcomes(results) == ["failed", "created", "unchanged", "updated"]
    assert [(result.row, result.key) for result in results] == [(1, "d"), (2, "a"), (3, "c"), (4, "b")]
    assert [fault.pointer for fault in results[0].faults] == ["/rows/1/key"]
    assert shelf.things == {"a": 1, "b": 5, "c": 3}
    assert shelf.written == ["a", "b"]


async def test_the_same_file_again_changes_nothing() -> None:
    """A file that is sent twice ends unchanged, row by row."""
    shelf, given = Shelf(), rows(("a", 1), ("b", 2))
    await ends(shelf, given)
    assert outcomes(await ends(shelf, given)) == ["unchanged", "unchanged"]
    assert shelf.written == ["a", "b"]


async def test_a_dry_run_answers_the_same_and_writes_nothing() -> None:
    """A dry run tells what would become of each row; nothing is written, nobody is told."""
    shelf = Shelf(things={"b": 2, "c": 3}, forbidden={"d"})
    given = rows(("a", 1), ("b", 5), ("c", 3), ("d", 1), ("a", 2))
    dry = await ends(shelf, given, dry_run=True)
    assert (shelf.things, shelf.written, shelf.told) == ({"b": 2, "c": 3}, [], [])
    assert dry == await ends(shelf, given)


async def test_a_row_that_could_not_be_read_stops_no_other() -> None:
    """A row with faults of its own fails with them; those around it are imported."""
    fault = Fault(pointer="/rows/2/figure", code="wrong-type", message="No number.")
    given = [
        ImportRow(row=1, key="a", value=("a", 1)),
        ImportRow(row=2, key="b", value=None, faults=(fault,)),
        ImportRow(row=3, key="c", value=("c", 3)),
    ]
    results = await ends(Shelf(), given)
    assert outcomes(results) == ["created", "failed", "created"]
    assert results[1].faults == (fault,)


@pytest.mark.parametrize("between", [0, BATCH])
async def test_the_second_row_of_a_key_names_the_first(between: int) -> None:
    """A key that comes twice is imported as its first row says; the second fails, also many batches later."""
    given = rows(("a", 1), *((f"x{number}", 1) for number in range(between)), ("a", 2))
    shelf = Shelf()
    results = await ends(shelf, given)
    assert outcomes(results)[0] == "created"
    assert outcomes(results)[-1] == "failed"
    (fault,) = results[-1].faults
    assert (fault.pointer, fault.code) == (f"/rows/{between + 2}/key", "duplicate-row")
    assert "Row 1" in fault.message
    assert shelf.things["a"] == 1


async def test_a_row_after_a_faulty_one_of_its_key_fails_too() -> None:
    """Which of two rows was meant is not guessed, even where the first cannot be read."""
    fault = Fault(pointer="/rows/1/figure", code="wrong-type", message="No number.")
    given = [ImportRow[Thing](row=1, key="a", value=None, faults=(fault,)), ImportRow(row=2, key="a", value=("a", 2))]
    assert outcomes(await ends(Shelf(), given)) == ["failed", "failed"]


async def test_rows_without_a_key_are_not_each_other_s_doubles() -> None:
    """Two rows whose keys are missing fail for that alone."""
    fault = Fault(pointer="/rows/1/key", code="required", message="Fill this in.")
    given = [ImportRow[Thing](row=number, key="", value=None, faults=(fault,)) for number in (1, 2)]
    assert [result.faults for result in await ends(Shelf(), given)] == [(fault,), (fault,)]


async def test_a_name_that_may_be_there_once_is_there_once() -> None:
    """Two things that ask for the same name: the first has it, the second is told who does."""
    results = await ends(Shelf(), rows(("a", 2000), ("b", 2000), ("c", 7), ("d", 7)))
    assert outcomes(results) == ["created", "failed", "created", "created"]
    assert [fault.pointer for fault in results[1].faults] == ["/rows/2/figure"]


async def test_what_is_not_whole_is_written_again() -> None:
    """A thing of which rows are missing is mended by a row that changes nothing."""
    shelf = Shelf(things={"a": 1}, broken={"a"})
    assert outcomes(await ends(shelf, rows(("a", 1)))) == ["unchanged"]
    assert shelf.written == ["a"]


async def test_all_good_rows_are_told_after_they_are_written() -> None:
    """Those that wait for changes hear of unchanged rows too, with what was there before, and never of failed ones."""
    shelf = Shelf(things={"a": 1, "b": 2}, forbidden={"d"})
    await ends(shelf, rows(("a", 1), ("b", 3), ("c", 4), ("d", 5)))
    assert shelf.told == [
        Written(before=("a", 1), value=("a", 1)),
        Written(before=("b", 2), value=("b", 3)),
        Written(before=None, value=("c", 4)),
    ]


async def test_what_was_cut_off_is_finished_by_sending_it_again() -> None:
    """The storage fails in the midst of a file: the error is told, and the same file again does the rest."""
    shelf, given = Shelf(down_at="x150"), rows(*((f"x{number}", 1) for number in range(250)))
    results = import_rows(given, shelf.upsert(), dry_run=False)
    assert [(await anext(results)).row for _ in range(BATCH)] == list(range(1, BATCH + 1))
    with pytest.raises(ServiceUnavailableError):
        await anext(results)
    shelf.down_at = None
    again = outcomes(await ends(shelf, given))
    assert again == ["unchanged"] * 150 + ["created"] * 100
    assert len(shelf.things) == 250


async def test_a_row_is_read_when_its_batch_is_due() -> None:
    """Of a file's rows one batch is held: the next is not read before the results of this one are taken."""
    read: list[int] = []

    def lazily() -> Iterator[ImportRow[Thing]]:
        for row in rows(*((f"x{number}", 1) for number in range(3 * BATCH))):
            read.append(row.row)
            yield row

    results = import_rows(lazily(), Shelf().upsert(), dry_run=False)
    first = await anext(results)
    assert (first.outcome, len(read)) == (RowOutcome.CREATED, BATCH)
    await results.aclose()


async def peak(count: int) -> int:
    """The most bytes that importing so many rows takes; nothing is kept of them on the other side."""

    async def look(_row: int, _thing: Thing) -> Stored[Thing]:
        return Stored(value=None)

    async def put(_things: Sequence[Thing]) -> None:
        return

    many = (
        ImportRow(row=number, key=f"key-{number}", value=(f"key-{number}" + "x" * 1000, 1)) for number in range(count)
    )
    tracemalloc.start()
    try:
        async for _ in import_rows(many, Upsert(key_column="key", look=each(look), put=put), dry_run=False):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_memory_does_not_grow_with_the_rows() -> None:
    """Ten times as many rows take little more than the digests of their names: rows themselves are not kept."""
    few, many = await peak(1_000), await peak(10_000)
    assert (many - few) / 9_000 < 200
