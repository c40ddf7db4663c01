"""Usage over HTTP: imported by an admin, read by the partner of what is official, in and out without limit."""

from collections.abc import Iterator

import pytest

from shared.forms.usage_file import USAGE_COLUMNS
from tests.journeys.client import FABRIKAM_MPN, Customer, Json, LocalHost, Person, asked, filed, request_of
from tools.local_client import wait_for

CSV = {"Content-Type": "text/csv"}


@pytest.fixture(scope="module")
def admin(host: LocalHost) -> Iterator[Person]:
    """Who keeps the registries."""
    with host.person("admin") as person:
        yield person


def send(person: Person, customer: Customer, *rows: tuple[str, str, int], **query: str) -> Json:
    """Import months of the customer's products."""
    lines = [f"{customer.tenant_id},{product},,{month},{users},50" for product, month, users in rows]
    content = "\r\n".join((",".join(USAGE_COLUMNS), *lines))
    answer = person.http.post("/api/review/registry/usage", content=content.encode(), headers=CSV, params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_usage_is_the_official_partner_s(
    host: LocalHost, admin: Person, contoso: Person, fabrikam: Person, customer: Customer
) -> None:
    """Nothing while the customer is asked; official, the months with marks; nothing for the rival; revoked, gone."""
    rows = (("teams", "2026-08", 40), ("teams", "2026-09", 30), ("intune", "2026-09", 5))
    assert send(admin, customer, *rows)["counts"] == {"created": 3, "updated": 0, "unchanged": 0, "failed": 0}
    assert send(admin, customer, *rows)["counts"]["unchanged"] == 3
    claim = asked(contoso, customer)
    path = f"/api/associations/{claim['claimId']}/usage"
    assert contoso.http.get(path).status_code == 404
    link = request_of(host, claim).link
    assert host.respond(link, "confirm").status_code == 200
    shown = contoso.http.get(path, params={"productId": "teams"}).json()
    assert [(one["month"], one["monthlyActiveUsers"], one["highWaterMark"]) for one in shown["items"]] == [
        ("2026-08", 40, 40),
        ("2026-09", 30, 40),
    ]
    assert len(contoso.http.get(path, params={"from": "2026-09"}).json()["items"]) == 1
    assert fabrikam.http.get(path).status_code == 404
    assert contoso.http.get(path, params={"productId": "intune"}).status_code == 404
    assert contoso.http.get(path, params={"from": "yesterday"}).status_code == 422
    rival = filed(fabrikam, customer.claim(mpn_id=FABRIKAM_MPN), customer.proof())
    assert fabrikam.wait(rival["claimId"], "UnderReview")["status"] == "UnderReview"
    assert fabrikam.http.get(f"/api/associations/{rival['claimId']}/usage").status_code == 404

    def official() -> list[str]:
        return [one["claimId"] for one in contoso.http.get("/api/associations", params={"top": "200"}).json()["items"]]

    wait_for(official, lambda listed: claim["claimId"] in listed, what="the list of what is official", seconds=30)
    assert host.respond(link, "revoke").status_code == 200
    assert contoso.http.get(path).status_code == 404
    assert claim["claimId"] not in official()


def test_rows_that_are_wrong_are_told_and_the_others_go_in(admin: Person, customer: Customer) -> None:
    """Each with its place; `results=errors` lists these alone; a dry run writes nothing."""
    rows = (("teams", "2026-09", 1), ("abacus", "2026-09", 1), ("teams", "1999-99", 1))
    tried = send(admin, customer, *rows, dryRun="true")
    assert (tried["dryRun"], tried["counts"]["created"]) == (True, 1)
    found = send(admin, customer, *rows, results="errors")
    assert found["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "failed": 2}
    assert [row["errors"][0]["pointer"] for row in found["rows"]] == ["/rows/2/productId", "/rows/3/month"]


def test_what_goes_out_can_come_in_again(admin: Person, customer: Customer) -> None:
    """An export of everything, sent back as it is, changes nothing."""
    send(admin, customer, ("teams", "2026-07", 3))
    out = admin.http.get("/api/review/registry/usage")
    assert out.headers["content-type"].startswith("text/csv")
    assert customer.tenant_id in out.text
    back = admin.http.post("/api/review/registry/usage", content=out.content, headers=CSV).json()
    assert back["counts"]["failed"] == back["counts"]["created"] == back["counts"]["updated"] == 0
    assert back["counts"]["unchanged"] > 0


def test_only_admins_keep_it(contoso: Person, reviewer: Person) -> None:
    """A reviewer and a partner are told that they may not."""
    for person in (contoso, reviewer):
        assert person.http.get("/api/review/registry/usage").status_code == 403
        assert person.http.post("/api/review/registry/usage", content=b"x", headers=CSV).status_code == 403
