"""Looking into a zip without unpacking it: whether it is a Word document, and whether it is safe to open."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from shared.documents.package_xml import local, walk
from shared.documents.proof_text import UnreadableProofError

ENTRIES_AT_MOST = 2_000
DIRECTORY_AT_MOST = 512 * 1024
EXPANDED_AT_MOST = 48 * 1024 * 1024
RATIO_AT_MOST = 150
RATIO_MATTERS_FROM = 1024 * 1024
CONTENT_TYPES = "[Content_Types].xml"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACROS = ("macroenabled", "vbaproject", "vbadata")
_ENCRYPTED = 0x1
_CHUNK = 64 * 1024
_END = b"PK\x05\x06"
_END_FIXED = struct.Struct("<4s4H2LH")
_ZIP64_LOCATOR = b"PK\x06\x07"
_ZIP64_LOCATOR_SIZE = 20
_BROKEN = (zipfile.BadZipFile, OSError, RuntimeError, EOFError, ValueError, KeyError, IndexError, zlib.error)


class ArchiveVerdict(Enum):
    """What the archive is."""

    WORD = "a Word document"
    BROKEN = "a Word document that cannot be opened safely"
    OTHER = "something else"


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """The package's own word on what its parts are; part names without the leading slash, all in lower case."""

    parts: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The content type of a member, in lower case; empty where none is declared."""
        name = name.lower()
        return self.parts.get(name) or self.extensions.get(name.rpartition(".")[2], "")

    def any_macros(self) -> bool:
        """Whether any type is one of a document that holds macros."""
        types = (*self.parts.values(), *self.extensions.values())
        return any(word in declared for declared in types for word in _MACROS)


def ends_as_zip(content: bytes) -> bool:
    """Whether a zip's directory stands at the end: a file of another kind that does so is two things at once."""
    end = content.rfind(_END, max(0, len(content) - 0xFFFF - _END_FIXED.size))
    if end < 0 or end + _END_FIXED.size > len(content):
        return False
    _, _, _, _, entries, size, _, _ = _END_FIXED.unpack_from(content, end)
    return entries > 0 and size <= end and content[end - size : end - size + 4] == b"PK\x01\x02"


@contextmanager
def opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, once its directory is known to be small and whole. UnreadableProofError, also from inside."""
    try:
        _check_directory(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except _BROKEN as error:
        raise UnreadableProofError("The Word document cannot be opened.") from error


def _check_directory(content: bytes) -> None:
    """Before any entry is made into an object: hundreds of thousands of them fit into a few megabytes.

    A file that a Word program wrote ends with the directory's end, without a comment, and needs no 64-bit directory.
    """
    end = len(content) - _END_FIXED.size
    if end < 0 or content[end : end + 4] != _END:
        raise zipfile.BadZipFile("no end of the directory at the end of the file")
    _, disk, first_disk, _, entries, size, offset, _ = _END_FIXED.unpack_from(content, end)
    if content[max(0, end - _ZIP64_LOCATOR_SIZE) : end].startswith(_ZIP64_LOCATOR):
        raise zipfile.BadZipFile("a 64-bit directory")
    if disk or first_disk or entries > ENTRIES_AT_MOST or size > DIRECTORY_AT_MOST or offset + size != end:
        raise zipfile.BadZipFile("an outsize or misplaced directory")


def content_types(archive: zipfile.ZipFile) -> ContentTypes:
    """What the package declares; KeyError where it declares nothing, UnreadableProofError where it is not XML."""
    parts: dict[str, str] = {}
    extensions: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        declared = attributes.get("ContentType", "").strip().lower()
        if local(name) == "Override":
            parts[attributes.get("PartName", "").lstrip("/").lower()] = declared
        elif local(name) == "Default":
            extensions[attributes.get("Extension", "").lower()] = declared

    with archive.open(CONTENT_TYPES) as part:
        if not walk(part, start=start):
            raise UnreadableProofError("The Word document has too many parts.")
    return ContentTypes(parts, extensions)


def look_into(content: bytes) -> ArchiveVerdict:
    """Judge the archive. What it expands to is measured, not believed: a declared size may lie."""
    try:
        with opened(content) as archive:
            return _judged(archive)
    except UnreadableProofError:
        return ArchiveVerdict.BROKEN


def _judged(archive: zipfile.ZipFile) -> ArchiveVerdict:
    infos = archive.infolist()
    names = {info.filename.lower() for info in infos}
    if CONTENT_TYPES.lower() not in names:
        return ArchiveVerdict.OTHER
    if len(names) != len(infos) or not all(_is_plain(info) for info in infos):
        return ArchiveVerdict.BROKEN
    declared = content_types(archive)
    if declared.any_macros() or any("vbaproject" in name for name in names):
        return ArchiveVerdict.OTHER
    if not any(declared.of(name) == MAIN_TYPE for name in names):
        return ArchiveVerdict.OTHER
    return ArchiveVerdict.WORD if _expands_within_bounds(archive, infos) else ArchiveVerdict.BROKEN


def _is_plain(info: zipfile.ZipInfo) -> bool:
    """Not encrypted, packed in one of the two ways that the format allows, and not outsize by its own word."""
    return (
        not info.flag_bits & _ENCRYPTED
        and info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        and not _is_outsize(info.file_size, info)
    )


def _is_outsize(size: int, info: zipfile.ZipInfo) -> bool:
    return size > EXPANDED_AT_MOST or (size > RATIO_MATTERS_FROM and size > RATIO_AT_MOST * max(info.compress_size, 1))


def _expands_within_bounds(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> bool:
    """Whether every entry opens with the right checksum, and all stay within the bounds; stops at the first excess."""
    if min(info.header_offset for info in infos) != 0 or sum(info.file_size for info in infos) > EXPANDED_AT_MOST:
        return False
    total = 0
    for info in infos:
        size = 0
        with archive.open(info) as entry:
            while block := entry.read(_CHUNK):
                size += len(block)
                total += len(block)
                if total > EXPANDED_AT_MOST or _is_outsize(size, info):
                    return False
    return True
