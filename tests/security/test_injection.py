"""Words that would be commands somewhere else stay words: in table queries, spreadsheets, headers and pages."""

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import quote

import pytest

from shared.domain.claim import Status
from shared.forms import csv_table
from shared.forms.list_form import ReviewListForm
from shared.storage import odata
from tests.fakes.mail import FakeTenantDirectory
from tests.security.right_requests import RIGHT, Right, ask, one_who_may
from tests.security.stored_world import StoredWorld, stored_world
from tests.security.tally import Record, Tally
from tests.security.world import (
    PARTNER_ADMIN,
    PROGRAM_ADMIN,
    REVIEWER,
    ROUTES,
    SAFE,
    Route,
    World,
    each,
    name_of,
    opened,
)
from tools.embedded import Azurite

BY_NAME = {name_of(route): route for route in ROUTES}
NOTHING_HAS = "zzz-nothing-is-called-so"
QUERIES = (
    "' or 1 eq 1 or '",
    f"{NOTHING_HAS}' or PartitionKey ne '",
    f"{NOTHING_HAS}'' or true or ''",
    "\u2019 or 1 eq 1 or \u2019",
    "\uff07 or true or \uff07",
    "%27 or 1 eq 1 or %27",
    "') or (RowKey ge '",
    "/ \\ # ? & %",
    "a\0b",
    "\r\n\t",
    "\ud7ff\ue000\U0010ffff",
    "'" * 200,
)
LISTS = (
    "GET api/claims",
    "GET api/claims.csv",
    "GET claims",
    "GET api/review/claims",
    "GET api/review/claims.csv",
    "GET review",
    "GET api/associations",
    "GET associations",
)
FILTERS = sorted({one.alias or name for name, one in ReviewListForm.model_fields.items()} | {"number", "domain"})
FORMULAS = tuple(
    before + sign
    for before in ("", " ", '"', "x;", "x;'", "x; ", 'x;"', "x,", "''")
    for sign in ("=1+1", "+1", "-1+1", "@SUM(1)", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1")
)
_QUOTED = "test_injection.py::test_no_filter_becomes_a_condition"
_SHIELDED = "test_injection.py::test_no_export_holds_a_formula"
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.fixture(scope="module")
async def kept() -> AsyncIterator[StoredWorld]:
    """The world on an emulator that nobody else writes to: filters are understood as tables understand them."""
    with Azurite() as emulator:
        async with stored_world(emulator.connection_string) as made:
            product = made.world.product
            product.services = replace(product.services, directory=FakeTenantDirectory({}))
            yield made


@pytest.fixture
def stored(kept: StoredWorld, monkeypatch: pytest.MonkeyPatch) -> StoredWorld:
    """The same, behind the app's functions."""
    opened(monkeypatch, kept.world, kept.told)
    return kept


@pytest.mark.parametrize("name", LISTS)
async def test_no_filter_becomes_a_condition(stored: StoredWorld, record_property: Record, name: str) -> None:
    """Whatever a parameter says, nothing is found by it that is not called so, nobody else's, and nothing breaks.

    The `every` way to ask shows that claims would be found.
    """
    tally, world, route = Tally("injection: filters", record_property), stored.world, BY_NAME[name]
    person = one_who_may(route)
    every = await ask(
        world, route, person, wanted=Right(params={} if "associations" in name else {"status": "Approved"})
    )
    seen = [one.number.encode() for one in (*world.claims.values(), world.rival) if one]
    tally.check(any(number in every.get_body() for number in seen), "there is nothing to be found")
    before = await stored.stored()
    for one in FILTERS:
        for query in QUERIES[::3] if route.is_page else QUERIES:
            answer = await ask(world, route, person, wanted=Right(params={one: query}))
            tally.check(answer.status_code in {200, 422}, f"{one}={query!r}: {answer.status_code}")
            unknown = one not in _known(name)
            found = [number for number in seen if number in answer.get_body()]
            blank = not query.strip()
            tally.check(unknown or blank or answer.status_code == 422 or not found, f"{one}={query!r}: {found}")
    tally.check(await stored.stored() == before, "something is stored")
    tally.done()


def _known(name: str) -> set[str]:
    """Parameters that the list filters by; any other is left alone or refused."""
    if "associations" in name:
        return {"q", "continuation"}
    return {one.alias or key for key, one in ReviewListForm.model_fields.items()} - {"top", "sort"}


async def test_a_filter_that_becomes_a_condition_is_seen(
    stored: StoredWorld, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """Where texts are put between quotation marks as they are, the test above fails."""
    literal = odata._literal
    unquoted = lambda value: f"'{value}'" if isinstance(value, str) else literal(value)  # noqa: E731
    monkeypatch.setattr(odata, "_literal", unquoted)
    with pytest.raises(AssertionError, match="cases"):
        await test_no_filter_becomes_a_condition(stored, lambda *_: None, "GET api/claims")
    record_property("safeguard", f"{'texts quoted in filters':40} tests/security/{_QUOTED}")


async def test_an_export_with_formulas_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """Where cells are written as they are, the test of exports fails."""
    monkeypatch.setattr(csv_table, "safe_cell", str)
    with pytest.raises(AssertionError, match="customers: "):
        await test_no_export_holds_a_formula(world, lambda *_: None)
    record_property("safeguard", f"{'formulas shielded':40} tests/security/{_SHIELDED}")


@pytest.mark.parametrize("segment", ["claimId", "proofId", "letterId"])
async def test_no_path_names_another_row(stored: StoredWorld, record_property: Record, segment: str) -> None:
    """What a path names is found by its own key alone: another key, part of one or a condition finds nothing."""
    tally, world = Tally("injection: paths", record_property), stored.world
    claim = world.claims[Status.APPROVED]
    words = (
        *QUERIES,
        claim.claim_id[:-1],
        f"{claim.claim_id}'",
        f"{claim.claim_id}/..",
        f"claim:{claim.claim_id}",
        "~",
    )
    for route in ROUTES:
        if segment not in route.named or route.method not in SAFE or not route.declared.roles:
            continue
        who = one_who_may(route)
        assert who is not None
        for word in words:
            answer = await world.send(
                route,
                segments={**world.segments(claim), segment: word},
                headers={"x-ms-client-principal": who.header},
            )
            tally.check(answer.status_code in {400, 404, 422}, f"{name_of(route)} {word!r}: {answer.status_code}")
    tally.done()


async def test_no_look_up_becomes_a_condition(stored: StoredWorld, record_property: Record) -> None:
    """What claims and tables name (tenants, locations, subscriptions, keys) is looked up as it is, or refused."""
    tally, world = Tally("injection: look-ups", record_property), stored.world
    check, file = BY_NAME["POST api/claims/check"], BY_NAME["POST api/claims"]
    said = RIGHT["POST", "api/claims"].said
    assert callable(said)
    plain = dict(said(world, world.claims[Status.APPROVED]))
    for query in QUERIES:
        bad = (
            {**plain, "mpnId": query},
            {**plain, "customer": {**plain["customer"], "tenantId": query}},
            {**plain, "customer": {**plain["customer"], "domain": query}},
            {**plain, "items": [{"productId": query}]},
            {**plain, "items": [{"productId": "power-bi", "subscriptionId": query}]},
            {**plain, "solutionArea": query},
            {**plain, "activities": [query]},
        )
        for one in bad:
            answer = await ask(world, check, PARTNER_ADMIN, wanted=RIGHT["POST", "api/claims/check"].saying(one))
            data = json.loads(answer.get_body())
            refused = answer.status_code == 422 or (answer.status_code == 200 and data["valid"] is False)
            tally.check(refused or answer.status_code == 429, f"{one}: {answer.status_code} {data}")
        answer = await ask(world, file, PARTNER_ADMIN, headers={"Idempotency-Key": query})
        tally.check(answer.status_code in {201, 400, 422}, f"key {query!r}: {answer.status_code}")
        for registry in ("customers", "partners", "subscriptions", "usage", "associations"):
            route = BY_NAME[f"POST api/review/registry/{registry}"]
            asked = RIGHT["POST", f"api/review/registry/{registry}"]
            head, row = asked.table.splitlines()
            for place in range(head.count(",") + 1):
                cells = row.split(",")
                cells[place] = '"' + query.replace('"', '""') + '"'
                table = Right(table=f"{head}\n{','.join(cells)}\n", params={"dryRun": "true"})
                answer = await ask(world, route, PROGRAM_ADMIN, wanted=table)
                tally.check(answer.status_code in {200, 422}, f"{registry} {query!r}: {answer.status_code}")
    tally.done()


def formulas_in(content: bytes) -> list[str]:
    """Cells that a spreadsheet would work out, whichever character it takes for the separator."""
    text = content.decode("utf-8-sig")
    rows = [row for separator in ",;\t" for row in csv.reader(io.StringIO(text), delimiter=separator)]
    return [cell for row in rows for cell in row if cell.lstrip(" ").startswith(_BEGINS)]


def test_formulas_are_found() -> None:
    """A plain cell that is a formula is seen, behind a semicolon too."""
    assert formulas_in("a,b\r\n=1+1,x\r\n".encode("utf-8-sig")) == ["=1+1", "=1+1,x", "=1+1,x"]
    assert formulas_in(b'a\r\n"x;=1"\r\n') == [], "a quoted cell is one cell"
    assert formulas_in(b"a\r\nx;=1\r\n") == ["=1"]


async def test_no_export_holds_a_formula(world: World, record_property: Record) -> None:
    """Every free text of claims and registries, written by partners and admins, is a text in every export."""
    tally = Tally("injection: spreadsheets", record_property)
    said = RIGHT["POST", "api/claims"].said
    assert callable(said)
    plain = dict(said(world, world.claims[Status.APPROVED]))
    for number, formula in enumerate(FORMULAS):
        draft = {**plain, "claimName": formula, "customer": {**plain["customer"], "name": formula}}
        wanted = RIGHT["POST", "api/claims"].saying(draft)
        made = await ask(world, BY_NAME["POST api/claims"], PARTNER_ADMIN, wanted=wanted, headers=_key(number))
        tally.check(made.status_code == 201, f"{formula!r}: {made.get_body()!r}")
        await _in_lists(world, json.loads(made.get_body())["claimId"])
        for registry, place in (("customers", 1), ("partners", 1), ("partners", 3), ("associations", 5)):
            asked = RIGHT["POST", f"api/review/registry/{registry}"]
            head, row = asked.table.splitlines()
            cells = row.split(",")
            cells[place] = '"' + formula.replace('"', '""') + '"'
            table = Right(table=f"{head}\n{','.join(cells)}\n")
            answer = await ask(world, BY_NAME[f"POST api/review/registry/{registry}"], PROGRAM_ADMIN, wanted=table)
            tally.check(answer.status_code == 200, f"{registry} {formula!r}: {answer.status_code}")
            export = await ask(world, BY_NAME[f"GET api/review/registry/{registry}"], PROGRAM_ADMIN)
            tally.check(not formulas_in(export.get_body()), f"{registry}: {formulas_in(export.get_body())}")
    for name, person in (("GET api/claims.csv", PARTNER_ADMIN), ("GET api/review/claims.csv", REVIEWER)):
        answer = await ask(world, BY_NAME[name], person, wanted=Right(params={"status": "Draft"}))
        tally.check(answer.get_body().count(b"1+1") >= len(FORMULAS) // 2, f"{name}: the formulas are not there")
        tally.check(not formulas_in(answer.get_body()), f"{name}: {formulas_in(answer.get_body())}")
    tally.done()


def _key(number: int) -> dict[str, str]:
    return {"Idempotency-Key": f"injected-{number}"}


async def _in_lists(world: World, claim_id: str) -> None:
    stored = await world.product.services.claims.get(claim_id)
    assert stored is not None
    await world.product.services.lists.project(stored.value, thorough=True)


@each(*(route for route in ROUTES if route.method in SAFE))
async def test_no_header_ends_early(world: World, record_property: Record, route: Route) -> None:
    """No word of a query, a path or a header ends a header of the answer, or leads to another site."""
    tally = Tally("injection: headers", record_property)
    line = "x\r\nSet-Cookie: owned=1\r\n\r\n<script>alert(1)</script>"
    for word in (line, f"//evil.example/{quote(line)}"):
        params = dict.fromkeys(("q", "status", "continuation", "next", "lang", "format", "back", "productId"), word)
        for person in (one_who_may(route), None):
            headers = {"Accept-Language": word, "X-Correlation-Id": word, "traceparent": word, "Referer": word}
            answer = await ask(world, route, person, wanted=Right(params=params), headers=headers)
            values = "".join(f"{name}{value}" for name, value in answer.headers.items())
            tally.check(not {"\r", "\n", "\0"} & set(values), f"{word!r}: {dict(answer.headers)}")
            location = answer.headers.get("Location", "/")
            own = location.startswith("/") and not location.startswith(("//", "/\\"))
            tally.check(own and answer.status_code < 500, f"{word!r}: {answer.status_code} {location}")
            tally.check(b"<script>alert" not in answer.get_body() or not route.is_page, f"{word!r}: written as it is")
    tally.done()
