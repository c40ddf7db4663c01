"""Sayings in the reader's language."""

from shared.domain.sayings import Saying
from shared.texts.texts import Texts


def said(words: Texts, sentence: str) -> str:
    """The sentence in the language of `words`; one that has no translation stays in English."""
    if not isinstance(sentence, Saying):
        return words.gettext(sentence) if sentence else ""
    template = words.gettext(sentence.template)
    if not sentence.values:
        return template
    values = {
        name: said(words, value) if isinstance(value, Saying) else value for name, value in sentence.values.items()
    }
    return template % values
