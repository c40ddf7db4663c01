"""A zip of proofs: what is in it is read whole or refused, and nothing it says of itself can do harm."""

import contextlib
import io
import struct
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidClaimError
from shared.forms.proof_archive import FILES_AT_MOST, NoProofs, ZippedProofs

LIMIT = 1024 * 1024
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def zipped(*files: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """The files as a zip; the same name may come twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=kind)
        archive.comment = comment
    return buffer.getvalue()


def opened(content: bytes, *, most: int = LIMIT) -> ZippedProofs:
    """The zip as it was sent."""
    return ZippedProofs(content, most_bytes=most, shown=str.upper)


def patched(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The zip with some bytes of its first record of that kind replaced."""
    at = content.index(mark) + offset
    return content[:at] + value + content[at + len(value) :]


def codes(archive: ZippedProofs | NoProofs, name: str) -> set[str]:
    """What is wrong with the file, when it is read."""

    def read() -> None:
        archive.size_of(name)
        archive.content(name)

    with pytest.raises(InvalidClaimError) as caught:
        read()
    assert {fault.pointer for fault in caught.value.faults} == {"/proofs"}
    return {fault.code for fault in caught.value.faults}


def refused(content: bytes) -> set[str]:
    """What is wrong with the whole zip."""
    with pytest.raises(InvalidClaimError) as caught:
        opened(content)
    return {fault.code for fault in caught.value.faults}


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_file_is_read_by_its_exact_name(kind: int) -> None:
    """With its folders, its size and its bytes; the name that people are shown is made from it."""
    content = bytes(range(256)) * 3000
    archive = opened(zipped(("a/b.pdf", content), ("B.pdf", b""), kind=kind, comment=b"packed by hand"))
    assert (archive.size_of("a/b.pdf"), archive.content("a/b.pdf")) == (len(content), content)
    assert archive.content("B.pdf") == b""
    assert archive.shown_name("a/b.pdf") == "A/B.PDF"
    assert [codes(archive, name) for name in ("b.pdf", "A/b.pdf", "/a/b.pdf", "a\\b.pdf", "")] == [
        {"unknown-proof"}
    ] * 5


def test_names_are_texts_and_no_paths() -> None:
    """A name that leads out of the folder is a name like any other; folders are no files."""
    archive = opened(zipped(("../../etc/passwd", b"x"), ("/root.pdf", b"y"), ("folder/", b"")))
    assert archive.content("../../etc/passwd") == b"x"
    assert archive.content("/root.pdf") == b"y"
    assert codes(archive, "folder/") == {"unknown-proof"}


def test_letters_taken_apart_are_the_same_letters() -> None:
    """A name from a system that takes letters apart is found by the name as people type it, and the other way round."""
    name = "\u017c\u00f3\u0142w.pdf"
    for stored, asked in (("NFD", "NFC"), ("NFC", "NFD")):
        archive = opened(zipped((unicodedata.normalize(stored, name), b"x")))  # type: ignore[arg-type]
        assert archive.content(unicodedata.normalize(asked, name)) == b"x"  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused() -> None:
    """Nobody can know which one was meant, spelt alike or only read alike; other files are not touched by it."""
    name = "\u017c.pdf"
    archive = opened(
        zipped(
            ("a.pdf", b"1"), ("a.pdf", b"2"), (name, b"3"), (unicodedata.normalize("NFD", name), b"4"), ("b.pdf", b"5")
        )
    )
    assert codes(archive, "a.pdf") == codes(archive, name) == {"duplicate-proof"}
    assert archive.content("b.pdf") == b"5"


def test_what_cannot_be_read_is_refused_by_itself() -> None:
    """A password, an unusual packing, damaged bytes: told when the file is asked for."""
    good = zipped(("a.pdf", b"some text " * 50))
    locked = patched(patched(good, CENTRAL, 8, b"\x01"), LOCAL, 6, b"\x01")
    assert codes(opened(locked), "a.pdf") == {"proof-locked"}
    assert codes(opened(zipped(("a.pdf", b"x" * 99), kind=zipfile.ZIP_LZMA)), "a.pdf") == {"proof-damaged"}
    assert codes(opened(patched(good, b"a.pdf", 5, b"\xff\xff\xff")), "a.pdf") == {"proof-damaged"}
    assert codes(opened(patched(good, CENTRAL, 16, b"\x00\x00\x00\x00")), "a.pdf") == {"proof-damaged"}
    assert codes(opened(patched(good, CENTRAL, 42, b"\x07")), "a.pdf") == {"proof-damaged"}


@pytest.mark.parametrize("told", [0, 1, 100, LIMIT])
def test_a_size_that_lies_is_found_out(told: int) -> None:
    """Whatever the zip says of a file's size, no more than that is read, and then the checksum is wrong."""
    content = patched(zipped(("a.pdf", b"0" * 5000)), CENTRAL, 24, struct.pack("<L", told))
    assert codes(opened(content), "a.pdf") == {"proof-damaged"}


def test_a_file_that_says_it_is_too_large_is_never_opened() -> None:
    """The bound holds before a byte of it is read."""
    archive = opened(zipped(("a.pdf", b"0" * (LIMIT + 1)), ("b.pdf", b"0" * LIMIT)))
    with pytest.raises(InvalidClaimError) as caught:
        archive.size_of("a.pdf")
    assert [fault.code for fault in caught.value.faults] == ["poe-too-large"]
    assert len(archive.content("b.pdf")) == LIMIT


def test_a_bomb_takes_no_memory() -> None:
    """A gigabyte of nothing in a small zip, its size made small: what is held stays near what was said."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.pdf", "w", force_zip64=True) as file,
    ):
        for _ in range(256):
            file.write(bytes(1024 * 1024))
    content = patched(buffer.getvalue(), CENTRAL, 24, struct.pack("<L", 1000))
    proofs = opened(content)
    tracemalloc.start()
    try:
        assert codes(proofs, "a.pdf") == {"proof-damaged"}
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * LIMIT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip at all",
        END,
        zipped(("a.pdf", b"x"))[:-1],
        zipped(("a.pdf", b"x"))[10:],
        b"a program in front of it" + zipped(("a.pdf", b"x")),
        patched(zipped(("a.pdf", b"x")), END, 4, b"\x01"),
        patched(zipped(("a.pdf", b"x")), CENTRAL, 0, b"XXXX"),
    ],
)
def test_what_is_no_whole_zip_is_refused(content: bytes) -> None:
    """Nothing, something else, a piece of a zip, one on several disks, one behind a program."""
    assert refused(content) == {"unreadable-file"}


def directory_of(entries: int, size: int) -> bytes:
    """The end of a zip that says its directory holds so much."""
    return bytes(size) + struct.pack("<4s4H2LH", END, 0, 0, entries, entries, size, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        directory_of(FILES_AT_MOST + 1, 100),
        directory_of(1, 1024 * 1024 + 1),
        b"PK\x06\x07" + bytes(16) + directory_of(0xFFFF, 0),
    ],
)
def test_a_directory_beyond_bounds_is_not_even_read(content: bytes) -> None:
    """Too many files, or too large a directory, is refused before any of it becomes an object."""
    assert refused(content) == {"too-many"}


def test_as_many_files_as_may_be_are_taken() -> None:
    """Five thousand are no problem, one more is."""
    names: Sequence[str] = [f"{number}.pdf" for number in range(FILES_AT_MOST + 1)]
    archive = opened(zipped(*((name, b"x") for name in names[:-1])))
    assert archive.content(names[-2]) == b"x"
    assert refused(zipped(*((name, b"x") for name in names))) == {"too-many"}


def test_without_a_zip_no_name_is_there() -> None:
    """A row that names a file though no zip came is told so."""
    assert codes(NoProofs(), "a.pdf") == {"unknown-proof"}
    with pytest.raises(InvalidClaimError):
        NoProofs().content("a.pdf")
    assert NoProofs().shown_name("a.pdf") == "a.pdf"


_SAMPLE = zipped(("a.pdf", b"some text " * 20), ("b/\u017c.pdf", b"x"), comment=b"c")


@given(st.lists(st.tuples(st.integers(0, len(_SAMPLE) - 1), st.integers(0, 255)), max_size=4), st.integers(0, 40))
def test_no_damage_is_a_surprise(changes: list[tuple[int, int]], cut: int) -> None:
    """Whatever bytes are changed or cut off: a file is whole, or it is refused in words."""
    content = bytearray(_SAMPLE)
    for place, value in changes:
        content[place] = value
    with contextlib.suppress(InvalidClaimError):
        archive = opened(bytes(content[: len(content) - cut] if cut < 20 else content))
        for name in ("a.pdf", "b/\u017c.pdf"):
            with contextlib.suppress(InvalidClaimError):
                assert archive.content(name) in {b"some text " * 20, b"x"}
