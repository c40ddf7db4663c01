"""Pages in a real browser, through the local host: one browser for each process that runs tests, a visit per test.

`visit` opens a page as somebody (`page = await visit("contoso", path, language="pl", dark=True, scripts=False)`),
`claims` has a claim in each status, `host`, `contoso`, `reviewer` and `customers` do over HTTP what must have happened
before; `tests.browser.looks` has what every page is held to: `assert_good`, `assert_accessible`, `assert_fits`,
`assert_light`, `tab_to` for the keyboard, and `picture`.

The tests are async: a browser that is driven from plain tests would leave a running event loop to the async ones.
"""

from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser import chromium
from tests.browser.stories import claims_by_status
from tests.browser.visits import Visits
from tests.journeys.client import Customer, Customers, Json, LocalHost, Person
from tools.embedded import LocalProduct


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a browser where there is none, before anything is started; the reason says how to get one."""
    if "browser" in getattr(item, "fixturenames", ()):
        chromium.chosen()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say it in one line for all of them: pytest puts those skips together that come from one place."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple) and chromium.MISSING in report.longrepr[2]:
        report.longrepr = (str(Path(__file__).parent), 1, report.longrepr[2])
    return report


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of this process; each visit has a context of its own."""
    async with async_playwright() as driver:
        running = await driver.chromium.launch(executable_path=chromium.chosen(), args=[*chromium.FLAGS])
        yield running
        await running.close()


@pytest.fixture
async def visit(browser: Browser, product: LocalProduct) -> AsyncIterator[Visits]:
    """What makes a test's visits to the product.

    In the end no page has opened a dialog, met an error in a script, broken its own policy or asked another site.
    """
    async with Visits(browser, product.base_url) as visits:
        yield visits
    assert visits.faults == []


@pytest.fixture(scope="session")
def host(product: LocalProduct) -> Iterator[LocalHost]:
    """Mailbox, clock and timers of the product."""
    with LocalHost(product.base_url) as local:
        yield local


@pytest.fixture(scope="session")
def contoso(host: LocalHost) -> Iterator[Person]:
    """A partner's administrator, over HTTP: for what a page needs to have happened before."""
    with host.person("contoso") as person:
        yield person


@pytest.fixture(scope="session")
def reviewer(host: LocalHost) -> Iterator[Person]:
    """One of the programme's people, over HTTP."""
    with host.person("reviewer") as person:
        yield person


@pytest.fixture(scope="session")
def customers(product: LocalProduct) -> Customers:
    """Customers that no other test uses."""
    return Customers(product)


@pytest.fixture
def customer(customers: Customers) -> Customer:
    """A customer that no other test uses."""
    return customers.new()


@pytest.fixture(scope="session")
def claims(host: LocalHost, contoso: Person, reviewer: Person, customers: Customers) -> dict[str, Json]:
    """A claim of Contoso's in each status that lasts, by status; for pages to show, not to be changed."""
    return claims_by_status(host, contoso, reviewer, customers)
