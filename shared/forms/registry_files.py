"""The files of the registries: their columns, a row read into its value, and a value written as a row.

What is written can be read again and is then the same. A row says all of its thing: every column is there, and an empty
cell means that there is nothing, not that the old value stays.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.forms.csv_table import CsvRow, csv_rows
from shared.forms.form import Form, parse
from shared.forms.registry_cells import (
    LIST_SEPARATOR,
    ChannelWord,
    Domains,
    End,
    KnownCountry,
    ProductWord,
    Programmes,
    Seats,
    StatusWord,
    Truth,
    Zone,
)
from shared.forms.texts import Heading, Language, MpnId, SubscriptionId, TenantId
from shared.usecases.row_imports import ImportRow

_LONGEST_KEY = 100


class PartnerRow(Form):
    """A location that claims; without a word on it, it is active."""

    organisation: TenantId
    organisation_name: Heading
    mpn_id: MpnId
    name: Heading
    programmes: Programmes = ()
    domains: Domains = ()
    active: Truth = True

    def value(self) -> PartnerLocation:
        """The row as the registry's value."""
        return PartnerLocation(
            mpn_id=self.mpn_id,
            organisation=self.organisation,
            organisation_name=self.organisation_name,
            name=self.name,
            programmes=frozenset(self.programmes),
            active=self.active,
            domains=self.domains,
        )


class CustomerRow(Form):
    """A customer's tenant with one or more domains."""

    tenant_id: TenantId
    name: Heading
    domains: Domains
    country: KnownCountry
    zone: Zone
    language: Language

    def value(self) -> RegisteredCustomer:
        """The row as the registry's value."""
        return RegisteredCustomer(**self.model_dump())


class SubscriptionRow(Form):
    """A subscription; without seats they are not known, without an end it is open."""

    subscription_id: SubscriptionId
    tenant_id: TenantId
    product_id: ProductWord
    status: StatusWord
    channel: ChannelWord
    seats: Seats | None = None
    ends_at: End | None = None

    def value(self) -> Subscription:
        """The row as the registry's value."""
        return Subscription(**self.model_dump())


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFile[T]:
    """One registry's file: `key` is the column that names the thing, `cells` are a value's in the columns' order."""

    columns: tuple[str, ...]
    key: str
    read: Callable[[Mapping[str, str]], T]
    cells: Callable[[T], Sequence[object]]

    def rows(self, content: bytes) -> Iterator[ImportRow[T]]:
        """The file's rows, read as they are asked for; its header at once. InvalidClaimError for a wrong one."""
        return map(self._row, csv_rows(content, columns=self.columns, required=self.columns))

    def _row(self, row: CsvRow) -> ImportRow[T]:
        key = row.values.get(self.key, "").lower()[:_LONGEST_KEY]
        if row.faults:
            return ImportRow(row=row.number, key=key, value=None, faults=row.faults)
        try:
            value = self.read(row.values)
        except InvalidClaimError as error:
            return ImportRow(row=row.number, key=key, value=None, faults=_in_row(row.number, error.faults))
        return ImportRow(row=row.number, key=key, value=value)


def _in_row(number: int, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """The faults of a row's values with pointers into the file."""
    return tuple(replace(fault, pointer=f"/rows/{number}{fault.pointer}") for fault in faults)


def _instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, with parts of a second only where there are any."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


PARTNERS_FILE: RegistryFile[PartnerLocation] = RegistryFile(
    columns=("organisation", "organisationName", "mpnId", "name", "programmes", "domains", "active"),
    key="mpnId",
    read=lambda values: parse(PartnerRow, dict(values)).value(),
    cells=lambda one: (
        one.organisation,
        one.organisation_name,
        one.mpn_id,
        one.name,
        LIST_SEPARATOR.join(sorted(one.programmes)),
        LIST_SEPARATOR.join(one.domains),
        one.active,
    ),
)
CUSTOMERS_FILE: RegistryFile[RegisteredCustomer] = RegistryFile(
    columns=("tenantId", "name", "domains", "country", "zone", "language"),
    key="tenantId",
    read=lambda values: parse(CustomerRow, dict(values)).value(),
    cells=lambda one: (
        one.tenant_id,
        one.name,
        LIST_SEPARATOR.join(one.domains),
        one.country,
        one.zone,
        one.language,
    ),
)
SUBSCRIPTIONS_FILE: RegistryFile[Subscription] = RegistryFile(
    columns=("subscriptionId", "tenantId", "productId", "status", "channel", "seats", "endsAt"),
    key="subscriptionId",
    read=lambda values: parse(SubscriptionRow, dict(values)).value(),
    cells=lambda one: (
        one.subscription_id,
        one.tenant_id,
        one.product_id,
        one.status,
        one.channel,
        one.seats,
        _instant(one.ends_at),
    ),
)
