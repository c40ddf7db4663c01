"""What the app serves: every route declared with its roles, every queue with its poison, nothing by chance."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from functions.messages import LAST_ATTEMPT
from functions.registration import register_functions
from functions.routing import ANYONE, DECLARED, EVERY_ROLE
from shared import wiring
from shared.usecases.callers import PARTNERS, PROGRAMME, Role
from shared.usecases.records import Queue
from tests.architecture.source import ROOT
from tests.unit.functions.sent_requests import principal, request

_ADMIN = frozenset({Role.PARTNER_ADMIN})
ROUTES = {
    ("GET", "api/catalogue"): EVERY_ROLE,
    ("POST", "api/claims"): PARTNERS,
    ("POST", "api/claims/check"): PARTNERS,
    ("POST", "api/claims/import"): PARTNERS,
    ("GET", "api/claims.csv"): PARTNERS,
    ("GET", "api/review/claims.csv"): PROGRAMME,
    ("GET", "api/claims"): PARTNERS,
    ("GET", "api/claims/{claimId}"): EVERY_ROLE,
    ("PATCH", "api/claims/{claimId}"): PARTNERS,
    ("DELETE", "api/claims/{claimId}"): PARTNERS,
    ("GET", "api/claims/{claimId}/history"): EVERY_ROLE,
    ("GET", "api/claims/{claimId}/deadline"): EVERY_ROLE,
    ("POST", "api/claims/{claimId}/proofs"): PARTNERS,
    ("GET", "api/claims/{claimId}/proofs/{proofId}"): EVERY_ROLE,
    ("DELETE", "api/claims/{claimId}/proofs/{proofId}"): PARTNERS,
    ("GET", "api/proof-template"): EVERY_ROLE,
    ("GET", "api/associations"): PARTNERS,
    ("GET", "api/associations/{claimId}/usage"): EVERY_ROLE,
    ("POST", "api/review/registry/associations"): frozenset({Role.PROGRAM_ADMIN}),
    ("GET", "api/review/registry/associations"): frozenset({Role.PROGRAM_ADMIN}),
    ("POST", "api/review/registry/usage"): frozenset({Role.PROGRAM_ADMIN}),
    ("GET", "api/review/registry/usage"): frozenset({Role.PROGRAM_ADMIN}),
    ("POST", "api/claims/{claimId}/submit"): _ADMIN,
    ("POST", "api/claims/{claimId}/resubmit"): _ADMIN,
    ("POST", "api/claims/{claimId}/withdraw"): _ADMIN,
    ("POST", "api/claims/{claimId}/comments"): EVERY_ROLE,
    ("POST", "api/claims/{claimId}/dispute"): _ADMIN,
    ("POST", "api/claims/{claimId}/disassociate"): _ADMIN,
    ("POST", "api/claims/{claimId}/correct-mpn"): _ADMIN,
    ("GET", "api/review/claims"): PROGRAMME,
    ("GET", "api/review/claims/{claimId}"): PROGRAMME,
    ("POST", "api/review/claims/{claimId}/decision"): PROGRAMME,
    ("GET", "api/review/claims/{claimId}/verify-history"): PROGRAMME,
    ("POST", "api/review/claims/{claimId}/erase-person"): frozenset({Role.PROGRAM_ADMIN}),
    ("GET", "api/review/metrics"): PROGRAMME,
    ("GET", "api/review/dead-letters"): frozenset({Role.PROGRAM_ADMIN}),
    ("POST", "api/review/dead-letters/{letterId}/replay"): frozenset({Role.PROGRAM_ADMIN}),
    ("POST", "api/review/finalization"): frozenset({Role.PROGRAM_ADMIN}),
    ("POST", "api/review/registry/partners"): frozenset({Role.PROGRAM_ADMIN}),
    ("GET", "api/review/registry/partners"): frozenset({Role.PROGRAM_ADMIN}),
    ("POST", "api/review/registry/customers"): frozenset({Role.PROGRAM_ADMIN}),
    ("GET", "api/review/registry/customers"): frozenset({Role.PROGRAM_ADMIN}),
    ("POST", "api/review/registry/subscriptions"): frozenset({Role.PROGRAM_ADMIN}),
    ("GET", "api/review/registry/subscriptions"): frozenset({Role.PROGRAM_ADMIN}),
    ("POST", "api/respond/{claimId}"): ANYONE,
    ("GET", "api/health"): ANYONE,
    ("GET", "api/openapi.json"): ANYONE,
    ("GET", "api/docs"): ANYONE,
    ("GET", "api/docs/{name}"): ANYONE,
}


@pytest.fixture(scope="module")
def functions() -> dict[str, Any]:
    """Every function of the app by name, as the platform indexes them."""
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    register_functions(app)
    return {function.get_function_name(): function for function in app.get_functions()}


def triggers(functions: dict[str, Any], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and trigger of every function of a kind."""
    for name, function in functions.items():
        trigger = function.get_trigger().get_dict_repr()
        if trigger["type"] == kind:
            yield name, trigger


def test_every_route_is_declared(functions: dict[str, Any]) -> None:
    """No HTTP function is served that was not declared with its roles, and none is declared that is not served."""
    served = {name: trigger["route"] for name, trigger in triggers(functions, "httpTrigger")}
    assert served == {name: declared.path for name, declared in DECLARED.items() if name in served}
    assert DECLARED.keys() == served.keys()


def test_api_routes_are_those_of_the_contract() -> None:
    """Each route of the API is open to exactly the roles that it should be: a new one must be written down here."""
    found = {
        (method, declared.path): declared.roles
        for declared in DECLARED.values()
        if declared.path.startswith("api/")
        for method in declared.methods
    }
    assert found == ROUTES


def test_what_needs_no_sign_in_is_little() -> None:
    """Only the customer's page, the app's health and the API's description are open to anyone."""
    open_to_anyone = {declared.path for declared in DECLARED.values() if declared.roles == ANYONE}
    assert {path for path in open_to_anyone if path.startswith("api/")} == {
        "api/respond/{claimId}",
        "api/health",
        "api/openapi.json",
        "api/docs",
        "api/docs/{name}",
    }


@pytest.mark.parametrize(
    "name",
    sorted(
        name for name, declared in DECLARED.items() if declared.roles != ANYONE and declared.path.startswith("api/")
    ),
)
async def test_no_route_serves_a_stranger(
    name: str, functions: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every API function that needs a role answers 401 to nobody, 403 to somebody without it, before all else."""

    class NoRegistry:
        async def is_partner(self, organisation: str) -> bool:
            return False

    settings = SimpleNamespace(auth_enabled=True, operator_tenant_id="x", public_url="https://cpor.example")
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "services", lambda: SimpleNamespace(registry=NoRegistry()))
    declared = DECLARED[name]
    serve = functions[name].get_user_function()
    header = principal("c0c0c0c0-0000-4000-8000-000000000009", *Role)
    for method in declared.methods:
        assert (await serve(request(method))).status_code == 401
        assert (await serve(request(method, headers={"x-ms-client-principal": header}))).status_code == 403


def test_every_queue_and_its_poison_are_served(functions: dict[str, Any]) -> None:
    """Each work queue has one function, and so has the queue of what failed there for good."""
    served = sorted(trigger["queueName"] for _, trigger in triggers(functions, "queueTrigger"))
    assert served == sorted([queue.value for queue in Queue] + [f"{queue.value}-poison" for queue in Queue])
    assert {trigger["connection"] for _, trigger in triggers(functions, "queueTrigger")} == {"DataStorage"}


def test_timers_are_those_that_operators_know(functions: dict[str, Any]) -> None:
    """Each timer has the name and the schedule that operators know."""
    assert {name: trigger["schedule"] for name, trigger in triggers(functions, "timerTrigger")} == {
        "delete_orphan_proofs": "0 17 3 * * *",
        "finalize_due_claims": "0 * * * * *",
        "send_review_digests": "0 5 * * * *",
        "take_metrics": "0 */15 * * * *",
    }


def test_last_attempt_is_the_platform_s() -> None:
    """The try that is treated as the last one is the last one by host.json."""
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    assert host["extensions"]["queues"]["maxDequeueCount"] == LAST_ATTEMPT


def test_app_is_found() -> None:
    """function_app.py registers every function without touching the settings."""
    import function_app

    assert len(list(function_app.app.get_functions())) > len(ROUTES)
