"""Real proofs of execution, good and bad, for trying the product and testing it: `python -m tools.sample_proofs DIR`.

The good ones say what the checks look for; each bad one is wrong in one way.
"""

import argparse
import io
import random
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

WORDS = {
    "en": {
        "title": "Proof of execution",
        "customer": "Customer",
        "products": "Products",
        "work": "The partner named above has done the work described here for us.",
        "signed": "Signed by",
        "date": "Date",
    },
    "pl": {
        "title": "Potwierdzenie wykonania",
        "customer": "Klient",
        "products": "Produkty",
        "work": "Wymieniony partner wykonał dla nas opisaną tu pracę: wdrożenie i pomoc użytkownikom.",
        "signed": "Podpisał(a)",
        "date": "Data",
    },
}
FONT = "Roboto"


def lines(
    *, customer: str, products: Sequence[str], signed_by: str | None, dated: date | None, language: str
) -> list[str]:
    """What the proof says, line by line; no name or date leaves the form's blank."""
    words = WORDS[language]
    return [
        words["title"],
        f"{words['customer']}: {customer}",
        f"{words['products']}: {', '.join(products)}",
        words["work"],
        f"{words['signed']}: {signed_by or '____________________'}",
        f"{words['date']}: {dated.isoformat() if dated else '____________'}",
    ]


def pdf_proof(
    *,
    customer: str,
    products: Sequence[str],
    signed_by: str | None = "Ann Example",
    dated: date | None = None,
    language: str = "en",
) -> bytes:
    """A PDF with a text layer and an embedded font that knows Polish letters."""
    buffer, canvas = _canvas()
    for number, line in enumerate(
        lines(customer=customer, products=products, signed_by=signed_by, dated=dated, language=language)
    ):
        canvas.setFont(FONT, 18 if number == 0 else 11)
        canvas.drawString(72, 760 - 28 * number, line)
    canvas.save()
    return buffer.getvalue()


def _canvas() -> tuple[io.BytesIO, Any]:
    from font_roboto import Roboto  # type: ignore[import-untyped]
    from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    pdfmetrics.registerFont(TTFont(FONT, Roboto))
    buffer = io.BytesIO()
    return buffer, Canvas(buffer, pagesize=A4, invariant=1)


def docx_proof(
    *,
    customer: str,
    products: Sequence[str],
    signed_by: str | None = "Ann Example",
    dated: date | None = None,
    language: str = "en",
) -> bytes:
    """A Word document; customer and products stand in a table, as people like to write them."""
    from docx import Document

    said = lines(customer=customer, products=products, signed_by=signed_by, dated=dated, language=language)
    document = Document()
    document.add_heading(said[0])
    table = document.add_table(rows=0, cols=2)
    for line in said[1:3]:
        label, _, value = line.partition(": ")
        cells = table.add_row().cells
        cells[0].text, cells[1].text = f"{label}:", value
    for line in said[3:]:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def picture(kind: str = "PNG") -> bytes:
    """A picture of a signed paper, as a phone or a scanner makes it: no text in it. `kind` is PNG or JPEG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(image).text((40, 40), "Proof of execution, signed", fill="black")
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def scan_pdf() -> bytes:
    """A PDF that is only a picture."""
    from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]

    buffer, canvas = _canvas()
    canvas.drawImage(ImageReader(io.BytesIO(picture())), 72, 400, 450, 300)
    canvas.save()
    return buffer.getvalue()


def _rewritten(content: bytes, *, script: str | None = None, password: str | None = None) -> bytes:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    if script:
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        )
        writer.root_object[NameObject("/OpenAction")] = action
    if password:
        writer.encrypt(password)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def pdf_with_javascript(**said: Any) -> bytes:
    """A good proof that runs a script when it is opened."""
    return _rewritten(pdf_proof(**said), script="app.alert('hello');")


def signed_field_pdf(**said: Any) -> bytes:
    """A proof without a name on the signature line, but with a signature field that holds a signature."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_proof(**{**said, "signed_by": None}))))
    signature = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Sig"),
            NameObject("/Filter"): NameObject("/Adobe.PPKLite"),
            NameObject("/Contents"): ByteStringObject(random.Random(3).randbytes(256)),  # noqa: S311
        }
    )
    field = DictionaryObject(
        {
            NameObject("/FT"): NameObject("/Sig"),
            NameObject("/T"): TextStringObject("customer"),
            NameObject("/V"): writer._add_object(signature),  # noqa: SLF001
        }
    )
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([writer._add_object(field)])}  # noqa: SLF001
    )
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def encrypted_pdf(**said: Any) -> bytes:
    """A good proof behind a password."""
    return _rewritten(pdf_proof(**said), password="open sesame")  # noqa: S106 - a password for a sample, no secret


def broken_pdf() -> bytes:
    """A PDF that was cut off on its way."""
    whole = pdf_proof(customer="Alpine Outfitters", products=["Microsoft Teams"])
    return whole[: len(whole) // 3]


def pdf_of_size(size: int, **said: Any) -> bytes:
    """A good proof of exactly that many bytes: noise that nothing refers to stands behind its header line."""
    whole = pdf_proof(**said)
    if size <= len(whole):
        raise ValueError(f"a proof has at least {len(whole)} bytes")
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject, StreamObject

    def padded(noise: int) -> bytes:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(whole)))
        stream = StreamObject()
        stream._data = random.Random(1).randbytes(noise)  # noqa: S311, SLF001 - noise, and the way to set it
        writer.root_object[NameObject("/CporPadding")] = writer._add_object(stream)  # noqa: SLF001
        buffer = io.BytesIO()
        writer.write(buffer)
        return buffer.getvalue()

    noise = size - len(padded(0))
    for _ in range(8):
        content = padded(noise)
        if len(content) == size:
            return content
        noise += size - len(content)
    raise ValueError(f"{size} bytes cannot be met")


def noise(size: int) -> bytes:
    """Bytes that no packing makes smaller, the same every time."""
    return random.Random(size).randbytes(size)  # noqa: S311 - noise, no secret


def program() -> bytes:
    """A Windows program, whatever its name says."""
    return b"MZ\x90\x00\x03\x00\x00\x00" + bytes(120) + b"PE\x00\x00" + random.Random(2).randbytes(2000)  # noqa: S311


def macro_docx() -> bytes:
    """A Word document with macros, by its own declaration."""
    plain = io.BytesIO(docx_proof(customer="Alpine Outfitters", products=["Microsoft Teams"]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b".document.main+xml", b".document.macroEnabled.main+xml"))
    return buffer.getvalue()


def bomb_docx() -> bytes:
    """A small Word document that unpacks to 300 MB."""
    buffer = io.BytesIO(docx_proof(customer="Alpine Outfitters", products=["Microsoft Teams"]))
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/media/image1.bin", "w") as entry,
    ):
        for _ in range(300):
            entry.write(bytes(1024 * 1024))
    return buffer.getvalue()


def everything(today: date) -> dict[str, bytes]:
    """A set of files to try by hand, by name."""
    alpine: dict[str, Any] = {
        "customer": "Alpine Outfitters (alpine.example)",
        "products": ["Microsoft Teams", "Exchange Online"],
        "dated": today,
    }
    birch: dict[str, Any] = {
        "customer": "Birch Biuro Sp. z o.o.",
        "products": ["Dynamics 365 Sales"],
        "dated": today,
        "language": "pl",
        "signed_by": "Józef Żółć",
    }
    return {
        "good.pdf": pdf_proof(**alpine),
        "good.docx": docx_proof(**alpine),
        "dobry.pdf": pdf_proof(**birch),
        "unsigned.pdf": pdf_proof(**{**alpine, "signed_by": None}),
        "signed-field.pdf": signed_field_pdf(**alpine),
        "old.pdf": pdf_proof(**{**alpine, "dated": date(today.year - 2, 1, 15)}),
        "scan.pdf": scan_pdf(),
        "scan.png": picture(),
        "scan.jpg": picture("JPEG"),
        "script.pdf": pdf_with_javascript(**alpine),
        "password.pdf": encrypted_pdf(**alpine),
        "broken.pdf": broken_pdf(),
        "program.pdf": program(),
        "macros.docx": macro_docx(),
        "bomb.docx": bomb_docx(),
        "empty.pdf": b"",
    }


def main() -> None:
    """Write the set into a folder."""
    parser = argparse.ArgumentParser(description="Write sample proofs of execution, good and bad.")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in everything(datetime.now(UTC).date()).items():
        (folder / name).write_bytes(content)
        print(folder / name)


if __name__ == "__main__":
    main()
