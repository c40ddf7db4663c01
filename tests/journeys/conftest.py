"""The people of the journeys, on the running product. A module that moves the clock brings a product of its own."""

from collections.abc import Iterator

import pytest

from tests.journeys.client import Customer, Customers, LocalHost, Person, Store
from tools.embedded import LocalProduct
from tools.local_client import ON_ANSWER
from tools.openapi.conformance import hold_to_the_document

ON_ANSWER.append(hold_to_the_document)


@pytest.fixture(scope="module")
def host(product: LocalProduct) -> Iterator[LocalHost]:
    """Mailbox, clock and timers of the product."""
    with LocalHost(product.base_url) as local:
        yield local


@pytest.fixture(scope="module")
def contoso(host: LocalHost) -> Iterator[Person]:
    """The administrator of a partner organisation."""
    with host.person("contoso") as person:
        yield person


@pytest.fixture(scope="module")
def fabrikam(host: LocalHost) -> Iterator[Person]:
    """The administrator of its rival."""
    with host.person("fabrikam") as person:
        yield person


@pytest.fixture(scope="module")
def reviewer(host: LocalHost) -> Iterator[Person]:
    """One of the programme's people."""
    with host.person("reviewer") as person:
        yield person


@pytest.fixture(scope="module")
def customers(product: LocalProduct) -> Customers:
    """Customers that no other test uses."""
    return Customers(product)


@pytest.fixture
def customer(customers: Customers) -> Customer:
    """A customer that no other test uses."""
    return customers.new()


@pytest.fixture(scope="module")
def store(product: LocalProduct) -> Iterator[Store]:
    """The raw rows and blobs of the product."""
    opened = Store(product)
    yield opened
    opened.close()
