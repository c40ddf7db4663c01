"""Whether a PNG or JPEG is whole, by its structure; what the pixels show is nobody's business here."""

import re
import zlib

PIXELS_AT_MOST = 250_000_000
"""More than any scanner makes; a picture of a few kilobytes that unfolds to gigabytes is aimed at its viewer."""
_PNG_MAGIC = 8
_CHUNK_FRAME = 12
_CHUNKS_AT_MOST = 100_000
_HEADER_LENGTH = 13
_START_OF_IMAGE = b"\xff\xd8"
_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_FRAME_LENGTH = 8
_SEGMENTS_AT_MOST = 100_000
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_PICTURES_AT_MOST = 16


def is_whole_png(content: bytes) -> bool:
    """Every chunk's length and checksum are right, from one IHDR over the data to an IEND with which the file ends."""
    place, data = _PNG_MAGIC, False
    for number in range(_CHUNKS_AT_MOST):
        if place + _CHUNK_FRAME > len(content):
            return False
        length = int.from_bytes(content[place : place + 4])
        end = place + _CHUNK_FRAME + length
        name = content[place + 4 : place + 8]
        if end > len(content) or not _is_right_sum(content, place, end):
            return False
        if number == 0 and (name != b"IHDR" or not _is_sound_header(content[place + 8 : end - 4])):
            return False
        if name == b"IEND":
            return data and length == 0 and end == len(content)
        data = data or (name == b"IDAT" and length > 0)
        place = end
    return False


def _is_right_sum(content: bytes, place: int, end: int) -> bool:
    return zlib.crc32(memoryview(content)[place + 4 : end - 4]) == int.from_bytes(content[end - 4 : end])


def _is_sound_header(header: bytes) -> bool:
    return len(header) == _HEADER_LENGTH and _is_sound_size(header[:4], header[4:8])


def _is_sound_size(one: bytes, other: bytes) -> bool:
    return 0 < int.from_bytes(one) * int.from_bytes(other) <= PIXELS_AT_MOST


def is_whole_jpeg(content: bytes) -> bool:
    """Segments lead to a frame and its scans, these to the end of the image, and nothing else stands behind.

    Phones put further whole pictures (a gain map, a small copy) and zeros behind the first one: these pass.
    """
    place = 0
    for _ in range(_PICTURES_AT_MOST):
        end = _end_of_jpeg(content, place)
        if end is None:
            return False
        place = content.find(_START_OF_IMAGE, end)
        if place < 0:
            return not content[end:].strip(b"\0")
        if content[end:place].strip(b"\0"):
            return False
    return False


def _end_of_jpeg(content: bytes, place: int) -> int | None:
    """Where the picture that begins there ends, or null where it does not."""
    place += len(_START_OF_IMAGE)
    framed = scanned = False
    for _ in range(_SEGMENTS_AT_MOST):
        if place + 2 > len(content) or content[place] != 0xFF:  # noqa: PLR2004 - every marker begins so
            return None
        marker = content[place + 1]
        if marker == _END_OF_IMAGE:
            return place + 2 if framed and scanned else None
        if marker in _STANDALONE or marker == 0xFF:  # noqa: PLR2004 - a fill byte: the marker begins one further
            place += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        length = int.from_bytes(content[place + 2 : place + 4])
        if length < 2 or place + 2 + length > len(content):  # noqa: PLR2004 - the length counts its own two bytes
            return None
        if marker in _FRAMES:
            framed = _is_sound_frame(content[place + 4 : place + 2 + length])
        place += 2 + length
        if marker == _SCAN:
            scanned = True
            following = _MARKER_IN_SCAN.search(content, place)
            if following is None:
                return None
            place = following.start()
    return None


def _is_sound_frame(frame: bytes) -> bool:
    """Precision, height, width, components; a height of zero is told later, which no camera or scanner does."""
    return len(frame) >= _FRAME_LENGTH and _is_sound_size(frame[1:3], frame[3:5])
