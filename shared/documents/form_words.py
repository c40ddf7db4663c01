"""What the proof-of-execution form says, line by line, in one language: the same words for PDF and Word.

Everything that the checks of a proof look for stands here: the customer, each product, the lines for name and date
(PROCESS.md, Checks, 6). No date is printed: an unsigned form must not pass for a dated one.
"""

from dataclasses import dataclass

from shared.domain.catalogue import catalogue
from shared.domain.reason_texts import N_
from shared.texts import Texts
from shared.usecases.template_records import TemplateProduct, TemplateValues

BLANK = "_" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A label and what stands behind it; `field` names what the reader fills in (null: it is known)."""

    label: str
    value: str = ""
    field: str | None = None
    tall: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the form; `statement` is a sentence that the signature is about, or that explains."""

    title: str
    entries: tuple[Entry, ...]
    statement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWords:
    """The whole form."""

    language: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    footer: str


SIGNED_BY, DATE = N_("Signed by"), N_("Date")
"""The labels that the checks look for, in both languages (see signature_lines and written_dates)."""


def form_words(values: TemplateValues, words: Texts) -> FormWords:
    """The form's words with these values."""
    say = words.gettext
    return FormWords(
        language=words.language,
        title=say("Proof of execution"),
        lead=say(
            "The partner named below asks to be associated with the products named below. Please read it, fill in what "
            "is missing, and sign only if it is true."
        ),
        sections=(
            Section(
                title=say("Customer"),
                entries=(
                    _entry(say("Organisation"), values.customer_name, "customer_name"),
                    _entry(say("Domain"), values.domain, "domain"),
                    _entry(say("Directory (tenant) ID"), values.tenant_id, "tenant_id"),
                ),
            ),
            Section(
                title=say("Partner"),
                entries=(
                    _entry(say("Organisation"), values.partner_name, "partner_name"),
                    _entry(say("MPN ID"), values.mpn_id, "mpn_id"),
                    _entry(say("Contact"), values.partner_contact, "partner_contact"),
                ),
            ),
            Section(title=say("Products and activities"), entries=_products(values, words)),
            Section(
                title=say("Work done"),
                entries=(Entry(label=say("What the partner did for us, and when"), field="work", tall=True),),
            ),
            Section(
                title=say("Confirmation by the customer"),
                statement=say(
                    "We confirm that the partner has done the work described above for our organisation, and that it "
                    "concerns the products named above."
                ),
                entries=(
                    Entry(label=say(SIGNED_BY), field="signed_by"),
                    Entry(label=say("Job title"), field="job_title"),
                    Entry(label=say(DATE), field="date"),
                ),
            ),
        ),
        footer=_footer(values, words),
    )


def _entry(label: str, value: str, field: str) -> Entry:
    return Entry(label=label, value=value) if value else Entry(label=label, field=field)


def _products(values: TemplateValues, words: Texts) -> tuple[Entry, ...]:
    label = words.gettext("Product")
    if not values.products:
        return (Entry(label=label, field="product"),)
    return tuple(Entry(label=label, value=_product(one, words)) for one in values.products)


def _product(product: TemplateProduct, words: Texts) -> str:
    names = {one.id: words.gettext(one.name).lower() for one in catalogue().activities}
    text = product.name
    if product.activities:
        text += f" ({words.listing([names.get(one, one) for one in product.activities])})"
    if product.subscription_id:
        text += ", " + words.gettext("subscription %(id)s") % {"id": product.subscription_id}
    return text


def _footer(values: TemplateValues, words: Texts) -> str:
    """How to hand it in, and which claim it belongs to."""
    advice = words.gettext("Write the date as year-month-day. Send the form back to your partner.")
    return f"{values.number} · {advice}" if values.number else advice
