"""What is read from a PDF, what counts as signed, and what counts as active."""

import gc
import io
import sys
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from shared.documents.inspection import PDF
from shared.documents.pdf_text import opens, read_pdf
from shared.documents.proof_text import PAGES_AT_MOST, UnreadableProofError
from shared.documents.reading import read
from tests.unit.documents.packages import rewritten
from tools import sample_proofs

SAID: dict[str, Any] = {"customer": "Alpine Outfitters", "products": ["Microsoft Teams"]}


def named(**entries: Any) -> DictionaryObject:
    """A dictionary of the format; a text that begins with `/` is a name."""
    return DictionaryObject(
        {
            NameObject(f"/{key}"): (
                NameObject(value)
                if isinstance(value, str) and value.startswith("/")
                else TextStringObject(value)
                if isinstance(value, str)
                else value
            )
            for key, value in entries.items()
        }
    )


def in_root(**entries: Any) -> Callable[[PdfWriter], None]:
    """A change that puts these entries into the document's catalogue."""

    def change(writer: PdfWriter) -> None:
        writer.root_object.update(named(**entries))

    return change


def with_fields(*fields: DictionaryObject) -> Callable[[PdfWriter], None]:
    """A change that gives the document a form with these fields."""
    return in_root(AcroForm=named(Fields=ArrayObject(fields)))


def on_page(**entries: Any) -> Callable[[PdfWriter], None]:
    """A change that puts a note with these entries on the first page."""

    def change(writer: PdfWriter) -> None:
        note = writer._add_object(named(Type="/Annot", **entries))
        writer.pages[0][NameObject("/Annots")] = ArrayObject([note])

    return change


def with_content(content: bytes, *, pages: int = 1) -> bytes:
    """A PDF whose pages all draw that."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(200, 200)
        stream = StreamObject()
        stream._data = content
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
        page[NameObject("/Resources")] = named(Font=named(F1=named(Type="/Font", Subtype="/Type1", BaseFont="/Arial")))
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_real_proof_reads_line_by_line(good_pdf: bytes) -> None:
    """The text layer comes out line by line, with nothing suspicious about it."""
    found = read(good_pdf, PDF)
    assert found.text.splitlines()[0] == "Proof of execution"
    assert "Signed by: Ann Example\nDate: 2026-11-20" in found.text
    assert found.machine_readable
    assert (found.active_content, found.signature_field_filled, found.truncated) == (False, False, False)


def test_the_file_s_bytes_are_let_go_at_once(good_pdf: bytes) -> None:
    """Nothing holds on to the bytes once they were read, not even until the next collection: proofs are large."""
    content = bytes(bytearray(good_pdf))
    gc.disable()
    try:
        before = sys.getrefcount(content)
        assert opens(content)
        read_pdf(content)
        assert sys.getrefcount(content) == before
    finally:
        gc.enable()


def test_polish_letters_come_out_as_they_went_in() -> None:
    """The embedded font's letters are told back, every one of the Polish alphabet."""
    pangram = "Zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ"
    content = sample_proofs.pdf_proof(customer=pangram, products=["Power BI"], language="pl")
    assert f"Klient: {pangram}" in read_pdf(content).text


def test_a_scan_has_no_text() -> None:
    """A picture in a PDF is readable for people alone."""
    found = read_pdf(sample_proofs.scan_pdf())
    assert (found.text, found.machine_readable) == ("", False)


def test_fields_and_notes_are_part_of_the_text(good_pdf: bytes) -> None:
    """A filled field reads as `label: value`, by its friendly name where it has one; typed notes are read, too."""
    fields = with_fields(
        named(FT="/Tx", T="f1", TU="Date", V="12.11.2026"),
        named(FT="/Tx", T="Customer", V="Birch Biuro"),
        named(FT="/Tx", T="Empty", V=" "),
    )
    text = read_pdf(rewritten(good_pdf, fields)).text
    assert "Date: 12.11.2026" in text
    assert "Customer: Birch Biuro" in text
    assert "Empty" not in text
    assert "Cedar Klinik" in read_pdf(rewritten(good_pdf, on_page(Subtype="/FreeText", Contents="Cedar Klinik"))).text
    assert "Cedar" not in read_pdf(rewritten(good_pdf, on_page(Subtype="/Text", Contents="Cedar Klinik"))).text


SIGNATURE = named(Type="/Sig", Contents=ByteStringObject(b"x" * 32))


@pytest.mark.parametrize(
    ("field", "signed"),
    [
        (named(FT="/Sig", T="any", V=SIGNATURE), True),
        (named(FT="/Sig", T="any"), False),
        (named(FT="/Sig", T="any", V=NullObject()), False),
        (named(FT="/Sig", T="any", V=named(Type="/Sig")), False),
        (named(FT="/Tx", T="Signed by", V="Ann Example"), True),
        (named(FT="/Tx", T="customerSignature", V="Ann Example"), True),
        (named(FT="/Tx", T="podpis_klienta", V="Jan Łoś"), True),
        (named(FT="/Tx", T="Signed by", V="____"), False),
        (named(FT="/Tx", T="Signature_date", V="2026-11-12"), False),
        (named(FT="/Tx", T="Designation", V="Chief of all"), False),
        (named(FT="/Tx", T="assigned_to", V="Ann Example"), False),
    ],
)
def test_what_counts_as_a_filled_signature_field(field: DictionaryObject, signed: bool, good_pdf: bytes) -> None:
    """A signature that is there, or a name in a field that is named for one; nothing else."""
    assert read_pdf(rewritten(good_pdf, with_fields(field))).signature_field_filled is signed


def test_the_sample_with_a_signature_field_is_signed_by_it() -> None:
    """The sample proof's line is blank, and its field signs."""
    found = read_pdf(sample_proofs.signed_field_pdf(**SAID))
    assert "Signed by: ____" in found.text
    assert found.signature_field_filled


SCRIPT = named(S="/JavaScript", JS="app.alert(1)")
EMBEDDED = named(EmbeddedFiles=named(Names=ArrayObject()))
ACTIVE: dict[str, Callable[[PdfWriter], None]] = {
    "a script on opening": in_root(OpenAction=SCRIPT),
    "a link on opening": in_root(OpenAction=named(S="/URI", URI="http://evil.example")),
    "a script with its name in disguise": in_root(OpenAction=named(S="/J#61vaScript")),
    "scripts by name": in_root(Names=named(JavaScript=named(Names=ArrayObject()))),
    "further actions": in_root(AA=named(WC=named(S="/GoTo"))),
    "a file inside": in_root(Names=EMBEDDED),
    "a file that belongs to it": in_root(AF=ArrayObject([named(Type="/Filespec", EF=named())])),
    "a dynamic form": in_root(AcroForm=named(Fields=ArrayObject(), XFA=ArrayObject())),
    "a field with a script": with_fields(named(FT="/Tx", T="a", V="b", AA=named(K=SCRIPT))),
    "a field deep in a form": with_fields(named(T="a", Kids=ArrayObject([named(FT="/Tx", T="b", A=SCRIPT)]))),
    "a program to start": on_page(Subtype="/Link", A=named(S="/Launch", F="cmd.exe")),
    "a form that sends": on_page(Subtype="/Widget", A=named(S="/SubmitForm", F="http://evil.example")),
    "an action behind an action": on_page(Subtype="/Link", A=named(S="/GoTo", Next=SCRIPT)),
    "rich media": on_page(Subtype="/RichMedia"),
    "an attached note": on_page(Subtype="/FileAttachment"),
    "a film": on_page(Subtype="/Screen"),
}


@pytest.mark.parametrize("name", ACTIVE)
def test_everything_that_acts_is_active(name: str, good_pdf: bytes) -> None:
    """Wherever in the document it hangs, what runs, opens, sends or hides a file is noticed."""
    assert read_pdf(rewritten(good_pdf, ACTIVE[name])).active_content


HARMLESS: dict[str, Callable[[PdfWriter], None]] = {
    "a jump on opening": in_root(OpenAction=ArrayObject([NumberObject(0), NameObject("/Fit")])),
    "a jump by action on opening": in_root(OpenAction=named(S="/GoTo", D=ArrayObject())),
    "a link to click": on_page(Subtype="/Link", A=named(S="/URI", URI="https://alpine.example")),
    "an ordinary form": with_fields(named(FT="/Tx", T="a", V="b")),
    "the word itself": on_page(Subtype="/FreeText", Contents="/JavaScript /Launch"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_ordinary_documents_are_not_active(name: str, good_pdf: bytes) -> None:
    """What office programs write into every PDF is no reason to bother a reviewer."""
    assert not read_pdf(rewritten(good_pdf, HARMLESS[name])).active_content


def test_more_objects_than_anyone_needs_count_as_active(good_pdf: bytes) -> None:
    """Where there is too much to look through, nobody may say that it is harmless."""

    def change(writer: PdfWriter) -> None:
        rows = [ArrayObject([DictionaryObject() for _ in range(5_000)]) for _ in range(11)]
        writer.root_object[NameObject("/Heap")] = ArrayObject(rows)

    assert read_pdf(rewritten(good_pdf, change)).active_content


def test_a_loop_of_objects_ends(good_pdf: bytes) -> None:
    """Objects that refer to each other are looked at once."""

    def change(writer: PdfWriter) -> None:
        one, other = named(), named()
        first, second = writer._add_object(one), writer._add_object(other)
        one[NameObject("/Next")], other[NameObject("/Next")] = second, first
        writer.root_object[NameObject("/Loop")] = first

    assert not read_pdf(rewritten(good_pdf, change)).active_content


def test_a_form_that_holds_itself_ends(good_pdf: bytes) -> None:
    """A field below itself is looked at once, and its kind and value come down from above."""

    def change(writer: PdfWriter) -> None:
        below = writer._add_object(named(T="name"))
        field = named(FT="/Tx", T="signed", V="Ann Example")
        reference = writer._add_object(field)
        field[NameObject("/Kids")] = ArrayObject([reference, NumberObject(7), below])
        writer.root_object[NameObject("/AcroForm")] = named(Fields=ArrayObject([reference]))

    found = read_pdf(rewritten(good_pdf, change))
    assert found.signature_field_filled
    assert found.text.count("Ann Example") == 3


def test_fields_beyond_the_limit_are_not_read(good_pdf: bytes) -> None:
    """A form of groups upon groups ends."""
    groups = [named(Kids=ArrayObject([named(FT="/Tx", T=f"a{n}", V="zz") for n in range(100)])) for _ in range(60)]
    assert 4_000 < read_pdf(rewritten(good_pdf, with_fields(*groups))).text.count(": zz") < 5_000


def test_a_page_that_draws_without_end_is_left() -> None:
    """Drawing costs time: beyond the budget the pages read so far are kept, and that is told."""
    found = read_pdf(with_content(b"q Q " * 50_000, pages=4))
    assert (found.text, found.truncated) == ("", True)


def test_forms_that_ask_for_each_other_are_left(good_pdf: bytes) -> None:
    """Nine forms that each ask nine times for the next would draw four hundred million things."""

    def change(writer: PdfWriter) -> None:
        inner = None
        for _ in range(9):
            form = StreamObject()
            form._data = b"/F Do " * 9 if inner else b"q Q " * 1000
            form.update(named(Type="/XObject", Subtype="/Form"))
            form[NameObject("/Resources")] = named(XObject=named(F=inner) if inner else DictionaryObject())
            inner = writer._add_object(form)
        writer.pages[0]["/Resources"][NameObject("/XObject")] = named(F=inner)  # type: ignore[index]
        stream = StreamObject()
        stream._data = b"/F Do " * 9
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    assert read_pdf(rewritten(good_pdf, change)).text == ""


def test_a_stream_that_unfolds_without_measure_is_not_read() -> None:
    """A page of a few kilobytes may not fill the memory: it is left to people."""
    assert not read_pdf(with_content(b" " * 60_000_000)).machine_readable


def test_pages_beyond_the_limit_are_not_read() -> None:
    """The limit on pages is told as a cut."""
    content = with_content(b"q Q", pages=PAGES_AT_MOST + 1)
    assert read_pdf(content).truncated


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 1 0 R>> endobj trailer <</Root 1 0 R>>\n%%EOF",
        b"%PDF-1.7\nxref\n0 99999999\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 100_000 + b"\n%%EOF",
        b"%PDF-1.7\n" + b"<<" * 100_000 + b"\n%%EOF",
        b"hello",
    ],
)
def test_what_is_broken_is_unreadable(content: bytes) -> None:
    """No breakage shows as anything but the one error, which the door has seen already."""
    assert not opens(content)
    with pytest.raises(UnreadableProofError) as caught:
        read_pdf(content)
    assert caught.value.code == "poe-unreadable"


def test_a_locked_pdf_is_unreadable() -> None:
    """A file behind a password is not guessed at."""
    with pytest.raises(UnreadableProofError):
        read_pdf(sample_proofs.encrypted_pdf(**SAID))
