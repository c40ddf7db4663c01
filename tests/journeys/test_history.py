"""The claim's whole record, as partner and reviewer read it over HTTP."""

from tests.journeys.client import Customer, LocalHost, Person, asked, contact_of, partner_of, request_of


def test_mails_and_downloads_stand_among_the_events(
    host: LocalHost, contoso: Person, fabrikam: Person, reviewer: Person, customer: Customer
) -> None:
    """Both read which mails went out; the reviewer who downloaded what, the partner only its own people's downloads."""
    claim = asked(contoso, customer)
    request_of(host, claim)
    proof = f"/api/claims/{claim['claimId']}/proofs/{claim['proofs'][0]['proofId']}"
    etag = contoso.http.get(f"/api/claims/{claim['claimId']}").headers["etag"]
    for person in (reviewer, contoso):
        assert person.http.get(proof).status_code == 200
    assert fabrikam.http.get(proof).status_code == 404
    partner, programme = (person.read(claim["claimId"], "history")["items"] for person in (contoso, reviewer))
    mails = {(one["mail"], one["audience"], one["status"]) for one in partner if one["kind"] == "mail"}
    assert {("association-request", "customer", "Sent"), ("claim-received", "partner", "Sent")} <= mails
    assert [one["actor"] for one in partner if one["kind"] == "access"] == [{"kind": "partner"}]
    looks = [one for one in programme if one["kind"] == "access"]
    assert [(one["actor"]["kind"], one["proofId"]) for one in looks] == [
        ("reviewer", claim["proofs"][0]["proofId"]),
        ("partner", claim["proofs"][0]["proofId"]),
    ]
    assert all(one["actor"]["id"] for one in looks)
    times = [one["at"] for one in programme]
    assert times == sorted(times)
    for address in (contact_of(claim), partner_of(claim)):
        assert address not in str(programme)
    assert contoso.http.get(f"/api/claims/{claim['claimId']}").headers["etag"] == etag


def test_the_page_tells_it_in_words(contoso: Person, customer: Customer) -> None:
    """The history's page names the mails in the reader's language."""
    claim = asked(contoso, customer)
    page = f"/claims/{claim['claimId']}/history"
    english = contoso.http.get(page, headers={"Accept-Language": "en"}).text
    polish = contoso.http.get(page, headers={"Accept-Language": "pl"}).text
    assert "Mail: association request" in english
    assert "To the customer" in english
    assert "E-mail: prośba o skojarzenie" in polish
    assert "Mail:" not in polish
