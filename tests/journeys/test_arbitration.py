"""Two partners claim the same product: both are heard, a reviewer decides, the customer has the last word."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.journeys.client import (
    FABRIKAM_MPN,
    Customer,
    Customers,
    Json,
    LocalHost,
    Person,
    Store,
    asked,
    at,
    due_at,
    filed,
    partner_of,
    request_of,
    wait_for,
)
from tools.embedded import LocalProduct

MARGIN = HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product whose clock only this module moves."""
    with LocalProduct(tmp_path_factory.mktemp("arbitration")) as running:
        yield running


def official(host: LocalHost, person: Person, customer: Customer, *products: str, **more: Any) -> Json:
    """A claim that its customer confirmed."""
    claim = asked(person, customer, *products, now=host.now(), **more)
    assert host.respond(request_of(host, claim).link, "confirm").json()["status"] == "Approved"
    return person.read(claim["claimId"])


def contested(host: LocalHost, person: Person, customer: Customer, *products: str) -> Json:
    """Fabrikam's claim for what somebody else has."""
    claim = customer.claim(*products, mpn_id=FABRIKAM_MPN)
    taken = filed(person, claim, customer.proof(*products, now=host.now()))
    claim = person.wait(taken["claimId"], "UnderReview")
    assert claim["reasons"] == ["contested"]
    return claim


def reviewed(reviewer: Person, claim: Json) -> Json:
    """The claim with its contest, as a reviewer sees it now."""
    seen: Json = reviewer.http.get(f"/api/review/claims/{claim['claimId']}").raise_for_status().json()
    return seen


def decided(reviewer: Person, claim: Json, decision: str, **more: Any) -> httpx.Response:
    """The decision on the claim as it is now."""
    return reviewer.decide(reviewed(reviewer, claim), decision, **more)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """How the answer refuses."""
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.status_code, answer.json()["code"]


def heard(host: LocalHost, reviewer: Person, claim: Json) -> Json:
    """The claim once its incumbents were told and their time is over."""
    assert decided(reviewer, claim, "noticeIncumbent").status_code == 200
    seen = reviewed(reviewer, claim)
    host.advance_to(at(seen["contest"]["window"]["deadlineAt"]) + MARGIN)
    return reviewed(reviewer, claim)


def operations(store: Store, *claims: Json) -> list[tuple[str, str]]:
    """Event and operation ID of each claim's last history row, as it is stored."""
    found = []
    for claim in claims:
        rows = store.rows(claim["customer"]["tenantId"])
        last = max(key for key in rows if key.startswith(f"history:{claim['claimId']}:"))
        found.append((rows[last]["Event"], rows[last]["OperationId"]))
    return found


def both_answer(host: LocalHost, contoso: Person, fabrikam: Person, customer: Customer, *claims: Json) -> None:
    """Incumbent and challenger add their newest proof, and the incumbent says something."""
    incumbent, challenger = claims
    ours = customer.proof("teams", "exchange-online", now=host.now(), name="ours.pdf")
    assert contoso.add_proof(incumbent["claimId"], ours).status_code == 201
    assert contoso.act(incumbent["claimId"], "comments", {"comment": "We run it since May."}).status_code == 201
    theirs = customer.proof("teams", "intune", now=host.now(), name="new.pdf")
    assert fabrikam.add_proof(challenger["claimId"], theirs).status_code == 201


def assert_both_sides_are_seen(reviewer: Person, challenger: Json, incumbent: Json) -> Json:
    """The reviewer sees both claims' proofs with their dates, may read them, and what was said; gives the contest."""
    contest: Json = reviewed(reviewer, challenger)["contest"]
    ours, theirs = contest["sides"]
    assert (ours["number"], theirs["number"]) == (challenger["number"], incumbent["number"])
    assert [proof["fileName"] for proof in ours["proofs"]] == ["proof.pdf", "new.pdf"]
    assert [proof["fileName"] for proof in theirs["proofs"]] == ["proof.pdf", "ours.pdf"]
    assert [comment["text"] for comment in theirs["comments"]] == ["We run it since May."]
    assert theirs["toldAt"] == contest["noticedAt"]
    assert theirs["window"] == ours["window"] == contest["window"]
    for side in (ours, theirs):
        for proof in side["proofs"]:
            path = f"/api/claims/{side['claimId']}/proofs/{proof['proofId']}"
            assert reviewer.http.get(path).content.startswith(b"%PDF")
    return contest


def assert_nothing_is_told(partner: Person, claim: Json, rival: Json) -> None:
    """The partner's claim and history say nothing of the rival, which is not there for the partner at all."""
    everything = str(partner.read(claim["claimId"])) + str(partner.read(claim["claimId"], "history"))
    for word in (rival["claimId"], rival["number"], rival["mpnId"], "a year old", "incumbent-notified"):
        assert word not in everything
    assert partner.http.get(f"/api/claims/{rival['claimId']}").status_code == 404
    assert partner.http.get(f"/api/review/claims/{claim['claimId']}").status_code == 403


def test_both_are_heard_and_the_challenger_takes_the_place_with_silence(
    host: LocalHost, contoso: Person, fabrikam: Person, reviewer: Person, store: Store, customer: Customer
) -> None:
    """Contested, told, answered, weighed, superseded; at the customer's deadline one transaction moves both claims."""
    incumbent = official(host, contoso, customer)
    challenger = contested(host, fabrikam, customer)
    assert refusal(decided(reviewer, challenger, "accept")) == (409, "supersede-required")
    assert refusal(decided(reviewer, challenger, "accept", supersede=True)) == (409, "incumbent-window-open")

    noticed = decided(reviewer, challenger, "noticeIncumbent", comment="Contoso's proof is a year old.")
    assert (noticed.status_code, noticed.json()["status"]) == (200, "UnderReview")
    (first, one), (second, other) = operations(store, challenger, incumbent)
    assert (first, second, one == other) == ("incumbent-notified", "contest-noticed", True)
    mail = host.mail(partner_of(incumbent), about=incumbent["number"], subject="Please answer: your association")
    for word in (challenger["number"], challenger["claimId"], FABRIKAM_MPN, "abrikam"):
        assert word not in mail.subject + mail.text + mail.html
    assert refusal(decided(reviewer, challenger, "noticeIncumbent")) == (409, "incumbents-told")

    both_answer(host, contoso, fabrikam, customer, incumbent, challenger)
    contest = assert_both_sides_are_seen(reviewer, challenger, incumbent)
    assert_nothing_is_told(contoso, incumbent, challenger)
    assert_nothing_is_told(fabrikam, challenger, incumbent)

    over = at(contest["window"]["deadlineAt"]) + MARGIN
    host.advance_to(over - HOUR)
    assert refusal(decided(reviewer, challenger, "accept", supersede=True)) == (409, "incumbent-window-open")
    host.advance_to(over)
    assert reviewed(reviewer, challenger)["contest"]["windowOver"] is True
    assert decided(reviewer, challenger, "accept", supersede=True).status_code == 200

    challenger = fabrikam.wait_asked(challenger["claimId"])
    assert store.slots(customer.tenant_id) == {"workload~teams": (incumbent["claimId"], challenger["claimId"])}
    assert contoso.read(incumbent["claimId"])["status"] == "Approved"
    host.advance_to(due_at(challenger))
    host.run_timer()
    challenger = fabrikam.wait(challenger["claimId"], "Approved")
    incumbent = contoso.read(incumbent["claimId"])
    assert (incumbent["status"], incumbent["reasons"]) == ("Ended", ["superseded"])
    assert incumbent["items"][0]["outcome"] == "ended"
    assert store.slots(customer.tenant_id) == {"workload~teams": (challenger["claimId"], None)}
    (first, one), (second, other) = operations(store, challenger, incumbent)
    assert (first, second, one == other) == ("deadline-passed", "superseded", True)
    host.mail(partner_of(incumbent), about=incumbent["number"], subject="Association ended")


def test_a_customer_who_says_no_leaves_everything_as_it_was(
    host: LocalHost, contoso: Person, fabrikam: Person, reviewer: Person, store: Store, customer: Customer
) -> None:
    """The reviewer decided for the challenger, the customer does not: the incumbent never notices."""
    incumbent = official(host, contoso, customer)
    challenger = heard(host, reviewer, contested(host, fabrikam, customer))
    assert decided(reviewer, challenger, "accept", supersede=True).status_code == 200
    challenger = fabrikam.wait_asked(challenger["claimId"])
    before = {key: row for key, row in store.rows(customer.tenant_id).items() if incumbent["claimId"] in key}
    assert host.respond(request_of(host, challenger).link, "optOut").json()["status"] == "OptedOut"
    after = {key: row for key, row in store.rows(customer.tenant_id).items() if incumbent["claimId"] in key}
    assert after == before
    assert store.slots(customer.tenant_id) == {"workload~teams": (incumbent["claimId"], None)}
    assert contoso.read(incumbent["claimId"])["status"] == "Approved"


def test_single_products_are_weighed_one_by_one(
    host: LocalHost, contoso: Person, fabrikam: Person, reviewer: Person, store: Store, customer: Customer
) -> None:
    """One product is superseded, one is refused: the incumbent goes on with the other, the challenger has the one."""
    incumbent = official(host, contoso, customer, "teams", "intune")
    challenger = heard(host, reviewer, contested(host, fabrikam, customer, "teams", "intune"))
    items = [
        {"itemId": "teams-usage", "decision": "accept", "supersede": True},
        {"itemId": "intune-usage", "decision": "refuse", "reasonCodes": ["contest-lost"]},
    ]
    assert decided(reviewer, challenger, "accept", items=items).status_code == 200
    challenger = fabrikam.wait_asked(challenger["claimId"])
    assert host.respond(request_of(host, challenger).link, "confirm").json()["status"] == "Approved"
    incumbent, challenger = contoso.read(incumbent["claimId"]), fabrikam.read(challenger["claimId"])
    assert [item["outcome"] for item in incumbent["items"]] == ["ended", "associated"]
    assert [item["outcome"] for item in challenger["items"]] == ["associated", "refused"]
    assert store.slots(customer.tenant_id) == {
        "workload~teams": (challenger["claimId"], None),
        "workload~intune": (incumbent["claimId"], None),
    }


def test_where_nobody_holds_it_any_more_nobody_is_told(
    host: LocalHost, contoso: Person, fabrikam: Person, reviewer: Person, customer: Customer
) -> None:
    """The incumbent gave up meanwhile: a notice is 409, and the claim is accepted as it is."""
    incumbent = official(host, contoso, customer)
    challenger = contested(host, fabrikam, customer)
    gone = contoso.act(incumbent["claimId"], "disassociate", {"reason": "work-ended"})
    assert gone.status_code == 200, gone.text
    assert refusal(decided(reviewer, challenger, "noticeIncumbent")) == (409, "no-incumbent")
    assert reviewed(reviewer, challenger)["contest"]["items"][0]["rivals"] == []
    assert decided(reviewer, challenger, "accept").status_code == 200


def test_a_decision_needs_the_version_that_was_seen(
    host: LocalHost, contoso: Person, fabrikam: Person, reviewer: Person, customer: Customer
) -> None:
    """Without If-Match 428; with the version from before the notice 412, and nobody is told twice."""
    official(host, contoso, customer)
    challenger = contested(host, fabrikam, customer)
    path = f"/api/review/claims/{challenger['claimId']}/decision"
    assert reviewer.http.post(path, json={"decision": "noticeIncumbent"}).status_code == 428
    seen = reviewed(reviewer, challenger)
    assert reviewer.decide(seen, "noticeIncumbent").status_code == 200
    assert reviewer.decide(seen, "noticeIncumbent").status_code == 412
    assert fabrikam.decide(seen, "noticeIncumbent").status_code == 403


def test_the_queue_shows_what_is_late_first(
    host: LocalHost, contoso: Person, fabrikam: Person, reviewer: Person, customers_of_the_queue: list[Customer]
) -> None:
    """Claims come by the end of the reviewer's time; what is late and what is contested can be asked for."""
    first, second = customers_of_the_queue
    official(host, contoso, second)
    late = contested(host, fabrikam, second)
    host.advance_to(at(late["nextDeadline"]) + timedelta(seconds=1))
    official(host, contoso, first)
    fresh = contested(host, fabrikam, first)

    def queue(**filters: str) -> list[str]:
        rows: list[Json] = []
        more: dict[str, str] = {}
        while True:
            params = {"mpnId": FABRIKAM_MPN, "top": "200", **filters, **more}
            page = reviewer.http.get("/api/review/claims", params=params).raise_for_status().json()
            rows += page["items"]
            if page["continuation"] is None:
                return [row["claimId"] for row in rows if row["claimId"] in {late["claimId"], fresh["claimId"]}]
            more = {"continuation": page["continuation"]}

    both = [late["claimId"], fresh["claimId"]]
    wait_for(queue, lambda found: found == both, what="both claims in the queue", seconds=30)
    assert queue(sort="newest") == both[::-1]
    assert (queue(overdue="true"), queue(overdue="false")) == (both[:1], both[1:])
    assert (queue(contested="true"), queue(contested="false")) == (both, [])
    refused = reviewer.http.get("/api/review/claims", params={"overdue": "perhaps"})
    assert refused.status_code == 422
    assert contoso.http.get("/api/claims", params={"contested": "true"}).status_code == 422
    page = reviewer.http.get("/review").text
    assert page.index(late["number"]) < page.index(fresh["number"])


@pytest.fixture
def customers_of_the_queue(customers: Customers) -> list[Customer]:
    """Two customers that no other test uses."""
    return [customers.new(), customers.new()]
