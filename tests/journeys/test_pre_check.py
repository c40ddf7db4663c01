"""The pre-check over HTTP, and who has looked at what."""

import pytest

from tests.journeys.client import FABRIKAM_MPN, Customer, Json, LocalHost, Person, asked


def check(person: Person, claim: Json) -> Json:
    """What the pre-check answers."""
    answer = person.http.post("/api/claims/check", json=claim, headers={"Accept-Language": "pl"})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_a_partner_asks_before_filing(contoso: Person, fabrikam: Person, customer: Customer) -> None:
    """Free before anybody claims; then the claimant's own, and not available to the rival, who learns no more."""
    claim = customer.claim("teams", "intune")
    free = check(contoso, claim)
    assert (free["valid"], free["errors"]) == (True, [])
    assert [item["availability"] for item in free["items"]] == ["free", "free"]
    pending = asked(contoso, customer, "teams")
    own = check(contoso, claim)
    assert [item["availability"] for item in own["items"]] == ["yours", "free"]
    assert [(one["pointer"], one["code"]) for one in own["errors"]] == [("/items/0", "already-associated-to-you")]
    assert own["errors"][0]["message"].startswith("Inne zgłoszenie Państwa organizacji")
    rival = check(fabrikam, customer.claim("teams", "intune", mpn_id=FABRIKAM_MPN))
    assert [item["availability"] for item in rival["items"]] == ["notAvailable", "free"]
    assert pending["number"] not in str(rival)
    assert (
        contoso.http.get("/api/claims", params={"tenantId": customer.tenant_id, "status": "Draft"}).json()["items"]
        == []
    )


def test_what_cannot_be_read_is_told(contoso: Person) -> None:
    """A body that is no JSON is 400; fields that are wrong are listed, and the answer is no."""
    assert (
        contoso.http.post("/api/claims/check", content=b"{", headers={"Content-Type": "application/json"}).status_code
        == 400
    )
    found = check(contoso, {"mpnId": "0", "customer": {"tenantId": "x", "domain": "y"}})
    assert found["valid"] is False
    assert {one["pointer"] for one in found["errors"]} >= {"/mpnId", "/customer/tenantId", "/customer/domain"}


@pytest.mark.parametrize("persona", ["reviewer", "nobody"])
def test_others_may_not_ask(host: LocalHost, persona: str, customer: Customer) -> None:
    """Only partners may feel out what is free."""
    with host.person(persona) as person:
        assert person.http.post("/api/claims/check", json=customer.claim()).status_code == 403
