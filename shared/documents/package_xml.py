"""The XML inside a Word package, read as a stream: no tree is built, so that a part's size cannot fill the memory."""

from collections.abc import Callable, Mapping
from typing import IO
from xml.parsers import expat

from shared.documents.proof_text import UnreadableProofError

ELEMENTS_AT_MOST = 500_000
_CHUNK = 64 * 1024


class EnoughError(Exception):
    """A handler has seen enough of the part."""


def walk(
    part: IO[bytes],
    *,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] = lambda _name: None,
    text: Callable[[str], None] = lambda _text: None,
) -> bool:
    """Tell the handlers what the part holds, names as `namespace local`; false where it was left before its end.

    UnreadableProofError for what is not well-formed, and for a document type: Word writes none, and entities are
    good for nothing but harm.
    """
    seen = 0

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal seen
        seen += 1
        if seen > ELEMENTS_AT_MOST:
            raise EnoughError
        start(name, attributes)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 - the library's way to say that this is all
    except EnoughError:
        return False
    except expat.ExpatError as error:
        raise UnreadableProofError("The Word document is not well-formed.") from error
    return True


def local(name: str) -> str:
    """The name without its namespace: Word's two dialects differ in nothing else that matters here."""
    return name.rpartition(" ")[2]


def _refuse(*_declaration: object) -> None:
    raise UnreadableProofError("The Word document declares a document type.")
