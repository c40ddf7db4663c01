"""Whether a picture is whole, by its structure."""

import struct
import zlib

from hypothesis import given
from hypothesis import strategies as st

from shared.documents.pictures import is_whole_jpeg, is_whole_png
from tools import sample_proofs

PNG, JPEG = sample_proofs.picture("PNG"), sample_proofs.picture("JPEG")
MAGIC = PNG[:8]


def chunk(name: bytes, data: bytes = b"") -> bytes:
    """A chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def header(width: int, height: int) -> bytes:
    """The header of a PNG of that size."""
    return chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))


def frame(width: int, height: int) -> bytes:
    """The frame of a JPEG of that size."""
    return b"\xff\xc0\x00\x0b\x08" + struct.pack(">2H", height, width) + b"\x01\x01\x11\x00"


SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"


@given(st.integers(1, len(PNG) - 1))
def test_a_cut_png_is_not_whole(end: int) -> None:
    """Wherever a PNG is cut off, it is noticed."""
    assert not is_whole_png(PNG[:end])


@given(st.integers(8, len(PNG) - 1), st.integers(1, 255))
def test_a_changed_byte_of_a_png_is_noticed(place: int, change: int) -> None:
    """Every byte behind the magic is under a checksum, is one, or is a length that then fits no more."""
    changed = bytearray(PNG)
    changed[place] ^= change
    assert not is_whole_png(bytes(changed))


@given(st.integers(1, len(JPEG) - 1))
def test_a_cut_jpeg_is_not_whole(end: int) -> None:
    """Wherever a JPEG is cut off, it is noticed."""
    assert not is_whole_jpeg(JPEG[:end])


@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(rest: bytes) -> None:
    """No content makes the walk fail or go on for ever."""
    assert is_whole_png(MAGIC + rest) in {True, False}
    assert is_whole_jpeg(b"\xff\xd8\xff" + rest) in {True, False}


def test_a_png_has_header_data_and_end_in_that_order() -> None:
    """Right checksums alone make no picture."""
    data, end = chunk(b"IDAT", b"x"), chunk(b"IEND")
    assert is_whole_png(MAGIC + header(4, 4) + data + end)
    assert not is_whole_png(MAGIC + data + header(4, 4) + end)
    assert not is_whole_png(MAGIC + header(4, 4) + end)
    assert not is_whole_png(MAGIC + header(4, 4) + data)
    assert not is_whole_png(MAGIC + header(4, 4) + data + end + b"PK")
    assert not is_whole_png(MAGIC + chunk(b"IHDR", b"short") + data + end)


def test_a_picture_with_an_absurd_size_is_refused() -> None:
    """A few bytes that unfold to gigabytes in the viewer are no proof, and neither is a picture without a pixel."""
    data, end = chunk(b"IDAT", b"x"), chunk(b"IEND")
    for width, height in ((60_000, 60_000), (0, 10), (10, 0)):
        assert not is_whole_png(MAGIC + header(width, height) + data + end)
        assert not is_whole_jpeg(b"\xff\xd8" + frame(width, height) + SCAN + b"x\xff\xd9")


def test_a_png_of_endless_empty_chunks_is_left() -> None:
    """Two hundred thousand empty chunks are an attack on our time."""
    assert not is_whole_png(MAGIC + header(4, 4) + chunk(b"teXt") * 200_000 + chunk(b"IDAT", b"x") + chunk(b"IEND"))


def test_a_jpeg_has_a_frame_and_a_scan_before_its_end() -> None:
    """Markers alone make no picture; stuffed bytes, restarts and fill bytes inside a scan do not end it."""
    whole = b"\xff\xd8" + frame(8, 8) + SCAN + b"a\xff\x00b\xff\xd0c\xff\xff\xd9"
    assert is_whole_jpeg(whole)
    assert not is_whole_jpeg(b"\xff\xd8" + frame(8, 8) + b"\xff\xd9")
    assert not is_whole_jpeg(b"\xff\xd8" + SCAN + b"a\xff\xd9")
    assert not is_whole_jpeg(b"\xff\xd8" + frame(8, 8) + SCAN + b"a\xff\x00b")
    assert not is_whole_jpeg(b"\xff\xd8\xff\xe0\x00\x01" + frame(8, 8) + SCAN + b"a\xff\xd9")


def test_a_phones_second_picture_passes_and_another_file_does_not() -> None:
    """Behind the picture may stand zeros and further whole pictures; a zip there makes the file two things at once."""
    assert is_whole_jpeg(JPEG + bytes(16) + JPEG)
    assert is_whole_jpeg(JPEG + bytes(64))
    assert not is_whole_jpeg(JPEG + b"PK\x03\x04" + bytes(64))
    assert not is_whole_jpeg(JPEG + b"junk" + JPEG)
    assert not is_whole_jpeg(JPEG + JPEG[:200])
    assert not is_whole_jpeg(JPEG * 20)
