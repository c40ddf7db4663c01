"""What kind of file an upload is, by its content alone, and whether it may pass the door (PROCESS.md, At the door)."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.documents.pictures import is_whole_jpeg, is_whole_png
from shared.documents.word_archive import ArchiveVerdict, look_into
from shared.domain.reasons import ReasonCode

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The door's word: the media type, null where it is none of those allowed, and the codes that refuse the file."""

    content_type: str | None
    faults: tuple[str, ...] = ()


def inspect(content: bytes, *, max_bytes: int) -> Inspection:
    """Look at the file. Its name says nothing: a program named `.pdf` is a program.

    The magic must stand at the very first byte, so that a file cannot be two things at once.
    """
    if not content:
        return Inspection(content_type=None, faults=(ReasonCode.POE_EMPTY,))
    if len(content) > max_bytes:
        return Inspection(content_type=None, faults=(ReasonCode.POE_TOO_LARGE,))
    for magic, judge in _KINDS:
        if content.startswith(magic):
            return judge(content)
    return Inspection(content_type=None, faults=(ReasonCode.POE_TYPE,))


def _judged(content_type: str, *, readable: bool) -> Inspection:
    return Inspection(content_type=content_type, faults=() if readable else (ReasonCode.POE_UNREADABLE,))


def _opens_as_pdf(content: bytes) -> bool:
    from shared.documents.pdf_text import opens

    return opens(content)


def _word(content: bytes) -> Inspection:
    verdict = look_into(content)
    if verdict is ArchiveVerdict.OTHER:
        return Inspection(content_type=None, faults=(ReasonCode.POE_TYPE,))
    return _judged(DOCX, readable=verdict is ArchiveVerdict.WORD)


_KINDS: tuple[tuple[bytes, Callable[[bytes], Inspection]], ...] = (
    (b"%PDF-", lambda content: _judged(PDF, readable=_opens_as_pdf(content))),
    (b"\x89PNG\r\n\x1a\n", lambda content: _judged(PNG, readable=is_whole_png(content))),
    (b"\xff\xd8\xff", lambda content: _judged(JPEG, readable=is_whole_jpeg(content))),
    (b"PK\x03\x04", _word),
)
