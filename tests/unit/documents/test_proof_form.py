"""The proof-of-execution form holds all that the checks look for: filled in it passes, unsigned it does not."""

import io
from typing import Any

import pytest

from shared.documents.inspection import DOCX, PDF, inspect
from shared.documents.proof_form import DocumentProofTemplates
from shared.domain.check_facts import ProofFacts
from shared.usecases.template_records import TemplateFormat, TemplateProduct, TemplateValues
from tests.unit.documents.test_proof_reader import TODAY, examined
from tools.sample_proofs import scan_pdf

VALUES = TemplateValues(
    number="CPOR-1234-5678",
    claim_name="Rollout",
    customer_name="Alpine Outfitters",
    domain="alpine.example",
    tenant_id="a1a1a1a1-0000-4000-8000-000000000001",
    partner_name="Contoso Consulting",
    mpn_id="1000001",
    partner_contact="Zoë Łącka",
    products=(
        TemplateProduct(name="Microsoft Teams", activities=("usage",)),
        TemplateProduct(
            name="Power BI", activities=("usage", "presales"), subscription_id="5b5b5b5b-0000-4000-8000-000000000024"
        ),
    ),
)
TYPES = {TemplateFormat.PDF: PDF, TemplateFormat.DOCX: DOCX}
LANGUAGES = ("en", "pl")
UNSIGNED = {"poe-no-date", "poe-no-signature-found"}


def form(kind: TemplateFormat, language: str, values: TemplateValues = VALUES) -> bytes:
    """The form as the product makes it."""
    content, spoken = DocumentProofTemplates().render(values, kind=kind, wish=language, country=None)
    assert spoken == language
    return content


def filled(content: bytes, kind: TemplateFormat, *, signer: str = "Ann Żółkiewska", dated: str | None = None) -> bytes:
    """The form as a customer fills it in: with a PDF reader, or in Word over the underscores."""
    entries = {"signed_by": signer, "date": dated or TODAY.isoformat(), "job_title": "IT manager"}
    return _filled_pdf(content, entries) if kind is TemplateFormat.PDF else _filled_docx(content, entries)


def _filled_pdf(content: bytes, entries: dict[str, str]) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(entries), auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _filled_docx(content: bytes, entries: dict[str, str]) -> bytes:
    from docx import Document

    document = Document(io.BytesIO(content))
    labels = {"Signed by": "signed_by", "Podpisał(a)": "signed_by", "Date": "date", "Data": "date"}
    for paragraph in document.paragraphs:
        name = labels.get(paragraph.text.partition(":")[0])
        if name:
            paragraph.runs[-1].text = entries[name]
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(TemplateFormat))
async def test_the_form_signed_and_dated_passes_every_check(kind: TemplateFormat, language: str) -> None:
    """Name and date typed in are all that it takes, in either kind of file and either language."""
    content = filled(form(kind, language), kind)
    assert inspect(content, max_bytes=10**7).faults == ()
    assert await examined((TYPES[kind], content)) == (ProofFacts(proof_id="p1"),)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(TemplateFormat))
async def test_the_form_unsigned_is_flagged_for_that_alone(kind: TemplateFormat, language: str) -> None:
    """Sent as it was downloaded: no signature, no date, and nothing else is missing."""
    (facts,) = await examined((TYPES[kind], form(kind, language)))
    assert set(facts.codes) == UNSIGNED


@pytest.mark.parametrize("kind", list(TemplateFormat))
async def test_a_date_of_old_is_told(kind: TemplateFormat) -> None:
    """The date that was typed in is the one that counts."""
    content = filled(form(kind, "en"), kind, dated="2024-01-31")
    (facts,) = await examined((TYPES[kind], content))
    assert facts.codes == ("poe-older-than-12-months",)


async def test_a_scan_of_the_form_is_flagged_as_a_scan_alone() -> None:
    """Printed, signed by hand and scanned: a person has to read it, and that is all there is against it."""
    (facts,) = await examined((PDF, scan_pdf()))
    assert facts.codes == ("poe-not-machine-readable",)


@pytest.mark.parametrize("kind", list(TemplateFormat))
async def test_a_blank_form_can_be_filled_in_by_hand(kind: TemplateFormat) -> None:
    """Without a claim every line is open, and nothing of anybody stands in it."""
    content = form(kind, "en", TemplateValues())
    assert inspect(content, max_bytes=10**7).faults == ()
    (facts,) = await examined((TYPES[kind], content))
    assert "poe-no-customer-name" in facts.codes


def test_a_long_claim_goes_on_to_another_page() -> None:
    """Twenty products with subscriptions fit, and none is drawn below the edge."""
    from pypdf import PdfReader

    products = tuple(
        TemplateProduct(name=f"Product {number}", activities=("usage", "presales"), subscription_id=VALUES.tenant_id)
        for number in range(20)
    )
    values: dict[str, Any] = {name: getattr(VALUES, name) for name in ("number", "customer_name", "domain")}
    content = form(TemplateFormat.PDF, "pl", TemplateValues(**values, products=products))
    reader = PdfReader(io.BytesIO(content))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert 1 < len(reader.pages) <= 3
    assert all(f"Product {number} " in text for number in range(20))


@pytest.mark.parametrize("kind", list(TemplateFormat))
def test_what_people_typed_is_text(kind: TemplateFormat) -> None:
    """A name that looks like markup stands there as it was typed."""
    values = TemplateValues(customer_name='<b>"A&B" </b>', domain="alpine.example")
    content = form(kind, "en", values)
    if kind is TemplateFormat.PDF:
        from pypdf import PdfReader

        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    else:
        from docx import Document

        text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert '<b>"A&B" </b>' in text
