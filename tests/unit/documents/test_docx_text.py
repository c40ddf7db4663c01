"""What is read from a Word document."""

import zipfile

import pytest

from shared.documents.docx_text import read_docx
from shared.documents.proof_text import CHARACTERS_AT_MOST, UnreadableProofError
from tests.unit.documents.packages import (
    HEADER_TYPE,
    STRICT,
    WORD,
    document,
    package,
    paragraph,
    relationships,
)


def run(text: str) -> str:
    """A run of text."""
    return f"<w:r><w:t>{text}</w:t></w:r>"


def text_of(body: str) -> str:
    """What a document with that body says."""
    return read_docx(package(body)).text


def test_a_real_document_reads_line_by_line(good_docx: bytes) -> None:
    """A document that python-docx wrote, with a table, gives its lines with labels and values together."""
    found = read_docx(good_docx)
    assert found.text.splitlines()[1:3] == ["Customer: Alpine Outfitters", "Products: Microsoft Teams"]
    assert "Signed by: Ann Example\nDate: 2026-11-20" in found.text
    assert found.machine_readable
    assert (found.active_content, found.signature_field_filled, found.truncated) == (False, False, False)


def test_words_split_over_runs_are_whole() -> None:
    """Word cuts words into runs at every change of spelling marks."""
    assert text_of(f"<w:p>{run('Power')}{run(' B')}{run('I')}</w:p>") == "Power BI"


def test_breaks_tabs_and_hyphens_are_told() -> None:
    """A break is a line, a tab a space, a hyphen that does not break a hyphen."""
    body = "<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>"
    assert text_of(body) == "a\nb c-d"


def test_a_row_is_a_line_unless_its_cells_hold_several() -> None:
    """A label cell stands before its value; cells with paragraphs of their own keep them."""
    one = f"<w:tc>{paragraph('Signed by:')}</w:tc><w:tc>{paragraph('')}{paragraph('Ann Example')}</w:tc>"
    two = f"<w:tc>{paragraph('a')}{paragraph('b')}</w:tc><w:tc>{paragraph('c')}</w:tc>"
    assert text_of(f"<w:tbl><w:tr>{one}</w:tr><w:tr>{two}</w:tr></w:tbl>") == "Signed by: Ann Example\na\nb\nc"


def test_a_text_box_is_read_once() -> None:
    """The copy that Word keeps for old programs is not a second text."""
    box = f"<w:txbxContent>{paragraph('In the box')}</w:txbxContent>"
    body = (
        f"<w:p>{run('Before')}<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert sorted(text_of(body).splitlines()) == ["Before", "In the box"]


def test_headers_come_after_the_text_and_comments_not_at_all() -> None:
    """A letterhead names the customer too; a comment is about the proof, not of it."""
    comments = HEADER_TYPE.replace("header", "comments")
    content = package(
        paragraph("Body"),
        parts={"word/h1.xml": document(paragraph("Letterhead")), "word/c.xml": document(paragraph("A comment"))},
        overrides=(("word/h1.xml", HEADER_TYPE), ("word/c.xml", comments)),
    )
    assert read_docx(content).text == "Body\nLetterhead"


def test_the_strict_dialect_reads_the_same() -> None:
    """Both dialects of the format are read."""
    strict = document(paragraph("Hello"), STRICT)
    assert read_docx(package(parts={"word/document.xml": strict})).text == "Hello"


def test_another_encoding_reads_the_same() -> None:
    """A part may be written in UTF-16."""
    part = f'<?xml version="1.0" encoding="UTF-16"?>{document(paragraph("Żółć"))}'.encode("utf-16")
    assert read_docx(package(parts={"word/document.xml": part})).text == "Żółć"


def test_what_a_revision_took_away_is_not_said() -> None:
    """Deleted and moved text is not part of the document any more; inserted text is."""
    gone = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>away</w:t></w:r></w:moveFrom>"
    assert text_of(f"<w:p>{gone}<w:ins>{run('here')}</w:ins></w:p>") == "here"


def control(name: str, content: str, extra: str = "") -> str:
    """A paragraph with a content control of that name."""
    return (
        f'<w:p><w:sdt><w:sdtPr><w:alias w:val="{name}"/>{extra}</w:sdtPr>'
        f"<w:sdtContent>{content}</w:sdtContent></w:sdt></w:p>"
    )


@pytest.mark.parametrize("name", ["Signature", "signed by", "Podpis klienta", "Signer"])
def test_a_filled_signature_control_signs(name: str) -> None:
    """A content control that is named for a signature and holds a name is a filled signature field."""
    found = read_docx(package(control(name, run("Ann Example"))))
    assert found.signature_field_filled
    assert found.text == "Ann Example"


@pytest.mark.parametrize(
    "body",
    [
        control("Signature", run("Click to enter a name"), "<w:showingPlcHdr/>"),
        control("Signature", run("____")),
        control("Designation", run("Chief of all")),
        control("Assigned to", run("Ann Example")),
    ],
)
def test_other_controls_do_not(body: str) -> None:
    """A placeholder, a row of underscores and a control with another meaning are no signature."""
    assert not read_docx(package(body)).signature_field_filled


def test_a_placeholder_is_not_said() -> None:
    """What the form asks for is not what somebody answered; a placeholder switched off is an answer."""
    asked = control("Name", run("Your name"), "<w:showingPlcHdr/>")
    assert text_of(asked + paragraph("after")) == "after"
    assert text_of(control("Name", run("Ann"), '<w:showingPlcHdr w:val="0"/>')) == "Ann"


def test_a_digital_signature_signs() -> None:
    """A signature part is a filled signature line."""
    kind = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
    content = package(parts={"_xmlsignatures/sig1.xml": "<s/>"}, overrides=(("_xmlsignatures/sig1.xml", kind),))
    assert read_docx(content).signature_field_filled


OUTSIDE = 'TargetMode="External"'
ACTIVE = {
    "a template from outside": ("word/_rels/settings.xml.rels", "attachedTemplate", OUTSIDE),
    "a picture from outside": ("word/_rels/document.xml.rels", "image", OUTSIDE),
    "single quotes": ("word/_rels/document.xml.rels", "image", "TargetMode='External'"),
    "spaces": ("word/_rels/document.xml.rels", "image", 'TargetMode = " External "'),
    "an embedded object": ("word/_rels/document.xml.rels", "oleObject", ""),
    "an embedded workbook": ("word/charts/_rels/c.xml.rels", "package", ""),
    "a page inside": ("word/_rels/document.xml.rels", "aFChunk", ""),
    "a frame": ("word/_rels/webSettings.xml.rels", "frame", OUTSIDE),
    "a control": ("WORD/_RELS/DOCUMENT.XML.RELS", "control", ""),
}


@pytest.mark.parametrize("name", ACTIVE)
def test_what_acts_or_fetches_is_active(name: str) -> None:
    """Every relationship to an object, or to something outside that is fetched by itself, is noticed."""
    part, kind, mode = ACTIVE[name]
    assert read_docx(package(parts={part: relationships(kind, "http://evil.example/x", mode)})).active_content


def test_a_link_to_click_and_a_part_of_its_own_are_not() -> None:
    """An ordinary letter with a link and a picture is not active."""
    for kind, mode in (("hyperlink", OUTSIDE), ("image", ""), ("image", 'TargetMode="Internal"')):
        parts = {"word/_rels/document.xml.rels": relationships(kind, "x", mode)}
        assert not read_docx(package(parts=parts)).active_content


def field(*instructions: str) -> str:
    """A field whose code stands in these pieces."""
    runs = "".join(f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in instructions)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


@pytest.mark.parametrize(
    "body",
    [
        field(" DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "),
        field("D", "D", "E excel"),
        field(" dde x"),
        field(' INCLUDEPICTURE "http://evil.example/x" '),
        '<w:p><w:fldSimple w:instr="LINK Excel.Sheet x"/></w:p>',
    ],
)
def test_a_field_that_fetches_is_active(body: str) -> None:
    """Field codes that start a program or fetch a file are noticed, also cut into pieces."""
    assert read_docx(package(body)).active_content


def test_harmless_fields_and_the_bare_word_are_not() -> None:
    """Page numbers, links and a text about DDE are ordinary; a field's code is no text."""
    body = field(' HYPERLINK "http://link.example/ LINK" ') + field(" PAGE ") + paragraph("We turned DDE off")
    found = read_docx(package(body))
    assert not found.active_content
    assert found.text == "We turned DDE off"


@pytest.mark.parametrize(
    "part",
    [
        "<w:document",
        f'<w:document xmlns:w="{WORD}"><w:p></w:document>',
        f'<!DOCTYPE x [<!ENTITY a "b">]><w:document xmlns:w="{WORD}">&a;</w:document>',
        f'<!DOCTYPE x SYSTEM "file:///etc/passwd"><w:document xmlns:w="{WORD}"/>',
        "",
    ],
)
def test_xml_that_is_broken_or_declares_a_type_is_unreadable(part: str) -> None:
    """No entity is ever resolved, and what is not well-formed is told."""
    with pytest.raises(UnreadableProofError) as caught:
        read_docx(package(parts={"word/document.xml": part}))
    assert caught.value.code == "poe-unreadable"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_what_is_no_document_is_unreadable(content: bytes) -> None:
    """The reader judges for itself: a stored file may have been damaged since the door."""
    with pytest.raises(UnreadableProofError):
        read_docx(content)


def test_a_long_text_is_cut() -> None:
    """Beyond the limit nothing more is read, and that is told."""
    line = paragraph("long text " * 1_000)
    found = read_docx(package(line * 120, compression=zipfile.ZIP_STORED))
    assert found.truncated
    assert 0 < len(found.text) <= CHARACTERS_AT_MOST


def test_endless_elements_are_left_in_time() -> None:
    """A part of nothing but empty paragraphs is given up, and what it said before is kept."""
    content = package(paragraph("First") + "<w:p/>" * 700_000, compression=zipfile.ZIP_STORED)
    found = read_docx(content)
    assert (found.text, found.truncated) == ("First", True)
