"""What operators are shown and may start, through the door of the functions."""

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from functions import operations, upkeep
from shared import wiring
from shared.clock import CLOCK
from shared.domain.claim_events import EventKind as E
from shared.usecases.callers import Role
from shared.usecases.record_dead_letter import record_dead_letter
from shared.usecases.records import Queue
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import principal, request
from tests.unit.usecases.lives import OPERATOR, live, new_claim

PENDING = (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED)
Json = dict[str, Any]


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    """A product on the fakes behind the functions, its time the functions' time."""
    made = FakeProduct()
    settings = SimpleNamespace(
        auth_enabled=True, operator_tenant_id=OPERATOR, public_url="https://cpor.example", form_secret="f" * 40
    )
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "services", lambda: made.services)
    monkeypatch.setattr(type(CLOCK), "now", lambda _: made.now)
    return made


def served(module: Any) -> dict[str, Callable[..., Any]]:
    """The module's functions by name."""
    app = func.FunctionApp()
    app.register_functions(module.blueprint)
    return {one.get_function_name(): one.get_user_function() for one in app.get_functions()}


async def ask(
    name: str,
    *,
    role: Role = Role.PROGRAM_ADMIN,
    route: dict[str, str] | None = None,
    language: str = "en",
    **params: str,
) -> tuple[int, Json]:
    """Call the function as somebody of the operator's with that role."""
    headers = {"x-ms-client-principal": principal(OPERATOR, role), "accept-language": language}
    method = "POST" if name in {"finalize", "replay_dead_letter"} else "GET"
    response = await served(operations)[name](request(method, headers=headers, params=params, route=route or {}))
    return response.status_code, json.loads(response.get_body())


async def letter(product: FakeProduct, body: object, queue: str = Queue.EFFECTS.value) -> Json:
    """A message that failed for good, as the admin sees it."""
    text = body if isinstance(body, str) else json.dumps(body)
    await record_dead_letter(product.services, queue=queue, body=text, now=product.now)
    _, page = await ask("list_dead_letters")
    shown: Json = page["items"][0]
    return shown


def work(claim_id: str) -> Json:
    """A work message."""
    return {
        "schema_version": 1,
        "claim_id": claim_id,
        "step": "submitted",
        "sent_at": "2026-11-16T09:59:00+00:00",
        "deadline": {"kind": "opt-out", "claim_id": claim_id, "due_at": "2026-11-16T09:58:00+00:00"},
    }


async def test_a_letter_is_shown_as_the_work_it_asked_for(product: FakeProduct) -> None:
    """Day and ID, queue, claim, what failed in words of the reader's language, and the parsed work."""
    shown = await letter(product, work("c1"))
    assert shown == {
        "id": shown["id"],
        "queue": "claim-effects",
        "at": "2026-11-16T10:00:00Z",
        "claimId": "c1",
        "what": "A claim's lists or mails could not be brought up to date.",
        "readable": True,
        "work": {
            "claimId": "c1",
            "step": "submitted",
            "sentAt": "2026-11-16T09:59:00Z",
            "deadline": {"kind": "opt-out", "dueAt": "2026-11-16T09:58:00Z"},
        },
        "open": True,
        "replayedAt": None,
        "replayedBy": None,
    }
    assert shown["id"].startswith("2026-11-16-")


async def test_a_report_s_address_is_never_shown(product: FakeProduct) -> None:
    """A delivery report is shown by operation and status; the recipient and everything else of the body are not."""
    event = {
        "eventType": "Microsoft.Communication.EmailDeliveryReportReceived",
        "data": {"messageId": "m-1", "status": "Bounced", "recipient": "canary@alpine.example"},
    }
    shown = await letter(product, [event], Queue.DELIVERY.value)
    assert shown["work"] == {"reports": [{"operationId": "m-1", "status": "Bounced"}]}
    assert "canary" not in json.dumps(shown)


async def test_a_scan_s_result_is_shown_by_claim_and_word(product: FakeProduct) -> None:
    """A result of the malware scan is shown by its claim and what was found; addresses of files are not."""
    claim_id = "a" * 48
    event = {
        "eventType": "Microsoft.Security.MalwareScanningResult",
        "data": {
            "blobUri": f"https://canary.blob.core.windows.net/proofs/{claim_id}/{'0' * 64}",
            "scanResultType": "Malicious",
        },
    }
    shown = await letter(product, [event], Queue.SCANS.value)
    assert shown["work"] == {"scans": [{"claimId": claim_id, "scan": "infected"}]}
    assert "canary" not in json.dumps(shown)


@pytest.mark.parametrize(
    ("body", "queue"),
    [
        ("not json canary", "claim-effects"),
        ("{}", "verify-claims"),
        ('{"schema_version": 999, "claim_id": "c"}', "claim-effects"),
        ("canary", "delivery-reports"),
        ("canary", "scan-results"),
        ("{}", "of-old"),
    ],
)
async def test_what_cannot_be_read_is_shown_and_not_put_back(product: FakeProduct, body: str, queue: str) -> None:
    """An unreadable body is listed without a word of it, and its replay is 422 `cannot-be-read`."""
    shown = await letter(product, body, queue)
    assert (shown["readable"], shown["work"]) == (False, None)
    assert "canary" not in json.dumps(shown)
    status, problem = await ask("replay_dead_letter", route={"letterId": shown["id"]})
    assert (status, problem["code"]) == (422, "cannot-be-read")


async def test_replay_answers_with_the_trace_and_then_409(product: FakeProduct) -> None:
    """The first replay says who and when, the second that it was done; an ID that means nothing is 404."""
    shown = await letter(product, work("c1"))
    status, replayed = await ask("replay_dead_letter", route={"letterId": shown["id"]})
    assert (status, replayed["open"], replayed["replayedAt"]) == (200, False, "2026-11-16T10:00:00Z")
    assert replayed["replayedBy"].startswith(OPERATOR)
    status, problem = await ask("replay_dead_letter", route={"letterId": shown["id"]})
    assert (status, problem["code"]) == (409, "already-replayed")
    for name in ("x", "2026-11-16-", "", "2026-11-16-../x", "a-b-c-d-e"):
        assert (await ask("replay_dead_letter", route={"letterId": name}))[0] == 404
    assert (await ask("list_dead_letters"))[1]["items"] == []
    assert len((await ask("list_dead_letters", state="all"))[1]["items"]) == 1


async def test_letters_come_in_pages(product: FakeProduct) -> None:
    """Pages of one hold every letter once; a continuation of another list, or a forged one, is 422."""
    for number in range(3):
        await letter(product, work(f"c{number}"))
        product.now += timedelta(days=1)
    seen: list[str] = []
    token: str | None = None
    while True:
        _, page = await ask("list_dead_letters", top="1", **({"continuation": token} if token else {}))
        seen += [one["claimId"] for one in page["items"]]
        token = page["continuation"]
        if token is None:
            break
    assert seen == ["c0", "c1", "c2"]
    _, page = await ask("list_dead_letters", top="1")
    status, problem = await ask("finalize", dryRun="true", continuation=page["continuation"])
    assert (status, problem["errors"][0]["pointer"]) == (422, "/continuation")
    assert (await ask("list_dead_letters", since="2026-11-17"))[1]["items"][0]["claimId"] == "c1"


async def test_the_dry_run_says_what_and_why(product: FakeProduct) -> None:
    """Each due row with claim, deadline's receipt, outcome and reason, in the reader's language; nothing is started."""
    claim = await live(product, new_claim(product, "a"), *PENDING)
    status, told = await ask("finalize", dryRun="true", asOf="2027-01-01")
    assert (status, told["dryRun"], told["asOf"]) == (200, True, "2027-01-01T00:00:00Z")
    reminder, window = told["items"]
    assert (reminder["kind"], reminder["outcome"], reminder["why"]) == (
        "opt-out-reminder",
        "nothing",
        "too-late-to-remind",
    )
    assert (window["number"], window["outcome"], window["why"]) == (claim.number, "approve-by-silence", "window-over")
    assert window["deadline"]["deadlineAt"] == claim.window.deadline_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    _, polish = await ask("finalize", dryRun="true", asOf="2027-01-01", language="pl")
    assert polish["items"][1]["text"] != window["text"]
    assert not product.queue.waiting(Queue.DEADLINES)
    _, early = await ask("finalize", dryRun="true")
    assert (early["items"], early["asOf"]) == ([], "2026-11-16T10:00:00Z")
    _, page = await ask("finalize", dryRun="true", asOf="2027-01-01", top="1")
    _, rest = await ask("finalize", dryRun="true", asOf="2027-01-01", continuation=page["continuation"])
    assert [*page["items"], *rest["items"]] == told["items"]


async def test_in_earnest_it_starts_what_is_due(product: FakeProduct) -> None:
    """Without a dry run the due rows are handed out and counted: 202."""
    claim = await live(product, new_claim(product, "a"), *PENDING)
    product.now = claim.window.deadline_at + timedelta(hours=1)
    status, told = await ask("finalize")
    assert (status, told["handedOut"], told["more"]) == (202, 2, False)
    assert len(product.queue.waiting(Queue.DEADLINES)) == 2


@pytest.mark.parametrize(
    ("params", "faults"),
    [
        ({"asOf": "2027-01-01"}, [("/asOf", "dry-run-only")]),
        ({"dryRun": "false", "asOf": "2027-01-01", "top": "5"}, [("/asOf", "dry-run-only"), ("/top", "dry-run-only")]),
        ({"dryRun": "maybe"}, [("/dryRun", "invalid-choice")]),
        ({"dryRun": "true", "asOf": "soon"}, [("/asOf", "invalid-time")]),
        ({"dryRun": "true", "top": "0"}, [("/top", "out-of-range")]),
        ({"dryRun": "true", "continuation": "forged"}, [("/continuation", "invalid-continuation")]),
        ({"now": "true"}, [("/now", "unknown-field")]),
    ],
)
async def test_wrong_parameters_start_nothing(
    product: FakeProduct, params: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    """`asOf` goes with a dry run only, and what cannot be understood is 422: a typing error finalizes nothing."""
    claim = await live(product, new_claim(product, "a"), *PENDING)
    product.now = claim.window.deadline_at + timedelta(hours=1)
    status, problem = await ask("finalize", **params)
    assert status == 422
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == faults
    assert not product.queue.waiting(Queue.DEADLINES)


async def test_a_verdict_is_shown(product: FakeProduct) -> None:
    """An untouched history is intact; a claim that is not there is 404."""
    claim = await live(product, new_claim(product, "a"), *PENDING)
    status, verdict = await ask("verify_history", role=Role.REVIEWER, route={"claimId": claim.claim_id})
    assert (status, verdict) == (
        200,
        {"claimId": claim.claim_id, "intact": True, "rows": 3, "headMatches": True, "breaks": []},
    )
    product.claims.rows.delete(claim.customer.tenant_id, f"history:{claim.claim_id}:000002")
    _, verdict = await ask("verify_history", role=Role.REVIEWER, route={"claimId": claim.claim_id})
    assert verdict["breaks"][0] == {"seq": 3, "what": "expected row 2"}
    assert (await ask("verify_history", route={"claimId": "x"}))[0] == 404


async def test_figures_are_shown(product: FakeProduct) -> None:
    """Every status has a count, every stage its figures, rates are null where nobody has answered."""
    claim = await live(product, new_claim(product, "a"), *PENDING)
    await product.lists.project(claim, thorough=True)
    await served(upkeep)["take_metrics"](None)
    status, figures = await ask("read_metrics", role=Role.REVIEWER)
    assert status == 200
    assert (figures["asOf"], figures["counts"]["PendingCustomer"], figures["counts"]["Ended"]) == (
        "2026-11-16T10:00:00Z",
        1,
        0,
    )
    assert figures["stages"]["verification"] == {"count": 1, "medianHours": 0.0, "p90Hours": 0.0}
    assert figures["stages"]["customer"] == {"count": 0, "medianHours": None, "p90Hours": None}
    assert figures["optOuts"] == {"answered": 0, "optedOut": 0, "rate": None, "months": []}
    assert figures["mailFailures"] == {"since": "2026-10-17T10:00:00Z", "failed": 0, "bounced": 0}
    assert figures["finalization"] == {"dueNow": 0, "lagSeconds": 0}
    await product.lists.project(await live(product, claim, E.OPTED_OUT), thorough=True)
    await served(upkeep)["take_metrics"](None)
    _, figures = await ask("read_metrics")
    assert figures["optOuts"]["months"] == [{"month": "2026-11", "answered": 1, "optedOut": 1, "rate": 1.0}]


async def test_the_nightly_timer_says_what_it_did(product: FakeProduct, caplog: pytest.LogCaptureFixture) -> None:
    """The deletion of orphans logs how many there were, and no name."""
    await product.proofs.put(
        new_claim(product, "a").claim_id, "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", b"foo"
    )
    product.now += timedelta(days=7)
    with caplog.at_level("INFO", logger="cpor"):
        await served(upkeep)["delete_orphan_proofs"](None)
    assert not product.proofs.blobs
    assert "deleted 1" in caplog.text
