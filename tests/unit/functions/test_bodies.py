"""Headers and JSON bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.bodies import CSV_AT_MOST, csv_of, etag, form_of, idempotency_key, if_match, json_of
from functions.request_errors import (
    IdempotencyKeyInvalidError,
    IdempotencyKeyMissingError,
    IfMatchMissingError,
    MalformedRequestError,
    TooLargeError,
    UnsupportedTypeError,
)
from shared.domain.errors import InvalidClaimError
from shared.forms.action_forms import CommentForm, OptionalCommentForm
from shared.forms.json_body import MalformedJsonError
from shared.usecases.transition import PreconditionFailedError
from tests.unit.functions.sent_requests import json_request, request
from tests.unit.notifications.sample_claims import claim


@pytest.mark.parametrize("key", ["a", "~" * 255, ' 7f3c-!" '])
def test_visible_keys_are_taken(key: str) -> None:
    """An Idempotency-Key is any visible ASCII, without the white space around it."""
    assert idempotency_key(request("POST", headers={"Idempotency-Key": key})) == key.strip()


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": ""}, {"idempotency-key": "  "}])
def test_missing_key_is_told(headers: dict[str, str]) -> None:
    """Without a key nothing is made."""
    with pytest.raises(IdempotencyKeyMissingError):
        idempotency_key(request("POST", headers=headers))


@pytest.mark.parametrize("key", ["a b", "x" * 256, "\u017c\u00f3\u0142w", "a\x00b"])
def test_unusable_key_is_told(key: str) -> None:
    """A key with anything else, or too long, is refused."""
    with pytest.raises(IdempotencyKeyInvalidError):
        idempotency_key(request("POST", headers={"idempotency-key": key}))


@pytest.mark.parametrize("header", ['"7"', '"6", "7"', ' "x" ,"7" ', "*"])
def test_seen_revision_matches(header: str) -> None:
    """The revision that was read is found, alone, in a list, or as any."""
    assert if_match(request("PATCH", headers={"If-Match": header})).seen(claim(revision=7)) == 7


@pytest.mark.parametrize("header", ['"6"', 'W/"7"', '"07"', '"seven"', '""', '"77777777777777777777"'])
def test_other_revision_fails_the_precondition(header: str) -> None:
    """A stale, weak or foreign tag never matches."""
    with pytest.raises(PreconditionFailedError):
        if_match(request("PATCH", headers={"if-match": header})).seen(claim(revision=7))


@pytest.mark.parametrize("header", ["7", "'7'", '"7', '"7",', '"7" "8"', '*, "7"'])
def test_malformed_if_match_is_told(header: str) -> None:
    """What is no list of tags is malformed, not stale."""
    with pytest.raises(MalformedRequestError):
        if_match(request("PATCH", headers={"if-match": header}))


def test_missing_if_match_is_told() -> None:
    """Changing without saying what was seen is refused."""
    with pytest.raises(IfMatchMissingError):
        if_match(request("PATCH"))


@given(st.text(alphabet='W/"*, 0123x', max_size=20))
def test_any_if_match_is_answered(header: str) -> None:
    """No header makes the reading fail in any other way than its own, and only the own tag or * matches."""
    sample = claim(revision=3)
    try:
        matched = if_match(request("PATCH", headers={"if-match": header})).seen(sample) == 3
    except (IfMatchMissingError, MalformedRequestError, PreconditionFailedError):
        matched = False
    assert not matched or header.strip() == "*" or etag(sample) in header


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_taken_by_its_type(kind: str) -> None:
    """The media type's parameters and case do not matter."""
    assert json_of(request("POST", body=b"{}", headers={"content-type": kind})) == {}


@pytest.mark.parametrize(
    "headers", [{}, {"content-type": "text/plain"}, {"content-type": "application/x-www-form-urlencoded"}]
)
def test_other_types_are_refused(headers: dict[str, str]) -> None:
    """A body that does not say it is JSON is not read as such."""
    with pytest.raises(UnsupportedTypeError):
        json_of(request("POST", body=b"{}", headers=headers))


def test_optional_body_may_be_left_out() -> None:
    """A step that takes no words needs no body; one that does hears what is missing."""
    assert form_of(request("POST", body=b" "), OptionalCommentForm, optional=True).comment is None
    assert form_of(json_request({"comment": "a"}), OptionalCommentForm, optional=True).comment == "a"
    with pytest.raises(InvalidClaimError):
        form_of(json_request({}), CommentForm)
    with pytest.raises(MalformedJsonError):
        form_of(request("POST", body=b"{", headers={"content-type": "application/json"}), CommentForm)


@pytest.mark.parametrize("kind", ["text/csv", "Text/CSV; charset=utf-8; header=present"])
def test_a_csv_body_is_taken_as_it_is(kind: str) -> None:
    """A CSV file is handed on byte by byte, whatever parameters its media type has."""
    assert (
        csv_of(request("POST", body=b"\xef\xbb\xbfa;b\r\n", headers={"content-type": kind})) == b"\xef\xbb\xbfa;b\r\n"
    )


@pytest.mark.parametrize("kind", ["", "application/json", "text/plain", "application/vnd.ms-excel", "text/csvx"])
def test_another_type_is_no_csv(kind: str) -> None:
    """A file of another type is refused before it is looked at."""
    with pytest.raises(UnsupportedTypeError):
        csv_of(request("POST", body=b"a", headers={"content-type": kind}))


def test_a_csv_file_has_its_limit() -> None:
    """50 MB are taken, a byte more is not."""
    kind = {"content-type": "text/csv"}
    assert len(csv_of(request("POST", body=bytes(CSV_AT_MOST), headers=kind))) == 50 * 1024 * 1024
    with pytest.raises(TooLargeError):
        csv_of(request("POST", body=bytes(CSV_AT_MOST + 1), headers=kind))
