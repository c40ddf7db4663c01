"""What is filed is taken once and whole, or not at all."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.journeys.client import (
    FABRIKAM_MPN,
    PDF,
    WORD,
    Customer,
    Customers,
    File,
    LocalHost,
    Person,
    Store,
    faults_of,
    filed,
)
from tools import sample_proofs

MEGABYTE = 1024 * 1024


def big(customer: Customer, size: int) -> File:
    """A good proof of exactly that many bytes."""
    today = datetime.now(UTC).date()
    return "big.pdf", sample_proofs.pdf_of_size(size, customer=customer.name, products=["Teams"], dated=today), PDF


def assert_nothing_stored(store: Store, customer: Customer) -> None:
    """No row and no blob of the tenant's."""
    assert store.rows(customer.tenant_id) == {}
    assert store.blobs(customer.tenant_id) == []


def test_one_key_is_one_claim(contoso: Person, store: Store, customer: Customer) -> None:
    """The same request with the same key again gives the same claim; another payload with it is 422, a new key 202."""
    key, claim, proof = str(uuid.uuid4()), customer.claim(), customer.proof()
    first = contoso.submit(claim, [proof], key=key)
    again = contoso.submit(claim, [proof], key=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["claimId"] == again.json()["claimId"]
    others: list[tuple[dict[str, Any], File]] = [
        ({**claim, "claimName": "Another name"}, proof),
        (claim, customer.proof("intune")),
    ]
    for other, file in others:
        answer = contoso.submit(other, [file], key=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    rows = [row for row in store.rows(customer.tenant_id) if row.startswith("claim:")]
    assert rows == [f"claim:{first.json()['claimId']}"]
    assert len(store.blobs(customer.tenant_id)) == 1
    late = contoso.wait(first.json()["claimId"], "PendingCustomer")
    assert contoso.submit(claim, [proof], key=key).json()["status"] == late["status"]


def test_a_key_is_bound_to_the_customer_and_to_the_organisation(
    contoso: Person, fabrikam: Person, store: Store, customers: Customers
) -> None:
    """One key for another customer is 422 and stores nothing there; another organisation's same key is its own."""
    key, one, other = str(uuid.uuid4()), customers.new(), customers.new()
    first = contoso.submit(one.claim(), [one.proof()], key=key)
    assert first.status_code == 202
    answer = contoso.submit(other.claim(), [other.proof()], key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert_nothing_stored(store, other)
    rival = fabrikam.submit(other.claim(mpn_id=FABRIKAM_MPN), [other.proof()], key=key)
    assert rival.status_code == 202
    assert rival.json()["claimId"] != first.json()["claimId"]


def test_a_key_is_needed(contoso: Person, store: Store, customer: Customer) -> None:
    """Without an Idempotency-Key, or with one that cannot be a key, nothing is made: 400, for drafts too."""
    for headers in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "two words"}, {"Idempotency-Key": "x" * 256}):
        answer = contoso.http.post("/api/claims", json=customer.claim(), headers=headers)
        assert answer.status_code == 400, headers
        assert answer.json()["code"].startswith("idempotency-key-")
    assert_nothing_stored(store, customer)


def test_twenty_at_once_are_one_claim(host: LocalHost, store: Store, customer: Customer) -> None:
    """Twenty equal requests at the same time make one claim; each gets it, or is told to try again (409)."""
    key, claim, proof = str(uuid.uuid4()), customer.claim(), customer.proof()
    with host.person("contoso") as person, ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: person.submit(claim, [proof], key=key), range(20)))
        assert {answer.status_code for answer in answers} <= {202, 409}
        made = {answer.json()["claimId"] for answer in answers if answer.status_code == 202}
        assert len(made) == 1
        for answer in answers:
            if answer.status_code == 409:
                assert (answer.json()["code"], answer.headers["retry-after"]) == ("in-flight", "1")
        (claim_id,) = made
        person.wait(claim_id, "PendingCustomer")
        assert person.submit(claim, [proof], key=key).json()["claimId"] == claim_id
    rows = store.rows(customer.tenant_id)
    assert [key for key in rows if key.startswith("claim:")] == [f"claim:{claim_id}"]
    submitted = [key for key in rows if key == f"history:{claim_id}:000001"]
    assert len(submitted) == 1


def test_every_wrong_field_is_named_at_once(contoso: Person, store: Store, customer: Customer) -> None:
    """One 422 names every fault of the fields and of the files, each with its pointer."""
    claim = customer.claim(
        mpn_id=FABRIKAM_MPN,
        activities=["usage", "golf"],
        claimName=" ",
        items=[{"productId": "teams"}, {"productId": "teams"}, {"productId": "abacus"}],
        partnerContact={"name": "", "email": "pat"},
        zzz=1,
    )
    claim["customerContact"] = {"name": "Ida", "email": "@"}
    files = [("a.pdf", sample_proofs.program(), PDF), customer.proof(), ("c.pdf", sample_proofs.broken_pdf(), PDF)]
    answer = contoso.submit(claim, files)
    assert faults_of(answer) == {
        ("/mpnId", "mpn-not-enrolled"),
        ("/activities/1", "activity-not-allowed"),
        ("/claimName", "required"),
        ("/items/1", "duplicate-item"),
        ("/items/2/productId", "product-not-in-area"),
        ("/customerContact/email", "invalid-email"),
        ("/customerContact/title", "required"),
        ("/partnerContact/email", "invalid-email"),
        ("/partnerContact/name", "required"),
        ("/zzz", "unknown-field"),
        ("/proofs/0", "poe-type"),
        ("/proofs/2", "poe-unreadable"),
    }
    assert all(fault["message"] for fault in answer.json()["errors"])
    assert_nothing_stored(store, customer)


def test_an_empty_claim_is_told_all_it_needs(contoso: Person) -> None:
    """A claim without anything is told each field that is missing, and the proof."""
    pointers = {pointer for pointer, code in faults_of(contoso.submit({}, [("a.pdf", b"", PDF)]))}
    wanted = {"/mpnId", "/customer", "/solutionArea", "/activities", "/claimName", "/items", "/customerContact"}
    assert wanted <= pointers


def test_a_foreign_programme_is_sent_to_the_co_op_process(contoso: Person, store: Store, customer: Customer) -> None:
    """A CSP claim does not belong here, and the answer names where it does."""
    answer = contoso.submit(customer.claim(solutionArea="csp"), [customer.proof()])
    assert ("/solutionArea", "co-op-claim") in faults_of(answer)
    assert "co-op" in answer.text.lower()
    assert_nothing_stored(store, customer)


@pytest.mark.parametrize(
    ("name", "content", "kind", "code"),
    [
        ("setup.pdf", sample_proofs.program(), PDF, "poe-type"),
        ("setup.exe", sample_proofs.program(), "application/octet-stream", "poe-type"),
        ("macros.docx", sample_proofs.macro_docx(), WORD, "poe-type"),
        ("empty.pdf", b"", PDF, "poe-empty"),
        ("broken.pdf", sample_proofs.broken_pdf(), PDF, "poe-unreadable"),
        ("locked.pdf", sample_proofs.encrypted_pdf(customer="A", products=["B"]), PDF, "poe-unreadable"),
        ("broken.docx", sample_proofs.docx_proof(customer="A", products=["B"])[:4000], WORD, "poe-unreadable"),
    ],
)
def test_a_bad_file_stores_nothing(
    contoso: Person, store: Store, customer: Customer, name: str, content: bytes, kind: str, code: str
) -> None:
    """A file that is no proof is refused by its content with code and pointer; the good one beside it is not kept."""
    answer = contoso.submit(customer.claim(), [customer.proof(), (name, content, kind)])
    assert faults_of(answer) == {("/proofs/1", code)}
    assert_nothing_stored(store, customer)


def test_the_size_limit_is_25_megabytes_a_file(contoso: Person, store: Store, customer: Customer) -> None:
    """26 MB are refused and nothing is stored; 25 MB exactly are taken."""
    assert faults_of(contoso.submit(customer.claim(), [big(customer, 26 * MEGABYTE)])) == {
        ("/proofs/0", "poe-too-large")
    }
    assert_nothing_stored(store, customer)
    claim = filed(contoso, customer.claim(), big(customer, 25 * MEGABYTE))
    assert claim["proofs"][0]["size"] == 25 * MEGABYTE
    assert store.proof_is_whole(claim["claimId"], claim["proofs"][0]["sha256"])
    assert contoso.wait(claim["claimId"], {"PendingCustomer", "UnderReview"}, seconds=30)["status"] == "PendingCustomer"


def test_ten_files_are_the_most(contoso: Person, store: Store, customer: Customer) -> None:
    """Eleven files are refused and nothing is stored; no file at all as well; ten are taken."""
    eleven = [
        (f"{number}.pdf", sample_proofs.pdf_proof(customer=f"{customer.name} {number}", products=["Teams"]), PDF)
        for number in range(11)
    ]
    assert {code for _, code in faults_of(contoso.submit(customer.claim(), eleven))} == {"poe-too-many"}
    assert ("/proofs", "poe-missing") in faults_of(contoso.submit(customer.claim(), []))
    assert_nothing_stored(store, customer)
    assert len(filed(contoso, customer.claim(), *eleven[:10])["proofs"]) == 10


def test_a_key_that_was_refused_may_be_used_again(contoso: Person, customer: Customer) -> None:
    """After a 422 nothing is bound to the key: corrected, the claim is taken with it."""
    key = str(uuid.uuid4())
    assert contoso.submit(customer.claim(), [("a.pdf", b"", PDF)], key=key).status_code == 422
    assert contoso.submit(customer.claim(), [customer.proof()], key=key).status_code == 202


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"", "multipart/form-data", 400),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
    ],
)
def test_what_cannot_be_read_is_told_so(contoso: Person, content: bytes, kind: str, status: int) -> None:
    """Malformed bodies are 400, other media types 415, the wrong shape 422; never 500."""
    headers = {"Content-Type": kind, "Idempotency-Key": str(uuid.uuid4())}
    answer = contoso.http.post("/api/claims", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_rivals_at_the_same_instant_get_one_slot(
    host: LocalHost, contoso: Person, fabrikam: Person, store: Store, customer: Customer
) -> None:
    """Two partners file for one workload at once: the customer is asked once, the other contested, no rival named."""
    with ThreadPoolExecutor(2) as pool:
        claims = list(
            pool.map(
                lambda job: filed(job[0], customer.claim(mpn_id=job[1]), customer.proof()),
                ((contoso, "1000001"), (fabrikam, FABRIKAM_MPN)),
            )
        )
    people = (contoso, fabrikam)
    seen = [
        person.wait(claim["claimId"], {"PendingCustomer", "UnderReview"})
        for person, claim in zip(people, claims, strict=True)
    ]
    assert sorted(claim["status"] for claim in seen) == ["PendingCustomer", "UnderReview"]
    loser = next(index for index, claim in enumerate(seen) if claim["status"] == "UnderReview")
    winner = seen[1 - loser]
    assert seen[loser]["reasons"] == ["contested"]
    assert store.slots(customer.tenant_id) == {"workload~teams": (None, winner["claimId"])}
    rival = ("fabrikam", "contoso")[loser == 1]
    told = [people[loser].http.get(f"/api/claims/{seen[loser]['claimId']}{part}").text for part in ("", "/history")]
    address = seen[loser]["partnerContact"]["email"]
    host.mail(address, about=seen[loser]["number"], subject="Claim under review")
    told += [mail.text + mail.html for mail in host.mails(address)]
    for text in told:
        assert rival not in text.casefold()
        assert winner["claimId"] not in text
        assert winner["number"] not in text
    assert people[loser].http.get(f"/api/claims/{winner['claimId']}").status_code == 404
