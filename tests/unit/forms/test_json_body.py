"""JSON as it comes in: what is refused, and what a key stands for."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.forms.json_body import (
    DEEPEST,
    MOST_BYTES,
    JsonTooLargeError,
    MalformedJsonError,
    merge_patch,
    payload_hash,
    read_json,
)

SHALLOW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(SHALLOW)
def test_json_is_read_as_it_was_written(value: object) -> None:
    """What json writes is read back the same, with or without a byte order mark."""
    text = json.dumps(value, ensure_ascii=False)
    assert read_json(text.encode()) == value
    assert read_json(b"\xef\xbb\xbf" + text.encode()) == value


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\u0d8e1-. ', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """No bytes make the reader fail in any other way than its own."""
    with contextlib.suppress(MalformedJsonError):
        read_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1, "a": 2}',
        b'[{"b": {"a": 1, "a": 1}}]',
        b"[NaN]",
        b"[-Infinity]",
        b"[1e999]",
        b"\xff\xfe",
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b"[" * 5000 + b"]" * 5000,
        b"9" * 5000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_could_surprise_is_refused(body: bytes) -> None:
    """Broken, ambiguous, endless and bottomless JSON is malformed."""
    with pytest.raises(MalformedJsonError):
        read_json(body)


def test_limits_are_met_exactly() -> None:
    """The deepest and the longest JSON allowed are read, and a bit more is not."""
    deepest = b"[" * DEEPEST + b"]" * DEEPEST
    assert read_json(deepest)
    with pytest.raises(MalformedJsonError):
        read_json(b"[" + deepest + b"]")
    longest = b'"' + b"x" * (MOST_BYTES - 2) + b'"'
    assert read_json(longest)
    with pytest.raises(JsonTooLargeError):
        read_json(longest + b" ")


def test_payload_hash_ignores_spelling_and_nothing_else() -> None:
    """Order of names does not matter; values, types, proofs and their order do."""
    base = payload_hash({"a": 1, "b": [1, 2]}, ["x", "y"])
    assert payload_hash({"b": [1, 2], "a": 1}, ["x", "y"]) == base
    others = [
        payload_hash({"a": 1, "b": [2, 1]}, ["x", "y"]),
        payload_hash({"a": "1", "b": [1, 2]}, ["x", "y"]),
        payload_hash({"a": 1, "b": [1, 2], "c": None}, ["x", "y"]),
        payload_hash({"a": 1, "b": [1, 2]}, ["y", "x"]),
        payload_hash({"a": 1, "b": [1, 2]}, ["x"]),
        payload_hash({"a": 1, "b": [1, 2]}, []),
    ]
    assert len({base, *others}) == len(others) + 1


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a"], ["c"], ["c"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "b"}, None, None),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_follows_its_standard(target: object, patch: object, expected: object) -> None:
    """The examples of RFC 7396 come out as it says."""
    before = json.dumps(target)
    assert merge_patch(target, patch) == expected
    assert json.dumps(target) == before
