"""Services that do not answer delay a claim, and never decide it in silence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.client import Customer, LocalHost, Person, asked, at, contact_of, filed, request_of, wait_for
from tools.embedded import ROOT, LocalProduct


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """The product, with a second between the tries of its queues in place of ten."""
    folder = tmp_path_factory.mktemp("down")
    app = folder / "app"
    app.mkdir()
    for name in ("function_app.py", "functions", "shared"):
        (app / name).symlink_to(ROOT / name)
    with LocalProduct(folder / "data", app=hurried(app)) as running:
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
    wait_for(lambda: tries(product, claim["claimId"]), bool, what="a first try", seconds=10)
    assert contoso.read(claim["claimId"])["status"] == "Submitted"
    host.http.post("/.dev/authority", json={"down": False}).raise_for_status()
    claim = contoso.wait(claim["claimId"], {"PendingCustomer", "UnderReview"}, seconds=10)
    assert claim["status"] == "PendingCustomer"


def test_a_long_outage_is_a_flag_and_never_a_pass(
    host: LocalHost, contoso: Person, customer: Customer, authority_down: None
) -> None:
    """After the last try the registry's word is not taken for the platform's: a reviewer looks."""
    claim = filed(contoso, customer.claim(), customer.proof())
    claim = contoso.wait(claim["claimId"], {"PendingCustomer", "UnderReview", "Rejected"}, seconds=20)
    flags = {check["code"]: check["result"] for check in claim["checks"] if check["result"] != "pass"}
    assert (claim["status"], flags) == ("UnderReview", {"tenant-domain-mismatch": "flag"})


def test_by_the_registry_a_wrong_domain_fails(contoso: Person, customer: Customer, authority_down: None) -> None:
    """With the platform down, a domain that the registry does not know for this tenant is a fail."""
    wrong = customer.claim(customer={"tenantId": customer.tenant_id, "domain": "alpine.example"})
    claim = filed(contoso, wrong, customer.proof())
    claim = contoso.wait(claim["claimId"], {"PendingCustomer", "UnderReview", "Rejected"}, seconds=20)
    assert (claim["status"], claim["reasons"]) == ("Rejected", ["tenant-domain-mismatch"])


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
