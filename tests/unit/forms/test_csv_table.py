"""CSV as spreadsheets write and read it: whatever goes out comes back the same, and nothing of it is ever a formula."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.errors import InvalidClaimError
from shared.forms.csv_table import BOM, LONGEST_CELL, CsvRow, CsvWriter, csv_bytes, csv_rows, safe_cell

FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")
# Texts of the letters that matter: shields, separators, quotes, line ends, blanks, and what begins a formula.
TRICKY = st.text(st.sampled_from("'\"=+-@\uff1d\uff0b\uff0d\uff20,;\t\r\n ax1"), max_size=12)
TEXTS = st.one_of(TRICKY, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))


def rows(content: bytes | str, *columns: str, required: Sequence[str] = ()) -> list[CsvRow]:
    """The rows of a file with these columns."""
    sent = content.encode() if isinstance(content, str) else content
    return list(csv_rows(sent, columns=columns or ("a", "b"), required=required))


def values(content: bytes | str, *columns: str) -> list[dict[str, str]]:
    """The cells of each row."""
    found = rows(content, *columns)
    assert [row.faults for row in found] == [()] * len(found)
    return [dict(row.values) for row in found]


def refused(content: bytes | str, *columns: str, required: Sequence[str] = ()) -> set[tuple[str, str]]:
    """Pointer and code of what is wrong with the whole file."""
    with pytest.raises(InvalidClaimError) as caught:
        rows(content, *columns, required=required)
    return {(fault.pointer, fault.code) for fault in caught.value.faults}


def written(*lines: Sequence[object], columns: Sequence[str] = ("a", "b")) -> bytes:
    """The file of these rows."""
    writer = CsvWriter(columns)
    for line in lines:
        writer.add(line)
    return writer.content()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_save_is_read(separator: str, ending: str, encoding: str) -> None:
    """Every separator, every line ending, UTF-8 and UTF-16: the same two rows."""
    lines = (["b", "a"], ["\u017c\u00f3\u0142w", '"1,5; ""x"""'], ["", f'"two{ending}lines"'])
    content = ending.join(separator.join(line) for line in lines).encode(encoding)
    assert values(content) == [{"b": "\u017c\u00f3\u0142w", "a": '1,5; "x"'}, {"a": f"two{ending}lines"}]


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"'])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_named_separator_counts(line: str, encoding: str) -> None:
    """The line that some spreadsheets begin with is no header, and decides though commas are more."""
    assert values(f"{line}\r\na;b\r\n1,2,3,4;5\r\n".encode(encoding)) == [{"a": "1,2,3,4", "b": "5"}]
    assert values("sep=\t\na\tb\n1\t2\n") == [{"a": "1", "b": "2"}]


def test_columns_are_known_by_name_in_any_order_and_case() -> None:
    """Names are trimmed, their letters' size does not count, columns without a name are left out."""
    assert values(" B ,,A\n1,2,3\n") == [{"b": "1", "a": "3"}]


def test_blank_rows_are_left_out_and_still_counted() -> None:
    """Numbers are those of the file, so that people find the row."""
    found = rows("a,b\n,\n1,\n ,\n,2")
    assert [(row.number, dict(row.values)) for row in found] == [(2, {"a": "1"}), (4, {"b": "2"})]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", {("", "unreadable-file")}),
        ("a,b\n\u017c,1".encode("cp1250"), {("", "unreadable-file")}),
        ("a,b\n\u00e9,1".encode("cp1252"), {("", "unreadable-file")}),
        ("a,b\n1,2".encode("utf-16-le"), {("", "unreadable-file")}),
        (b"\xff\xfea\x00,", {("", "unreadable-file")}),
        (b"a,b\n1,\x002", {("", "unreadable-file")}),
        ('"a,b\n1,2', {("", "unreadable-file")}),
        ("a,c/d\n1,2", {("/columns/c~1d", "unknown-column"), ("/columns/b", "required")}),
        (",".join(map(str, range(100_000))), {("", "unreadable-file")}),
        ("a,A,b\n1,2,3", {("/columns/a", "duplicate-column")}),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(content: bytes | str, wrong: set[tuple[str, str]]) -> None:
    """Other encodings, bytes that are no text, an open quotation mark, columns unknown, missing, twice or endless."""
    assert refused(content, required=("b",)) == wrong


def test_the_sentence_on_another_encoding_says_what_to_do() -> None:
    """People are told how to save the file."""
    with pytest.raises(InvalidClaimError) as caught:
        rows("a,b\n\u017c,1".encode("cp1250"))
    assert "CSV UTF-8" in caught.value.faults[0].message


def test_a_faulty_row_is_told_and_the_next_one_read() -> None:
    """A cell too many, or too long, is its own row's fault."""
    found = rows(f"a,b\n1,2,3\n{'x' * (LONGEST_CELL + 1)},1\n5,6\n")
    assert [{(fault.pointer, fault.code) for fault in row.faults} for row in found] == [
        {("/rows/1", "too-many-cells")},
        {("/rows/2/a", "too-long")},
        set(),
    ]


def test_nothing_is_guessed_behind_an_open_quotation_mark() -> None:
    """The row that cannot be read is told, and it is the last one."""
    found = rows('a,b\n1,2\n"3,4\n5,6\n')
    assert [(row.number, [fault.code for fault in row.faults]) for row in found] == [(1, []), (2, ["unreadable-row"])]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
@example([("=1", "'=1")])
@example([("x;=1", "x; '=1")])
@example([("\t=1", "a\n'-1")])
def test_what_is_written_is_read_as_it_was(lines: list[tuple[str, str]]) -> None:
    """Every text comes back, but for blanks around it and rows that are nothing but blank."""
    wanted = [
        {name: cell.strip() for name, cell in zip("ab", line, strict=True) if cell.strip()}
        for line in lines
        if any(cell.strip() for cell in line)
    ]
    assert values(written(*lines)) == wanted


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
@example([("a", "x;=1")])
@example([("a", 'x;"=1"')])
@example([("a", "x\n=1;")])
@example([("a", "x;\uff1d1")])
def test_no_cell_is_a_formula_whatever_separates(lines: list[tuple[str, str]]) -> None:
    """However a spreadsheet cuts the file, by commas, semicolons or tabs, no piece begins as a formula does."""
    text = written(*lines).decode("utf-8-sig")
    for separator in ",;\t":
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert [cell for cell in line if cell.strip(" ").startswith(FORMULA[:8])] == []


@given(TEXTS)
def test_a_harmless_text_is_left_alone(text: str) -> None:
    """Only what a spreadsheet would run is touched: whoever reads the file by machine gets names as they are."""
    if not any(one in text for one in FORMULA):
        assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-5, "-5"),
        (1.5, "1.5"),
        (datetime(2026, 11, 22, 9, 30, 15, 999, tzinfo=UTC), "2026-11-22T09:30:15Z"),
        (date(2026, 11, 22), "2026-11-22"),
        ("-5", "'-5"),
        ("'-5", "''-5"),
        (" =1", "' =1"),
        ("'quoted'", "'quoted'"),
        ("\uff1d1", "'\uff1d1"),
        ("x; -5", "x;' -5"),
    ],
)
def test_values_are_written_as_documented(value: object, cell: str) -> None:
    """Nothing, truth, numbers, instants, days, and texts with their shields."""
    assert safe_cell(value) == cell


async def test_an_export_is_what_spreadsheets_expect() -> None:
    """A byte order mark, lines ending in CR LF, quotes where they are needed, and every row of a long file."""

    async def lines() -> AsyncIterator[Sequence[object]]:
        for number in range(20_000):
            yield number, "x, y"

    content = (await csv_bytes(("a", "b"), lines())).decode()
    assert content.startswith(f'{BOM}a,b\r\n0,"x, y"\r\n1,')
    assert content.endswith('19999,"x, y"\r\n')
    assert content.count("\r\n") == 20_001
