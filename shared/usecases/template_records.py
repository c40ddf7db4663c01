"""What a proof-of-execution form is filled in with: plain values, no library's types."""

from dataclasses import dataclass
from enum import StrEnum


class TemplateFormat(StrEnum):
    """The two kinds of file a form can be; the values are the API's."""

    PDF = "pdf"
    DOCX = "docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateProduct:
    """One line of the form: the product's or the solution's name, its activities (IDs), and its subscription."""

    name: str
    activities: tuple[str, ...] = ()
    subscription_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateValues:
    """What is known so far; empty where the form leaves a line to be filled in by hand."""

    number: str = ""
    claim_name: str = ""
    customer_name: str = ""
    domain: str = ""
    tenant_id: str = ""
    partner_name: str = ""
    mpn_id: str = ""
    partner_contact: str = ""
    products: tuple[TemplateProduct, ...] = ()
