"""PDF: whether it opens, what it says, whether its signature field is filled, and whether it tries to act."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shared.documents.pdf_actions import is_active
from shared.documents.pdf_form import form_fields
from shared.documents.proof_text import CHARACTERS_AT_MOST, PAGES_AT_MOST, ProofText, UnreadableProofError, tidied

if TYPE_CHECKING:
    from pypdf import PdfReader

OPERATORS_AT_MOST = 300_000
"""Drawing operators looked at in one file: what a form asks for again and again cannot hold the reader up."""
_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": 100_000_000,
    "array_based_stream_maximum_output_length": 8_000_000,
    "array_maximum_element_count": 50_000,
    "dictionary_maximum_element_count": 50_000,
    "zlib_maximum_output_length": 8_000_000,
    "zlib_maximum_recovery_input_length": 1_000_000,
    "lzw_maximum_output_length": 8_000_000,
    "run_length_maximum_output_length": 8_000_000,
    "stream_decoding_work_maximum_length": 32_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "stream_filters_maximum_length": 4,
    "page_tree_maximum_entries": 20_000,
    "page_tree_maximum_page_entries": 200_000,
    "xform_maximum_invocations_per_extraction": 200,
}
_AFTER_THE_END = 1024


class _TooMuchWorkError(MemoryError):
    """The file asks for more work than it is worth; the library passes on only this kind from inside a form."""


class _Budget:
    """Counts the drawing operators of one file."""

    def __init__(self) -> None:
        self._left = OPERATORS_AT_MOST

    def spend(self, *_operation: Any) -> None:
        """One operator more. _TooMuchWorkError once there are too many."""
        self._left -= 1
        if self._left < 0:
            raise _TooMuchWorkError


@contextmanager
def _bounded() -> Iterator[None]:
    """Hold the library to our limits, and turn whatever it trips over in a hostile file into the one known error."""
    from pypdf import apply_configuration

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with apply_configuration(**_LIMITS):
            yield
    except UnreadableProofError:
        raise
    except Exception as error:
        raise UnreadableProofError("The PDF cannot be read.") from error


class _SharedBytes(io.BytesIO):
    """A stream on bytes that are there already: the library's look at the buffer would make a copy of them."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._content = content

    def getbuffer(self) -> memoryview:
        """The bytes themselves; nobody writes."""
        return memoryview(self._content)

    def close(self) -> None:
        """Let the bytes go: the library's reader refers to itself, and keeps its stream until a collection."""
        self._content = b""
        super().close()


@contextmanager
def _opened(content: bytes) -> "Iterator[PdfReader]":
    """The file under our limits; its objects refer to each other and would outlive it, so they are let go by hand."""
    from pypdf import PdfReader

    with _bounded(), _SharedBytes(content) as stream:
        reader = PdfReader(stream, strict=False, root_object_recovery_limit=1_000)
        try:
            if reader.is_encrypted:
                raise UnreadableProofError("The PDF is protected by a password.")
            yield reader
        finally:
            reader.close()


def opens(content: bytes) -> bool:
    """Whether the file has its end, nothing but blanks behind that, and at least one page."""
    end = content.rfind(b"%%EOF", max(0, len(content) - _AFTER_THE_END))
    if end < 0 or content[end + len(b"%%EOF") :].strip(b"\0\t\n\f\r "):
        return False
    try:
        with _opened(content) as reader:
            return len(reader.pages) > 0 and reader.pages[0] is not None
    except UnreadableProofError:
        return False


def read_pdf(content: bytes) -> ProofText:
    """The text of the pages, their free-text notes and the form's fields. UnreadableProofError.

    A field stands in the text as `label: value`, so that a filled `Date` or `Signed by` field reads like the line.
    """
    with _opened(content) as reader:
        root = reader.trailer["/Root"]
        fields = list(form_fields(root))
        pages, whole = _pages(reader)
        text = "\n".join((*pages, *(f"{field.label}: {field.text}" for field in fields if field.text)))
        return ProofText(
            text=tidied(text[:CHARACTERS_AT_MOST]),
            signature_field_filled=any(field.signs for field in fields),
            active_content=is_active(root),
            truncated=not whole or len(text) > CHARACTERS_AT_MOST,
        )


def _pages(reader: "PdfReader") -> tuple[list[str], bool]:
    """The text of each page as far as the limits reach, and whether that is all of it.

    A page that opens, but whose drawing the library cannot follow, is one that people have to read: no reason to call
    the whole file broken.
    """
    from pypdf.errors import PyPdfError

    budget = _Budget()
    texts: list[str] = []
    whole = len(reader.pages) <= PAGES_AT_MOST
    for page in reader.pages[:PAGES_AT_MOST]:
        try:
            texts.append("\n".join((page.extract_text(visitor_operand_before=budget.spend), *_notes(page))))
        except _TooMuchWorkError:
            return texts, False
        except (PyPdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            whole = False
        if sum(len(text) for text in texts) > CHARACTERS_AT_MOST:
            return texts, False
    return texts, whole


def _notes(page: Any) -> Iterator[str]:
    """What was typed onto the page as free text: how many people fill in a form that has no fields."""
    for reference in page.get("/Annots") or ():
        note = reference.get_object()
        if isinstance(note, dict) and note.get("/Subtype") == "/FreeText" and isinstance(note.get("/Contents"), str):
            yield str(note["/Contents"])
