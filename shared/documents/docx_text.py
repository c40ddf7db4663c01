"""DOCX: what it says, whether it is signed, and whether it brings anything that acts.

The parts are read one after the other as streams, found by their content type: a package may name its main part as it
likes, and Word opens files in which a relationship leads nowhere.
"""

import zipfile
from collections.abc import Mapping

from shared.documents.package_xml import local, walk
from shared.documents.proof_text import CHARACTERS_AT_MOST, ProofText, UnreadableProofError, tidied
from shared.documents.word_archive import MAIN_TYPE, ArchiveVerdict, ContentTypes, content_types, look_into, opened
from shared.documents.word_part import WordPart

_WORD_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_READ = (
    MAIN_TYPE,
    *(f"{_WORD_TYPES}{kind}+xml" for kind in ("header", "footer", "footnotes", "endnotes")),
)
"""The kinds of part that hold what a reader sees, in reading order; comments are about the proof, not of it."""
_SIGNATURE = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
_HARMLESS_OUTSIDE = frozenset({"hyperlink"})
_ACTIVE_RELATIONSHIPS = frozenset(
    {"oleobject", "package", "control", "activexcontrolbinary", "vbaproject", "afchunk", "attachedtemplate", "frame"}
)


def read_docx(content: bytes) -> ProofText:
    """The text of the document with tables, text boxes, headers and content controls. UnreadableProofError."""
    if look_into(content) is not ArchiveVerdict.WORD:
        raise UnreadableProofError("The file is no Word document that can be opened safely.")
    with opened(content) as archive:
        types = content_types(archive)
        part, whole = _read_parts(archive, types)
        names = archive.namelist()
        active = part.fetches or any(_brings_active(archive, name) for name in names if name.lower().endswith(".rels"))
        signed = part.signed or any(types.of(name) == _SIGNATURE for name in names)
    return ProofText(
        text=tidied(part.text[:CHARACTERS_AT_MOST]),
        signature_field_filled=signed,
        active_content=active,
        truncated=not whole,
    )


def _read_parts(archive: zipfile.ZipFile, types: ContentTypes) -> tuple[WordPart, bool]:
    """Everything that the parts say, and whether that is all of it."""
    reader = WordPart()
    readable = [name for name in archive.namelist() if types.of(name) in _READ]
    whole = True
    for name in sorted(readable, key=lambda name: (_READ.index(types.of(name)), name)):
        with archive.open(name) as part:
            whole = walk(part, start=reader.start, end=reader.end, text=reader.characters) and whole
        reader.finish_part()
    return reader, whole


def _brings_active(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether the part's relationships lead to embedded objects, or to anything outside but a link to click."""
    found = False

    def start(element: str, attributes: Mapping[str, str]) -> None:
        nonlocal found
        if local(element) != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        outside = attributes.get("TargetMode", "").strip().lower() == "external"
        found = found or kind in _ACTIVE_RELATIONSHIPS or (outside and kind not in _HARMLESS_OUTSIDE)

    with archive.open(name) as part:
        whole = walk(part, start=start)
    return found or not whole
