"""The line `Signed by: NAME` or `Podpisał(a): NAME` (PROCESS.md, Checks, 6)."""

import re

from shared.documents.written_names import folded

_SIGNED = re.compile(r"\b(?:signed by|podpisa[lł](?: ?\(a\)|a)?) ?:[ \t]{0,20}([^\n]{0,200})", re.IGNORECASE)
_NEXT_LABEL = re.compile(
    r"(?:^|[\s,;|/])(?:date|data|title|position|role|stanowisko|funkcja|signature|podpis|place|miejsce|company|firma|"
    r"name|e-?mail)\b[^:\n]{0,30}:.{0,200}",
    re.IGNORECASE,
)
_FILLING = " \t_.…-–—*·/\\|,;()[]<>{}"  # noqa: RUF001 - the dashes and dots that forms are drawn with
_PLACEHOLDERS = frozenset(
    {
        "name",
        "your name",
        "full name",
        "name surname",
        "name and surname",
        "name and title",
        "first and last name",
        "first name last name",
        "imie",
        "nazwisko",
        "imie nazwisko",
        "imie i nazwisko",
        "na",
        "n a",
        "tbd",
        "none",
        "unsigned",
        "brak",
        "xxx",
    }
)
_WORDS_OF_A_NAME = range(2, 7)
_PARTICLE = 3


def signer(text: str) -> str | None:
    """The name on the first signature line that has one.

    Rows of underscores or dots, what the form itself says, and the next label are no names. Where nothing at all stands
    behind the colon, the next line counts if it looks like a name: in a PDF, label and entry are often lines of their
    own.
    """
    for match in _SIGNED.finditer(text):
        following = text[match.end() : match.end() + 100].partition("\n")[2].partition("\n")[0]
        name = _name(match[1]) if match[1].strip() else _name_alone(following)
        if name:
            return name
    return None


def _name(entry: str) -> str | None:
    name = _NEXT_LABEL.sub("", entry).strip(_FILLING)
    if folded(name) in _PLACEHOLDERS or sum(character.isalpha() for character in name) <= 1:
        return None
    return name


def _name_alone(line: str) -> str | None:
    """A line that holds a name and nothing else: a few words with capitals, no digit, no colon."""
    name = _name(line)
    if name is None or ":" in line or any(character.isdigit() for character in line):
        return None
    words = name.split()
    capital = all(not word[0].islower() or len(word) <= _PARTICLE for word in words)
    return name if len(words) in _WORDS_OF_A_NAME and capital and not words[-1][0].islower() else None
