"""A zip of proofs, read one file at a time and never further than it may go (PROCESS.md, At the door).

Nothing is unpacked to anywhere. What the zip says of itself is believed only where a lie makes it smaller: a file is
read up to the size that it declares, and then its checksum must be right.
"""

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable

from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reasons import ReasonCode, reason
from shared.domain.sayings import say

FILES_AT_MOST = 5_000
DIRECTORY_AT_MOST = 1024 * 1024  # bytes
UNKNOWN, TWICE, LOCKED, DAMAGED = "unknown-proof", "duplicate-proof", "proof-locked", "proof-damaged"
_LOCKED = 0x1 | 0x40  # a password, or the strong encryption that hides even the names
_END = struct.Struct("<4s4H2LH")
_END_MARK, _ZIP64_MARK, _ZIP64_SIZE = b"PK\x05\x06", b"PK\x06\x07", 20
_COMMENT_AT_MOST = 0xFFFF
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, NotImplementedError)
_BLOCK = 256 * 1024


class ZippedProofs:
    """The files of a zip by their exact names, NFC on both sides, for some systems take letters apart.

    `most_bytes` is how large one may be; `shown` makes of a name in the zip the one that people are shown.
    """

    def __init__(self, content: bytes, *, most_bytes: int, shown: Callable[[str], str]) -> None:
        """InvalidClaimError (pointer `/proofs`) for what is no zip, or holds more than 5,000 files."""
        _check_directory(content)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN as error:
            raise _refused("unreadable-file", say("This is no zip file that can be read.")) from error
        self._most_bytes, self._shown = most_bytes, shown
        self._files: dict[str, zipfile.ZipInfo | None] = {}
        for info in self._zip.infolist():
            name = _canonical(info.filename)
            self._files[name] = None if name in self._files else info

    def size_of(self, name: str) -> int:
        """How many bytes the file holds at most. InvalidClaimError where it cannot be had, or is too large."""
        return self._info(name).file_size

    def shown_name(self, name: str) -> str:
        """The name that people are shown."""
        return self._shown(name)

    def content(self, name: str) -> bytes:
        """The file. InvalidClaimError where it is not what the zip says."""
        info, content = self._info(name), bytearray()
        try:
            with self._zip.open(info) as file:
                while block := file.read(_BLOCK):
                    content += block
                    if len(content) > info.file_size:
                        raise zipfile.BadZipFile("more than declared")
        except _BROKEN as error:
            message = say("“%(name)s” is damaged in the zip. Pack it again.", name=name)
            raise _refused(DAMAGED, message) from error
        if len(content) != info.file_size:
            raise _refused(DAMAGED, say("“%(name)s” is damaged in the zip. Pack it again.", name=name))
        return bytes(content)

    def _info(self, name: str) -> zipfile.ZipInfo:
        key = _canonical(name)
        info = self._files.get(key)
        if key in self._files and info is None:
            raise _refused(TWICE, say("The zip holds “%(name)s” twice.", name=name))
        if info is None or info.is_dir():
            message = say("The zip holds no file “%(name)s”. Write its name as it is there, folders too.", name=name)
            raise _refused(UNKNOWN, message)
        if info.flag_bits & _LOCKED:
            raise _refused(LOCKED, say("“%(name)s” is locked with a password. Pack it without one.", name=name))
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            message = say("“%(name)s” is packed in an unusual way. Pack it as a plain zip.", name=name)
            raise _refused(DAMAGED, message)
        if info.file_size > self._most_bytes:
            code = ReasonCode.POE_TOO_LARGE
            raise _refused(code.value, reason(code).advice)
        return info


class NoProofs:
    """What stands for the zip where none was sent: no name is there."""

    def size_of(self, name: str) -> int:
        """InvalidClaimError."""
        raise _no_zip(name)

    def shown_name(self, name: str) -> str:
        """The name as it is."""
        return name

    def content(self, name: str) -> bytes:
        """InvalidClaimError."""
        raise _no_zip(name)


def _no_zip(name: str) -> InvalidClaimError:
    message = say("No zip was sent with “%(name)s”. Send it in a part named proofs.", name=name)
    return _refused(UNKNOWN, message)


def _canonical(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _refused(code: str, message: str) -> InvalidClaimError:
    return InvalidClaimError((Fault(pointer="/proofs", code=code, message=message),))


def _check_directory(content: bytes) -> None:
    """Before any entry is made into an object: a million of them would fit into a request."""
    end = content.rfind(_END_MARK, max(0, len(content) - _END.size - _COMMENT_AT_MOST))
    if end < 0 or end + _END.size > len(content):
        raise _refused("unreadable-file", say("This is no zip file that can be read."))
    _, disk, first_disk, _, entries, size, offset, _ = _END.unpack_from(content, end)
    is_wide = content[max(0, end - _ZIP64_SIZE) : end].startswith(_ZIP64_MARK)
    if is_wide or entries > FILES_AT_MOST or size > DIRECTORY_AT_MOST:
        message = say("The zip may hold at most %(most)d files, with short names.", most=FILES_AT_MOST)
        raise _refused("too-many", message)
    if disk or first_disk or offset + size != end:
        raise _refused("unreadable-file", say("This is no zip file that can be read."))
