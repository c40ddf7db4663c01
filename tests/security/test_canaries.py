"""Values that nobody may find again: what people write and what is secret is in no log or trace.

STORAGE.md, Invariants: logs hold no token, address, file name or body.
"""

import json
import logging
import traceback
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from functions import routing
from functions.delivery_reports import REPORT
from functions.log_lines import structure_log
from shared import wiring
from shared.domain.claim import Claim, Status
from shared.usecases.records import Mail, Queue
from tests.fakes.mail import FakeTenantDirectory
from tests.security.right_requests import RIGHT, Right, ask, one_who_may, right
from tests.security.stored_world import StoredWorld, stored_world
from tests.security.tally import Record, Tally
from tests.security.test_uploads import multipart
from tests.security.world import (
    KEY,
    PARTNER_ADMIN,
    PROGRAM_ADMIN,
    RIVAL,
    ROUTES,
    SECRET,
    Route,
    World,
    a_file,
    each,
    name_of,
    opened,
    served,
)
from tests.unit.functions.sent_requests import BOUNDARY
from tools.embedded import Azurite

BY_NAME = {name_of(route): route for route in ROUTES}
WORD = "canary"
ACCOUNT = "AccountKey=canaryY2FuYXJ5"
FIELDS = {
    "mpnId": "1000001",
    "claimName": "canary claim",
    "customerContact": {"name": "canary person", "title": "canary title", "email": "canary-ida@alpine.example"},
    "technicalContact": {"name": "canary engineer", "title": "canary", "email": "canary-tom@alpine.example"},
    "partnerContact": {"name": "canary partner", "email": "canary-pat@contoso.example"},
    "comment": "canary comment +48 600 100 200",
}
WORKERS = {
    Queue.VERIFY: "verify_claim",
    Queue.EFFECTS: "carry_out_effects",
    Queue.DEADLINES: "handle_deadline",
}
REPORTS, FAILED = "record_delivery_reports", "keep_failed_delivery_report"


class Message(func.QueueMessage):
    """A message as the platform hands it over for the first time."""

    def __init__(self, body: bytes) -> None:
        super().__init__(id="1", body=body, pop_receipt="p")

    @property
    def dequeue_count(self) -> int:
        """How often it was handed over."""
        return 1


class Watch:
    """Everything that was logged, by whichever logger, and every span."""

    def __init__(self, caplog: pytest.LogCaptureFixture, spans: InMemorySpanExporter) -> None:
        self._caplog, self._spans = caplog, spans
        structure_log()
        caplog.set_level(logging.DEBUG)

    def forget(self) -> None:
        """Begin anew."""
        self._caplog.clear()
        self._spans.clear()

    def lines(self) -> list[str]:
        """Every line as a formatter would write it, with its extras and the error beside it, and every span."""
        formatter = logging.Formatter("%(name)s %(message)s")
        written = [f"{formatter.format(one)} {vars(one)}" for one in self._caplog.records if one.name != "asyncio"]
        return written + [one.to_json() for one in self._spans.get_finished_spans()]

    def holding(self, words: Iterable[str]) -> list[str]:
        """The lines that hold one of the words."""
        return [
            f"{word}: {line[:300]}" for line in self.lines() for word in words if word.casefold() in line.casefold()
        ]


@pytest.fixture
def watch(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Logs at their most talkative, and tracing switched on."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(wiring, "tracer", lambda: provider.get_tracer("cpor"))
    return Watch(caplog, exporter)


@pytest.fixture(scope="module")
async def kept() -> AsyncIterator[StoredWorld]:
    """The world on an emulator that nobody else writes to."""
    with Azurite() as emulator:
        async with stored_world(emulator.connection_string) as made:
            product = made.world.product
            product.services = replace(product.services, directory=FakeTenantDirectory({}))
            yield made


def personal(world: World) -> list[str]:
    """What people wrote of themselves in every claim, what opens things, and who asks."""
    found = {WORD, "Casey", SECRET, KEY, "Y2FuYXJ5", b"canary".hex()}
    for claim in (*world.claims.values(), world.rival):
        if claim is not None:
            found |= {world.product.tokens.issue(claim)} if claim.customer_contact else set()
            people = (claim.customer_contact, claim.partner_contact, claim.technical_contact)
            found |= {one.email for one in people if one} | {f"'{one.name}'" for one in people if one}
            found |= {f'"{one.name}"' for one in people if one} | {one.file_name for one in claim.proofs}
            found |= {one.text for one in claim.comments} | ({claim.claim_name} if claim.claim_name else set())
    return sorted(found)


async def told_everywhere(world: World, route: Route) -> list[bytes]:
    """The route asked rightly, then with such words wherever a request has room for them; what others were answered."""
    person = one_who_may(route)
    await ask(world, route, person)
    params = dict.fromkeys(
        ("q", "status", "continuation", "productId", "number", "domain", "canary"), "canary@x.example"
    )
    headers = {
        "Idempotency-Key": "canary-key",
        "If-Match": '"canary"',
        "Accept-Language": "canary",
        "X-Correlation-Id": "canary",
        "traceparent": "canary",
        "User-Agent": "canary",
        "Cookie": "canary=canary",
        "Authorization": "Bearer canary",
    }
    asked = right(route)
    await ask(world, route, person, wanted=replace(asked, params=params), headers=headers)
    for name in route.named:
        await ask(world, route, person, **{name: "canary/../canary"})  # type: ignore[arg-type]
    if route.changes:
        said = {**FIELDS, "token": "canary-token", "choice": "canary", "reason": "canary", "decision": "canary"}
        await ask(world, route, person, wanted=Right(status=asked.status, said=said, headers=asked.headers))
        await ask(world, route, person, wanted=replace(asked, table='canary,"\ncanary'), headers=headers)
        sent = {"x-ms-client-principal": person.header} if person else {}
        for kind in ("application/json", f"multipart/form-data; boundary={BOUNDARY}", "text/canary"):
            body = b'{"canary": canary' if "json" in kind else multipart(("canary.pdf", b"%PDF-canary"))
            segments = world.segments(world.claims[asked.status])
            await world.send(route, segments=segments, headers={**sent, "content-type": kind}, body=body)
    return [(await ask(world, route, other)).get_body() for other in (RIVAL, None)]


@each(*ROUTES)
async def test_no_route_repeats_what_it_was_told(
    world: World, watch: Watch, record_property: Record, route: Route
) -> None:
    """Of what was asked, rightly and wrongly, and of what was found, neither log nor trace holds a person's word."""
    tally, words = Tally("canaries: routes", record_property), personal(world)
    watch.forget()
    others = await told_everywhere(world, route)
    tally.check(len(watch.lines()) >= 4, "nothing was written")
    for line in watch.lines():
        held = [word for word in words if word.casefold() in line.casefold()]
        tally.check(not held, f"{held}: {line[:300]}")
    tally.check(not any(WORD.encode() in body for body in others), "another is told")
    tally.done()


class Broken:
    """What is there only to fail, as late as a service would, with words that no one may see."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: _Failing()


class _Failing:
    """Awaited or gone through, it fails."""

    def __await__(self) -> Any:
        raise RuntimeError(f"canary@alpine.example {ACCOUNT}")

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        raise RuntimeError(f"canary@alpine.example {ACCOUNT}")


@each(*ROUTES)
async def test_what_nobody_foresaw_says_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, watch: Watch, record_property: Record, route: Route
) -> None:
    """An error that quotes an address and a key is told as its kind and place, to the log, the trace and the caller."""
    tally, before = Tally("canaries: errors", record_property), world.product.services
    watch.forget()
    for part in ("claims", "lists", "registry", "proofs"):
        broken: dict[str, Any] = {part: Broken()}
        services = replace(before, **broken)
        monkeypatch.setattr(wiring, "services", lambda services=services: services)
        answer = await ask(world, route, one_who_may(route))
        tally.check(WORD.encode() not in answer.get_body(), f"{part}: {answer.get_body()[:300]!r}")
        tally.check(WORD not in str(dict(answer.headers)), f"{part}: {dict(answer.headers)}")
    held = watch.holding([WORD, "AccountKey"])
    tally.check(not held, held)
    tally.done()


async def test_the_storage_s_own_log_holds_no_words(
    kept: StoredWorld, monkeypatch: pytest.MonkeyPatch, watch: Watch, record_property: Record
) -> None:
    """Nor do the clients' lines, at their most talkative, when every API route is asked on real storage."""
    opened(monkeypatch, kept.world, kept.told)
    tally, words = Tally("canaries: storage", record_property), personal(kept.world)
    watch.forget()
    for route in (one for one in ROUTES if not one.is_page):  # pages use the same use cases
        await ask(kept.world, route, one_who_may(route), headers={"Idempotency-Key": f"canary {name_of(route)}"})
    lines = watch.lines()
    tally.check(any(line.startswith("azure.") for line in lines), "the clients said nothing")
    for line in lines:
        held = [word for word in words if word.casefold() in line.casefold()]
        tally.check(not held, f"{held}: {line[:400]}")
    tally.done()


async def handed_over(name: str, body: bytes) -> None:
    """Have the function handle that message."""
    work: Any = served()[name]
    await work(Message(body))


async def worked(world: World, tally: Tally, *, failing: bool = False) -> None:
    """Handle every message as the platform does; what a function raises holds no words either."""
    for _ in range(20):
        for queue, name in WORKERS.items():
            while (taken := world.product.queue.take_text(queue)) is not None:
                try:
                    await handed_over(name, taken.encode())
                except Exception as error:
                    said = "".join(traceback.format_exception(error))
                    tally.check(failing and WORD not in said.replace(__file__, ""), said)
        world.product.now += timedelta(seconds=61)


async def filed(world: World, tally: Tally, number: int) -> Claim:
    """A claim with such words in every field, and such a file."""
    said = RIGHT["POST", "api/claims"].said
    assert callable(said)
    plain = dict(said(world, world.claims[Status.APPROVED]))
    claim = {**plain, **FIELDS, "items": [{"productId": ("teams", "intune", "exchange-online")[number]}]}
    headers = {
        "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        "x-ms-client-principal": PARTNER_ADMIN.header,
        "Idempotency-Key": f"canary-{number}",
    }
    body = multipart(("canary-proof.pdf", a_file()), claim=claim)
    answer = await world.send(BY_NAME["POST api/claims"], segments={}, headers=headers, body=body)
    tally.check(answer.status_code == 202, answer.get_body())
    return await found(world, json.loads(answer.get_body())["claimId"])


async def found(world: World, claim_id: str) -> Claim:
    """The claim as it is stored."""
    stored = await world.product.services.claims.get(claim_id)
    assert stored is not None
    return stored.value


async def test_a_life_leaves_no_words(
    world: World, monkeypatch: pytest.MonkeyPatch, watch: Watch, record_property: Record
) -> None:
    """Filed, checked, mails that fail and go, a bounce, messages that nobody can read: none of it is in the log."""
    tally, product = Tally("canaries: a claim's life", record_property), world.product
    watch.forget()
    first = await filed(world, tally, 0)
    send = product.sender.send

    async def fail(mail: Mail, *, operation_id: str) -> str:
        raise RuntimeError(f"{operation_id}: no such mailbox: {mail.to} {mail.text} {WORD} {ACCOUNT}")

    monkeypatch.setattr(product.sender, "send", fail)
    await worked(world, tally, failing=True)
    monkeypatch.setattr(product.sender, "send", send)
    second = await filed(world, tally, 1)
    await worked(world, tally)
    stories = [(await found(world, one.claim_id)).status for one in (first, second)]
    tally.check(Status.DRAFT not in stories and Status.SUBMITTED not in stories, stories)
    sent = [operation for operation, mail in product.sender.sent if WORD in mail.to]
    tally.check(bool(sent), "no mail went to such an address")
    for operation in sent[:2]:
        data = {
            "messageId": operation,
            "recipient": "canary-ida@alpine.example",
            "status": "Bounced",
            "deliveryStatusDetails": {"statusMessage": "canary mailbox"},
            "deliveryAttemptTimeStamp": "2026-11-16T10:00:00Z",
        }
        report = json.dumps({"eventType": REPORT, "data": data})
        await handed_over(REPORTS, report.encode())
    await worked(world, tally)
    unreadable = (
        b"canary",
        b'{"claim_id": "canary"}',
        b'["canary"]',
        b'{"schema_version": 1, "claim_id": 7, "step": "canary"}',
        b'{"eventType": "Microsoft.Communication.EmailDeliveryReportReceived", "data": "canary"}',
        json.dumps({"eventType": REPORT, "data": {"messageId": "canary", "status": "canary"}}).encode(),
    )
    for name in (*WORKERS.values(), REPORTS):
        for body in unreadable:
            try:
                await handed_over(name, body)
            except Exception as error:
                said = f"{type(error).__name__}: {error}"
                tally.check(WORD not in said, f"{name} {body!r}: {said}")
    for body in unreadable:
        await handed_over(FAILED, body)
    listed = await ask(world, BY_NAME["GET api/review/dead-letters"], PROGRAM_ADMIN)
    tally.check(listed.status_code == 200, listed.get_body())
    held = [line for line in listed.get_body().split(b"\n") if b"canary-ida" in line]
    tally.check(not held, f"the list of failed messages: {held}")
    tally.check(len(watch.lines()) > 20, "nothing was written")
    words = [WORD, "AccountKey", product.tokens.issue(second), SECRET, KEY, "+48 600"]
    for line in watch.lines():
        tally.check(not [word for word in words if word in line], line[:400])
    tally.done()


@pytest.mark.parametrize("leak", ["log", "span"])
async def test_a_leak_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, watch: Watch, record_property: Record, leak: str
) -> None:
    """Where a request's words are logged or traced, the tests above fail."""
    route = BY_NAME["GET api/claims"]
    if leak == "log":
        monkeypatch.setattr(routing, "places_of", str)
    else:
        monkeypatch.setattr(
            routing, "traced", lambda name, **_: wiring.tracer().start_as_current_span(f"{name} canary")
        )
    with pytest.raises(AssertionError, match="canary"):
        await test_what_nobody_foresaw_says_nothing(world, monkeypatch, watch, lambda *_: None, route)
    record_property("safeguard", f"{'errors without their words, ' + leak:40} tests/security/test_canaries.py")
