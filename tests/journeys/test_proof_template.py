"""The proof-of-execution form: downloaded from a draft, signed, handed in, believed."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from tests.journeys.client import PDF, Customer, LocalHost, Person, faults_of


def test_a_draft_s_form_signed_is_all_that_a_claim_needs(host: LocalHost, contoso: Person, customer: Customer) -> None:
    """Downloaded with everything filled in, signed and dated in a PDF reader, added to the draft: the checks pass."""
    draft = contoso.draft(customer.claim("teams", "intune")).json()
    answer = contoso.http.get("/api/proof-template", params={"claimId": draft["claimId"], "format": "pdf"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert f'filename="proof-of-execution-{draft["number"]}.pdf"' in answer.headers["content-disposition"]
    assert answer.headers["content-language"] == "en"
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(answer.content)))
    entries: dict[str, object] = {"signed_by": "Ida Manager", "date": host.now().date().isoformat()}
    for page in writer.pages:
        writer.update_page_form_field_values(page, entries, auto_regenerate=False)
    signed = io.BytesIO()
    writer.write(signed)
    assert contoso.add_proof(draft["claimId"], ("signed.pdf", signed.getvalue(), PDF)).status_code == 201
    assert contoso.act(draft["claimId"], "submit").status_code == 202
    claim = contoso.wait_asked(draft["claimId"])
    assert {check["result"] for check in claim["checks"]} == {"pass"}


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_form_speaks_the_language_that_is_asked_for(contoso: Person, customer: Customer, kind: str) -> None:
    """Polish where it is asked for; a language or a kind of file that there is not is told by its parameter."""
    draft = contoso.draft(customer.claim()).json()
    wanted = {"claimId": draft["claimId"], "format": kind, "lang": "pl"}
    answer = contoso.http.get("/api/proof-template", params=wanted)
    assert (answer.status_code, answer.headers["content-language"]) == (200, "pl")
    refused = contoso.http.get("/api/proof-template", params={**wanted, "lang": "xx", "format": "exe"})
    assert faults_of(refused) == {("/format", "invalid-choice"), ("/lang", "invalid-choice")}


def test_a_form_is_its_claim_s_organisation_s(fabrikam: Person, contoso: Person, customer: Customer) -> None:
    """Another organisation's claim is not there; a blank form is anybody's who is signed in with a role."""
    draft = contoso.draft(customer.claim()).json()
    assert fabrikam.http.get("/api/proof-template", params={"claimId": draft["claimId"]}).status_code == 404
    assert fabrikam.http.get("/api/proof-template", params={"claimId": "nonsense"}).status_code == 404
    assert fabrikam.http.get("/api/proof-template").status_code == 200
