"""Whether a PNG or JPEG is whole, by its structure; the pixels are nobody's business here."""

import zlib

_PNG_MAGIC = 8
_CHUNK_FRAME = 12
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_MARKER = 0xFF
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def is_whole_png(content: bytes) -> bool:
    """Every chunk's length and checksum are right, it begins with IHDR, holds data and ends with IEND."""
    place, names = _PNG_MAGIC, []
    while place + _CHUNK_FRAME <= len(content):
        length = int.from_bytes(content[place : place + 4])
        end = place + _CHUNK_FRAME + length
        if end > len(content):
            return False
        name = content[place + 4 : place + 8]
        checksum = zlib.crc32(memoryview(content)[place + 4 : end - 4])
        if checksum != int.from_bytes(content[end - 4 : end]):
            return False
        names.append(name)
        place = end
        if name == b"IEND":
            break
    return bool(names) and names[0] == b"IHDR" and b"IDAT" in names and names[-1] == b"IEND" and place == len(content)


def is_whole_jpeg(content: bytes) -> bool:
    """The segments lead to a frame and a scan, and the file ends with the end-of-image marker."""
    place, framed = 2, False
    while place + 4 <= len(content):
        if content[place] != _MARKER:
            return False
        marker = content[place + 1]
        if marker == _MARKER:
            place += 1
            continue
        if marker in _STANDALONE:
            place += 2
            continue
        if marker == _START_OF_SCAN:
            return framed and content.rstrip(b"\x00\r\n").endswith(bytes((_MARKER, _END_OF_IMAGE)))
        framed = framed or marker in _FRAMES
        length = int.from_bytes(content[place + 2 : place + 4])
        if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
            return False
        place += 2 + length
    return False
