"""The door: which files pass by their content, and which codes refuse the others (PROCESS.md, At the door)."""

import io
import os
import zipfile

import pytest

from shared.documents.inspection import DOCX, JPEG, PDF, PNG, Inspection, inspect
from tools import sample_proofs

LIMIT = 25 * 1024 * 1024


def judged(content: bytes) -> Inspection:
    """The door's word under the usual limit."""
    return inspect(content, max_bytes=LIMIT)


@pytest.mark.parametrize(("fixture", "kind"), [("good_pdf", PDF), ("good_docx", DOCX), ("png", PNG), ("jpeg", JPEG)])
def test_every_allowed_kind_passes(fixture: str, kind: str, request: pytest.FixtureRequest) -> None:
    """A real file of each allowed kind is recognised and has no fault."""
    assert judged(request.getfixturevalue(fixture)) == Inspection(content_type=kind)


def test_a_scan_and_a_script_pass_the_door() -> None:
    """What a reviewer has to look at is no reason to refuse a file at the door."""
    said = {"customer": "Alpine", "products": ["Teams"]}
    for content in (sample_proofs.scan_pdf(), sample_proofs.pdf_with_javascript(**said)):
        assert judged(content) == Inspection(content_type=PDF)


def test_nothing_at_all_is_empty() -> None:
    """An upload without a byte is told to be empty, not of a wrong kind."""
    assert judged(b"") == Inspection(content_type=None, faults=("poe-empty",))


def test_the_limit_itself_passes_and_one_byte_more_does_not() -> None:
    """The size limit is the largest size that passes, and it stands before any look at the content."""
    content = sample_proofs.pdf_of_size(50_000, customer="Alpine", products=["Teams"])
    assert inspect(content, max_bytes=50_000).faults == ()
    assert inspect(content, max_bytes=49_999) == Inspection(content_type=None, faults=("poe-too-large",))


def _zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


OTHERS = {
    "a program": sample_proofs.program(),
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "text": b"Signed by: Ann Example",
    "a GIF": b"GIF89a" + bytes(100),
    "a zip": _zip(readme=b"hello"),
    "an empty zip": b"PK\x05\x06" + bytes(18),
    "an old Word file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "one byte": b"%",
    "EICAR": rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-" + rb"TEST-FILE!$H+H*",
    "zeros": bytes(4096),
}


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_kind_is_refused_by_its_content(name: str) -> None:
    """What is none of the four kinds is refused as such, whatever it may be called."""
    assert judged(OTHERS[name]) == Inspection(content_type=None, faults=("poe-type",))


@pytest.mark.parametrize("before", [b"MZ\x90\x00", b"\n", b" ", b"<html>", b"\xef\xbb\xbf", b"GIF89a"])
def test_a_pdf_begins_at_the_first_byte(before: bytes, good_pdf: bytes) -> None:
    """A PDF behind anything else is something else, though many viewers would open it."""
    assert judged(before + good_pdf).faults == ("poe-type",)


def test_a_pdf_that_is_a_zip_too_is_neither(good_pdf: bytes, good_docx: bytes) -> None:
    """A file that a PDF viewer and an unpacker both open is refused, also with the PDF's end repeated behind it."""
    assert judged(good_pdf + good_docx).faults == ("poe-type",)
    assert judged(good_pdf + _zip(a=b"x") + b"\n%%EOF\n").faults == ("poe-type",)


def test_macros_are_another_kind() -> None:
    """A document with macros is not of the allowed kind, however its name ends."""
    assert judged(sample_proofs.macro_docx()).faults == ("poe-type",)


def test_a_locked_word_file_is_unreadable() -> None:
    """Word keeps a document behind a password in an old container: told as locked, not as a wrong kind."""
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    assert judged(locked) == Inspection(content_type=DOCX, faults=("poe-unreadable",))


@pytest.mark.parametrize("make", [sample_proofs.encrypted_pdf, None])
def test_a_locked_or_cut_pdf_is_unreadable(make: object) -> None:
    """A PDF that needs a password or has lost its end can be read by nobody."""
    content = sample_proofs.encrypted_pdf(customer="A", products=["B"]) if make else sample_proofs.broken_pdf()
    assert judged(content) == Inspection(content_type=PDF, faults=("poe-unreadable",))


@pytest.mark.parametrize("tail", [b"MZ\x90", b"<script>alert(1)</script>", b"x" * 3000])
def test_nothing_stands_behind_the_end_of_a_pdf(tail: bytes, good_pdf: bytes) -> None:
    """Only blanks may follow the end mark; anything else is a second file."""
    assert judged(good_pdf + b"\r\n\0 ").faults == ()
    assert judged(good_pdf + tail).faults == ("poe-unreadable",)


def test_a_pdf_without_pages_is_unreadable() -> None:
    """A header and an end alone prove nothing."""
    assert judged(b"%PDF-1.7\n%%EOF\n").faults == ("poe-unreadable",)
    assert judged(b"%PDF-1.7\n" + os.urandom(5000) + b"\n%%EOF\n").faults == ("poe-unreadable",)


def test_a_bomb_is_refused_at_once() -> None:
    """A document that would unpack to 300 MB is refused without unpacking it."""
    assert judged(sample_proofs.bomb_docx()) == Inspection(content_type=DOCX, faults=("poe-unreadable",))
