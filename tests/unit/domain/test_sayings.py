"""Sentences that carry their template."""

import pytest

from shared.domain.sayings import Saying, say


def test_a_saying_is_its_english_sentence() -> None:
    """Proves that whoever knows nothing of sayings gets the plain sentence."""
    saying = say("At most %(most)d files fit.", most=10)
    assert saying == "At most 10 files fit."
    assert (saying.template, dict(saying.values)) == ("At most %(most)d files fit.", {"most": 10})


def test_a_sentence_without_values_is_taken_as_it_is() -> None:
    """Proves that a per cent sign needs no doubling where nothing is filled in."""
    assert say("100 % of it.") == "100 % of it."


def test_a_missing_value_is_told_at_once() -> None:
    """Proves that a sentence with a gap cannot be made."""
    with pytest.raises(KeyError):
        say("At most %(most)d of %(all)d.", most=1)


def test_a_value_may_be_a_saying() -> None:
    """Proves that what stands in a sentence keeps its own template."""
    inner = say("the file")
    assert isinstance(say("Look at %(what)s.", what=inner).values["what"], Saying)
