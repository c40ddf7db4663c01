"""Filters: whatever a value holds, it stays a value."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.storage import odata


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("teams", "'teams'"),
        ("", "''"),
        ("O'Brien", "'O''Brien'"),
        ("two  spaces (and) brackets", "'two  spaces (and) brackets'"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (2**31 - 1, "2147483647"),
        (2**31, "2147483648L"),
        (-(2**31) - 1, "-2147483649L"),
        (datetime(2026, 11, 16, 10, 0, 0, 123456, tzinfo=UTC), "datetime'2026-11-16T10:00:00.123456Z'"),
        (datetime(2026, 11, 16, tzinfo=timezone(timedelta(hours=2))), "datetime'2026-11-15T22:00:00.000000Z'"),
    ],
)
def test_each_kind_of_value_has_its_literal(value: odata.Value, literal: str) -> None:
    """Texts are quoted, instants are UTC, whole numbers beyond 32 bits say so."""
    assert odata.equal("Column", value) == f"Column eq {literal}"


@given(st.text())
def test_no_text_ends_its_own_literal(text: str) -> None:
    """Whatever the text, it is one literal, and read back it is the text again."""
    literal = odata.equal("Column", text).removeprefix("Column eq ")
    assert re.fullmatch(r"'(?:[^']|'')*'", literal)
    assert literal[1:-1].replace("''", "'") == text


@pytest.mark.parametrize("name", ["", "a b", "a eq 'b' or c", "1a", "a'"])
def test_what_is_no_column_is_refused(name: str) -> None:
    """A column's name cannot smuggle a condition in."""
    with pytest.raises(ValueError, match="no column"):
        odata.equal(name, "x")


def test_conditions_are_joined() -> None:
    """A range of rows in a partition is three conditions that all must hold."""
    assert odata.rows_between("p", "a", "b") == "PartitionKey eq 'p' and RowKey ge 'a' and RowKey lt 'b'"
    both = odata.every((odata.beyond("A", 1), odata.at_most("B", 2)))
    assert both == "A gt 1 and B le 2"
