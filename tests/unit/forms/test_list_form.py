"""The filters of a list."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.claim import Status
from shared.domain.errors import InvalidClaimError
from shared.forms.list_form import list_query, review_query
from shared.usecases.records import ListQuery


def test_no_filter_is_the_usual_page() -> None:
    """Without parameters the list is whole, fifty to a page."""
    assert list_query({}) == ListQuery(top=50)


def test_every_filter_is_read() -> None:
    """Each parameter of the contract becomes its filter, canonical."""
    query = list_query(
        {
            "status": "underreview",
            "mpnId": "1000001",
            "tenantId": "A1A1A1A1-0000-4000-8000-000000000001",
            "solutionArea": "microsoft-365",
            "activity": "usage",
            "productId": "teams",
            "submittedFrom": "2026-11-01",
            "submittedTo": "2026-11-22",
            "q": " alpine ",
            "top": "200",
            "continuation": "abc",
        }
    )
    assert query == ListQuery(
        status=Status.UNDER_REVIEW,
        mpn_id="1000001",
        tenant_id="a1a1a1a1-0000-4000-8000-000000000001",
        solution_area="microsoft-365",
        activity="usage",
        product_id="teams",
        submitted_from=datetime(2026, 11, 1, tzinfo=UTC),
        submitted_to=datetime(2026, 11, 22, 23, 59, 59, 999999, tzinfo=UTC),
        q="alpine",
        top=200,
        continuation="abc",
    )


@pytest.mark.parametrize("text", ["2026-11-22T10:00:00Z", "2026-11-22T11:00:00+01:00", "2026-11-22T11:00:00 01:00"])
def test_instants_keep_their_offset(text: str) -> None:
    """A time is taken with its offset, also where the plus sign was not escaped."""
    assert list_query({"submittedFrom": text}).submitted_from == datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("status", "Lost", "invalid-choice"),
        ("mpnId", "x", "invalid-mpn-id"),
        ("tenantId", "x", "invalid-guid"),
        ("submittedFrom", "yesterday", "invalid-time"),
        ("submittedTo", "2026-11-22T10:00:00", "invalid-time"),
        ("submittedFrom", "0001-01-01T00:00:00+14:00", "invalid-time"),
        ("submittedTo", "9999-12-31", "invalid-time"),
        ("q", "x" * 101, "too-long"),
        ("top", "0", "out-of-range"),
        ("top", "201", "out-of-range"),
        ("top", "-1", "out-of-range"),
        ("top", "\u0665", "out-of-range"),
        ("continuation", "x" * 2001, "too-long"),
        ("page", "2", "unknown-field"),
    ],
)
def test_wrong_filters_are_refused(name: str, value: str, code: str) -> None:
    """A filter that cannot be understood is refused, never ignored."""
    with pytest.raises(InvalidClaimError) as refused:
        list_query({name: value})
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(f"/{name}", code)]


@given(
    st.dictionaries(st.sampled_from(["status", "top", "submittedFrom", "submittedTo", "q", "continuation"]), st.text())
)
def test_any_query_string_is_answered(parameters: dict[str, str]) -> None:
    """No parameters make the reading fail in any other way than its own."""
    with contextlib.suppress(InvalidClaimError):
        assert 1 <= list_query(parameters).top <= 200


NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parameters", "urgent_first"),
    [
        ({}, True),
        ({"status": "underreview"}, True),
        ({"sort": "urgency"}, True),
        ({"sort": "newest"}, False),
        ({"status": "Approved"}, False),
        ({"status": "Approved", "sort": "newest"}, False),
    ],
)
def test_what_waits_for_a_reviewer_comes_by_urgency(parameters: dict[str, str], *, urgent_first: bool) -> None:
    """The queue goes by urgency unless the newest are asked for; every other list by when it was filed."""
    assert review_query(parameters, now=NOW).urgent_first is urgent_first


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, (None, None)),
        ({"overdue": "true"}, (NOW, None)),
        ({"overdue": " False "}, (None, NOW)),
        ({"overdue": "true", "status": "Approved"}, (NOW, None)),
        ({"overdue": "false", "status": "Approved"}, (None, None)),
    ],
)
def test_overdue_is_what_is_past_its_time_now(
    parameters: dict[str, str], expected: tuple[datetime | None, datetime | None]
) -> None:
    """Overdue is asked of the reviewer's time alone: other claims are never late, and so all of them are not."""
    query = review_query(parameters, now=NOW)
    assert (query.due_before, query.due_from) == expected


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("FALSE", False), ("", None)])
def test_contested_or_not(text: str, *, expected: bool | None) -> None:
    """True, false, or not asked."""
    assert review_query({"contested": text}, now=NOW).contested is expected


@pytest.mark.parametrize(
    ("parameters", "pointer", "code"),
    [
        ({"overdue": "yes"}, "/overdue", "invalid-choice"),
        ({"contested": "1"}, "/contested", "invalid-choice"),
        ({"sort": "oldest"}, "/sort", "invalid-choice"),
        ({"sort": "urgency", "status": "Approved"}, "/sort", "invalid-choice"),
        ({"page": "2"}, "/page", "unknown-field"),
    ],
)
def test_wrong_wishes_of_reviewers_are_refused(parameters: dict[str, str], pointer: str, code: str) -> None:
    """What makes no sense in the queue is refused with a pointer."""
    with pytest.raises(InvalidClaimError) as refused:
        review_query(parameters, now=NOW)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]


@pytest.mark.parametrize("name", ["overdue", "contested", "sort"])
def test_partners_have_no_queue(name: str) -> None:
    """What is for reviewers is unknown to a partner's list."""
    with pytest.raises(InvalidClaimError):
        list_query({name: "true"})
