"""Sayings in the reader's language."""

from shared.domain.sayings import say
from shared.texts import texts
from shared.texts.said import said


def test_a_saying_is_said_in_polish() -> None:
    """Proves that the template is translated and its values stand in the translation."""
    assert said(texts("pl"), say("At most %(most)d characters fit.", most=7)) == "Zmieści się najwyżej 7 znaków."


def test_an_unknown_sentence_stays_in_english() -> None:
    """Proves that a sentence without a translation is told and not lost."""
    assert said(texts("pl"), say("Nobody translated %(this)s.", this="it")) == "Nobody translated it."
    assert said(texts("pl"), "") == ""


def test_a_saying_within_a_saying_is_translated_too() -> None:
    """Proves that parts of a sentence do not stay in English."""
    inner = say("This column is missing.")
    assert said(texts("pl"), say("%(what)s", what=inner)) == said(texts("pl"), inner) != str(inner)
