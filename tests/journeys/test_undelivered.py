"""A request that did not arrive is no notice."""

from tests.journeys.client import Customers, LocalHost, Person, Store, contact_of, filed, partner_of, request_of

FAILURES = ("bounce", "suppress", "quarantine", "spam", "fail", "refuse")


def test_each_kind_of_failure_sends_the_claim_back(
    host: LocalHost, contoso: Person, store: Store, customers: Customers
) -> None:
    """Bounced, suppressed, quarantined, taken for spam, failed or refused: ActionRequired, and the slot is free."""
    chosen = [customers.new() for _ in FAILURES]
    claims = [
        filed(contoso, customer.claim(contact=f"{kind}-ida"), customer.proof())
        for kind, customer in zip(FAILURES, chosen, strict=True)
    ]
    for claim, customer in zip(claims, chosen, strict=True):
        back = contoso.wait(claim["claimId"], "ActionRequired", seconds=30)
        assert back["reasons"] == ["contact-unreachable"], contact_of(back)
        assert store.slots(customer.tenant_id) == {"workload~teams": (None, None)}
        host.mail(partner_of(back), about=back["number"], subject="Please act")


def test_a_corrected_contact_is_asked(host: LocalHost, contoso: Person, customers: Customers) -> None:
    """With another contact the claim goes the whole way; the report on the first round's mail harms it no more."""
    customer = customers.new()
    claim = filed(contoso, customer.claim(contact="bounce-ida"), customer.proof())
    claim = contoso.wait(claim["claimId"], "ActionRequired", seconds=30)
    contact = {**claim["customerContact"], "email": f"ida@{customer.domain}"}
    assert contoso.edit(claim, {"customerContact": contact}).status_code == 200
    assert contoso.act(claim["claimId"], "resubmit").status_code == 202
    claim = contoso.wait_asked(claim["claimId"])
    assert claim["round"] == 2
    assert host.respond(request_of(host, claim).link, "confirm").json()["status"] == "Approved"
