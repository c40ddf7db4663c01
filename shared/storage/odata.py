"""The one builder of table filters: literals are typed and quoted, so that no value can become a condition."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NewType

Filter = NewType("Filter", str)
Value = str | int | bool | datetime
_INT32 = 2**31


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if -_INT32 <= value < _INT32 else str(value) + "L"
    if isinstance(value, datetime):
        return "datetime'" + value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") + "'"
    return "'" + value.replace("'", "''") + "'"


def _compare(name: str, operator: str, value: Value) -> Filter:
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no column")
    return Filter(" ".join((name, operator, _literal(value))))


def equal(name: str, value: Value) -> Filter:
    """`name` has that value."""
    return _compare(name, "eq", value)


def at_least(name: str, value: Value) -> Filter:
    """`name` is that value or beyond."""
    return _compare(name, "ge", value)


def beyond(name: str, value: Value) -> Filter:
    """`name` is beyond that value."""
    return _compare(name, "gt", value)


def at_most(name: str, value: Value) -> Filter:
    """`name` is that value or before."""
    return _compare(name, "le", value)


def before(name: str, value: Value) -> Filter:
    """`name` is before that value."""
    return _compare(name, "lt", value)


def every(filters: Iterable[Filter]) -> Filter:
    """All of the conditions hold."""
    return Filter(" and ".join(filters))


def partition(name: str) -> Filter:
    """The rows of one partition."""
    return equal("PartitionKey", name)


def rows_between(partition_key: str, first: str, behind: str) -> Filter:
    """The rows of a partition from `first` up to but without `behind`."""
    return every((partition(partition_key), at_least("RowKey", first), before("RowKey", behind)))
