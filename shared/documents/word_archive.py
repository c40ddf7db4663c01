"""Looking into a zip without unpacking it: whether it is a Word document, and whether it is safe to open."""

import io
import zipfile
import zlib
from enum import Enum

ENTRIES_AT_MOST = 2_000
EXPANDED_AT_MOST = 60 * 1024 * 1024
RATIO_AT_MOST = 150
RATIO_MATTERS_FROM = 1024 * 1024
CONTENT_TYPES = "[Content_Types].xml"
DOCUMENT = "word/document.xml"
MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS = b"macroEnabled"
_TYPES_AT_MOST = 1024 * 1024
_ENCRYPTED = 0x1
_CHUNK = 64 * 1024


class ArchiveVerdict(Enum):
    """What the archive is."""

    WORD = "a Word document"
    BROKEN = "a Word document that cannot be opened safely"
    OTHER = "something else"


def look_into(content: bytes) -> ArchiveVerdict:
    """Judge the archive. What it expands to is measured, not believed: a declared size may lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _judged(archive)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError, zlib.error):
        return ArchiveVerdict.BROKEN


def _judged(archive: zipfile.ZipFile) -> ArchiveVerdict:
    infos = archive.infolist()
    names = {info.filename for info in infos}
    if CONTENT_TYPES not in names:
        return ArchiveVerdict.OTHER
    if len(infos) > ENTRIES_AT_MOST or len(names) != len(infos):
        return ArchiveVerdict.BROKEN
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        return ArchiveVerdict.BROKEN
    with archive.open(CONTENT_TYPES) as types:
        declared = types.read(_TYPES_AT_MOST + 1)
    if MACROS in declared or any(name.lower().endswith("vbaproject.bin") for name in names):
        return ArchiveVerdict.OTHER
    if MAIN_TYPE not in declared or DOCUMENT not in names:
        return ArchiveVerdict.OTHER
    return ArchiveVerdict.WORD if _expands_within_bounds(archive, infos) else ArchiveVerdict.BROKEN


def _expands_within_bounds(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> bool:
    """Whether every entry opens, and all together stay within the size and the ratio; stops at the first excess."""
    total = 0
    for info in infos:
        size = 0
        with archive.open(info) as entry:
            while block := entry.read(_CHUNK):
                size += len(block)
                total += len(block)
                if total > EXPANDED_AT_MOST:
                    return False
                if size > RATIO_MATTERS_FROM and size > RATIO_AT_MOST * max(info.compress_size, 1):
                    return False
    return True
