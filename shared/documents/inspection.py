"""What kind of file an upload is, by its content alone, and whether it may pass the door (PROCESS.md, At the door)."""

from dataclasses import dataclass

from shared.documents.pictures import is_whole_jpeg, is_whole_png
from shared.documents.word_archive import ArchiveVerdict, ends_as_zip, look_into
from shared.domain.reasons import ReasonCode

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The door's word: the media type, null where it is none of those allowed, and the codes that refuse the file."""

    content_type: str | None
    faults: tuple[str, ...] = ()


def inspect(content: bytes, *, max_bytes: int) -> Inspection:
    """Look at the file. Its name says nothing: a program named `.pdf` is a program.

    The magic must stand at the very first byte, and what the format does not know may not stand behind its end, so
    that a file cannot be two things at once. `poe-empty`, `poe-too-large`, `poe-type`, or `poe-unreadable` for a file
    of an allowed kind that is broken, locked, or unfolds to much more than it is.
    """
    if not content:
        return Inspection(content_type=None, faults=(ReasonCode.POE_EMPTY,))
    if len(content) > max_bytes:
        return Inspection(content_type=None, faults=(ReasonCode.POE_TOO_LARGE,))
    return _recognised(content)


def _recognised(content: bytes) -> Inspection:
    if content.startswith(b"%PDF-") and not ends_as_zip(content):
        return _judged(PDF, readable=_opens_as_pdf(content))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _judged(PNG, readable=is_whole_png(content))
    if content.startswith(b"\xff\xd8\xff"):
        return _judged(JPEG, readable=is_whole_jpeg(content))
    verdict = look_into(content) if content.startswith(b"PK\x03\x04") else ArchiveVerdict.OTHER
    if content.startswith(_COMPOUND_FILE) and _ENCRYPTED_PACKAGE in content:
        verdict = ArchiveVerdict.BROKEN  # how Word stores a document behind a password
    if verdict is ArchiveVerdict.OTHER:
        return Inspection(content_type=None, faults=(ReasonCode.POE_TYPE,))
    return _judged(DOCX, readable=verdict is ArchiveVerdict.WORD)


def _judged(content_type: str, *, readable: bool) -> Inspection:
    return Inspection(content_type=content_type, faults=() if readable else (ReasonCode.POE_UNREADABLE,))


def _opens_as_pdf(content: bytes) -> bool:
    from shared.documents.pdf_text import opens

    return opens(content)
