"""The other bodies: each takes what its step needs and nothing else."""

from typing import Any

import pytest

from shared.domain.errors import InvalidClaimError
from shared.forms.action_forms import (
    CommentForm,
    CorrectMpnForm,
    DecisionForm,
    DisassociateForm,
    DisputeForm,
    EmptyForm,
    OptionalCommentForm,
    RespondForm,
)
from shared.forms.form import MOST_FAULTS, Form, parse


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (EmptyForm, {}),
        (OptionalCommentForm, {}),
        (OptionalCommentForm, {"comment": None}),
        (CommentForm, {"comment": "line\nline", "internal": True}),
        (DisputeForm, {"comment": "why"}),
        (DisassociateForm, {"reason": "work-ended", "items": ["teams-usage"]}),
        (CorrectMpnForm, {"mpnId": "1000002"}),
        (
            DecisionForm,
            {"decision": "accept", "items": [{"itemId": "a", "decision": "refuse", "reasonCodes": ["other"]}]},
        ),
        (RespondForm, {"token": "t"}),
        (RespondForm, {"token": "t", "choice": "optOut", "items": ["a"], "reason": "no"}),
    ],
)
def test_good_bodies_are_read(form: type[Form], data: dict[str, Any]) -> None:
    """Each body of the contract is taken."""
    assert parse(form, data).model_dump(by_alias=True, exclude_unset=True).keys() <= data.keys()


@pytest.mark.parametrize(
    ("form", "data", "faults"),
    [
        (EmptyForm, {"comment": "x"}, {("/comment", "unknown-field")}),
        (CommentForm, {}, {("/comment", "required")}),
        (CommentForm, {"comment": " "}, {("/comment", "required")}),
        (CommentForm, {"comment": "x", "internal": "yes"}, {("/internal", "wrong-type")}),
        (CommentForm, {"comment": "x", "internal": 1}, {("/internal", "wrong-type")}),
        (CorrectMpnForm, {"mpnId": "x"}, {("/mpnId", "invalid-mpn-id")}),
        (DisassociateForm, {"items": [1]}, {("/reason", "required"), ("/items/0", "wrong-type")}),
        (DecisionForm, {"decision": "maybe"}, {("/decision", "invalid-choice")}),
        (
            DecisionForm,
            {"decision": "accept", "items": [{"decision": 1}]},
            {("/items/0/itemId", "required"), ("/items/0/decision", "invalid-choice")},
        ),
        (DecisionForm, {"decision": "accept", "items": ["x"]}, {("/items/0", "wrong-type")}),
        (DecisionForm, {"decision": "accept", "reasonCodes": ["x"] * 101}, {("/reasonCodes", "too-many")}),
        (RespondForm, {"token": "x" * 1001}, {("/token", "too-long")}),
        (
            RespondForm,
            {"token": "x", "choice": "yes", "extra": 1},
            {("/choice", "invalid-choice"), ("/extra", "unknown-field")},
        ),
        (RespondForm, [], {("", "wrong-type")}),
    ],
)
def test_wrong_bodies_are_told_everything(form: type[Form], data: object, faults: set[tuple[str, str]]) -> None:
    """Every fault of a body is told with its pointer and code."""
    with pytest.raises(InvalidClaimError) as refused:
        parse(form, data)
    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == faults


def test_faults_are_not_endless() -> None:
    """A body of nothing but faults is answered with the first hundred."""
    with pytest.raises(InvalidClaimError) as refused:
        parse(EmptyForm, {str(number): 1 for number in range(1000)})
    assert len(refused.value.faults) == MOST_FAULTS
