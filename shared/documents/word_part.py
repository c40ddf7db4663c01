"""What the running text of a Word document says, gathered while its parts stream by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.documents.package_xml import EnoughError, local
from shared.documents.proof_text import CHARACTERS_AT_MOST

_BREAKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_UNSEEN = frozenset({"Fallback", "moveFrom", "del"})
"""The second copy for old programs, and what revisions took away."""
_FETCHING_FIELD = re.compile(
    r"\x1e\s{0,200}(?:DDE|DDEAUTO|LINK|INCLUDETEXT|INCLUDEPICTURE|IMPORT)(?![a-z])", re.IGNORECASE
)
_SIGNATURE_WORDS = ("sign", "podpis")
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class _Control:
    """A content control: a field that somebody fills in."""

    names: list[str] = field(default_factory=list)
    placeholder: bool = False
    letters: int = 0

    @property
    def signs(self) -> bool:
        """Whether it is named for a signature and holds one."""
        words = (word.casefold() for name in self.names for word in _WORDS.findall(name))
        return not self.placeholder and self.letters > 1 and any(word.startswith(_SIGNATURE_WORDS) for word in words)


class WordPart:
    """Takes the events of the parts. A table's row reads as one line, so that a label stands before its value."""

    def __init__(self) -> None:
        self.signed = False
        self._lines: list[list[str]] = [[]]
        self._rows: list[list[list[str]]] = []
        self._paragraphs: list[list[str]] = []
        self._controls: list[_Control] = []
        self._instructions: list[str] = []
        self._unseen = 0
        self._says = False
        self._instructs = False
        self._length = 0

    @property
    def text(self) -> str:
        """All that was said so far, line by line."""
        return "\n".join(self._lines[0])

    @property
    def fetches(self) -> bool:
        """Whether a field brings in something from outside when the document is opened or printed."""
        return _FETCHING_FIELD.search("".join(self._instructions)) is not None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        kind = local(name)
        if kind in _UNSEEN:
            self._unseen += 1
        elif kind == "p":
            self._paragraphs.append([])
        elif kind == "tr":
            self._rows.append([])
        elif kind == "tc" and self._rows:
            self._lines.append([])
        elif kind in _BREAKS:
            self._say(_BREAKS[kind])
        elif kind == "t":
            self._says = True
        else:
            self._start_field(kind, attributes)

    def _start_field(self, kind: str, attributes: Mapping[str, str]) -> None:
        if kind == "sdt":
            self._controls.append(_Control())
        elif kind in {"alias", "tag"} and self._controls:
            self._controls[-1].names.append(_value(attributes, "val"))
        elif kind == "showingPlcHdr" and self._controls:
            self._controls[-1].placeholder = _value(attributes, "val") not in {"0", "false", "off"}
        elif kind == "instrText":
            self._instructs = True
        elif kind == "fldSimple":
            self._instructions.append(f"\x1e{_value(attributes, 'instr')}")
        elif kind == "fldChar" and _value(attributes, "fldCharType") == "begin":
            self._instructions.append("\x1e")

    def end(self, name: str) -> None:
        """An element ends."""
        kind = local(name)
        if kind in _UNSEEN:
            self._unseen -= 1
        elif kind == "p" and self._paragraphs:
            self._lines[-1].append("".join(self._paragraphs.pop()))
        elif kind == "tc" and self._rows and len(self._lines) > 1:
            self._rows[-1].append(self._lines.pop())
        elif kind == "tr" and self._rows:
            self._finish_row(self._rows.pop())
        elif kind == "t":
            self._says = False
        elif kind == "instrText":
            self._instructs = False
        elif kind == "sdt" and self._controls:
            self.signed = self._controls.pop().signs or self.signed

    def characters(self, text: str) -> None:
        """Characters inside the element that began last."""
        if self._instructs:
            self._instructions.append(text)
        elif self._says:
            self._say(text)

    def finish_part(self) -> None:
        """The part is over, whether or not all its elements were closed."""
        for line in self._paragraphs:
            self._lines[-1].append("".join(line))
        rest = [line for row in self._rows for cell in row for line in cell]
        rest += [line for lines in self._lines[1:] for line in lines]
        self._lines = [[*self._lines[0], *rest]]
        self._rows, self._paragraphs, self._controls = [], [], []
        self._unseen, self._says, self._instructs = 0, False, False

    def _say(self, text: str) -> None:
        if self._unseen or any(control.placeholder for control in self._controls):
            return
        self._length += len(text)
        if self._length > CHARACTERS_AT_MOST:
            raise EnoughError
        if self._paragraphs:
            self._paragraphs[-1].append(text)
        for control in self._controls:
            control.letters += sum(character.isalpha() for character in text)

    def _finish_row(self, cells: list[list[str]]) -> None:
        spoken = [[line for line in cell if line.strip()] for cell in cells]
        if all(len(lines) <= 1 for lines in spoken):
            self._lines[-1].append(" ".join(line for lines in spoken for line in lines))
        else:
            self._lines[-1] += [line for lines in spoken for line in lines]


def _value(attributes: Mapping[str, str], name: str) -> str:
    """The attribute of that name in whichever of Word's two namespaces."""
    return next((value for key, value in attributes.items() if local(key) == name), "")
