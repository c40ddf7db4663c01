"""The customer answers by the link in the mail."""

import pytest

from tests.journeys.client import (
    FABRIKAM_MPN,
    Customer,
    Customers,
    Link,
    LocalHost,
    Person,
    Store,
    asked,
    contact_of,
    partner_of,
    request_of,
)


def test_a_no_is_final_and_may_be_repeated(
    host: LocalHost, contoso: Person, fabrikam: Person, store: Store, customer: Customer
) -> None:
    """The link declines once; again it is the same answer, any other is 409; the slot is free for others at once."""
    claim = asked(contoso, customer)
    link = request_of(host, claim).link
    first = host.respond(link, "optOut", reason="Another partner does this.")
    assert (first.status_code, first.json()["outcome"], first.json()["status"]) == (200, "optOut", "OptedOut")
    rows = store.rows(customer.tenant_id)
    again = host.respond(link, "optOut")
    assert (again.status_code, again.json()["outcome"]) == (200, "optOut")
    for choice in ("confirm", "wrongPerson", "revoke"):
        other = host.respond(link, choice)
        assert (other.status_code, other.json()["code"]) == (409, "already-decided"), choice
    host.mail(partner_of(claim), about=claim["number"], subject="Customer declined")
    claim = contoso.read(claim["claimId"])
    assert (claim["status"], [item["outcome"] for item in claim["items"]]) == ("OptedOut", ["declined"])
    history = [key for key in store.rows(customer.tenant_id) if key.startswith("history:")]
    assert history == [key for key in rows if key.startswith("history:")]
    assert asked(fabrikam, customer, mpn_id=FABRIKAM_MPN)["status"] == "PendingCustomer"


def test_looking_decides_nothing(host: LocalHost, contoso: Person, store: Store, customer: Customer) -> None:
    """GET and HEAD of the link, as scanners do, and posting the token without a choice leave every row as it was."""
    claim = asked(contoso, customer)
    link = request_of(host, claim).link
    host.mail(partner_of(claim), about=claim["number"], subject="Customer asked")
    before = store.rows(customer.tenant_id)
    for method in ("GET", "HEAD"):
        for path in (f"/api/respond/{claim['claimId']}", f"/respond/{claim['claimId']}"):
            for query in ("", f"?token={link.token}&choice=optOut"):
                assert host.http.request(method, path + query).status_code < 500
    view = host.respond(link)
    assert view.status_code == 200
    assert view.json()["outcome"] is None
    assert view.json()["partnerName"] == "Contoso Consulting"
    assert view.json()["deadline"]["deadlineAt"] == claim["optOutDeadline"]
    assert view.json()["deadline"] == {
        name: value for name, value in contoso.read(claim["claimId"], "deadline").items() if name != "claimId"
    }
    assert sorted(view.json()["choices"]) == ["confirm", "optOut", "wrongPerson"]
    assert view.headers["cache-control"] == "no-store"
    assert view.headers["referrer-policy"] == "no-referrer"
    assert store.rows(customer.tenant_id) == before


def test_single_products_may_be_declined(host: LocalHost, contoso: Person, store: Store, customer: Customer) -> None:
    """One product declined, the rest confirmed: Approved with the one; only its slot is held, the other is free."""
    claim = asked(contoso, customer, "teams", "exchange-online")
    link = request_of(host, claim).link
    teams, exchange = (item["itemId"] for item in claim["items"])
    assert host.respond(link, "optOut", items=["no-such-item"]).status_code == 422
    partly = host.respond(link, "optOut", items=[exchange])
    assert (partly.status_code, partly.json()["status"]) == (200, "PendingCustomer")
    assert store.slots(customer.tenant_id)["workload~exchange-online"] == (None, None)
    assert host.respond(link, "optOut", items=[exchange]).status_code == 200
    assert host.respond(link, "confirm").json()["status"] == "Approved"
    claim = contoso.read(claim["claimId"])
    assert {item["itemId"]: item["outcome"] for item in claim["items"]} == {teams: "associated", exchange: "declined"}
    assert store.slots(customer.tenant_id) == {
        "workload~teams": (claim["claimId"], None),
        "workload~exchange-online": (None, None),
    }


def test_an_association_may_be_revoked_piece_by_piece(host: LocalHost, contoso: Person, customer: Customer) -> None:
    """Confirmed at once, then revoked product by product by the same link: the claim ends with its last item."""
    claim = asked(contoso, customer, "teams", "intune")
    link = request_of(host, claim).link
    assert host.respond(link, "confirm").json()["status"] == "Approved"
    assert host.respond(link, "confirm").status_code == 200
    late = host.respond(link, "optOut")
    assert (late.status_code, late.json()["code"]) == (409, "too-late")
    first, second = (item["itemId"] for item in claim["items"])
    assert host.respond(link, "revoke", items=[first]).json()["status"] == "Approved"
    assert host.respond(link, "revoke", items=[second]).json()["status"] == "Ended"
    claim = contoso.read(claim["claimId"])
    assert [item["outcome"] for item in claim["items"]] == ["ended", "ended"]


def test_a_wrong_person_sends_the_claim_back(
    host: LocalHost, contoso: Person, fabrikam: Person, store: Store, customer: Customer
) -> None:
    """Reported by whoever got the mail: ActionRequired, slot free, and once corrected the old link is worth nothing."""
    claim = asked(contoso, customer)
    link = request_of(host, claim).link
    assert host.respond(link, "wrongPerson").status_code == 200
    assert host.respond(link, "wrongPerson").status_code == 200
    assert host.respond(link, "confirm").status_code == 409
    claim = contoso.read(claim["claimId"])
    assert (claim["status"], claim["reasons"]) == ("ActionRequired", ["wrong-contact"])
    assert store.slots(customer.tenant_id) == {"workload~teams": (None, None)}
    host.mail(partner_of(claim), about=claim["number"], subject="Please act")
    other = {**claim["customerContact"], "name": "Olga Other", "email": f"olga@{customer.domain}"}
    assert contoso.edit(claim, {"customerContact": other}).status_code == 200
    assert contoso.act(claim["claimId"], "resubmit").status_code == 202
    claim = contoso.wait_asked(claim["claimId"])
    assert host.respond(link).status_code == 401
    new = request_of(host, claim).link
    assert host.respond(new, "confirm").json()["status"] == "Approved"
    assert len(host.mails(contact_of(claim), subject="Please answer")) == 1


@pytest.fixture(scope="module")
def two_links(host: LocalHost, contoso: Person, customers: Customers) -> tuple[Link, Link]:
    """The links of two claims."""
    first, second = (request_of(host, asked(contoso, customers.new())).link for _ in range(2))
    return first, second


def test_only_the_genuine_link_answers(host: LocalHost, contoso: Person, two_links: tuple[Link, Link]) -> None:
    """Tampered, foreign, padded, re-encoded or empty tokens are 401 with one and the same words, and change nothing."""
    own, foreign = two_links
    recipient, round_, mac = own.token.split(".")
    tokens = [
        foreign.token,
        own.token + "=",
        own.token + "A",
        own.token[:-1],
        f"{recipient}.2.{mac}",
        f"{recipient}.01.{mac}",
        f"{recipient.upper()}.{round_}.{mac}",
        f"{recipient}.{round_}.{mac.swapcase()}",
        "x",
        "\u0661" * 20,
    ]
    details = set()
    for token in tokens:
        answer = host.respond(Link(own.claim_id, token), "optOut")
        assert (answer.status_code, answer.json()["code"]) == (401, "bad-token"), token
        details.add(answer.json()["detail"])
    answer = host.respond(Link("a" * 48, own.token), "optOut")
    assert answer.status_code == 401
    assert details == {answer.json()["detail"]}
    assert host.respond(Link(own.claim_id, ""), "optOut").status_code in {401, 422}
    assert contoso.read(own.claim_id)["status"] == "PendingCustomer"
