"""Whether an archive is a Word document, and safe to open."""

import io
import struct
import warnings
import zipfile

import pytest

from shared.documents.word_archive import ENTRIES_AT_MOST, ArchiveVerdict, ends_as_zip, look_into
from tests.unit.documents.packages import MAIN_TYPE, WORD, document, package, paragraph, types

MEBIBYTE = 1024 * 1024


def test_a_main_part_by_any_name_makes_a_word_document() -> None:
    """The declared type tells the main part, not its path: Word on the web names it otherwise."""
    other = package(
        parts={"[Content_Types].xml": types(("word/document2.xml", MAIN_TYPE)), "word/document2.xml": document("")}
    )
    assert look_into(other) is ArchiveVerdict.WORD


@pytest.mark.parametrize(
    "declared",
    [
        types(("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml")),
        types(("word/document.xml", "application/vnd.ms-word.document.macro&#69;nabled.main+xml")),
        types(("word/document.xml", MAIN_TYPE), ("word/x.bin", "application/vnd.ms-office.vbaProject")),
        types(("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")),
        types(("word/document.xml", MAIN_TYPE.replace("document.main", "template.main"))),
        types(("word/elsewhere.xml", MAIN_TYPE)),
        f"<!-- {MAIN_TYPE} -->" + types(),
    ],
)
def test_macros_templates_and_other_packages_are_something_else(declared: str) -> None:
    """The declaration is read as XML, so that no spelling of it and no comment in it deceives."""
    declared = declared.replace('<?xml version="1.0" encoding="UTF-8"?>', "")
    assert look_into(package(parts={"[Content_Types].xml": declared})) is ArchiveVerdict.OTHER


def test_a_macro_part_is_noticed_by_its_name_too() -> None:
    """A project of macros that the declaration keeps quiet about is still one."""
    assert look_into(package(parts={"word/vbaProject.bin": b"x"})) is ArchiveVerdict.OTHER


def test_a_zip_without_a_declaration_is_something_else() -> None:
    """A main part alone makes no package."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", document(paragraph("x")))
    assert look_into(buffer.getvalue()) is ArchiveVerdict.OTHER


BILLION = f'<!DOCTYPE w:document [<!ENTITY a "aaaa">]><w:document xmlns:w="{WORD}">&a;</w:document>'


@pytest.mark.parametrize("declared", ["<Types", "", BILLION, "<Types>" + "<a/>" * 600_000 + "</Types>"])
def test_a_broken_declaration_is_broken(declared: str) -> None:
    """Where the declaration is no XML, has a document type or no end, nobody can say what the rest is."""
    content = package(parts={"[Content_Types].xml": declared}, compression=zipfile.ZIP_STORED)
    assert look_into(content) is ArchiveVerdict.BROKEN


def test_an_expansion_beyond_the_bounds_is_broken() -> None:
    """One entry that unfolds a thousandfold, and many that do so together, are both refused."""
    assert look_into(package(parts={"word/a.bin": bytes(2 * MEBIBYTE)})) is ArchiveVerdict.BROKEN
    unpacked = {f"word/{number}.bin": bytes(MEBIBYTE) for number in range(49)}
    assert look_into(package(parts=unpacked)) is ArchiveVerdict.BROKEN
    assert look_into(package(parts={"word/a.bin": bytes(MEBIBYTE)})) is ArchiveVerdict.WORD


def _with_lying_size(content: bytes, name: str, size: int) -> bytes:
    """The directory's word on how large the member is, changed."""
    place = content.rindex(name.encode()) - 46
    assert content[place : place + 4] == b"PK\x01\x02"
    return content[: place + 24] + struct.pack("<I", size) + content[place + 28 :]


@pytest.mark.parametrize("size", [10, 3 * MEBIBYTE, 0xFFFFFFF0])
def test_a_declared_size_that_lies_is_broken(size: int) -> None:
    """What the directory says of a size is checked against what really unfolds, in both directions."""
    assert look_into(_with_lying_size(package(), "word/document.xml", size)) is ArchiveVerdict.BROKEN


def test_too_many_entries_are_refused_before_they_become_objects() -> None:
    """The directory's own count and size are looked at first: they cost nothing."""
    parts = {f"word/{number}": b"" for number in range(ENTRIES_AT_MOST)}
    assert look_into(package(parts=parts)) is ArchiveVerdict.BROKEN


def test_a_name_twice_is_broken() -> None:
    """Two programs may take different ones of two members with one name."""
    content = package()
    buffer = io.BytesIO(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr("Word/document.xml", document(paragraph("other")))
    assert look_into(buffer.getvalue()) is ArchiveVerdict.BROKEN


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_foreign_compression_is_broken(method: int) -> None:
    """The format knows two ways to pack; others bring memory bombs of their own."""
    assert look_into(package(compression=method)) is ArchiveVerdict.BROKEN


def test_an_encrypted_member_is_broken() -> None:
    """A member behind a password can be read by nobody."""
    content = bytearray(package())
    place = content.rindex(b"word/document.xml") - 46
    content[place + 8] |= 1
    assert look_into(bytes(content)) is ArchiveVerdict.BROKEN


def test_nothing_stands_before_or_behind_the_archive() -> None:
    """Anything before the first member or behind the directory is a second file."""
    content = package()
    assert look_into(b"PK\x03\x04junk" + content) is ArchiveVerdict.BROKEN
    assert look_into(content + b"x") is ArchiveVerdict.BROKEN


def test_a_changed_member_is_broken(good_docx: bytes) -> None:
    """A member whose checksum does not fit was changed on its way."""
    content = bytearray(good_docx)
    content[len(content) // 2] ^= 0xFF
    assert look_into(bytes(content)) is ArchiveVerdict.BROKEN


def test_only_a_directory_at_the_end_makes_a_zip() -> None:
    """The end mark alone, which any noise may hold, does not."""
    assert ends_as_zip(package())
    assert not ends_as_zip(b"%PDF PK\x05\x06" + bytes(18))
    assert not ends_as_zip(b"%PDF PK\x05\x06")
    assert not ends_as_zip(b"%PDF" + b"PK\x05\x06" + bytes(4) + b"\x01\x00\x01\x00" + b"\xff" * 10)


def test_a_file_with_another_one_in_front_is_broken() -> None:
    """A prefix that the directory knows of is a second file all the same."""
    buffer = io.BytesIO(b"PK\x03\x04" + bytes(100))
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("[Content_Types].xml", types(("word/document.xml", MAIN_TYPE)))
        archive.writestr("word/document.xml", document(paragraph("x")))
    assert look_into(buffer.getvalue()) is ArchiveVerdict.BROKEN


def test_a_directory_that_belittles_itself_is_refused() -> None:
    """The size of the directory counts, not only the number of entries that it admits to."""
    content = bytearray(package(parts={f"word/{number}{'x' * 200}": b"" for number in range(3_000)}))
    content[-14:-10] = b"\x01\x00\x01\x00"
    assert look_into(bytes(content)) is ArchiveVerdict.BROKEN


def test_a_64_bit_directory_is_refused() -> None:
    """A locator that hides in the last comment would send the library to another directory."""
    buffer = io.BytesIO(package())
    with zipfile.ZipFile(buffer, "a") as archive:
        last = zipfile.ZipInfo("word/last.xml")
        last.comment = b"PK\x06\x07" + bytes(16)
        archive.writestr(last, b"")
    assert look_into(buffer.getvalue()) is ArchiveVerdict.BROKEN
