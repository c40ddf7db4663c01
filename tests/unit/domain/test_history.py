"""The hash chain of a claim's history: whole, it verifies; touched anywhere, it tells where."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.claim import Actor, ActorKind
from shared.domain.claim_events import EventKind as E
from shared.domain.history import SYSTEM, HistoryRow, breaks, chained
from tests.claims import NOW, PARTNER, a_story

HELD = settings(max_examples=60, derandomize=True, deadline=None, database=None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ACTORS = st.builds(Actor, kind=st.sampled_from(ActorKind), id=st.text(max_size=8))
ENTRIES = st.fixed_dictionaries(
    {
        "at": st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda later: NOW + later),
        "actor": ACTORS,
        "event": st.text(max_size=8),
        "from_status": st.text(max_size=8),
        "to_status": st.text(max_size=8),
        "reasons": st.lists(st.text(max_size=5), max_size=3).map(tuple),
        "detail": st.dictionaries(st.text(max_size=5), JSON, max_size=3),
    }
)


def chain(entries: list[dict[str, Any]], *, claim_id: str = "claim-1") -> list[HistoryRow]:
    """The entries as the rows of one claim."""
    rows: list[HistoryRow] = []
    for seq, entry in enumerate(entries, start=1):
        previous = rows[-1].hash if rows else ""
        rows.append(
            chained(claim_id=claim_id, seq=seq, previous_hash=previous, operation_id=f"operation-{seq}", **entry)
        )
    return rows


def found(rows: list[HistoryRow], whole: list[HistoryRow]) -> list[tuple[int, str]]:
    """What a check of the rows finds, where the claim's own row names the end of the whole chain."""
    broken = breaks(rows, last_seq=whole[-1].seq, last_hash=whole[-1].hash)
    return [(one.seq, one.what) for one in broken]


@HELD
@given(st.lists(ENTRIES, min_size=1, max_size=5))
def test_an_untouched_chain_verifies(entries: list[dict[str, Any]]) -> None:
    """Whatever was written, in any language, the rows as written are a chain."""
    rows = chain(entries)
    assert found(rows, rows) == []
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [row.previous_hash for row in rows] == ["", *(row.hash for row in rows)][: len(rows)]


OTHERWISE: dict[str, Callable[[Any], Any]] = {
    "claim_id": lambda value: value + "x",
    "seq": lambda value: value + 1,
    "at": lambda value: value + timedelta(microseconds=1),
    "actor": lambda value: replace(value, id=value.id + "x"),
    "event": lambda value: value + "x",
    "from_status": lambda value: value + "x",
    "to_status": lambda value: value + "x",
    "reasons": lambda value: (*value, "x"),
    "detail": lambda value: {**value, "x x x": None},
    "previous_hash": lambda value: value + "x",
    "hash": lambda value: value + "x",
}


def test_every_field_but_the_operation_is_covered() -> None:
    """Each column of a row is tampered with below, except which write made it, which read-back needs to compare."""
    assert {field.name for field in fields(HistoryRow)} == {*OTHERWISE, "operation_id"}


@pytest.mark.parametrize("name", OTHERWISE)
@HELD
@given(entries=st.lists(ENTRIES, min_size=1, max_size=4), where=st.integers(0, 3))
def test_tampering_with_any_field_shows(name: str, entries: list[dict[str, Any]], where: int) -> None:
    """A change to any field of any row is found, at that row or at the one after it."""
    whole = chain(entries)
    at = where % len(whole)
    rows = list(whole)
    rows[at] = replace(rows[at], **{name: OTHERWISE[name](getattr(rows[at], name))})
    seqs = {seq for seq, _ in found(rows, whole)}
    assert seqs & {at + 1, at + 2}


@HELD
@given(actor=ACTORS, kind=st.sampled_from(ActorKind))
def test_another_kind_of_actor_shows(actor: Actor, kind: ActorKind) -> None:
    """Who did it is covered whole: the same ID as another kind of actor is another actor."""
    entry = {"at": NOW, "event": "e", "from_status": "", "to_status": "Draft", "reasons": (), "detail": {}}
    (row,) = chain([{**entry, "actor": actor}])
    tampered = replace(row, actor=replace(actor, kind=kind))
    assert bool(found([tampered], [row])) is (kind is not actor.kind)


@HELD
@given(st.lists(ENTRIES, min_size=2, max_size=5, unique_by=lambda entry: entry["at"]), st.data())
def test_missing_swapped_and_repeated_rows_show(entries: list[dict[str, Any]], data: st.DataObject) -> None:
    """Rows cannot be left out, at the end neither, nor swapped, nor written twice."""
    whole = chain(entries)
    at = data.draw(st.integers(0, len(whole) - 1))
    assert found(whole[:at] + whole[at + 1 :], whole)
    assert found(whole[: at + 1] + whole[at:], whole)
    assert found([], whole) == [(1, "the claim names another last row")]
    other = data.draw(st.integers(0, len(whole) - 1))
    if other != at:
        swapped = list(whole)
        swapped[at], swapped[other] = swapped[other], swapped[at]
        assert found(swapped, whole)


@HELD
@given(st.lists(ENTRIES, min_size=1, max_size=3))
def test_a_rewritten_chain_is_not_the_claims(entries: list[dict[str, Any]]) -> None:
    """A history that was rewritten with fitting hashes, or is another claim's, ends in another row than the claim's."""
    whole = chain(entries)
    rewritten = chain([{**entries[0], "event": entries[0]["event"] + "x"}, *entries[1:]])
    others = chain(entries, claim_id="claim-2")
    for rows in (rewritten, others):
        assert found(rows, rows) == []
        assert found(rows, whole) == [(len(whole) + 1, "the claim names another last row")]


def test_a_break_says_where_and_what() -> None:
    """The words tell a changed row, a gap and a row that does not follow apart."""
    rows = list(a_story(E.SUBMITTED, E.COMMENTED, E.CHECKS_FLAGGED, E.WITHDRAWN).rows)
    changed = [rows[0], replace(rows[1], event="withdrawn"), *rows[2:]]
    assert found(changed, rows) == [(2, "was changed after it was written")]
    assert found([rows[0], *rows[2:]], rows) == [(3, "expected row 2"), (3, "does not follow the row before it")]
    assert found(rows[:2], rows) == [(3, "the claim names another last row")]


def test_the_hash_does_not_depend_on_the_write() -> None:
    """The same event written by another attempt has the same hash, and the order of the detail's keys is nothing."""
    entry: dict[str, Any] = {
        "claim_id": "c",
        "seq": 1,
        "at": NOW,
        "actor": PARTNER,
        "event": "e",
        "from_status": "",
        "to_status": "D",
        "reasons": (),
        "previous_hash": "",
    }
    first = chained(**entry, detail={"a": 1, "b": [2]}, operation_id="first")
    again = chained(**entry, detail={"b": [2], "a": 1}, operation_id="again")
    assert first.hash == again.hash
    assert (first.operation_id, again.operation_id) == ("first", "again")


def test_no_two_fields_run_into_each_other() -> None:
    """A value cannot be moved from one field to the next without the hash moving: the fields are told apart."""
    entry = {"at": NOW, "actor": PARTNER, "detail": {}, "from_status": "", "to_status": ""}
    hashes = {
        chain([{**entry, "event": event, "reasons": reasons}])[0].hash
        for event, reasons in [("ab", ()), ("a", ("b",)), ("", ("a", "b")), ("", ("ab",)), ("", ('a","b',))]
    }
    assert len(hashes) == 5


def test_the_system_is_an_actor_of_its_own() -> None:
    """What no person did is the system's."""
    assert SYSTEM.kind is ActorKind.SYSTEM
