"""What the presenters write is what the answer models say, name by name."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from functions.customer_presenter import request_view_json
from functions.history_json import whole_history_json
from functions.presenters import claim_json, history_json, list_json, proof_json, receipt_json
from shared.domain.catalogue import catalogue
from shared.domain.claim import Actor, ActorKind
from shared.usecases.customer_response import RequestView
from shared.usecases.records import ListPage
from shared.usecases.summaries import summary_of
from tests.unit.functions.test_history_json import history as whole_history
from tests.unit.functions.test_presenters import PARTNER, rich_claim, row
from tests.unit.notifications.sample_claims import claim
from tools.openapi.answers.claims import Claim, ClaimPage, History, Proof, Receipt
from tools.openapi.answers.customer import AssociationRequest

REVIEWER = Actor(kind=ActorKind.REVIEWER, id="operator/robin")


def held(model: type[BaseModel], shown: Any) -> None:
    """The value is as the model says, with every name and no other."""
    model.model_validate_json(json.dumps(shown))


@pytest.mark.parametrize("for_programme", [True, False])
def test_claims_are_as_described(for_programme: bool) -> None:
    """A full claim, and one with nothing in it, are as the model says: for partners and for the programme."""
    empty = claim(
        claim_id="a" * 48,
        solution_area=None,
        activities=(),
        items=(),
        customer_contact=None,
        partner_contact=None,
        clocks={},
        revenue=None,
    )
    for sample in (rich_claim(), empty):
        shown = claim_json(sample, language="pl", for_programme=for_programme)
        held(Claim, {**shown, "claimId": "a" * 48})


@pytest.mark.parametrize("for_programme", [True, False])
def test_lists_and_histories_are_as_described(for_programme: bool) -> None:
    """A page of a list and a history are as the models say."""
    page = list_json(ListPage(items=(summary_of(rich_claim()),), continuation="next"), for_programme=for_programme)
    page["items"][0]["claimId"] = "a" * 48
    held(ClaimPage, page)
    rows = (row(1, "draftCreated", PARTNER), row(2, "commented", REVIEWER, proofs=["p1"]))
    history = history_json(rich_claim(), rows, for_programme=for_programme)
    held(History, {**history, "claimId": "a" * 48})
    whole = whole_history_json(whole_history(), for_programme=for_programme)
    assert {one["kind"] for one in whole["items"]} == {"event", "mail", "access"}
    held(History, {**whole, "claimId": "a" * 48})


def test_proofs_receipts_and_requests_are_as_described() -> None:
    """A proof, a receipt and the customer's view of a request are as the models say."""
    sample = rich_claim()
    held(Proof, proof_json(sample.proofs[0]))
    held(Receipt, receipt_json(sample.clocks["opt-out"]))
    view = RequestView(claim=sample, partner_name="Contoso", outcome=None)
    shown = request_view_json(view, catalogue=catalogue(), language="en")
    held(AssociationRequest, {**shown, "claimId": "a" * 48})
