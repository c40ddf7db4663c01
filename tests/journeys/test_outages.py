"""Services that do not answer, and a host that dies: claims are delayed, never decided in silence, and never lost."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.journeys.client import (
    Customer,
    Customers,
    File,
    Json,
    LocalHost,
    Person,
    Store,
    asked,
    at,
    contact_of,
    filed,
    request_of,
    wait_for,
)
from tools.embedded import ROOT, LocalProduct

AT_ONCE = 6
KILLED_AFTER = (1, 3)
"""After how many answers each round's host is killed."""
LEASES_OVER = timedelta(minutes=3)
"""A key that a killed host was working on may be taken over by then."""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """The product, with a second between the tries of its queues in place of ten, and leases of two seconds."""
    folder = tmp_path_factory.mktemp("down")
    app = folder / "app"
    app.mkdir()
    for name in ("function_app.py", "functions", "shared"):
        (app / name).symlink_to(ROOT / name)
    with LocalProduct(folder / "data", app=hurried(app), environment={"HOST_QUEUE_LEASE_SECONDS": "2"}) as running:
        yield running


def hurried(app: Path) -> Path:
    """The app's folder, with a host.json that tries again after a second."""
    settings = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    settings["extensions"]["queues"]["visibilityTimeout"] = "00:00:01"
    (app / "host.json").write_text(json.dumps(settings), encoding="utf-8")
    return app


@pytest.fixture
def authority_down(host: LocalHost) -> Iterator[None]:
    """The identity platform does not answer."""
    host.http.post("/.dev/authority", json={"down": True}).raise_for_status()
    yield
    host.http.post("/.dev/authority", json={"down": False}).raise_for_status()


def tries(product: LocalProduct, claim_id: str) -> int:
    """How often the claim's checks were begun, by the host's log."""
    lines = product.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return sum("verify_claim" in line and f"claim={claim_id}" in line and "info cpor" not in line for line in lines)


def test_a_short_outage_only_delays(
    host: LocalHost, contoso: Person, product: LocalProduct, customer: Customer, authority_down: None
) -> None:
    """While the identity platform is down the claim stays Submitted; once it answers, the next try passes."""
    claim = filed(contoso, customer.claim(), customer.proof())
    wait_for(lambda: tries(product, claim["claimId"]), bool, what="a first try", seconds=30)
    assert contoso.read(claim["claimId"])["status"] == "Submitted"
    host.http.post("/.dev/authority", json={"down": False}).raise_for_status()
    claim = contoso.wait(claim["claimId"], {"PendingCustomer", "UnderReview"}, seconds=30)
    assert claim["status"] == "PendingCustomer"


def test_a_long_outage_is_never_a_pass(contoso: Person, customers: Customers, authority_down: None) -> None:
    """After the last try the registry is asked: where it agrees a reviewer looks, where it does not the claim fails."""
    right, other = customers.new(), customers.new()
    wrong = other.claim(customer={"tenantId": other.tenant_id, "domain": "alpine.example"})
    claims = [filed(contoso, right.claim(), right.proof()), filed(contoso, wrong, other.proof())]
    decided = {"PendingCustomer", "UnderReview", "Rejected"}
    seen = [contoso.wait(claim["claimId"], decided, seconds=30) for claim in claims]
    found = [
        (claim["status"], {check["code"]: check["result"] for check in claim["checks"] if check["result"] != "pass"})
        for claim in seen
    ]
    assert found == [
        ("UnderReview", {"tenant-domain-mismatch": "flag"}),
        ("Rejected", {"tenant-domain-mismatch": "fail"}),
    ]


def test_a_throttled_mail_is_sent_later_and_starts_the_clock_then(
    host: LocalHost, contoso: Person, customer: Customer
) -> None:
    """The provider asks to wait: the request goes out after that, once, and the window counts from its acceptance."""
    claim = asked(contoso, customer, contact="throttle-ida")
    mail = request_of(host, claim)
    assert len(host.mails(contact_of(claim))) == 1
    assert (at(claim["noticeAcceptedAt"]) - at(claim["submittedAt"])).total_seconds() >= 2
    assert abs((mail.sent_at - at(claim["noticeAcceptedAt"])).total_seconds()) < 2
    assert contoso.read(claim["claimId"], "deadline")["startsAt"] == claim["noticeAcceptedAt"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One submission: its key, what was sent, and the claim that was acknowledged, if any."""

    customer: Customer
    key: str
    claim: Json
    proof: File
    acknowledged: Json | None = None


def submit(product: LocalProduct, attempt: Attempt) -> Attempt:
    """Send it; a host that dies meanwhile acknowledges nothing."""
    try:
        with LocalHost(product.base_url) as host, host.person("contoso") as contoso:
            answer = contoso.submit(attempt.claim, [attempt.proof], key=attempt.key)
    except httpx.HTTPError:
        return attempt
    taken = answer.json() if answer.status_code == 202 else None
    return Attempt(attempt.customer, attempt.key, attempt.claim, attempt.proof, taken)


def attempts(customers: Customers, number: int) -> list[Attempt]:
    """So many different submissions."""
    chosen = [customers.new() for _ in range(number)]
    return [Attempt(one, str(uuid.uuid4()), one.claim(), one.proof()) for one in chosen]


def killed_round(product: LocalProduct, wanted: list[Attempt], *, after: int) -> list[Attempt]:
    """Send all at once, kill the host once so many have been answered, and start another."""
    with ThreadPoolExecutor(len(wanted)) as pool:
        sent = [pool.submit(submit, product, attempt) for attempt in wanted]
        wait_for(lambda: sum(one.done() for one in sent), lambda done: done >= after, what="answers", seconds=30)
        product.kill_host()
        outcome = [one.result() for one in sent]
    product.start_host()
    return outcome


def test_what_was_acknowledged_survives(product: LocalProduct, store: Store, customers: Customers) -> None:
    """Killed at another moment of each round, the restarted host finds every acknowledged claim, whole, and checks it.

    What was not acknowledged is sent again with its key: in the end each key has made exactly one claim.
    """
    done = [one for after in KILLED_AFTER for one in killed_round(product, attempts(customers, AT_ONCE), after=after)]
    assert any(attempt.acknowledged for attempt in done)
    with LocalHost(product.base_url) as host, host.person("contoso") as contoso:
        host.advance(LEASES_OVER)
        for attempt in done:
            again = contoso.submit(attempt.claim, [attempt.proof], key=attempt.key)
            assert again.status_code == 202, again.text
            claim = again.json()
            if attempt.acknowledged:
                assert claim["claimId"] == attempt.acknowledged["claimId"]
                # Of the mails nothing is said: one that the killed host was sending waits for its message's delay.
                claim = contoso.wait(claim["claimId"], "PendingCustomer", seconds=30)
            # Killed behind the commit, what nobody was told of waits a minute for its recovery message: not here.
            assert claim["status"] in {"Submitted", "PendingCustomer"}
            assert store.proof_is_whole(claim["claimId"], claim["proofs"][0]["sha256"])
            rows = store.rows(attempt.customer.tenant_id)
            assert [key for key in rows if key.startswith("claim:")] == [f"claim:{claim['claimId']}"]
            history = contoso.events(claim["claimId"])
            events = [row["event"] for row in history]
            assert events[:2] == ["submitted", "checks-passed"][: len(events)]
            assert len(events) == len(set(events))
            assert set(store.slots(attempt.customer.tenant_id).values()) <= {(None, claim["claimId"])}
