"""The host is killed in the middle of its work: nothing that was acknowledged is lost."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from tests.journeys.client import Customer, Customers, File, Json, LocalHost, Store, wait_for
from tools.embedded import LocalProduct

AT_ONCE = 6
KILLED_AFTER = (0, 1, 3)
"""After how many answers each round's host is killed."""
LEASES_OVER = timedelta(minutes=3)
"""A key that a killed host was working on may be taken over by then."""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product whose host may be killed; what a killed one had in its hands is free again after 2 s."""
    with LocalProduct(tmp_path_factory.mktemp("killed"), environment={"HOST_QUEUE_LEASE_SECONDS": "2"}) as running:
        yield running


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
        wait_for(lambda: sum(one.done() for one in sent), lambda done: done >= after, what="answers", seconds=20)
        product.kill_host()
        outcome = [one.result() for one in sent]
    product.start_host()
    return outcome


def test_what_was_acknowledged_survives(product: LocalProduct, store: Store, customers: Customers) -> None:
    """Killed at another moment of each round, the restarted host finds every acknowledged claim and checks it.

    What was not acknowledged is sent again with its key: each key has made exactly one claim, whole, in the end.
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
            # Only the checks are waited for: a mail that the killed host was sending waits for its message's delay.
            claim = contoso.wait(claim["claimId"], "PendingCustomer", seconds=20)
            assert store.proof_is_whole(claim["claimId"], claim["proofs"][0]["sha256"])
            rows = store.rows(attempt.customer.tenant_id)
            assert [key for key in rows if key.startswith("claim:")] == [f"claim:{claim['claimId']}"]
            assert store.slots(attempt.customer.tenant_id) == {"workload~teams": (None, claim["claimId"])}
            events = [row["event"] for row in contoso.read(claim["claimId"], "history")["items"]]
            assert events[:2] == ["submitted", "checks-passed"]
            assert len(events) == len(set(events))
