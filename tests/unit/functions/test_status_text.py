"""The sentence under a claim's status."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.status_text import status_text, summary_text, wished_language
from shared.domain.claim import Status
from shared.texts import LANGUAGES
from shared.usecases.summaries import summary_of
from tests.unit.notifications.sample_claims import claim


def test_waiting_for_the_customer_says_until_when_and_where() -> None:
    """The deadline is told in the zone that it was counted in."""
    assert status_text(claim(), language="en").startswith(
        "Waiting for the customer until Thu 26 Nov 2026, 23:59 (Europe/Warsaw)."
    )


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_sentence(status: Status, language: str) -> None:
    """Whatever the status, with or without a clock, there is a whole sentence."""
    for sample in (claim(status=status), claim(status=status, clocks={})):
        text = status_text(sample, language=language)
        assert text.endswith(".")
        assert "%(" not in text


def test_a_list_tells_the_deadline_as_the_claim_does() -> None:
    """The same sentence, the deadline in the zone that it was counted in; in UTC where a row holds none yet."""
    for sample in (claim(), claim(status=Status.SUBMITTED)):
        assert summary_text(summary_of(sample), language="en") == status_text(sample, language="en")
    shown = summary_text(summary_of(claim()), language="en")
    assert shown.startswith("Waiting for the customer until Thu 26 Nov 2026, 23:59 (Europe/Warsaw).")
    shown = summary_text(replace(summary_of(claim()), deadline_zone=None), language="en")
    assert shown.startswith("Waiting for the customer until Thu 26 Nov 2026, 22:59 (UTC).")


def test_sentences_are_translated() -> None:
    """A Polish reader reads Polish for every status."""
    for status in Status:
        bare = claim(status=status, clocks={})
        assert status_text(bare, language="pl") != status_text(bare, language="en")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("pl", "pl"),
        ("pl-PL,en;q=0.5", "pl"),
        ("en;q=0.5,pl;q=0.9", "pl"),
        ("fr, pl;q=0.2", "pl"),
        ("pl;q=0, en", "en"),
        ("pl;q=zero, en;q=0.1", "en"),
        ("de, fr", "en"),
        ("PL ; q=1", "pl"),
    ],
)
def test_language_is_the_best_we_have(header: str | None, language: str) -> None:
    """The wish with the highest weight that we can fulfil is fulfilled."""
    assert wished_language(header) == language


@given(st.text(max_size=600))
def test_any_wish_is_answered(header: str) -> None:
    """No header leaves a reader without a language."""
    assert wished_language(header) in LANGUAGES
