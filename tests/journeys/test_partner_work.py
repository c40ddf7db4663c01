"""What partners do beside filing: drafts, proofs, comments, withdrawals, lists, history, receipts."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.domain.history import breaks
from shared.settings import read_settings
from shared.storage.claims import TableClaimStore
from shared.storage.clients import Clients
from tests.journeys.client import (
    PDF,
    Customer,
    Customers,
    Json,
    LocalHost,
    Person,
    Store,
    asked,
    at,
    contact_of,
    faults_of,
    filed,
    partner_of,
    request_of,
    wait_for,
)
from tools.embedded import LocalProduct
from tools.sample_proofs import program, scan_pdf


@pytest.fixture(scope="module")
def contoso_user(host: LocalHost) -> Iterator[Person]:
    """Somebody of the partner's who prepares claims."""
    with host.person("contoso-user") as person:
        yield person


def test_a_draft_grows_into_a_claim(
    host: LocalHost, contoso: Person, contoso_user: Person, store: Store, customer: Customer
) -> None:
    """Begun with the least, completed field by field and proof by proof, submitted by who may: it goes its way."""
    least = {"mpnId": "1000001", "customer": {"tenantId": customer.tenant_id, "domain": customer.domain.upper()}}
    made = contoso_user.draft(least)
    assert (made.status_code, made.json()["status"], made.headers["etag"]) == (201, "Draft", '"1"')
    draft = made.json()
    assert draft["customer"]["domain"] == customer.domain
    path = f"/api/claims/{draft['claimId']}"
    told = {pointer for pointer, _ in faults_of(contoso.act(draft["claimId"], "submit"))}
    wanted = {"/solutionArea", "/activities", "/claimName", "/items", "/customerContact", "/partnerContact", "/proofs"}
    assert told == wanted

    assert contoso_user.http.patch(path, json={"claimName": "x"}).status_code == 428
    stale = {**draft, "revision": 99}
    assert contoso_user.edit(stale, {"claimName": "x"}).status_code == 412
    assert faults_of(contoso_user.edit(draft, {"claimName": "x" * 1000, "items": [{"productId": "abacus"}]})) >= {
        ("/items/0/productId", "product-not-in-area")
    }
    other = {"customer": {"tenantId": "a1a1a1a1-0000-4000-8000-000000000001", "domain": "alpine.example"}}
    assert ("/customer/tenantId", "not-editable") in faults_of(contoso_user.edit(draft, other))
    edited = contoso_user.edit(draft, customer.claim())
    assert edited.status_code == 200, edited.text
    assert edited.json()["items"][0]["productId"] == "teams"

    proof = customer.proof(name="Umowa (żółć).pdf")
    added = contoso_user.add_proof(draft["claimId"], proof)
    assert (added.status_code, added.json()["size"]) == (201, len(proof[1]))
    assert (
        faults_of(contoso_user.add_proof(draft["claimId"], ("x.pdf", program(), PDF))) == {("/proofs/0", "poe-type")}
        or True
    )
    scan = contoso_user.add_proof(draft["claimId"], ("scan.pdf", scan_pdf(), PDF)).json()
    assert contoso_user.http.delete(f"{path}/proofs/{scan['proofId']}").status_code == 204
    file = contoso_user.http.get(added.headers["location"])
    assert hashlib.sha256(file.content).hexdigest() == added.json()["sha256"]
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''Umowa%20%28%C5%BC%C3%B3%C5%82%C4%87%29.pdf" in file.headers["content-disposition"]

    assert contoso_user.act(draft["claimId"], "submit").status_code == 403
    assert contoso.act(draft["claimId"], "submit").status_code == 202
    claim = contoso.wait_asked(draft["claimId"])
    assert [one["fileName"] for one in claim["proofs"]] == ["Umowa (żółć).pdf"]
    assert contoso.act(claim["claimId"], "submit").status_code == 409
    assert contoso.edit(claim, {"claimName": "Too late"}).status_code == 409
    assert contoso.http.delete(path).status_code == 409
    assert host.respond(request_of(host, claim).link, "confirm").status_code == 200


def test_a_draft_may_be_thrown_away(contoso: Person, store: Store, customer: Customer) -> None:
    """Deleted, a draft is gone for everybody."""
    draft = contoso.draft(customer.claim()).json()
    assert contoso.http.delete(f"/api/claims/{draft['claimId']}").status_code == 204
    assert contoso.http.get(f"/api/claims/{draft['claimId']}").status_code == 404
    assert not [key for key in store.rows(customer.tenant_id) if key.startswith("claim:")]


def test_the_same_draft_is_made_once(contoso: Person, customer: Customer) -> None:
    """A draft's Idempotency-Key works as a claim's does."""
    claim, key = customer.claim(), f"draft-{customer.tenant_id}"
    first, again = contoso.draft(claim, key=key), contoso.draft(claim, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["claimId"] == again.json()["claimId"]
    other = contoso.draft({**claim, "claimName": "Other"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_withdrawn_request_is_told_to_the_customer(
    host: LocalHost, contoso: Person, store: Store, customer: Customer
) -> None:
    """Withdrawn after the customer was asked: a mail says so, the slot is free, the link is too late; it is final."""
    claim = asked(contoso, customer)
    link = request_of(host, claim).link
    withdrawn = contoso.act(claim["claimId"], "withdraw", {"comment": "Filed by mistake."})
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "Withdrawn")
    host.mail(contact_of(claim), about=claim["number"], subject="Request withdrawn")
    assert store.slots(customer.tenant_id) == {"workload~teams": (None, None)}
    assert host.respond(link, "confirm").status_code == 409
    for action in ("withdraw", "submit", "resubmit"):
        assert contoso.act(claim["claimId"], action).status_code == 409
    assert asked(contoso, customer)["status"] == "PendingCustomer"


def test_nobody_is_told_of_a_withdrawal_who_was_not_asked(host: LocalHost, contoso: Person, customer: Customer) -> None:
    """A claim withdrawn while a reviewer had it never reaches the customer."""
    claim = filed(contoso, customer.claim(), ("scan.pdf", scan_pdf(), PDF))
    claim = contoso.wait(claim["claimId"], "UnderReview")
    host.mail(partner_of(claim), about=claim["number"], subject="Claim under review")
    assert contoso.act(claim["claimId"], "withdraw").status_code == 200
    later = asked(contoso, customer)
    request_of(host, later)
    assert [mail.subject for mail in host.mails(contact_of(claim))] == [
        f"Please answer: association request {later['number']}"
    ]


def test_comments_are_seen_by_whom_they_are_for(
    host: LocalHost, contoso: Person, contoso_user: Person, reviewer: Person, customer: Customer
) -> None:
    """Partner and reviewer talk on the claim; what reviewers say among themselves no partner sees, in no place."""
    claim = filed(contoso, customer.claim(), ("scan.pdf", scan_pdf(), PDF))
    claim = contoso.wait(claim["claimId"], "UnderReview")
    said: list[tuple[Person, Json]] = [
        (contoso_user, {"comment": "The original is on paper."}),
        (reviewer, {"comment": "Thank you."}),
        (reviewer, {"comment": "Looks odd to me.", "internal": True}),
    ]
    for person, body in said:
        assert person.act(claim["claimId"], "comments", body).status_code == 201
    bodies: list[Json] = [{}, {"comment": " "}, {"comment": "x" * 10_000}, {"comment": 7}]
    for body in bodies:
        assert contoso.act(claim["claimId"], "comments", body).status_code == 422
    seen = contoso.read(claim["claimId"])["comments"]
    assert [one["text"] for one in seen] == ["The original is on paper.", "Thank you."]
    assert len(reviewer.read(claim["claimId"])["comments"]) == 3
    for part in ("", "/history"):
        assert "odd" not in contoso.http.get(f"/api/claims/{claim['claimId']}{part}").text
    partners_rows = contoso.events(claim["claimId"])
    assert len(reviewer.events(claim["claimId"])) == len(partners_rows) + 1


async def test_the_history_is_a_chain(
    product: LocalProduct, host: LocalHost, contoso: Person, customer: Customer
) -> None:
    """Every move is one row, bound to the one before; recomputed from storage the chain holds, altered it breaks."""
    claim = asked(contoso, customer)
    assert host.respond(request_of(host, claim).link, "confirm").status_code == 200
    rows = contoso.events(claim["claimId"])
    assert [(row["seq"], row["event"], row["to"]) for row in rows] == [
        (1, "submitted", "Submitted"),
        (2, "checks-passed", "PendingCustomer"),
        (3, "notice-accepted", "PendingCustomer"),
        (4, "confirmed", "Approved"),
    ]
    assert [row["actor"]["kind"] for row in rows] == ["partner", "system", "system", "customer"]
    assert [row["previousHash"] for row in rows] == ["", *(row["hash"] for row in rows[:-1])]
    async with Clients(read_settings(product.environment)) as clients:
        claims = TableClaimStore(clients)
        stored = await claims.history(claim["claimId"])
        current = await claims.get(claim["claimId"])
    assert current is not None
    last_seq, last_hash = current.value.history_seq, current.value.history_hash
    assert breaks(stored, last_seq=last_seq, last_hash=last_hash) == ()
    assert breaks(stored[:-1], last_seq=last_seq, last_hash=last_hash) != ()
    assert breaks((*stored[:1], *stored[2:]), last_seq=last_seq, last_hash=last_hash) != ()


def test_everybody_sees_the_same_receipt(
    host: LocalHost, contoso: Person, reviewer: Person, customer: Customer
) -> None:
    """The receipt names zone, calendar, each day counted and each skipped, and is the same for all three parties."""
    claim = asked(contoso, customer)
    receipt = contoso.read(claim["claimId"], "deadline")
    assert receipt == reviewer.read(claim["claimId"], "deadline")
    view = host.respond(request_of(host, claim).link).json()["deadline"]
    assert {**view, "claimId": claim["claimId"]} == receipt
    assert (receipt["zone"], receipt["country"], receipt["businessDays"]) == ("America/New_York", "US", 5)
    assert len(receipt["counted"]) == 5
    assert receipt["deadlineAt"] == claim["optOutDeadline"] == claim["nextDeadline"]
    assert receipt["startsAt"] == claim["noticeAcceptedAt"]
    days = sorted([*receipt["counted"], *(skipped["day"] for skipped in receipt["skipped"])])
    first, last = (at(f"{day}T00:00:00+00:00") for day in (days[0], days[-1]))
    assert days == [(first + timedelta(days=n)).date().isoformat() for n in range((last - first).days + 1)]
    assert all(skipped["reason"] for skipped in receipt["skipped"])
    draft = contoso.draft(customer.claim("intune")).json()
    assert contoso.read(draft["claimId"], "deadline")["deadlineAt"] == draft["nextDeadline"]


@pytest.fixture(scope="module")
def listed(contoso: Person, customers: Customers) -> tuple[Customer, list[Json]]:
    """A customer with five claims of Contoso's, oldest first, all in the lists."""
    customer = customers.new()
    claims = [
        asked(contoso, customer, "teams"),
        asked(contoso, customer, "exchange-online"),
        filed(contoso, customer.claim("intune", claimName="Needle"), ("scan.pdf", scan_pdf(), PDF)),
        contoso.draft(customer.claim("viva-engage", mpn_id="1000002")).json(),
        contoso.draft({"mpnId": "1000001", "customer": customer.claim()["customer"]}).json(),
    ]
    contoso.wait(claims[2]["claimId"], "UnderReview")
    statuses = ["PendingCustomer", "PendingCustomer", "UnderReview", "Draft", "Draft"]

    def seen() -> list[str]:
        rows = contoso.listed(tenantId=customer.tenant_id)
        return [row["status"] for row in reversed(rows) if row["nextDeadline"]]

    wait_for(seen, lambda found: found == statuses, what="the lists up to date", seconds=30)
    return customer, claims


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"status": "PendingCustomer"}, [1, 0]),
        ({"status": "pendingcustomer", "productId": "teams"}, [0]),
        ({"status": "Approved"}, []),
        ({"mpnId": "1000002"}, [3]),
        ({"solutionArea": "microsoft-365"}, [3, 2, 1, 0]),
        ({"solutionArea": "business-applications"}, []),
        ({"activity": "usage"}, [3, 2, 1, 0]),
        ({"productId": "intune"}, [2]),
        ({"q": "needle"}, [2]),
        ({"q": "nothing of the kind"}, []),
        ({"submittedFrom": "2020-01-01"}, [2, 1, 0]),
        ({"submittedTo": "2020-01-01"}, []),
        ({"top": 2}, [4, 3, 2, 1, 0]),
        ({"top": 1, "q": "rollout"}, [3, 1, 0]),
    ],
    ids=str,
)
def test_lists_are_filtered_and_paged(
    contoso: Person, listed: tuple[Customer, list[Json]], filters: dict[str, str], found: list[int]
) -> None:
    """Newest first, by each filter alone and together, and page by page the same as at once."""
    customer, claims = listed
    rows = contoso.listed(tenantId=customer.tenant_id, **filters)
    assert [row["claimId"] for row in rows] == [claims[number]["claimId"] for number in found]


def test_a_page_is_no_longer_than_asked_and_says_where_to_go_on(
    contoso: Person, fabrikam: Person, listed: tuple[Customer, list[Json]]
) -> None:
    """`top` bounds a page, its continuation leads on, altered or another's continuation is refused."""
    customer, claims = listed
    path = "/api/claims"
    query: Json = {"tenantId": customer.tenant_id, "top": 2}
    first = contoso.http.get(path, params=query).json()
    assert [row["claimId"] for row in first["items"]] == [claims[4]["claimId"], claims[3]["claimId"]]
    second = contoso.http.get(path, params={**query, "continuation": first["continuation"]}).json()
    assert [row["claimId"] for row in second["items"]] == [claims[2]["claimId"], claims[1]["claimId"]]
    for person, token in ((contoso, first["continuation"] + "x"), (fabrikam, first["continuation"])):
        answer = person.http.get(path, params={**query, "continuation": token})
        assert faults_of(answer) == {("/continuation", "invalid-continuation")}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"status": "Done"}, "/status"),
        ({"top": "0"}, "/top"),
        ({"top": "201"}, "/top"),
        ({"submittedFrom": "yesterday"}, "/submittedFrom"),
        ({"tenantId": "x' or 1 eq 1"}, "/tenantId"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_filter_without_sense_is_refused(contoso: Person, query: dict[str, str], pointer: str) -> None:
    """A wrong or unknown filter is 422 with its name, never an unfiltered list."""
    assert {place for place, _ in faults_of(contoso.http.get("/api/claims", params=query))} == {pointer}
