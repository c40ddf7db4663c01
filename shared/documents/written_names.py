"""Names and domains in a text: found whatever the case, the accents, the line breaks and the hyphens, whole only."""

import re
import unicodedata

_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,10}")
_HYPHENATED = re.compile(r"(?<=\w)[-\u2010]\n(?=\w)")
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t"})
"""Letters with strokes, which Unicode does not take apart as it does letters with accents."""


def folded(text: str) -> str:
    """Lower case, without accents and invisible characters, every run of what is neither letter nor digit a space."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    kept = (
        character if character.isalnum() else " " for character in plain if unicodedata.category(character) not in _LOST
    )
    return " ".join("".join(kept).split())


_LOST = frozenset({"Mn", "Me", "Cf"})


class SearchedText:
    """A text made ready once to be searched for many names."""

    def __init__(self, text: str) -> None:
        self._plain = text.casefold()
        self._folded = f" {folded(text)} "
        joined = _HYPHENATED.sub("", text)
        self._joined = self._folded if joined == text else f" {folded(joined)} "

    def holds(self, name: str) -> bool:
        """Whether the name stands there as a whole: no `Teams` in `teamster`, no `alpine.example` in that of another.

        A word broken at the line's end counts both ways, `Share-Point` and `SharePoint`.
        """
        domain = name.strip().casefold()
        if _DOMAIN.fullmatch(domain):
            return any(self._holds_domain(spelling) for spelling in _spellings(domain))
        wanted = folded(name)
        return bool(wanted) and (_is_whole_in(wanted, self._folded) or _is_whole_in(wanted, self._joined))

    def _holds_domain(self, domain: str) -> bool:
        """Also as an address or a host below the domain, but not as a part of a longer name."""
        place = self._plain.find(domain)
        while place >= 0:
            before = self._plain[place - 1 : place]
            behind = self._plain[place + len(domain) : place + len(domain) + 2]
            continues = behind[:1].isalnum() or behind[:1] == "-" or (behind[:1] == "." and behind[1:].isalnum())
            if not continues and not before.isalnum() and before != "-":
                return True
            place = self._plain.find(domain, place + 1)
        return False


def _is_whole_in(wanted: str, text: str) -> bool:
    """Between spaces; scripts that write none between words need none."""
    before = "" if _is_wide(wanted[0]) else " "
    behind = "" if _is_wide(wanted[-1]) else " "
    return f"{before}{wanted}{behind}" in text


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


def _spellings(domain: str) -> tuple[str, ...]:
    """The domain as the registry keeps it and, for an internationalised one, as people write it."""
    if "xn--" not in domain:
        return (domain,)
    import idna

    try:
        return domain, idna.decode(domain)
    except idna.IDNAError:
        return (domain,)
