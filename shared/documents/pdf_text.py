"""PDF: whether it opens, what it says, whether its signature field is filled, and whether it tries to act."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shared.documents.proof_text import CHARACTERS_AT_MOST, PAGES_AT_MOST, ProofText, UnreadableProofError, tidied

if TYPE_CHECKING:
    from pypdf import PdfReader

ACTIVE_NAMES = ("/JavaScript", "/JS", "/Launch", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia", "/XFA")
OBJECTS_AT_MOST = 50_000
_SIGNATURE_WORDS = ("sign", "podpis")


@contextmanager
def _faults() -> Iterator[None]:
    """Turn whatever the library trips over in a hostile file into the one error that callers know."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (RecursionError, MemoryError) as error:
        raise UnreadableProofError("The PDF is built in a way that cannot be read.") from error
    except UnreadableProofError:
        raise
    except Exception as error:
        raise UnreadableProofError("The PDF cannot be read.") from error


def _reader(content: bytes) -> "PdfReader":
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise UnreadableProofError("The PDF is protected by a password.")
    return reader


def opens(content: bytes) -> bool:
    """Whether the file has its end and at least one page."""
    if b"%%EOF" not in content[-2048:]:
        return False
    try:
        with _faults():
            return len(_reader(content).pages) > 0 and _reader(content).pages[0] is not None
    except UnreadableProofError:
        return False


def read_pdf(content: bytes) -> ProofText:
    """The text of the pages and of the form's fields. UnreadableProofError."""
    with _faults():
        reader = _reader(content)
        parts: list[str] = []
        truncated = len(reader.pages) > PAGES_AT_MOST
        for page in reader.pages[:PAGES_AT_MOST]:
            parts.append(page.extract_text())
            if sum(len(part) for part in parts) > CHARACTERS_AT_MOST:
                truncated = True
                break
        fields = reader.get_fields() or {}
        parts += [str(field.value) for field in fields.values() if isinstance(field.value, str)]
        return ProofText(
            text=tidied("\n".join(parts)[:CHARACTERS_AT_MOST]),
            signature_field_filled=any(_is_signed(name, field) for name, field in fields.items()),
            active_content=_is_active(reader),
            truncated=truncated,
        )


def _is_signed(name: str, field: Any) -> bool:
    """A signature field with a value, or a text field that is named for a signature and filled."""
    if field.field_type == "/Sig":
        return field.value is not None
    named = any(word in name.casefold() for word in _SIGNATURE_WORDS)
    return named and isinstance(field.value, str) and bool(field.value.strip())


def _is_active(reader: "PdfReader") -> bool:
    """Whether any object names something that runs, opens or hides another file."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    root = reader.trailer["/Root"]
    waiting: list[Any] = [root]
    seen: set[tuple[int, int]] = set()
    for _ in range(OBJECTS_AT_MOST):
        if not waiting:
            return False
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            key = (thing.idnum, thing.generation)
            if key in seen:
                continue
            seen.add(key)
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            if any(name in thing for name in ACTIVE_NAMES) or thing.get("/S") in ACTIVE_NAMES:
                return True
            waiting.extend(value for name, value in thing.items() if name != "/Parent")
        elif isinstance(thing, ArrayObject):
            waiting.extend(thing)
    return True  # too much to look through is not a plain statement of work
