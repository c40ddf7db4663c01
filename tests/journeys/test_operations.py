"""What operators do: foresee and start, put back what failed, watch figures, verify histories, keep the store clean."""

import base64
import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.storage.blob import ContainerClient
from azure.storage.queue import QueueClient

from shared.storage.keys import PROOFS_CONTAINER
from tests.journeys.client import Customer, Json, LocalHost, Person, Store, asked, due_at, filed, wait_for
from tools.embedded import LocalProduct

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product whose clock only this module moves."""
    with LocalProduct(tmp_path_factory.mktemp("operations")) as running:
        yield running


@pytest.fixture(scope="module")
def admin(host: LocalHost) -> Iterator[Person]:
    """The programme's administrator."""
    with host.person("admin") as person:
        yield person


def test_orphans_go_and_what_is_named_stays(
    product: LocalProduct, host: LocalHost, contoso: Person, store: Store, customer: Customer
) -> None:
    """After a week the nightly run deletes bytes that no claim names, and leaves every proof that was filed.

    It comes first, for the storage's clock does not move with the app's.
    """
    claim = asked(contoso, customer, now=host.now())
    (kept,) = store.blobs(customer.tenant_id)
    content = b"left behind by a crash"
    orphan = f"{claim['claimId']}/{hashlib.sha256(content).hexdigest()}"
    with ContainerClient.from_connection_string(product.storage, PROOFS_CONTAINER) as container:
        container.upload_blob(orphan, content)
    host.run_timer("delete_orphan_proofs")
    assert store.blobs(customer.tenant_id) == sorted([kept, orphan])
    host.advance(8 * DAY)
    host.run_timer("delete_orphan_proofs")
    assert store.blobs(customer.tenant_id) == [kept]


def foreseen(admin: Person, claim: Json, **params: Any) -> list[tuple[str, str]]:
    """Kind and outcome of each of the claim's rows in the dry run, over all its pages."""
    found: list[tuple[str, str]] = []
    token: str | None = None
    while True:
        answer = admin.http.post(
            "/api/review/finalization",
            params={"dryRun": "true", "top": "2", **params, **({"continuation": token} if token else {})},
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [(one["kind"], one["outcome"]) for one in page["items"] if one["claimId"] == claim["claimId"]]
        token = page["continuation"]
        if token is None:
            return found


def test_a_finalization_is_foreseen_and_then_happens(
    host: LocalHost, contoso: Person, reviewer: Person, admin: Person, customer: Customer
) -> None:
    """The dry run tells today what will be official then, and changes nothing; in earnest it is started, by admins."""
    claim = asked(contoso, customer, now=host.now())
    due = due_at(claim)
    assert foreseen(admin, claim) == []
    after = foreseen(admin, claim, asOf=(due + SECOND).isoformat())
    assert ("opt-out", "approve-by-silence") in after
    before = foreseen(admin, claim, asOf=(due - SECOND).isoformat())
    assert "opt-out" not in {kind for kind, _ in before}
    assert contoso.read(claim["claimId"])["status"] == "PendingCustomer"

    assert reviewer.http.post("/api/review/finalization").status_code == 403
    refused = admin.http.post("/api/review/finalization", params={"asOf": due.isoformat()})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/asOf")

    host.advance_to(due + SECOND)
    assert ("opt-out", "approve-by-silence") in foreseen(admin, claim)
    started = admin.http.post("/api/review/finalization")
    assert started.status_code == 202
    assert started.json()["handedOut"] >= 1
    contoso.wait(claim["claimId"], "Approved")
    wait_for(lambda: foreseen(admin, claim), lambda rows: not rows, what="no due row left", seconds=30)


def test_what_failed_for_good_is_put_back(
    product: LocalProduct, host: LocalHost, contoso: Person, reviewer: Person, admin: Person, customer: Customer
) -> None:
    """A poison message is listed with its work, put back once, and carried out; one that cannot be read stays."""
    claim = filed(contoso, customer.claim(), customer.proof(now=host.now()))
    contoso.wait_asked(claim["claimId"])
    work = {
        "schema_version": 1,
        "claim_id": claim["claimId"],
        "step": f"step-{uuid.uuid4().hex}",
        "sent_at": datetime.now(UTC).isoformat(),
    }
    with QueueClient.from_connection_string(product.storage, "claim-effects-poison") as poison:
        for body in (json.dumps(work), "canary@alpine.example"):
            poison.send_message(base64.b64encode(body.encode()).decode())

    def letters() -> list[Json]:
        items: list[Json] = admin.http.get("/api/review/dead-letters").json()["items"]
        return items

    found = wait_for(letters, lambda items: len(items) == 2, what="two dead letters", seconds=30)
    readable, other = sorted(found, key=lambda one: not one["readable"])
    assert (readable["claimId"], readable["work"]["step"]) == (claim["claimId"], work["step"])
    assert "canary" not in json.dumps(found)

    path = f"/api/review/dead-letters/{readable['id']}/replay"
    assert reviewer.http.post(path).status_code == 403
    replayed = admin.http.post(path)
    assert (replayed.status_code, replayed.json()["open"]) == (200, False)
    again = admin.http.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "already-replayed")
    refused = admin.http.post(f"/api/review/dead-letters/{other['id']}/replay")
    assert (refused.status_code, refused.json()["code"]) == (422, "cannot-be-read")
    assert [one["id"] for one in letters()] == [other["id"]]
    queue = QueueClient.from_connection_string(product.storage, "claim-effects")
    with queue:
        wait_for(
            lambda: [message.content for message in queue.peek_messages(32)],
            lambda waiting: base64.b64encode(json.dumps(work).encode()).decode() not in waiting,
            what="the message handled",
            seconds=30,
        )
    assert len(letters()) == 1


def test_figures_are_taken_and_read(host: LocalHost, contoso: Person, reviewer: Person, customer: Customer) -> None:
    """After the timer has run, the figures hold the claims that there are; partners do not read them."""
    claim = asked(contoso, customer, now=host.now())
    wait_for(
        lambda: [one["claimId"] for one in reviewer.http.get(
            "/api/review/claims", params={"status": "PendingCustomer"}).json()["items"]],
        lambda listed: claim["claimId"] in listed,
        what="the claim listed",
        seconds=30,
    )  # fmt: skip
    host.run_timer("take_metrics")
    answer = reviewer.http.get("/api/review/metrics")
    assert answer.status_code == 200
    figures = answer.json()
    assert figures["counts"]["PendingCustomer"] >= 1
    assert figures["stages"]["verification"]["count"] >= 1
    assert 0 <= figures["stages"]["verification"]["medianHours"] < 1
    assert host.now() - datetime.fromisoformat(figures["asOf"]) < timedelta(minutes=1)
    assert contoso.http.get("/api/review/metrics").status_code == 403


def test_a_tampered_history_shows(
    product: LocalProduct, host: LocalHost, contoso: Person, reviewer: Person, store: Store, customer: Customer
) -> None:
    """A reviewer verifies an untouched history, and finds the row that was changed in the table."""
    claim = asked(contoso, customer, now=host.now())
    path = f"/api/review/claims/{claim['claimId']}/verify-history"
    verdict = reviewer.http.get(path).json()
    assert (verdict["intact"], verdict["headMatches"], verdict["breaks"]) == (True, True, [])
    assert verdict["rows"] == len(contoso.events(claim["claimId"]))

    from azure.data.tables import TableClient

    row = next(key for key in store.rows(customer.tenant_id) if key == f"history:{claim['claimId']}:000001")
    with TableClient.from_connection_string(product.storage, "Claims") as table:
        entity = table.get_entity(customer.tenant_id, row)
        body = json.loads(entity["Body00"])
        table.upsert_entity({**entity, "Body00": json.dumps({**body, "reasons": ["made-up"]})})
    verdict = reviewer.http.get(path).json()
    assert (verdict["intact"], verdict["breaks"]) == (
        False,
        [{"seq": 1, "what": "was changed after it was written"}],
    )
    assert contoso.http.get(path).status_code == 403


def test_a_person_is_erased_from_a_claim_that_is_over(
    host: LocalHost, contoso: Person, admin: Person, customer: Customer
) -> None:
    """While it runs the contact is needed; then name and address go, for everybody, and the history stays intact."""
    claim = asked(contoso, customer, now=host.now())
    path, body = f"/api/review/claims/{claim['claimId']}/erase-person", {"email": claim["customerContact"]["email"]}
    refused = admin.http.post(path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "still-needed")
    contoso.act(claim["claimId"], "withdraw").raise_for_status()
    assert contoso.http.post(path, json=body).status_code == 403
    assert admin.http.post(path, json=body).json()["erased"] == ["customerContact"]
    seen = contoso.http.get(f"/api/claims/{claim['claimId']}").text
    assert claim["customerContact"]["email"] not in seen
    assert claim["customerContact"]["name"] not in seen
    verdict = admin.http.get(f"/api/review/claims/{claim['claimId']}/verify-history").json()
    assert (verdict["intact"], verdict["headMatches"]) == (True, True)
    assert admin.http.post(path, json=body).json()["erased"] == []
