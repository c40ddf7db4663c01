"""Counted things in words, each with the plural forms of its language."""

from shared.texts.texts import Texts


def N_(message: str) -> str:  # noqa: N802 - the name that message extraction looks for
    """The message itself: a mark that it is to be translated later."""
    return message


WEEKEND = (N_("Saturday"), N_("Sunday"))
"""Why a day of a receipt did not count; the other reasons are names of holidays, which stay in the calendar's words."""


def products(texts: Texts, count: int) -> str:
    """A count such as "5 products"."""
    return texts.ngettext("%(num)d product", "%(num)d products", count) % {"num": count}


def business_days(texts: Texts, count: int) -> str:
    """A count such as "5 business days"."""
    return texts.ngettext("%(num)d business day", "%(num)d business days", count) % {"num": count}


def days(texts: Texts, count: int) -> str:
    """A count such as "30 days"."""
    return texts.ngettext("%(num)d day", "%(num)d days", count) % {"num": count}
