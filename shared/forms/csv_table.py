"""CSV as people's spreadsheets write and read it: the one reader of imports, and the one writer of exports.

Written after RFC 4180, with a byte order mark, for without one spreadsheets take UTF-8 for something else. Reading is
lazy: however long the file, one row of it is looked at.
"""

import csv
import io
import re
from collections.abc import AsyncIterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say

MEDIA_TYPE = "text/csv"
LONGEST_CELL = 10_000  # characters
MOST_COLUMNS = 200
BOM = "\ufeff"
_SEPARATORS = (",", ";", "\t")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the beginning of a formula, full-width forms too."""
_SHIELD = "'"
# Where semicolons separate, as in much of Europe, a spreadsheet cuts a cell in two that only commas should have ended.
_BEHIND_SEPARATOR = re.compile(r"([;\t\r\n])([ '\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_SHIELDED_THERE = re.compile(r"([;\t\r\n])'([ '\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NAMED_SEPARATOR = re.compile(r'"?sep=([,;\t])"?\r?\n?', re.IGNORECASE)
_HEADER = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """One row: `number` counts from 1 without the header, `values` are its trimmed cells by column, blanks left out.

    `faults` say what is wrong with the row's own shape (pointers `/rows/N`); its values are then not to be used.
    """

    number: int
    values: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


def csv_rows(content: bytes, *, columns: Sequence[str], required: Sequence[str] = ()) -> Iterator[CsvRow]:
    """The rows of a file whose first line names its columns, in any order; wholly blank rows are left out.

    Comma, semicolon or tab separate, which a first line `sep=;` may say; UTF-8, or UTF-16 with its mark. The header is
    read at once: InvalidClaimError where the file is no text, or a column is unknown, named twice, or missing of the
    `required` ones (pointers `/columns/NAME`). The rows come lazily.
    """
    text = _text(content)
    reader = csv.reader(text, delimiter=_separator(text), strict=True)
    names = _columns(reader, columns, required)
    return _rows(reader, names)


def _text(content: bytes) -> io.TextIOWrapper:
    """The file as text without its mark; a byte that is none is found here, and not half-way through an import."""
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    try:
        while block := text.read(1 << 16):
            if "\x00" in block:
                raise _unreadable(say("The file holds bytes that are no text. Save it as “CSV UTF-8”."))
    except UnicodeError as error:
        raise _unreadable(say("The file is not UTF-8. Save it as “CSV UTF-8” and send it again.")) from error
    text.seek(0)
    return text


def _separator(text: io.TextIOWrapper) -> str:
    """The one that a line of its own names (`sep=;`), as some spreadsheets write; else the one the header uses most.

    The text then stands at its header.
    """
    header = text.readline()
    if named := _NAMED_SEPARATOR.fullmatch(header):
        return named[1]
    text.seek(0)
    return max(_SEPARATORS, key=header.count)


def _columns(reader: Iterator[list[str]], columns: Sequence[str], required: Sequence[str]) -> list[str]:
    try:
        names = [name.strip() for name in next(reader)]
    except StopIteration:
        raise _unreadable(say("The file is empty.")) from None
    except csv.Error as error:
        raise _unreadable(say("The first line cannot be read as CSV.")) from error
    if len(names) > MOST_COLUMNS:
        raise _unreadable(say("The first line names more columns than any file has."))
    known = {name.casefold(): name for name in columns}
    taken = [known.get(name.casefold(), name) for name in names]
    faults = [
        _column_fault(
            name, "unknown-column", say("There is no such column. There are: %(known)s.", known=_list(columns))
        )
        for name in taken
        if name not in columns and name != _HEADER
    ]
    faults += [
        _column_fault(name, "duplicate-column", say("This column is named twice."))
        for name in dict.fromkeys(taken)
        if name != _HEADER and taken.count(name) > 1
    ]
    faults += [
        _column_fault(name, "required", say("This column is missing.")) for name in required if name not in taken
    ]
    if faults:
        raise InvalidClaimError(tuple(faults))
    return taken


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


def _column_fault(name: str, code: str, message: str) -> Fault:
    escaped = name[:100].replace("~", "~0").replace("/", "~1")
    return Fault(pointer=f"/columns/{escaped}", code=code, message=message)


def _unreadable(message: str) -> InvalidClaimError:
    return InvalidClaimError((Fault(pointer="", code="unreadable-file", message=message),))


def _rows(reader: Iterator[list[str]], names: Sequence[str]) -> Iterator[CsvRow]:
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # The reader cannot tell where the next row begins: this one is told, and nothing is guessed behind it.
            message = say("This row cannot be read as CSV, nor any behind it. Look for a quotation mark that is open.")
            yield CsvRow(number=number + 1, values={}, faults=(_row_fault(number + 1, "unreadable-row", message),))
            return
        number += 1
        row = _row(number, cells, names) if any(cell.strip() for cell in cells) else None
        if row is not None and (row.values or row.faults):
            yield row


def _row(number: int, cells: Sequence[str], names: Sequence[str]) -> CsvRow:
    faults: list[Fault] = []
    if any(cell.strip() for cell in cells[len(names) :]):
        message = say("This row has more cells than there are columns.")
        faults.append(_row_fault(number, "too-many-cells", message))
    values: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name == _HEADER or not cell.strip():
            continue
        if len(cell) > LONGEST_CELL:
            message = say("At most %(most)d characters fit.", most=LONGEST_CELL)
            faults.append(Fault(pointer=f"/rows/{number}/{name}", code="too-long", message=message))
            continue
        if text := _unshielded(cell).strip():
            values[name] = text
    return CsvRow(number=number, values=values, faults=tuple(faults))


def _row_fault(number: int, code: str, message: str) -> Fault:
    return Fault(pointer=f"/rows/{number}", code=code, message=message)


def safe_cell(value: object) -> str:
    """The value as a cell that no spreadsheet takes for a formula: one that would be is shielded by an apostrophe.

    Instants are RFC 3339 in UTC, days ISO 8601, truth `true` or `false`, null nothing. Numbers stay numbers.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    text = _BEHIND_SEPARATOR.sub(r"\1'\2", str(value))
    return _SHIELD + text if _needs_shield(text) else text


def _needs_shield(text: str) -> bool:
    """Also a text that begins with shields and a formula, so that reading takes off exactly what writing put on."""
    bare = text.lstrip(_SHIELD)
    return bare.lstrip(" ").startswith(_FORMULA) or bare.startswith(_FORMULA)


def _unshielded(cell: str) -> str:
    """The cell without the apostrophes that `safe_cell` put on; any other apostrophe is the text's own."""
    if _SHIELD not in cell:
        return cell
    text = cell[1:] if cell.startswith(_SHIELD) and _needs_shield(cell) else cell
    return _SHIELDED_THERE.sub(r"\1\2", text)


class CsvWriter:
    """Collects an export as bytes: rows go in one by one, only the text itself is kept."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._out = io.StringIO(newline="")
        self._writer = csv.writer(self._out, lineterminator="\r\n")
        self._bytes = bytearray(BOM.encode())
        self._writer.writerow(columns)

    def add(self, cells: Sequence[object]) -> None:
        """One row, each cell made safe."""
        self._writer.writerow([safe_cell(cell) for cell in cells])
        if self._out.tell() > 1 << 16:
            self._drain()

    def _drain(self) -> None:
        self._bytes += self._out.getvalue().encode()
        self._out.seek(0)
        self._out.truncate()

    def content(self) -> bytes:
        """The whole file: UTF-8 with a byte order mark, lines ending in CR LF."""
        self._drain()
        return bytes(self._bytes)


async def csv_bytes(columns: Sequence[str], rows: AsyncIterable[Sequence[object]]) -> bytes:
    """The rows as one file, written as they come."""
    writer = CsvWriter(columns)
    async for row in rows:
        writer.add(row)
    return writer.content()
