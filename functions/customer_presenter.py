"""A request as the customer is shown it (API.md, The customer's page)."""

from typing import Any

from functions.presenters import instant, receipt_json
from functions.status_text import status_text
from shared.domain.catalogue import Catalogue
from shared.domain.claim import Claim, Item, Status
from shared.domain.claim_events import EventKind
from shared.domain.claim_states import permits
from shared.texts import texts
from shared.texts.seen import seen_by_partner
from shared.usecases.customer_response import Choice, RequestView

_CHOICES = {
    Choice.CONFIRM: EventKind.CONFIRMED,
    Choice.OPT_OUT: EventKind.OPTED_OUT,
    Choice.WRONG_PERSON: EventKind.CONTACT_WRONG,
    Choice.REVOKE: EventKind.REVOKED,
}
_STANDINGS = {
    Status.PENDING_CUSTOMER: "open",
    Status.APPROVED: "official",
    Status.OPTED_OUT: "declined",
    Status.WITHDRAWN: "withdrawn",
    Status.REJECTED: "rejected",
    Status.ENDED: "ended",
}


def request_view_json(view: RequestView, *, catalogue: Catalogue, language: str) -> dict[str, Any]:
    """Who claims which products, what the partner will and will not see, the deadline, and what happened already."""
    claim = view.claim
    seen = seen_by_partner(texts(language), claim.activities)
    return {
        "claimId": claim.claim_id,
        "number": claim.number,
        "status": claim.status.value,
        "statusText": status_text(claim, language=language),
        "partnerName": view.partner_name,
        "customer": {"name": claim.customer.name, "domain": claim.customer.domain},
        "items": [_item(item, catalogue) for item in claim.items],
        "partnerWillSee": [*seen.figures] or [seen.sentence],
        "partnerWillNotSee": [*seen.never],
        "noticeAcceptedAt": instant(claim.notice_accepted_at),
        "deadline": _deadline(claim),
        "approvedAt": instant(claim.approved_at),
        "endedAt": instant(claim.ended_at),
        "outcome": view.outcome,
        "choices": open_choices(view),
    }


def open_choices(view: RequestView) -> list[str]:
    """What the customer may say now; a link whose key is retired may only revoke."""
    return [
        choice.value
        for choice, event in _CHOICES.items()
        if permits(view.claim, event) and (choice is Choice.REVOKE or not view.only_revoke)
    ]


def standing(view: RequestView) -> str:
    """What the customer's page is about: what is asked ("open"), what is "official", or what became of the request."""
    status = view.claim.status
    if status is Status.ACTION_REQUIRED and view.outcome == Choice.WRONG_PERSON:
        return "wrong-person"
    return _STANDINGS.get(status, "waiting")


def _deadline(claim: Claim) -> dict[str, Any] | None:
    return receipt_json(claim.window) if claim.window else None


def _item(item: Item, catalogue: Catalogue) -> dict[str, Any]:
    product = catalogue.product(item.product_id) if item.product_id else None
    return {
        "itemId": item.item_id,
        "productId": item.product_id,
        "productName": product.name if product else item.product_id,
        "subscriptionId": item.subscription_id,
        "activity": item.activity,
        "outcome": item.outcome.value,
    }
