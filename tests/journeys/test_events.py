"""What another system is told, by a webhook that sometimes fails."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.integration.events.test_events_page import NEW, OLD, PAGE, written
from tests.journeys.client import Customer, Json, LocalHost, Person, asked, contact_of, filed, request_of, wait_for
from tools.embedded import LocalProduct

_HANGS = 12  # seconds: longer than the app waits


class Hook:
    """A webhook of its own; for the claims' tenants in `fail` it answers the next tries with these statuses."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.fail: dict[str, list[int]] = {}
        self.refused = 0
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = hook.answer(json.loads(body))
                if status == 0:
                    time.sleep(_HANGS)
                    return
                if status == 200:
                    hook.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def answer(self, event: Json) -> int:
        """The status for this event; 0 is none at all."""
        waiting = self.fail.get(event["data"]["tenantId"])
        if waiting:
            self.refused += 1
            return waiting.pop(0)
        return 200

    def events(self, claim_id: str) -> list[Json]:
        """What was taken of a claim, in the order it came; repeats are passed over by their ID, as receivers do."""
        first: dict[str, Json] = {}
        for event in (json.loads(body) for _, body in list(self.got)):
            if event["data"]["claimId"] == claim_id:
                first.setdefault(event["id"], event)
        return list(first.values())

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    """The webhook."""
    opened = Hook()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, hook: Hook) -> Iterator[LocalProduct]:
    """A product that tells it, signing with an old and a new key."""
    told = {"EVENTS_WEBHOOK_URL": hook.url, "EVENTS_SIGNING_KEYS": f"{written(NEW)},{written(OLD)}"}
    with LocalProduct(tmp_path_factory.mktemp("told"), environment=told) as running:
        yield running


def events_of(person: Person, claim_id: str) -> list[tuple[int, str]]:
    """Number and name of every event in the claim's history."""
    return [(item["seq"], item["event"]) for item in person.events(claim_id)]


def told(hook: Hook, claim_id: str) -> list[tuple[int, str]]:
    """The same, of what the webhook took."""
    return [(event["data"]["seq"], event["data"]["event"]) for event in hook.events(claim_id)]


def test_a_claim_s_whole_life_is_told(host: LocalHost, contoso: Person, customer: Customer, hook: Hook) -> None:
    """Every event of a claim that is confirmed and given up arrives in order, signed, and names nobody."""
    claim = asked(contoso, customer)
    assert host.respond(request_of(host, claim).link, "confirm").status_code == 200
    contoso.wait(claim["claimId"], {"Approved"})
    answer = contoso.act(claim["claimId"], "disassociate", {"reason": "work-ended"})
    assert answer.status_code == 200, answer.text
    history = events_of(contoso, claim["claimId"])
    wait_for(lambda: told(hook, claim["claimId"]), lambda seen: seen == history, what="every event", seconds=30)
    events = hook.events(claim["claimId"])
    assert events[-1]["data"]["to"] == "Ended"
    assert {event["type"] for event in events} >= {"cpor.claim.confirmed.v1", "cpor.claim.disassociated.v1"}
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(compile(code, "docs/events.md", "exec"), names)  # noqa: S102 - our own page
    for headers, body in list(hook.got):
        assert names["is_genuine"](headers, body, written(OLD))
        assert headers["content-type"].startswith("application/cloudevents+json")
        for hidden in (contact_of(claim), "Ida Manager", "Pat Partner", customer.domain, customer.name):
            assert hidden not in body.decode()


def test_a_hook_that_fails_holds_up_nothing_and_misses_nothing(
    host: LocalHost, contoso: Person, customer: Customer, hook: Hook
) -> None:
    """While the webhook answers 500 or not at all the customer is asked all the same; later it is told everything."""
    hook.fail[customer.tenant_id] = [500, 0, 302]
    claim = asked(contoso, customer)
    assert request_of(host, claim).text
    assert hook.events(claim["claimId"]) == []
    hook.fail[customer.tenant_id] = [503]
    assert contoso.act(claim["claimId"], "withdraw").status_code == 200
    history = events_of(contoso, claim["claimId"])
    wait_for(lambda: told(hook, claim["claimId"]), lambda seen: seen == history, what="every event", seconds=60)
    assert hook.refused >= 2


def test_claims_do_not_wait_for_each_other(contoso: Person, customers: Any, hook: Hook) -> None:
    """One claim whose events are refused for good delays no other's."""
    stuck, free = customers.new(), customers.new()
    hook.fail[stuck.tenant_id] = [400] * 1000
    taken = filed(contoso, stuck.claim(), stuck.proof())
    other = filed(contoso, free.claim(), free.proof())
    wait_for(lambda: told(hook, other["claimId"]), lambda seen: len(seen) >= 2, what="the other's events", seconds=30)
    assert hook.events(taken["claimId"]) == []


def test_no_claim_s_first_sights_are_out_of_order(hook: Hook) -> None:
    """Of all that was taken so far, each claim's rows were first seen in order and without a gap."""
    seen: dict[str, list[int]] = defaultdict(list)
    for _, body in list(hook.got):
        data = json.loads(body)["data"]
        if data["seq"] not in seen[data["claimId"]]:
            seen[data["claimId"]].append(data["seq"])
    assert seen
    assert {claim: rows for claim, rows in seen.items() if rows != list(range(1, len(rows) + 1))} == {}
