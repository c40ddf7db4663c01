"""What docs/events.md says, held against what is sent."""

import base64
import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.claim_events import EventKind
from shared.events import WebhookPublisher
from shared.events.signatures import signature_headers
from shared.settings import OPTIONAL
from shared.usecases.event_records import DISCARDED
from shared.usecases.publish_events import publish_events
from shared.usecases.records import WorkMessage
from tests.architecture.source import ROOT
from tests.claims import STORIES
from tests.fakes.events import FakeEventPublisher
from tests.fakes.product import FakeProduct
from tests.integration.events.receiver import Receiver, event
from tests.integration.local_service import served
from tests.unit.usecases.lives import live, new_claim

PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
OLD, NEW = b"o" * 32, b"n" * 32
_GONE = {EventKind.DISCARDED, EventKind.DRAFT_EXPIRED}


def written(key: bytes) -> str:
    """A key as the setting has it."""
    return "whsec_" + base64.b64encode(key).decode()


@pytest.fixture(scope="module")
def is_genuine() -> Any:
    """The page's own example."""
    (code,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "docs/events.md", "exec"), names)  # noqa: S102 - our own page
    return names["is_genuine"]


async def test_the_example_knows_what_is_genuine(is_genuine: Any) -> None:
    """The example takes what the webhook really got with either key, and nothing else."""
    receiver = Receiver()
    async with served(receiver.take) as url:
        publisher = WebhookPublisher(url, keys=(NEW, OLD), public_url="https://associations.example")
        await publisher.publish(event(), at=datetime.now(UTC))
        await publisher.close()
    headers, body = receiver.headers[0], receiver.bodies[0]
    assert is_genuine(headers, body, written(NEW))
    assert is_genuine(headers, body, written(OLD))
    assert not is_genuine(headers, body, written(b"x" * 32))
    assert not is_genuine(headers, body + b" ", written(NEW))
    assert not is_genuine({**headers, "webhook-id": "other/1"}, body, written(NEW))
    assert not is_genuine({**headers, "webhook-timestamp": str(int(time.time()) + 1)}, body, written(NEW))
    assert not is_genuine({**headers, "webhook-signature": "v1,żółć"}, body, written(NEW))


def test_the_example_refuses_what_is_old(is_genuine: Any) -> None:
    """A genuine request that somebody kept and sends again later is refused."""
    old = datetime.now(UTC) - timedelta(minutes=6)
    headers = signature_headers("a/1", b"{}", at=old, keys=(NEW,))
    assert not is_genuine(headers, b"{}", written(NEW))


def test_every_event_and_setting_is_on_the_page() -> None:
    """Each event that can be told, and each setting about them, is named on the page."""
    told = {kind.value for kind in EventKind if kind not in _GONE} | {DISCARDED}
    assert {name for name in told if f"`{name}`" not in PAGE} == set()
    assert {name for name in OPTIONAL if name.startswith("EVENTS_") and f"`{name}`" not in PAGE} == set()


async def test_the_page_s_event_has_the_names_of_real_ones() -> None:
    """The event on the page has the very names that a real one has, at every level."""
    (shown,) = re.findall(r"```json\n(.+?)```", PAGE, re.DOTALL)
    receiver = FakeEventPublisher()
    product = FakeProduct(events=receiver)
    status = next(iter(status for status, events in STORIES.items() if EventKind.CHECKS_FLAGGED in events))
    claim = await live(product, new_claim(product, "page"), *STORIES[status])
    message = WorkMessage(claim_id=claim.claim_id, step="test", sent_at=product.now)
    await publish_events(product.services, message=message, now=product.now)
    page, real = json.loads(shown)["data"], receiver.taken[-1].data
    assert set(page) == set(real)
    assert set(page["items"][0]) == set(real["items"][0])  # type: ignore[index]
