"""Sentences for people that can be said in every language: a template in English, and what stands in it.

A saying is an ordinary English `str`, so that whoever logs or stores it needs to know nothing more; where it is shown,
its template is looked up in the reader's catalogue (`shared.texts`). Message extraction looks for calls of `say`.
"""

from collections.abc import Mapping
from typing import Self


class Saying(str):
    """A sentence in English that knows its `template` (`%(name)s` placeholders) and its `values`."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """The sentence; without values the template is taken as it is, per cent signs and all."""
        saying = super().__new__(cls, template % values if values else template)
        saying.template = template
        saying.values = dict(values)
        return saying


def say(template: str, /, **values: object) -> Saying:
    """The sentence of that template, such as `say("At most %(most)d files fit.", most=10)`.

    A value may be a saying itself; it is then said in the reader's language too. KeyError for a missing value.
    """
    return Saying(template, values)
