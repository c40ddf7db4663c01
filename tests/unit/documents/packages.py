"""Word packages and PDFs built part by part, for what no honest program would write."""

import io
import zipfile
from collections.abc import Callable, Mapping

from pypdf import PdfReader, PdfWriter

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def types(*overrides: tuple[str, str]) -> str:
    """The package's declaration of its parts."""
    declared = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{declared}</Types>"
    )


def document(body: str, namespace: str = WORD) -> str:
    """A main part with that body."""
    return (
        f'<w:document xmlns:w="{namespace}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    )


def paragraph(text: str) -> str:
    """A paragraph with one run."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def package(
    body: str = paragraph("Hello"),
    *,
    parts: Mapping[str, str | bytes] | None = None,
    overrides: tuple[tuple[str, str], ...] = (),
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A Word document with that body and further parts; a part of the same name takes the usual one's place."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": types(("word/document.xml", MAIN_TYPE), *overrides),
        "word/document.xml": document(body),
        **(parts or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relationships(kind: str, target: str, mode: str = "") -> str:
    """A relationships part with one entry; `mode` is written as given."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}" {mode}/></Relationships>'
    )


def rewritten(content: bytes, change: Callable[[PdfWriter], None]) -> bytes:
    """The PDF after a change to its objects."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
