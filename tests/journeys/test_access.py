"""Who may do what: each persona at each route, and what reading leaves behind."""

import base64
import json
import uuid
from collections.abc import Iterator

import pytest

from tests.journeys.client import FABRIKAM_MPN, Customers, Json, LocalHost, Person, Store, asked, partner_of, request_of
from tools.host.personas import PERSONAS

EVERYBODY = (None, "nobody", "contoso", "contoso-user", "fabrikam", "reviewer", "admin")
READERS = {
    "contoso": 200,
    "contoso-user": 200,
    "reviewer": 200,
    "admin": 200,
    "fabrikam": 404,
    "nobody": 403,
    None: 401,
}
PARTNERS_OWN = {"contoso-user": 403, "fabrikam": 404, "reviewer": 403, "admin": 403, "nobody": 403, None: 401}
LISTS = {"contoso": 200, "contoso-user": 200, "fabrikam": 200, "reviewer": 403, "admin": 403, "nobody": 403, None: 401}
REVIEW = {"contoso": 403, "contoso-user": 403, "fabrikam": 403, "reviewer": 200, "admin": 200, "nobody": 403, None: 401}


@pytest.fixture(scope="module")
def people(host: LocalHost) -> Iterator[dict[str | None, Person]]:
    """Everybody, and somebody not signed in."""
    found = {name: host.person(name) if name else Person(host.base_url, None) for name in EVERYBODY}
    yield found
    for person in found.values():
        person.http.close()


@pytest.fixture(scope="module")
def claim(host: LocalHost, contoso: Person, customers: Customers) -> Json:
    """A claim of Contoso's that waits for its customer, all its mails sent."""
    pending = asked(contoso, customers.new())
    host.mail(partner_of(pending), about=pending["number"], subject="Customer asked")
    return pending


READ = ["", "/history", "/deadline", "/proofs/{proof}"]


@pytest.mark.parametrize("persona", EVERYBODY)
@pytest.mark.parametrize("part", READ)
def test_a_claim_is_read_by_its_organisation_and_the_programme(
    people: dict[str | None, Person], claim: Json, persona: str | None, part: str
) -> None:
    """200 for Contoso and the programme's people, 404 for another organisation, 403 without a role, 401 signed out."""
    path = f"/api/claims/{claim['claimId']}{part}".format(proof=claim["proofs"][0]["proofId"])
    answer = people[persona].http.get(path)
    assert answer.status_code == READERS[persona]
    if answer.status_code != 200:
        assert claim["number"] not in answer.text
        assert answer.json()["code"] == {401: "not-signed-in", 403: "role-missing", 404: "not-found"}[READERS[persona]]


@pytest.mark.parametrize("persona", [one for one in EVERYBODY if one in PARTNERS_OWN])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/withdraw"),
        ("POST", "/submit"),
        ("POST", "/resubmit"),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/proofs"),
        ("DELETE", "/proofs/{proof}"),
    ],
)
def test_a_claim_is_changed_by_its_own_administrator_alone(
    people: dict[str | None, Person], store: Store, claim: Json, persona: str | None, method: str, path: str
) -> None:
    """Nobody else may: 401, 403, and 404 for another organisation, whatever the claim's state; no row changes."""
    before = store.rows(claim["customer"]["tenantId"])
    url = f"/api/claims/{claim['claimId']}{path}".format(proof=claim["proofs"][0]["proofId"])
    headers = {"If-Match": "*"}
    if path == "/proofs":
        answer = people[persona].http.request(method, url, files=[("proof", ("a.pdf", b"x", "application/pdf"))])
    elif method == "DELETE":
        answer = people[persona].http.request(method, url)
    else:
        answer = people[persona].http.request(method, url, json={}, headers=headers)
    # Discarding is an IncentivesUser's step as well, but this is no draft any more.
    wanted = 409 if (persona, method, path) == ("contoso-user", "DELETE", "") else PARTNERS_OWN[persona]
    assert answer.status_code == wanted, answer.text
    assert store.rows(claim["customer"]["tenantId"]) == before


@pytest.mark.parametrize("persona", EVERYBODY)
def test_lists_are_for_their_own_people(people: dict[str | None, Person], claim: Json, persona: str | None) -> None:
    """Partners list their own claims, the programme's people all; neither list is for the others."""
    own = people[persona].http.get("/api/claims", params={"tenantId": claim["customer"]["tenantId"]})
    assert own.status_code == LISTS[persona]
    if persona == "fabrikam":
        assert own.json()["items"] == []
    queue = people[persona].http.get("/api/review/claims", params={"status": "PendingCustomer"})
    assert queue.status_code == REVIEW[persona]
    single = people[persona].http.get(f"/api/review/claims/{claim['claimId']}")
    assert single.status_code == REVIEW[persona]


@pytest.mark.parametrize("persona", [one for one in EVERYBODY if REVIEW[one] != 200])
def test_only_the_programme_decides(
    people: dict[str | None, Person], store: Store, claim: Json, persona: str | None
) -> None:
    """A partner cannot decide its own claim, nor anybody else: 403, signed out 401; no row changes."""
    before = store.rows(claim["customer"]["tenantId"])
    answer = people[persona].decide(claim, "accept")
    assert answer.status_code == REVIEW[persona]
    assert store.rows(claim["customer"]["tenantId"]) == before


@pytest.mark.parametrize(
    ("persona", "draft", "submission"),
    [(None, 401, 401), ("nobody", 403, 403), ("reviewer", 403, 403), ("admin", 403, 403), ("contoso-user", 201, 403)],
)
def test_filing_needs_the_role(
    people: dict[str | None, Person],
    customers: Customers,
    store: Store,
    persona: str | None,
    draft: int,
    submission: int,
) -> None:
    """An IncentivesUser prepares drafts and submits nothing; without a partner's role neither is possible."""
    customer = customers.new()
    answer = people[persona].submit(customer.claim(), [customer.proof()])
    assert answer.status_code == submission
    assert store.rows(customer.tenant_id) == {}
    assert store.blobs(customer.tenant_id) == []
    assert people[persona].draft(customer.claim()).status_code == draft


def test_another_organisations_location_is_not_claimed_for(
    people: dict[str | None, Person], customers: Customers
) -> None:
    """Contoso cannot file in the name of Fabrikam's location."""
    customer = customers.new()
    answer = people["contoso"].submit(customer.claim(mpn_id=FABRIKAM_MPN), [customer.proof()])
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/mpnId"]


def test_a_forged_principal_is_ignored(people: dict[str | None, Person], claim: Json) -> None:
    """A principal header sent by a caller gives nobody a role: signed out it is 401, signed in it changes nothing."""
    forged = PERSONAS["contoso"].headers() | {"X-MS-CLIENT-PRINCIPAL-NAME": "casey@contoso.example"}
    path = f"/api/claims/{claim['claimId']}"
    assert people[None].http.get(path, headers=forged).status_code == 401
    assert people["nobody"].http.get(path, headers=forged).status_code == 403
    assert people["fabrikam"].http.get(path, headers=forged).status_code == 404
    own = {"auth_typ": "aad", "claims": [{"typ": "roles", "val": "Program.Admin"}]}
    header = {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(own).encode()).decode()}
    assert people["contoso"].http.get("/api/review/claims", headers=header).status_code == 403


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_changes_nothing(
    people: dict[str | None, Person], store: Store, claim: Json, header: dict[str, str]
) -> None:
    """A request that a browser marks as another site's is 403, though the person's cookie came with it."""
    before = store.rows(claim["customer"]["tenantId"])
    path = f"/api/claims/{claim['claimId']}"
    answers = [
        people["contoso"].http.post(f"{path}/withdraw", json={}, headers=header),
        people["contoso"].http.post(f"{path}/comments", json={"comment": "x"}, headers=header),
        people["contoso"].http.post("/api/claims", json={}, headers={**header, "Idempotency-Key": str(uuid.uuid4())}),
        people[None].http.post(f"/api/respond/{claim['claimId']}", json={"token": "x"}, headers=header),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert {answer.json()["code"] for answer in answers} == {"other-site"}
    assert store.rows(claim["customer"]["tenantId"]) == before


def test_reading_changes_nothing(host: LocalHost, people: dict[str | None, Person], store: Store, claim: Json) -> None:
    """GET and HEAD of every route, by everybody, leave each row of the tenant as it was, ETags included."""
    token = request_of(host, claim).link.token
    before = store.rows(claim["customer"]["tenantId"])
    claim_id, proof_id = claim["claimId"], claim["proofs"][0]["proofId"]
    of_a_claim = ["", "/history", "/deadline", f"/proofs/{proof_id}", "/submit", "/resubmit", "/withdraw", "/comments"]
    paths = [
        "/api/health",
        "/api/catalogue",
        "/api/claims",
        "/api/review/claims",
        f"/api/review/claims/{claim_id}",
        f"/api/review/claims/{claim_id}/decision",
        f"/api/respond/{claim_id}?token={token}&choice=optOut",
        f"/respond/{claim_id}",
        *(f"/api/claims/{claim_id}{part}" for part in of_a_claim),
    ]
    for person in people.values():
        for path in paths:
            for method in ("GET", "HEAD"):
                assert person.http.request(method, path).status_code < 500, (method, path)
    assert store.rows(claim["customer"]["tenantId"]) == before


def test_an_unknown_claim_is_as_unknown_as_anothers(people: dict[str | None, Person], claim: Json) -> None:
    """A claim that is not there, one that cannot be, and another organisation's are told apart by nothing."""
    answers = [
        people["fabrikam"].http.get(f"/api/claims/{claim_id}").json()
        for claim_id in (claim["claimId"], "a" * 48, "no-claim", claim["claimId"].upper())
    ]
    told = [{name: value for name, value in answer.items() if name != "correlationId"} for answer in answers]
    assert all(answer == told[0] for answer in told)
    assert told[0]["code"] == "not-found"
