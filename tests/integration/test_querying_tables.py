"""docs/querying-tables.md says what is true: each example is run, each column is one that the product writes."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shared.domain.mails import MailKind
from shared.storage.keys import Table
from tests.integration.sample_tables import SampleTables, sample_tables
from tools.embedded import Azurite

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "querying-tables.md").read_text(encoding="utf-8")
_EXAMPLE = re.compile(
    r"```odata table=(?P<table>\w+)(?: select=(?P<select>[\w,]+))?\n(?P<filter>.+?)\n```\n\nSample: (?P<rows>\d+) rows?"
    r"(?P<facts>[^\n]*)\.\n"
)
_FACT = re.compile(r"`(\w+)` is `([^`]+)`")
_OF_EVERY_ROW = {"PartitionKey", "RowKey", "SchemaVersion"}
_VARIED = re.compile(r"(?:Holder|Pending)_\w+|Body\d\d|Claims[A-Z]\w+")


@dataclass(frozen=True)
class Example:
    """One example: what is asked, and what the page says that comes back."""

    table: str
    select: tuple[str, ...]
    filter: str
    rows: int
    facts: tuple[tuple[str, str], ...]


def examples() -> list[Example]:
    """Every example of the page."""
    return [
        Example(
            table=found["table"],
            select=tuple((found["select"] or "").split(",")) if found["select"] else (),
            filter=found["filter"],
            rows=int(found["rows"]),
            facts=tuple(_FACT.findall(found["facts"])),
        )
        for found in _EXAMPLE.finditer(PAGE)
    ]


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """An emulator for this module alone: the page says how many rows there are."""
    with Azurite() as emulator:
        yield emulator.connection_string


@pytest.fixture(scope="module")
async def sample(storage: str) -> AsyncIterator[SampleTables]:
    """The tables after a week of the programme."""
    made = await sample_tables(storage)
    yield made
    await made.product.close()


async def placeholders(sample: SampleTables) -> dict[str, str]:
    """What stands for the IDs that the page cannot know."""
    request = await sample.product.services.claims.mail(
        sample.approved.claim_id, MailKind.ASSOCIATION_REQUEST, sample.approved.round, None
    )
    assert request is not None
    operation = request.value.operation_id
    return {"<APPROVED>": sample.approved.claim_id, "<OPERATION>": operation, "<OP>": operation[:2]}


def filled(text: str, values: dict[str, str]) -> str:
    """The text with the placeholders filled in."""
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


def shown(value: object) -> str:
    """A column's value as the page writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)


def test_no_example_is_overlooked() -> None:
    """Every filter on the page is an example that the next test runs."""
    assert len(examples()) == PAGE.count("```odata") > 20


@pytest.mark.parametrize("example", examples(), ids=lambda one: one.filter[:60])
async def test_an_example_returns_what_the_page_says(sample: SampleTables, example: Example) -> None:
    """As many rows as the page says, with the values that it names; each selected column exists; one partition."""
    values = await placeholders(sample)
    table = sample.product.eyes.table(Table(example.table))
    rows = [dict(row) async for row in table.query_entities(filled(example.filter, values))]
    assert len(rows) == example.rows
    for column, value in example.facts:
        assert filled(value, values) in {shown(row.get(column)) for row in rows}
    assert "PartitionKey" in example.filter
    documented = columns_of(example.table)
    assert [column for column in example.select if column not in documented | {"RowKey"}] == []


def columns_of(table: str) -> set[str]:
    """The columns that the page's section on the table names."""
    section = PAGE.partition(f"\n### {table}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    names = {name for line in rows for name in re.findall(r"`([A-Z]\w*(?:\{\w+\})?)`", line.rpartition(" | ")[0])}
    return {name.replace("{programme}", "") for name in names} | {
        "Holder_osu_microsoft_365",
        "Pending_osu_microsoft_365",
    }


@pytest.mark.parametrize("table", list(Table))
async def test_every_table_and_column_is_on_the_page(sample: SampleTables, table: Table) -> None:
    """The page has a section for each table, and every column that the product has written is in it."""
    assert f"\n### {table.value}\n" in PAGE
    written: set[str] = set()
    async for row in sample.product.eyes.table(table).list_entities():
        written |= set(row)
    known = columns_of(table.value)
    assert {name for name in written - _OF_EVERY_ROW - known if not _VARIED.fullmatch(name)} == set()


def test_the_python_example_runs(storage: str, sample: SampleTables, capsys: pytest.CaptureFixture[str]) -> None:
    """The Python on the page prints what the page says, with the emulator in the account's place."""
    (code,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    (printed,) = re.findall(r"```python\n.+?```\n\nIt prints:\n\n```text\n(.+?)```", PAGE, re.DOTALL)
    local = code.replace(
        'TableServiceClient("https://ACCOUNT.table.core.windows.net", credential=DefaultAzureCredential())',
        "TableServiceClient.from_connection_string(CONNECTION)",
    )
    assert local != code
    names: dict[str, Any] = {"CONNECTION": storage}
    exec(compile(local, "docs/querying-tables.md", "exec"), names)  # noqa: S102 - our own page
    assert capsys.readouterr().out == printed


def test_the_power_bi_example_names_columns_that_exist() -> None:
    """Power BI cannot be run here; what can be checked of its query is that table and columns are the product's."""
    (code,) = re.findall(r"```powerquery\n(.+?)```", PAGE, re.DOTALL)
    (table,) = re.findall(r'\[Name="(\w+)"\]', code)
    named = set(re.findall(r'"([A-Z]\w+)"', code.partition("ExpandRecordColumn")[2])) - {"Content"}
    assert named <= columns_of(Table(table).value)
    assert named
