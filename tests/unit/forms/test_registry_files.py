"""The registries' files: what a row may say, and that what is written is read as the same."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from shared.domain.catalogue import Programme
from shared.domain.errors import InvalidClaimError
from shared.domain.registry import Channel, PartnerLocation, RegisteredCustomer, Subscription, SubscriptionStatus
from shared.forms.csv_table import csv_bytes
from shared.forms.registry_files import CUSTOMERS_FILE, PARTNERS_FILE, SUBSCRIPTIONS_FILE, RegistryFile
from shared.forms.texts import canonical_text
from shared.usecases.row_imports import ImportRow

TENANT = "a1a1a1a1-0000-4000-8000-00000000000c"
PARTNER = {
    "organisation": TENANT,
    "organisationName": "Contoso Consulting",
    "mpnId": "1000001",
    "name": "Contoso Kraków",
    "programmes": "osa-sell|osu-microsoft-365",
    "domains": "contoso.example",
    "active": "true",
}
CUSTOMER = {
    "tenantId": TENANT,
    "name": "Birch Biuro Sp. z o.o.",
    "domains": "birch.example|birch.onmicrosoft.example",
    "country": "PL",
    "zone": "Europe/Warsaw",
    "language": "pl",
}
SUBSCRIPTION = {
    "subscriptionId": "5b5b5b5b-0000-4000-8000-00000000000b",
    "tenantId": TENANT,
    "productId": "power-bi",
    "status": "active",
    "channel": "volume-licensing",
    "seats": "300",
    "endsAt": "2027-02-28T12:00:00Z",
}
FILES: dict[str, tuple[RegistryFile[Any], dict[str, str]]] = {
    "partners": (PARTNERS_FILE, PARTNER),
    "customers": (CUSTOMERS_FILE, CUSTOMER),
    "subscriptions": (SUBSCRIPTIONS_FILE, SUBSCRIPTION),
}


def row(name: str, /, **cells: str) -> ImportRow[Any]:
    """A row of one registry's file, its own cells in place of the sample's."""
    file, sample = FILES[name]
    values = {**sample, **cells}
    content = ";".join(file.columns) + "\n" + ";".join(f'"{values[column]}"' for column in file.columns)
    (read,) = file.rows(content.encode())
    return read


def value(name: str, /, **cells: str) -> Any:
    """The value of such a row."""
    read = row(name, **cells)
    assert read.faults == ()
    return read.value


def faults(name: str, /, **cells: str) -> set[tuple[str, str]]:
    """Pointer and code of all that is wrong with such a row."""
    read = row(name, **cells)
    assert (read.value is None) == bool(read.faults)
    return {(fault.pointer, fault.code) for fault in read.faults}


def test_a_partner_s_row_is_a_location() -> None:
    """Every cell of a partner's row is where it belongs."""
    assert row("partners") == ImportRow(
        row=1,
        key="1000001",
        value=PartnerLocation(
            mpn_id="1000001",
            organisation=TENANT,
            organisation_name="Contoso Consulting",
            name="Contoso Kraków",
            programmes=frozenset({"osa-sell", "osu-microsoft-365"}),
            domains=("contoso.example",),
        ),
    )


def test_a_customer_s_row_is_a_customer() -> None:
    """Every cell of a customer's row is where it belongs."""
    assert value("customers") == RegisteredCustomer(
        tenant_id=TENANT,
        name="Birch Biuro Sp. z o.o.",
        domains=("birch.example", "birch.onmicrosoft.example"),
        country="PL",
        zone="Europe/Warsaw",
        language="pl",
    )


def test_a_subscription_s_row_is_a_subscription() -> None:
    """Every cell of a subscription's row is where it belongs."""
    assert value("subscriptions") == Subscription(
        subscription_id="5b5b5b5b-0000-4000-8000-00000000000b",
        tenant_id=TENANT,
        product_id="power-bi",
        status="active",
        channel="volume-licensing",
        seats=300,
        ends_at=datetime(2027, 2, 28, 12, tzinfo=UTC),
    )


def test_cells_are_made_canonical() -> None:
    """However somebody writes it, it is keyed in one way only."""
    domains = "ŁÓDŹ.example A.example"
    location = value("partners", organisation=f" {TENANT.upper()} ", programmes="OSA-Sell, osa-sell", domains=domains)
    assert location.organisation == TENANT
    assert location.programmes == {"osa-sell"}
    assert location.domains == ("xn--d-uga0v4h.example", "a.example")
    customer = value("customers", country="pl", zone="europe/warsaw", language="PL", domains="a.example;A.example")
    assert (customer.country, customer.zone, customer.language) == ("PL", "Europe/Warsaw", "pl")
    assert customer.domains == ("a.example",)
    upper = {"subscriptionId": SUBSCRIPTION["subscriptionId"].upper(), "status": "Active", "channel": "CSP"}
    bought = value("subscriptions", **upper)
    assert (bought.status, bought.channel) == ("active", "csp")
    assert row("subscriptions", **upper).key == bought.subscription_id == SUBSCRIPTION["subscriptionId"]


def test_empty_cells_say_that_there_is_nothing() -> None:
    """No seats, no end, no programmes, no mail domains; a location of which nothing is said is active."""
    bought = value("subscriptions", seats="", endsAt=" ")
    assert (bought.seats, bought.ends_at) == (None, None)
    location = value("partners", programmes="", domains="", active="")
    assert (location.programmes, location.domains, location.active) == (frozenset(), (), True)
    assert not value("partners", active="No").active


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2027-02-28", datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC)),
        ("2027-02-28T12:00:00+01:00", datetime(2027, 2, 28, 11, tzinfo=UTC)),
        ("2027-02-28 12:00Z", datetime(2027, 2, 28, 12, tzinfo=UTC)),
        ("2027-02-28t12:00:00.25z", datetime(2027, 2, 28, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("2028-02-29", datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_an_end_is_a_day_or_an_instant(written: str, meant: datetime) -> None:
    """A day lasts until its last second in UTC, an instant is where its offset puts it."""
    assert value("subscriptions", endsAt=written).ends_at == meant


@pytest.mark.parametrize(
    "written",
    [
        "2027-02-29",
        "20270228",
        "2027-W08-7",
        "28.02.2027",
        "2027-02-28T12:00:00",
        "2027-02-28T25:00Z",
        "1999-12-31",
        "9999-12-31T23:59:59-14:00",
        "soon",
        "\uff12\uff10\uff12\uff17-02-28",
    ],
)
def test_anything_else_is_no_end(written: str) -> None:
    """Days that are none, other ways of writing, instants without an offset, and ends beyond all sense are told."""
    assert faults("subscriptions", endsAt=written) == {("/rows/1/endsAt", "invalid-time")}


@pytest.mark.parametrize("seats", ["-1", "1.5", "1,5", "1 000", "10000001", "999999999999", "many", "٣"])
def test_seats_are_a_whole_number(seats: str) -> None:
    """Seats below 0, in parts, in other digits, or more than anybody has are told."""
    assert faults("subscriptions", seats=seats) == {("/rows/1/seats", "out-of-range")}
    assert [value("subscriptions", seats=fine).seats for fine in ("0", "10000000", "007")] == [0, 10_000_000, 7]


@pytest.mark.parametrize(
    ("name", "cells", "wrong"),
    [
        ("partners", {"organisation": "contoso"}, ("organisation", "invalid-guid")),
        ("partners", {"organisationName": ""}, ("organisationName", "required")),
        ("partners", {"mpnId": "0123"}, ("mpnId", "invalid-mpn-id")),
        ("partners", {"mpnId": ""}, ("mpnId", "required")),
        ("partners", {"name": "x" * 201}, ("name", "too-long")),
        ("partners", {"name": "a\u202eb"}, ("name", "control-characters")),
        ("partners", {"programmes": "osa-sell|surface"}, ("programmes", "invalid-choice")),
        ("partners", {"domains": "contoso.example|http://x"}, ("domains", "invalid-domain")),
        ("partners", {"domains": "|".join(f"d{n}.example" for n in range(101))}, ("domains", "too-many")),
        ("partners", {"active": "maybe"}, ("active", "invalid-choice")),
        ("customers", {"tenantId": "{" + TENANT + "}"}, ("tenantId", "invalid-guid")),
        ("customers", {"domains": ""}, ("domains", "required")),
        ("customers", {"domains": "localhost"}, ("domains", "invalid-domain")),
        ("customers", {"country": "Poland"}, ("country", "invalid-country")),
        ("customers", {"country": "QQ"}, ("country", "invalid-country")),
        ("customers", {"country": "EU"}, ("country", "invalid-country")),
        ("customers", {"zone": "Warsaw"}, ("zone", "invalid-choice")),
        ("customers", {"zone": "localtime"}, ("zone", "invalid-choice")),
        ("customers", {"zone": "../etc/passwd"}, ("zone", "invalid-choice")),
        ("customers", {"language": "polish!"}, ("language", "invalid-language")),
        ("subscriptions", {"tenantId": ""}, ("tenantId", "required")),
        ("subscriptions", {"productId": "word-perfect"}, ("productId", "invalid-choice")),
        ("subscriptions", {"status": "gone"}, ("status", "invalid-choice")),
        ("subscriptions", {"channel": "CPS"}, ("channel", "invalid-choice")),
    ],
)
def test_a_wrong_cell_is_told_where_it_is(name: str, cells: dict[str, str], wrong: tuple[str, str]) -> None:
    """A value that cannot be accepted is told with its row, its column and its code."""
    column, code = wrong
    assert faults(name, **cells) == {(f"/rows/1/{column}", code)}


def test_every_wrong_cell_is_told_at_once() -> None:
    """Nobody has to send a file once for each fault of a row."""
    assert faults("subscriptions", productId="x", status="x", channel="x", seats="x", endsAt="x") == {
        ("/rows/1/productId", "invalid-choice"),
        ("/rows/1/status", "invalid-choice"),
        ("/rows/1/channel", "invalid-choice"),
        ("/rows/1/seats", "out-of-range"),
        ("/rows/1/endsAt", "invalid-time"),
    }


def test_a_bundle_that_holds_products_is_a_product_of_subscriptions() -> None:
    """A subscription may be to a bundle that no claim names, for products are held by it."""
    assert value("subscriptions", productId="microsoft-365").product_id == "microsoft-365"


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_without_a_column_is_refused_at_once(name: str) -> None:
    """A file must say all of each thing: a missing column is told before any row is looked at."""
    file, _ = FILES[name]
    for missing in file.columns:
        header = ",".join(column for column in file.columns if column != missing)
        with pytest.raises(InvalidClaimError) as refused:
            file.rows(header.encode())
        assert [(one.pointer, one.code) for one in refused.value.faults] == [(f"/columns/{missing}", "required")]


def test_a_row_of_the_wrong_shape_keeps_its_key() -> None:
    """A row with a cell too many is told, by its number and its key, and nothing of it is taken."""
    content = ",".join(SUBSCRIPTION) + "\n" + ",".join([*SUBSCRIPTION.values(), "more"])
    (read,) = SUBSCRIPTIONS_FILE.rows(content.encode())
    assert (read.row, read.key, read.value) == (1, SUBSCRIPTION["subscriptionId"], None)
    assert [one.pointer for one in read.faults] == ["/rows/1"]


def test_rows_are_read_one_by_one() -> None:
    """However long a file is, the rows behind the one that was asked for are not looked at yet."""
    lines = [",".join(SUBSCRIPTION), ",".join(SUBSCRIPTION.values()), "x," * 6, *(["x"] * 1000)]
    rows: Iterator[ImportRow[Subscription]] = SUBSCRIPTIONS_FILE.rows("\n".join(lines).encode())
    assert next(rows).value is not None
    assert next(rows).faults
    assert next(rows).row == 3


def _written(text: str) -> bool:
    """Whether a text can stand in a registry: as forms would have made it."""
    try:
        return canonical_text(text) == text and text != ""
    except PydanticCustomError:
        return False


HEADINGS = st.one_of(
    st.sampled_from(["=1+1", "'=1", "+48 22", "-x", "@SUM(A1)", "a|b", 'O"Brien, "Co."; Ltd.', "'quoted'", "\uff1d1"]),
    st.text(min_size=1, max_size=40).filter(_written),
)
GUIDS = st.uuids().map(str)
DOMAINS = st.lists(
    st.sampled_from(["a.example", "b.example", "xn--d-uga0v4h.example", "c.d.example"]), unique=True, min_size=1
).map(tuple)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
LOCATIONS = st.builds(
    PartnerLocation,
    mpn_id=st.integers(1, 10**10 - 1).map(str),
    organisation=GUIDS,
    organisation_name=HEADINGS,
    name=HEADINGS,
    programmes=st.frozensets(st.sampled_from([programme.value for programme in Programme])),
    active=st.booleans(),
    domains=st.one_of(st.just(()), DOMAINS),
)
CUSTOMERS = st.builds(
    RegisteredCustomer,
    tenant_id=GUIDS,
    name=HEADINGS,
    domains=DOMAINS,
    country=st.sampled_from(["PL", "US", "NO"]),
    zone=st.sampled_from(["Europe/Warsaw", "UTC", "America/Argentina/Buenos_Aires"]),
    language=st.sampled_from(["pl", "en-GB", "zh-Hans"]),
)
SUBSCRIPTIONS = st.builds(
    Subscription,
    subscription_id=GUIDS,
    tenant_id=GUIDS,
    product_id=st.sampled_from(["power-bi", "microsoft-365"]),
    status=st.sampled_from([status.value for status in SubscriptionStatus]),
    channel=st.sampled_from([channel.value for channel in Channel]),
    seats=st.one_of(st.none(), st.integers(0, 10_000_000)),
    ends_at=st.one_of(st.none(), INSTANTS),
)


async def _each(rows: Sequence[Sequence[object]]) -> AsyncIterator[Sequence[object]]:
    for one in rows:
        yield one


async def _again[T](file: RegistryFile[T], values: list[T]) -> list[T | None]:
    """The values as they come back from a file that was written and read."""
    content = await csv_bytes(file.columns, _each([file.cells(value) for value in values]))
    return [read.value for read in file.rows(content)]


@settings(max_examples=60, deadline=timedelta(seconds=2))
@given(locations=st.lists(LOCATIONS, max_size=3), customers=st.lists(CUSTOMERS, max_size=3))
async def test_what_is_written_is_read_as_the_same(
    locations: list[PartnerLocation], customers: list[RegisteredCustomer]
) -> None:
    """Locations and customers of any names come back from their file as they were."""
    assert await _again(PARTNERS_FILE, locations) == locations
    assert await _again(CUSTOMERS_FILE, customers) == customers


@settings(max_examples=60, deadline=timedelta(seconds=2))
@given(subscriptions=st.lists(SUBSCRIPTIONS, max_size=3))
async def test_subscriptions_are_read_as_they_were_written(subscriptions: list[Subscription]) -> None:
    """Subscriptions come back from their file as they were, to the microsecond of their end."""
    assert await _again(SUBSCRIPTIONS_FILE, subscriptions) == subscriptions
