"""What the reviewers' mailbox is written, by the timer and the clock, in the reviewers' language."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from shared.domain.deadlines import is_business_day
from tests.journeys.client import Customer, Customers, Json, LocalHost, Person, at, filed, wait_for
from tools.embedded import LocalProduct

MAILBOX = "review@cpor.example"
TIMER = "send_review_digests"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product of our own, whose clock we move; its reviewers read Polish."""
    told = {"REVIEWER_LANGUAGE": "pl"}
    with LocalProduct(tmp_path_factory.mktemp("digests"), environment=told) as running:
        yield running


def next_morning(after: datetime) -> datetime:
    """The next business day's morning, by the policy's calendar."""
    day: date = after.astimezone(UTC).date() + timedelta(days=1)
    while not is_business_day(day, "US"):
        day += timedelta(days=1)
    return datetime.combine(day, time(8), tzinfo=UTC)


def waiting(host: LocalHost, contoso: Person, customer: Customer) -> Json:
    """A claim that a reviewer must look at: its contact writes from elsewhere."""
    contact = {"name": "Ida Manager", "title": "IT manager", "email": "ida@elsewhere.example"}
    claim = filed(contoso, customer.claim(customerContact=contact), customer.proof(now=host.now()))
    seen = contoso.wait(claim["claimId"], "UnderReview")
    with host.person("reviewer") as reviewer:
        wait_for(
            lambda: reviewer.http.get("/api/review/claims", params={"tenantId": customer.tenant_id}).json()["items"],
            bool,
            what="the claim in the reviewers' queue, which the digest reads",
            seconds=30,
        )
    return seen


def test_the_day_s_news_come_once_in_the_morning(host: LocalHost, contoso: Person, customers: Customers) -> None:
    """A claim under review is in one morning's mail and in no other; once its time is over it is told as overdue."""
    customer = customers.new()
    claim = waiting(host, contoso, customer)
    host.advance_to(next_morning(host.now()))
    host.run_timer(TIMER)
    mail = host.mail(MAILBOX, about="", subject="Weryfikacja: 1 nowe zgłoszenie")
    assert claim["number"] in mail.text
    assert f"/review/{claim['claimId']}" in mail.text
    assert "Partner: Contoso" in mail.text
    for hidden in (customer.name, customer.domain, "Ida", "Pat", "elsewhere.example"):
        assert hidden not in mail.subject + mail.text + mail.html
    host.advance(timedelta(hours=1))
    host.run_timer(TIMER)
    host.advance_to(next_morning(host.now()))
    host.run_timer(TIMER)
    assert len(host.mails(MAILBOX)) == 1
    receipt = contoso.read(claim["claimId"])["nextDeadline"]
    host.advance_to(next_morning(at(receipt)))
    host.run_timer(TIMER)
    overdue = host.mail(MAILBOX, about="", subject="Weryfikacja: 1 zgłoszenie po terminie")
    assert claim["number"] in overdue.text
    assert len(host.mails(MAILBOX)) == 2
