"""Errors carry a code and fields."""

from shared.domain.errors import DomainError, Fault, ForbiddenTransitionError, InvalidClaimError


def test_an_invalid_claim_names_every_fault() -> None:
    """All faults travel with the error, in order, under one code."""
    faults = (
        Fault(pointer="/mpnId", code="required", message="Missing."),
        Fault(pointer="", code="other", message="Wrong."),
    )
    error = InvalidClaimError(faults)
    assert (error.code, error.faults) == ("invalid-claim", faults)
    assert isinstance(error, DomainError)


def test_a_forbidden_step_says_what_and_why() -> None:
    """The message names the state, as pages do, and why; the fields hold the step and the condition as stored."""
    error = ForbiddenTransitionError(status="Draft", event="submitted", guard="draft_over")
    assert str(error) == "This is not possible now: the claim's status is “Draft”."
    asked = ForbiddenTransitionError(status="UnderReview", event="incumbent-notified", guard="contested")
    assert str(asked) == "This is not possible now: the claim's status is “Under review”. It is not contested."
    assert (error.code, error.status, error.event, error.guard) == (
        "state-conflict",
        "Draft",
        "submitted",
        "draft_over",
    )
    unlisted = ForbiddenTransitionError(status="", event="submitted")
    assert str(unlisted) == "This is not possible now: there is no such claim yet."
    assert (unlisted.guard, unlisted.faults) == (None, ())
