"""The decision form, and the JSON of the contract that it stands for."""

import re
from typing import Any

from functions.page_forms import Posted
from functions.review import decision_of
from shared.domain.door import MOST_ITEMS
from shared.forms.action_forms import DecisionForm
from shared.forms.form import parse
from shared.usecases.decide_claim import Decision

_ITEM_FIELD = re.compile(r"items\.(\d{1,3})\.itemId")


def posted_decision(posted: Posted) -> Decision:
    """What the form decides. InvalidClaimError with every fault."""
    return decision_of(parse(DecisionForm, decision_request(posted)))


def decision_request(posted: Posted) -> dict[str, Any]:
    """The JSON that the decision form stands for. Items are named only where something else than "accept" is said."""
    data: dict[str, Any] = {"decision": posted.one("decision") or None, "comment": posted.one("comment")}
    data["reasonCodes"] = posted.many("reasonCodes")
    data["items"] = [
        item for index in decided_rows(posted) if (item := _item(posted, index)) and data["decision"] == "accept"
    ]
    return data


def decided_rows(posted: Posted) -> list[int]:
    """The rows of the form's table of products on which something is said."""
    rows = sorted(int(match[1]) for name in posted.values if (match := _ITEM_FIELD.fullmatch(name)))
    return [index for index in rows[: MOST_ITEMS * 2] if _says_something(posted, index)]


def _says_something(posted: Posted, index: int) -> bool:
    row = f"items.{index}"
    return posted.one(f"{row}.decision") == "refuse" or bool(posted.one(f"{row}.supersede"))


def _item(posted: Posted, index: int) -> dict[str, Any]:
    row = f"items.{index}"
    return {
        "itemId": posted.one(f"{row}.itemId"),
        "decision": posted.one(f"{row}.decision") or "accept",
        "supersede": bool(posted.one(f"{row}.supersede")),
        "reasonCodes": posted.many(f"{row}.reasonCodes"),
    }


def anchors_of(rows: int) -> dict[str, str]:
    """Where each field of the page stands: the IDs of their elements, for a form with so many products."""
    known = {name: f"f-{name}" for name in ("decision", "reasonCodes", "comment", "remark")}
    known["items"] = "f-items-0-decision"
    for index in range(rows):
        known[f"items.{index}"] = f"f-items-{index}-decision"
        known[f"items.{index}.supersede"] = f"f-items-{index}-supersede"
        known[f"items.{index}.reasonCodes"] = f"f-items-{index}-reasonCodes"
    return known
