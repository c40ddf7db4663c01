"""Real proofs, damaged at random: never anything but an answer, and never a long wait."""

import io
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from shared.documents.findings import find
from shared.documents.inspection import DOCX, PDF, inspect
from shared.documents.proof_text import UnreadableProofError
from shared.documents.reading import read
from tests.unit.documents.packages import document, package, paragraph
from tools import sample_proofs

SAID: dict[str, Any] = {"customer": "Alpine Outfitters", "products": ["Teams"], "dated": date(2026, 11, 20)}
SECONDS = 2
MEBIBYTE = 1024 * 1024
BROKEN = ("poe-unreadable",)
SOURCES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "pdf": (PDF, lambda: sample_proofs.pdf_proof(**SAID)),
    "scan": (PDF, sample_proofs.scan_pdf),
    "script": (PDF, lambda: sample_proofs.pdf_with_javascript(**SAID)),
    "field": (PDF, lambda: sample_proofs.signed_field_pdf(**SAID)),
    "docx": (DOCX, lambda: sample_proofs.docx_proof(**SAID)),
}
WORDS = (
    b"obj", b"endobj", b"stream", b"endstream", b"/Kids", b"/Parent", b"/Length", b"/Filter", b"R", b"<<", b">>", b"[",
    b"]", b"(", b"99999999999", b"-1", b"0", b"xref", b"trailer", b"PK\x01\x02", b"PK\x05\x06", b"\x00", b"\xff",
)  # fmt: skip
"""Pieces that mean something to one of the formats: they lead further in than noise does."""

edits = st.lists(
    st.tuples(
        st.sampled_from(("change", "cut", "insert", "double")),
        st.floats(0, 1),
        st.integers(1, 200),
        st.sampled_from(WORDS),
    ),
    min_size=1,
    max_size=12,
)


def damaged(content: bytes, changes: list[tuple[str, float, int, bytes]]) -> bytes:
    """The content after these changes, each at its share of the length."""
    for kind, share, length, word in changes:
        place = int(share * len(content))
        if kind == "change":
            content = content[:place] + word + content[place + len(word) :]
        elif kind == "cut":
            content = content[:place] + content[place + length :]
        elif kind == "insert":
            content = content[:place] + word * (1 + length // 20) + content[place:]
        else:
            content = content[:place] + content[place : place + length] + content[place:]
    return content


def looked_at(content: bytes, kind: str) -> None:
    """Inspect, read and search: only an answer or the one error, in time."""
    began = time.perf_counter()
    inspect(content, max_bytes=25 * MEBIBYTE)
    try:
        text = read(content, kind)
        find(text, customer_names=["Alpine"], product_names={"teams": ["Teams"]}, submitted_on=date(2026, 11, 20))
    except UnreadableProofError:
        pass
    assert time.perf_counter() - began < SECONDS


@pytest.fixture(scope="module", autouse=True)
def _libraries_loaded() -> None:
    """The first use pays for the imports."""
    for kind, make in SOURCES.values():
        read(make(), kind)


@pytest.mark.parametrize("name", SOURCES)
def test_a_damaged_proof_gets_an_answer(name: str) -> None:
    """Whatever happens to a real file's bytes, it is read or refused, quickly."""
    kind, make = SOURCES[name]
    whole = make()

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(edits)
    def holds(changes: list[tuple[str, float, int, bytes]]) -> None:
        looked_at(damaged(whole, changes), kind)

    holds()


@given(edits)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_part_inside_a_whole_package_gets_an_answer(changes: list[tuple[str, float, int, bytes]]) -> None:
    """Damage that the checksums do not show, for it was done before packing."""
    part = document(paragraph("Signed by: Ann Example") * 5).encode()
    looked_at(package(parts={"word/document.xml": damaged(part, changes)}), DOCX)


@given(st.binary(max_size=2000))
@settings(deadline=None)
def test_noise_behind_a_right_beginning_gets_an_answer(noise: bytes) -> None:
    """A file that only begins like a proof is refused."""
    for kind, magic in ((PDF, b"%PDF-1.7\n"), (DOCX, b"PK\x03\x04")):
        looked_at(magic + noise, kind)
        looked_at(magic + noise + b"\n%%EOF", kind)


def _scan(size: int) -> bytes:
    """A PDF of about that size whose page is one picture."""
    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    picture, drawing = StreamObject(), StreamObject()
    picture._data, drawing._data = sample_proofs.noise(size), b"/P Do"
    for key, value in (("/Type", "/XObject"), ("/Subtype", "/Image"), ("/Filter", "/DCTDecode")):
        picture[NameObject(key)] = NameObject(value)
    pictures = DictionaryObject({NameObject("/P"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    page[NameObject("/Contents")] = writer._add_object(drawing)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


HUGE: dict[str, tuple[str, tuple[str, ...], Callable[[], bytes]]] = {
    "a large proof": (PDF, (), lambda: sample_proofs.pdf_of_size(25 * MEBIBYTE, **SAID)),
    "a large scan": (PDF, (), lambda: _scan(24 * MEBIBYTE)),
    "a large document": (
        DOCX,
        (),
        lambda: package(parts={f"word/{n}.bin": sample_proofs.noise(3 * MEBIBYTE) for n in range(8)}, compression=0),
    ),
    "objects without end": (PDF, BROKEN, lambda: b"%PDF-1.7\n" + b"1 0 obj\n<<>>\nendobj\n" * 800_000 + b"%%EOF\n"),
    "numbers without end": (
        PDF,
        BROKEN,
        lambda: b"%PDF-1.7\n1 0 obj\n[" + b"0 " * 8_000_000 + b"]\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n",
    ),
    "lines without end": (PDF, BROKEN, lambda: b"%PDF-1.7\n" + b"\n" * 16_000_000 + b"startxref\n9\n%%EOF\n"),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_large_file_is_judged_within_bounds(name: str) -> None:
    """The largest files, honest or not, take seconds, and the honest ones no more than three times their size."""
    kind, faults, make = HUGE[name]
    content = make()
    began = time.perf_counter()
    assert inspect(content, max_bytes=26 * MEBIBYTE).faults == faults
    assert time.perf_counter() - began < 5 * SECONDS
    if faults:
        return
    tracemalloc.start()
    try:
        inspect(content, max_bytes=26 * MEBIBYTE)
        read(content, kind)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak + len(content) <= 3 * len(content)
