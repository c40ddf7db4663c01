"""What stands in front of another host: the product works behind it as it does on its own."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.journeys.client import Customers, LocalHost
from tools.core_tools import CoreToolsProduct
from tools.embedded import ROOT
from tools.local_client import at


class BehindTheFront(CoreToolsProduct):
    """The local host in the place of Core Tools, which are not everywhere."""

    def command(self, app: Path, port: int) -> list[str]:
        """Serve the staged app by the local host."""
        start = f"import sys; sys.path.append({str(ROOT)!r}); from tools.host.__main__ import main; main()"
        return [sys.executable, "-c", start, "--app", str(app), "--port", str(port)]


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BehindTheFront]:
    """The product behind the front."""
    with BehindTheFront(tmp_path_factory.mktemp("behind")) as running:
        yield running


def test_a_claim_goes_its_way_behind_the_front(behind: BehindTheFront) -> None:
    """Sign-in, upload, checks, the customer's mail and answer: each passes through."""
    customer = Customers(behind).new()
    with LocalHost(behind.base_url) as host, host.person("contoso") as contoso:
        claim = contoso.submit(customer.claim(), [customer.proof("teams")]).raise_for_status().json()
        asked = contoso.wait_asked(claim["claimId"])
        mail = host.mails(f"ida@{customer.domain}", about=asked["number"])[0]
        assert host.respond(mail.link, "confirm").status_code == 200
        assert contoso.wait(claim["claimId"], "Approved")


def test_the_app_s_clock_is_the_one_that_is_moved(behind: BehindTheFront) -> None:
    """A clock moved in front is moved for the app behind: what it stores is of that time."""
    customer = Customers(behind).new()
    with LocalHost(behind.base_url) as host, host.person("contoso") as contoso:
        host.advance(timedelta(days=3))
        draft = contoso.draft(customer.claim()).raise_for_status().json()
        assert abs((at(draft["createdAt"]) - host.now()).total_seconds()) < 60


def test_answers_come_back_as_they_are(behind: BehindTheFront) -> None:
    """A path that nobody serves is a 404, and a redirect is the browser's to follow."""
    assert httpx.get(f"{behind.base_url}/nothing/here").status_code == 404
    assert httpx.get(f"{behind.base_url}/claims", follow_redirects=False).status_code == 302
