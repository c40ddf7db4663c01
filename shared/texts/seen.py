"""What an association lets the partner see, in words: mails, the customer's page and its JSON all say the same."""

from dataclasses import dataclass

from shared.texts.counts import N_
from shared.texts.texts import Texts

_FIGURES = (
    N_("monthly active users: how many people used the product"),
    N_("paid units: how many you pay for"),
    N_("high-water mark: the highest usage so far"),
)
_FIGURES_OF = N_("Three figures for each product and month:")
_NOTHING = N_("Nothing of your usage: this kind of association shows no data.")
_NEVER = (
    N_("no content, no mail and no files"),
    N_("no names of users"),
    N_("no administrator rights: an association gives none"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A sentence on what the partner will see, its list (empty where there is nothing), and what they never get."""

    sentence: str
    figures: tuple[str, ...]
    never: tuple[str, ...]


def seen_by_partner(texts: Texts, activities: tuple[str, ...]) -> Seen:
    """What a partner sees by an association with these activities; a revenue association shows no usage."""
    say = texts.gettext
    never = tuple(say(one) for one in _NEVER)
    if activities == ("revenue",):
        return Seen(sentence=say(_NOTHING), figures=(), never=never)
    return Seen(sentence=say(_FIGURES_OF), figures=tuple(say(one) for one in _FIGURES), never=never)
