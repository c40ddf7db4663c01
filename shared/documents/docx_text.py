"""DOCX: what it says, whether it is signed, and whether it brings anything that acts."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable

from shared.documents.proof_text import CHARACTERS_AT_MOST, ProofText, UnreadableProofError, tidied

_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_RELATIONSHIPS = re.compile(r".*\.rels")
_EXTERNAL = re.compile(rb'<Relationship\b[^>]*TargetMode="External"[^>]*>')
_HYPERLINK = b"/relationships/hyperlink"
_ACTIVE_MEMBERS = re.compile(r"word/(embeddings|activeX)/.*|.*vbaProject\.bin", re.IGNORECASE)
_DDE = re.compile(r"\bDDE(AUTO)?\b")
_SIGNATURE_PARTS = "_xmlsignatures/"
_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(content: bytes) -> ProofText:
    """The text of the document with tables, text boxes, headers and content controls. UnreadableProofError."""
    from docx.oxml import parse_xml
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            parts = sorted((name for name in names if _PARTS.fullmatch(name)), key=lambda name: "document" not in name)
            pieces = [piece for name in parts for piece in _paragraphs(parse_xml(archive.read(name)))]
            active = _is_active(names, (archive.read(name) for name in names if _RELATIONSHIPS.fullmatch(name)))
    except (zipfile.BadZipFile, LxmlError, KeyError, OSError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise UnreadableProofError("The Word document cannot be read.") from error
    text = "\n".join(pieces)
    return ProofText(
        text=tidied(text[:CHARACTERS_AT_MOST]),
        signature_field_filled=any(name.startswith(_SIGNATURE_PARTS + "sig") for name in names),
        active_content=active or _DDE.search(text) is not None,
        truncated=len(text) > CHARACTERS_AT_MOST,
    )


def _paragraphs(root: object) -> Iterable[str]:
    """The paragraphs' texts in document order; field codes are told, too, for DDE hides in them."""
    for paragraph in root.iter(f"{_WORDS}p"):  # type: ignore[attr-defined]
        runs = paragraph.iter(f"{_WORDS}t", f"{_WORDS}tab", f"{_WORDS}br", f"{_WORDS}instrText")
        yield "".join(_word(run) for run in runs)


def _word(run: object) -> str:
    tag: str = run.tag  # type: ignore[attr-defined]
    if tag in {f"{_WORDS}t", f"{_WORDS}instrText"}:
        return run.text or ""  # type: ignore[attr-defined]
    return "\n" if tag == f"{_WORDS}br" else " "


def _is_active(names: Iterable[str], relationships: Iterable[bytes]) -> bool:
    if any(_ACTIVE_MEMBERS.fullmatch(name) for name in names):
        return True
    return any(_HYPERLINK not in match.group() for part in relationships for match in _EXTERNAL.finditer(part))
