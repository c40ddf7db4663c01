"""A whole story with values that nobody may find in the log, and the one ID that follows it through the queues."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from functions import claim_actions, claims, dead_letters, deadlines, effects, operations, respond, verification
from functions.log_lines import APP_LOG, structure_log
from functions.messages import WorkFailedError
from shared import wiring
from shared.clock import CLOCK
from shared.usecases.callers import Role
from shared.usecases.records import Mail, Queue, ServiceUnavailableError
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import json_request, multipart_request, principal, request
from tests.unit.functions.test_queue_functions import Message
from tests.unit.usecases.lives import OPERATOR
from tools.sample_proofs import pdf_proof
from tools.sample_registry import CONTOSO, tenant

WORD = "canary"
FIELDS = {
    "mpnId": "1000001",
    "customer": {"tenantId": tenant(1), "domain": "alpine.example", "name": "canary customer"},
    "solutionArea": "microsoft-365",
    "activities": ["usage"],
    "claimName": "canary claim",
    "items": [{"productId": "teams"}],
    "customerContact": {"name": "canary person", "title": "canary title", "email": "canary-ida@alpine.example"},
    "partnerContact": {"name": "canary partner", "email": "canary-pat@contoso.example"},
}
WORKERS = {
    Queue.VERIFY: (verification, "verify_claim"),
    Queue.EFFECTS: (effects, "carry_out_effects"),
    Queue.DEADLINES: (deadlines, "handle_deadline"),
}


@pytest.fixture
async def product(monkeypatch: pytest.MonkeyPatch) -> FakeProduct:
    """A product on the fakes behind the functions."""
    structure_log()
    made = FakeProduct()
    await made.seed()
    settings = SimpleNamespace(
        auth_enabled=True, operator_tenant_id=OPERATOR, public_url="https://cpor.example", form_secret="f" * 40
    )
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "services", lambda: made.services)
    monkeypatch.setattr(type(CLOCK), "now", lambda _: made.now)
    return made


def function(module: Any, name: str) -> Callable[..., Any]:
    """The module's function of that name."""
    app = func.FunctionApp()
    app.register_functions(module.blueprint)
    return {one.get_function_name(): one.get_user_function() for one in app.get_functions()}[name]


async def work(product: FakeProduct) -> None:
    """Handle every message as the platform does, until none is left."""
    for _ in range(50):
        for queue, (module, name) in WORKERS.items():
            while (taken := product.queue.take_text(queue)) is not None:
                await function(module, name)(Message(taken.encode(), 1))
        if not any(product.queue.waiting(queue) for queue in WORKERS):
            return
        product.now += timedelta(seconds=61)


def partner(**more: str) -> dict[str, str]:
    """The headers of the partner's administrator, whose name is nobody's business either."""
    return {"x-ms-client-principal": principal(CONTOSO, Role.PARTNER_ADMIN), "idempotency-key": "canary-key", **more}


async def filed(product: FakeProduct) -> Any:
    """The claim, submitted with its proof."""
    proof = pdf_proof(
        customer="Alpine Outfitters (alpine.example)", products=["Microsoft Teams"], dated=product.now.date()
    )
    parts = [
        ("claim", None, json.dumps(FIELDS).encode()),
        ("proof", "canary-proof.pdf", proof),
    ]
    return await function(claims, "create_claim")(multipart_request(parts, headers=partner()))


def texts(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that any log took: words, extras, errors."""
    formatter = logging.Formatter("%(message)s")
    return "\n".join(
        f"{formatter.format(record)} {vars(record)}" for record in caplog.records if record.name == APP_LOG
    )


async def test_a_story_leaves_no_personal_word_in_the_log(
    product: FakeProduct, caplog: pytest.LogCaptureFixture
) -> None:
    """Filing, faults, checks, mails, answers, failures: the log holds claim IDs, and not one such word."""
    with caplog.at_level(logging.DEBUG):
        response = await filed(product)
        assert response.status_code == 202
        claim_id = json.loads(response.get_body())["claimId"]
        await work(product)
        token = product.tokens.issue((await product.claims.get(claim_id)).value)  # type: ignore[union-attr]

        comment = json_request({"comment": "canary comment"}, headers=partner())
        commented = func.HttpRequest(
            method="POST", url=comment.url, headers=comment.headers, route_params={"claimId": claim_id},
            body=comment.get_body(),
        )  # fmt: skip
        assert (await function(claim_actions, "comment_on_claim")(commented)).status_code == 201
        searched = request(params={"q": "canary", "continuation": "canary"}, headers=partner())
        assert (await function(claims, "list_claims")(searched)).status_code == 422
        broken = request("POST", body=b'{"canary": ', headers=partner(**{"content-type": "application/json"}))
        assert (await function(claims, "create_claim")(broken)).status_code == 400
        lost = request(route={"claimId": "canary/../canary"}, path="/api/claims/canary", headers=partner())
        assert (await function(claims, "read_claim")(lost)).status_code == 404

        answer = {"token": token, "choice": "optOut", "reason": "canary reason"}
        for body, status in (({**answer, "token": "canary-token"}, 401), (answer, 200)):
            sent = json_request(body)
            asked = func.HttpRequest(
                method="POST", url=sent.url, headers=sent.headers, route_params={"claimId": claim_id},
                body=sent.get_body(),
            )  # fmt: skip
            assert (await function(respond, "respond_as_customer")(asked)).status_code == status
        await work(product)
        poison = Message(json.dumps({"claim_id": claim_id, "email": "canary@alpine.example"}).encode(), 1)
        await function(dead_letters, "keep_failed_effects")(poison)
        listed = request(headers={"x-ms-client-principal": principal(OPERATOR, Role.PROGRAM_ADMIN)})
        assert (await function(operations, "list_dead_letters")(listed)).status_code == 200
    everything = texts(caplog)
    assert claim_id in everything
    assert len(caplog.records) > 10
    for secret in (WORD, token, "alpine.example", "Casey"):
        assert secret not in everything


async def test_what_a_queue_function_raises_has_no_words(
    product: FakeProduct, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw, with an address in it, reaches the platform's log as its kind and place alone."""

    async def fail(mail: Mail, *, operation_id: str) -> str:
        raise RuntimeError(f"no such mailbox: {mail.to}")

    monkeypatch.setattr(product.sender, "send", fail)
    with caplog.at_level(logging.DEBUG):
        await filed(product)
        with pytest.raises(WorkFailedError) as failed:
            await work(product)
    assert "RuntimeError at " in str(failed.value)
    assert "test_quiet_log.py" in str(failed.value)
    assert (failed.value.__cause__, failed.value.__suppress_context__) == (None, True)
    assert WORD not in str(failed.value) + texts(caplog)


async def test_one_id_follows_a_request_through_the_queues(
    product: FakeProduct, caplog: pytest.LogCaptureFixture
) -> None:
    """What is logged while the claim is checked and mails go out carries the ID that the request was answered with.

    The provider takes the first mail at the second try, so that another queue does what the checks could not.
    """
    product.sender.failures.append(ServiceUnavailableError("The provider does not answer."))
    with caplog.at_level(logging.INFO, logger="cpor"):
        response = await filed(product)
        identity = response.headers["X-Correlation-Id"]
        await work(product)
    handled = {
        record.__dict__["function"]: record.__dict__["structured"]["correlation"]
        for record in caplog.records
        if "try" in record.__dict__
    }
    assert set(handled) == {"verify_claim", "carry_out_effects"}
    assert set(handled.values()) == {identity}
    assert all(
        f'"correlation": "{identity}"' in record.getMessage() for record in caplog.records if record.name == APP_LOG
    )
