"""How files of rows are imported: in bounded batches, each row with its own end, safe to send again.

A row that says something of a thing decides all of it: what is stored is replaced where it differs, and left alone
where it does not. Nothing is ever deleted. Whatever stops an import half-way, sending the file again finishes it.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched

from shared.domain.errors import Fault
from shared.domain.sayings import say
from shared.usecases.import_results import RowOutcome, RowResult

BATCH = 100
_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow[T]:
    """One row as read: `row` counts from 1 without the header, `key` names the thing as far as it can be read ("").

    `value` is null where `faults` say why.
    """

    row: int
    key: str
    value: T | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored[T]:
    """What is known of a row's thing: as `value` says (null: nothing yet), and what forbids to write it.

    `whole` is false where rows that belong to it are missing: it is then written again, though nothing changes.
    """

    value: T | None
    faults: tuple[Fault, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Written[T]:
    """A row's value, and the one before it."""

    before: T | None
    value: T


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert[T]:
    """How one kind of thing is looked up and written.

    `key_column` names the column of the key, `names` gives what no other row of the file may have, with its column.
    `settled` is told of each batch's good rows, also of those that change nothing, after they are written. `batch` is
    how many rows are looked up and written together; where one question answers for many, `look` is made for all of
    them at once (see `each`).
    """

    key_column: str
    look: Callable[[Sequence[tuple[int, T]]], Awaitable[Sequence[Stored[T]]]]
    put: Callable[[Sequence[T]], Awaitable[None]]
    names: Callable[[T], Iterable[tuple[str, str]]] = lambda _value: ()
    settled: Callable[[Sequence[Written[T]]], Awaitable[None]] | None = None
    batch: int = BATCH


def each[T](
    look: Callable[[int, T], Awaitable[Stored[T]]],
) -> Callable[[Sequence[tuple[int, T]]], Awaitable[Sequence[Stored[T]]]]:
    """The look-up of a batch by looking up each of its rows, some at a time."""

    async def look_all(rows: Sequence[tuple[int, T]]) -> Sequence[Stored[T]]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(row: int, value: T) -> Stored[T]:
            async with gate:
                return await look(row, value)

        return await asyncio.gather(*(one(row, value) for row, value in rows))

    return look_all


def row_fault(row: int, column: str, code: str, message: str) -> Fault:
    """What is wrong with one cell."""
    return Fault(pointer=f"/rows/{row}/{column}", code=code, message=message)


async def import_rows[T](
    rows: Iterable[ImportRow[T]], upsert: Upsert[T], *, dry_run: bool
) -> AsyncGenerator[RowResult]:
    """The end of each row, in the file's order; a dry run writes nothing and answers the same.

    A batch is read, written and told before the next one is looked at: of the file's earlier rows only short digests of
    their names are kept. Where a key, or a name, comes twice, the second row fails and names the first.
    ServiceUnavailableError where the storage is down: the rows told so far are done.
    """
    seen = _Seen(upsert)
    for batch in batched(rows, upsert.batch, strict=False):
        ends: dict[int, RowResult] = {}
        good: list[tuple[ImportRow[T], T]] = []
        for row in batch:
            faults = seen.faults(row)
            if row.value is None or faults:
                ends[row.row] = _failed(row, faults)
            else:
                good.append((row, row.value))
        async for result in _settled(good, upsert, dry_run=dry_run):
            ends[result.row] = result
        for row in batch:
            yield ends[row.row]


async def _settled[T](
    rows: Sequence[tuple[ImportRow[T], T]], upsert: Upsert[T], *, dry_run: bool
) -> AsyncGenerator[RowResult]:
    known = await upsert.look([(row.row, value) for row, value in rows]) if rows else []
    fine = [
        (row, Written(before=stored.value, value=value), stored)
        for (row, value), stored in zip(rows, known, strict=True)
        if not stored.faults
    ]
    if fine and not dry_run:
        changed = [one.value for _, one, stored in fine if one.value != one.before or not stored.whole]
        if changed:
            await upsert.put(changed)
        if upsert.settled is not None:
            await upsert.settled([one for _, one, _ in fine])
    for row, one, _ in fine:
        yield RowResult(row=row.row, key=row.key, outcome=_outcome(one))
    for (row, _), stored in zip(rows, known, strict=True):
        if stored.faults:
            yield _failed(row, stored.faults)


def _outcome[T](written: Written[T]) -> RowOutcome:
    if written.before is None:
        return RowOutcome.CREATED
    return RowOutcome.UNCHANGED if written.before == written.value else RowOutcome.UPDATED


def _failed[T](row: ImportRow[T], faults: tuple[Fault, ...]) -> RowResult:
    return RowResult(row=row.row, key=row.key, outcome=RowOutcome.FAILED, faults=faults)


class _Seen[T]:
    """Which row of the file was the first to have a key or a name."""

    def __init__(self, upsert: Upsert[T]) -> None:
        self._upsert = upsert
        self._rows: dict[bytes, int] = {}

    def faults(self, row: ImportRow[T]) -> tuple[Fault, ...]:
        """The row's own faults, and those of coming too late."""
        names = {(self._upsert.key_column, row.key): None} if row.key else {}
        if row.value is not None:
            names |= dict.fromkeys(self._upsert.names(row.value))
        taken: list[Fault] = []
        for column, name in names:
            digest = hashlib.blake2b(f"{column}\0{name}".encode(), digest_size=16).digest()
            first = self._rows.setdefault(digest, row.row)
            if first != row.row:
                message = say("Row %(first)d of this file has “%(name)s” already.", first=first, name=name)
                taken.append(row_fault(row.row, column, "duplicate-row", message))
        return (*row.faults, *taken)
