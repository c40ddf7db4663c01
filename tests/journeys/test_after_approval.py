"""After approval, over HTTP: subscriptions that end and go on, renewals, and associations from before."""

import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.journeys.client import (
    CONTOSO_MPN,
    Customer,
    Customers,
    Json,
    LocalHost,
    Person,
    at,
    contact_of,
    filed,
    partner_of,
    request_of,
    wait_for,
)
from tools.embedded import LocalProduct
from tools.sample_registry import CONTOSO, FABRIKAM

CSV = {"Content-Type": "text/csv"}
SALES = "dynamics-365-sales"
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product whose clock only this module moves."""
    with LocalProduct(tmp_path_factory.mktemp("after")) as running:
        yield running


@pytest.fixture(scope="module")
def admin(host: LocalHost) -> Iterator[Person]:
    """Who keeps the registries."""
    with host.person("admin") as person:
        yield person


def send(admin: Person, registry: str, header: str, *rows: str, **query: str) -> Json:
    """Import rows into a registry."""
    content = "\r\n".join((header, *rows)).encode()
    answer = admin.http.post(f"/api/review/registry/{registry}", content=content, headers=CSV, params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def bought(admin: Person, customer: Customer, subscription: str, ends: datetime, *, status: str = "active") -> None:
    """Register the customer's subscription of Dynamics 365 Sales with that end."""
    header = "subscriptionId,tenantId,productId,status,channel,seats,endsAt"
    end = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    found = send(
        admin, "subscriptions", header, f"{subscription},{customer.tenant_id},{SALES},{status},volume-licensing,,{end}"
    )
    assert found["counts"]["failed"] == 0, found


def official(host: LocalHost, contoso: Person, customer: Customer, subscription: str) -> Json:
    """A claim for that subscription which the customer confirmed."""
    name, content, kind = customer.proof("Dynamics 365 Sales", now=host.now())
    claim = customer.dynamics({"productId": SALES, "subscriptionId": subscription})
    taken = filed(contoso, claim, (name, content, kind))
    asked = contoso.wait_asked(taken["claimId"])
    assert host.respond(request_of(host, asked).link, "confirm").json()["status"] == "Approved"
    return contoso.read(asked["claimId"])


def test_an_association_lives_as_long_as_its_subscription(
    host: LocalHost, contoso: Person, admin: Person, customer: Customer
) -> None:
    """Its end is told, moves with the registry, announced by a draft 30 days before, comes not a second early."""
    subscription = str(uuid.uuid4())
    first = (host.now() + 50 * DAY).replace(microsecond=0)
    end = first + 10 * DAY
    bought(admin, customer, subscription, first)
    claim = official(host, contoso, customer, subscription)
    assert at(claim["validUntil"]) == first
    bought(admin, customer, subscription, end)
    contoso.wait_until(claim["claimId"], lambda one: at(one["validUntil"]) == end, what="the end moved")

    host.advance_to(end - 30 * DAY)
    host.run_timer()
    told = host.mail(partner_of(claim), about=claim["number"], subject="Association about to end")
    (draft_id,) = re.findall(r"/claims/([a-z2-7]{48})", told.text)
    draft = contoso.read(draft_id)
    assert (draft["status"], draft["origin"], draft["items"][0]["subscriptionId"]) == ("Draft", "renewal", None)
    assert draft["customerContact"] == claim["customerContact"]

    host.advance_to(end + HOUR - 5 * SECOND)
    host.run_timer()
    seen = contoso.read(claim["claimId"])
    assert seen["status"] == "Approved" or host.now() >= end + HOUR
    host.advance_to(end + HOUR)
    host.run_timer()
    over = contoso.wait(claim["claimId"], "Ended")
    assert (over["reasons"], over["items"][0]["outcome"]) == (["subscription-ended"], "ended")
    host.mail(contact_of(claim), about=claim["number"], subject="Association ended")
    assert len(host.mails(partner_of(claim), about=claim["number"], subject="Association about to end")) == 1


def test_a_subscription_that_is_over_ends_its_association_at_once(
    host: LocalHost, contoso: Person, admin: Person, customer: Customer
) -> None:
    """An imported status wakes the holder: no clock is waited for."""
    subscription = str(uuid.uuid4())
    end = host.now() + 200 * DAY
    bought(admin, customer, subscription, end)
    claim = official(host, contoso, customer, subscription)
    bought(admin, customer, subscription, end, status="suspended")
    assert contoso.read(claim["claimId"])["status"] == "Approved"
    bought(admin, customer, subscription, end, status="ended")
    assert contoso.wait(claim["claimId"], "Ended")["reasons"] == ["subscription-ended"]


HEADER = "organisation,mpnId,tenantId,productId,subscriptionId,activity,partnerContactName,partnerContactEmail"


def test_associations_from_before_are_taken_in_once(
    host: LocalHost, contoso: Person, admin: Person, customers: Customers
) -> None:
    """What a subscription holds is official at once, Microsoft 365 a draft with a mail; a row of a rival is told."""
    customer, subscription = customers.new(), str(uuid.uuid4())
    bought(admin, customer, subscription, host.now() + 300 * DAY)
    pat = f"pat-{uuid.uuid4().hex[:8]}@contoso.example"
    rows = (
        f"{CONTOSO},{CONTOSO_MPN},{customer.tenant_id},{SALES},{subscription},usage,,",
        f"{CONTOSO},{CONTOSO_MPN},{customer.tenant_id},teams,,usage,Pat Partner,{pat}",
        f"{FABRIKAM},2000001,{customer.tenant_id},{SALES},{subscription},usage,,",
    )
    found = send(admin, "associations", HEADER, *rows)
    assert found["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "failed": 1}
    assert found["rows"][2]["errors"][0]["code"] == "slot-held"
    claim, draft = (contoso.read(found["rows"][index]["claimId"]) for index in (0, 1))
    assert (claim["status"], claim["origin"], claim["proofs"]) == ("Approved", "legacy", [])
    assert claim["validUntil"] is not None
    assert (draft["status"], draft["origin"]) == ("Draft", "legacy")
    mail = host.mail(pat, about=draft["number"], subject="Please associate this customer anew")
    assert draft["claimId"] in mail.text
    history = contoso.read(claim["claimId"], "history")["items"]
    assert [row["event"] for row in history if row.get("kind", "event") == "event"] == ["imported"]
    assert send(admin, "associations", HEADER, *rows[:2])["counts"]["unchanged"] == 2
    assert len(host.mails(pat)) == 1

    def exported() -> str:
        return admin.http.get("/api/review/registry/associations").raise_for_status().text

    text = wait_for(exported, lambda out: claim["number"] in out, what="the association in the export", seconds=30)
    assert draft["number"] not in text
    again = admin.http.post("/api/review/registry/associations", content=text.encode(), headers=CSV).json()
    assert again["counts"]["created"] == again["counts"]["failed"] == 0


def test_associations_are_kept_by_admins(contoso: Person, reviewer: Person) -> None:
    """Neither partners nor reviewers import or export them."""
    for person in (contoso, reviewer):
        assert person.http.get("/api/review/registry/associations").status_code == 403
        assert person.http.post("/api/review/registry/associations", content=b"x", headers=CSV).status_code == 403
