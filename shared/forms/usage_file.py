"""The file of usage: one row per customer, product, subscription and month (PROCESS.md, After approval: Usage)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from shared.domain.errors import InvalidClaimError
from shared.domain.sayings import say
from shared.domain.usage import MONTH, MonthlyUsage
from shared.forms.csv_table import CsvRow, csv_rows
from shared.forms.form import Form, parse
from shared.forms.texts import SubscriptionId, TenantId, Word, refusal
from shared.usecases.row_imports import ImportRow

USAGE_COLUMNS = ("tenantId", "productId", "subscriptionId", "month", "monthlyActiveUsers", "paidUnits")
MOST = 1_000_000_000
_KEY = ("tenantId", "productId", "subscriptionId", "month")
_NUMBER = re.compile(r"[0-9]{1,10}")
_LONGEST_KEY = 200


def _month(text: str) -> str:
    if not MONTH.fullmatch(text.strip()):
        raise refusal("invalid-month", say("Give the month as year and month, such as 2026-11."))
    return text.strip()


def _figure(text: str) -> int:
    number = text.strip()
    if not _NUMBER.fullmatch(number) or int(number) > MOST:
        raise refusal("out-of-range", say("This must be a whole number from 0 to %(most)d.", most=MOST))
    return int(number)


Month = Annotated[str, AfterValidator(_month)]
Figure = Annotated[int, BeforeValidator(_figure)]
ProductId = Annotated[Word, AfterValidator(str.lower)]


class UsageRow(Form):
    """A month of a product; without a subscription it is what the tenant holds as a whole."""

    tenant_id: TenantId
    product_id: ProductId
    subscription_id: SubscriptionId | None = None
    month: Month
    monthly_active_users: Figure
    paid_units: Figure


def usage_rows(content: bytes) -> Iterator[ImportRow[MonthlyUsage]]:
    """The file's rows, read as they are asked for; its header at once. InvalidClaimError for a wrong one."""
    return map(_row, csv_rows(content, columns=USAGE_COLUMNS, required=USAGE_COLUMNS))


def usage_cells(usage: MonthlyUsage) -> tuple[object, ...]:
    """A month as a row, in the columns' order."""
    return (
        usage.tenant_id,
        usage.product_id,
        usage.subscription_id,
        usage.month,
        usage.monthly_active_users,
        usage.paid_units,
    )


def _row(row: CsvRow) -> ImportRow[MonthlyUsage]:
    key = "/".join(row.values.get(name, "-").lower() for name in _KEY)[:_LONGEST_KEY]
    if row.faults:
        return ImportRow(row=row.number, key=key, value=None, faults=row.faults)
    try:
        form = parse(UsageRow, dict(row.values))
    except InvalidClaimError as error:
        faults = tuple(replace(fault, pointer=f"/rows/{row.number}{fault.pointer}") for fault in error.faults)
        return ImportRow(row=row.number, key=key, value=None, faults=faults)
    return ImportRow(row=row.number, key=key, value=MonthlyUsage(**form.model_dump()))
