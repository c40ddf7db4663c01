"""The keys: stable for ever, for rows are found by nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.mails import MailKind
from shared.storage import keys

AT = datetime(2026, 11, 16, 23, 59, 59, 999999, tzinfo=UTC)
INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 (the strategy adds the zone)
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_keys_are_what_the_handbook_says() -> None:
    """Each key is spelled as STORAGE.md, Layout, spells it: changed, it would lose what is stored."""
    assert keys.claim_row("c") == "claim:c"
    assert keys.history_row("c", 7) == "history:c:000007"
    assert keys.slot_row("workload~teams") == "slot:workload~teams"
    assert keys.mail_row("c", MailKind.ASSOCIATION_REQUEST, 1, None) == "mail:c:association-request:1"
    assert keys.mail_row("c", MailKind.ASSOCIATION_REQUEST, 1, 0) == "mail:c:association-request:1:0"
    assert keys.partner_list("o") == "partner:o"
    assert keys.status_list("Draft") == "status:Draft"
    assert keys.deadline_row("opt-out", "c") == "opt-out:c"
    assert keys.deadline_partition(AT, "c") == "2026111623-02"
    assert keys.day(AT) == "2026-11-16"
    assert keys.proof_blob("c", "ab") == "c/ab"
    assert keys.key_digest("key") == "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"


def test_one_claims_rows_are_not_anothers() -> None:
    """The range of a claim's rows holds all of its own, and none of a claim whose ID only begins the same."""
    first, behind = keys.children_of("history", "abc")
    assert first <= keys.history_row("abc", 1) < keys.history_row("abc", 999_999) < behind
    assert not first <= keys.history_row("abcd", 1) < behind
    assert not first <= keys.history_row("ab", 1) < behind


@given(INSTANTS, INSTANTS)
def test_newer_claims_sort_first(one: datetime, other: datetime) -> None:
    """The key of a claim made at least a microsecond later sorts before."""
    if one > other + timedelta(microseconds=1):
        assert keys.list_row(one, "c") < keys.list_row(other, "c")


@given(INSTANTS, INSTANTS, st.text("ab", max_size=3), st.text("ab", max_size=3))
def test_earlier_hours_sort_first(one: datetime, other: datetime, claim: str, rival: str) -> None:
    """Partitions of clocks sort by their hour, whatever the shard, so that one range is all that is due."""
    if keys.deadline_hour(one) < keys.deadline_hour(other):
        assert one < other
        assert keys.deadline_partition(one, claim) < keys.deadline_partition(other, rival)


def test_shards_are_used() -> None:
    """The claims of one hour are spread over all shards."""
    used = {keys.deadline_partition(AT, f"claim {number}") for number in range(100)}
    assert used == {f"2026111623-{shard:02}" for shard in range(keys.DEADLINE_SHARDS)}


@pytest.mark.parametrize("odd", ["", "a/b", "a\\b", "a#b", "a?b", "a\tb", "a\nb", "a\x7fb", "a\x9fb", "a" * 513])
def test_what_tables_would_not_take_is_refused(odd: str) -> None:
    """A value that the service answers with an error of its own never gets there."""
    assert not keys.is_safe(odd)
    with pytest.raises(keys.UnsafeKeyError):
        keys.checked(odd)


@pytest.mark.parametrize("good", ["a", "claim:x", "workload~teams", "Łódź 100% 'quoted'", "a" * 512])
def test_what_tables_take_is_taken(good: str) -> None:
    """Colons, tildes, spaces, quotes and letters of any script may be in a key."""
    assert keys.checked(good) == good


def test_days_sort_as_they_follow() -> None:
    """A day of any year has four digits for it, so that days sort; the newest day of the figures sorts first."""
    days = [datetime(year, 11, 16, tzinfo=UTC) for year in (1, 999, 2026, 9999)]
    assert [keys.day(day) for day in days] == ["0001-11-16", "0999-11-16", "2026-11-16", "9999-11-16"]
    assert sorted(days, key=keys.newest_day_first) == days[::-1]


@pytest.mark.parametrize("name", ["notes.txt", "a/b", f"{'a' * 48}/x", f"{'a' * 47}/{'0' * 64}", f"/{'0' * 64}", ""])
def test_a_blob_of_another_kind_is_no_proof(name: str) -> None:
    """Only names that proofs are stored under are read as proofs."""
    assert keys.proof_of(name) is None
    assert keys.proof_of(keys.proof_blob("a" * 48, "0" * 64)) == ("a" * 48, "0" * 64)
