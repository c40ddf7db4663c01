"""`multipart/form-data` requests: one JSON part `claim`, and the proofs (API.md, Partner).

The parser below sets no limits of its own, so the request's length is looked at before anything is parsed.
"""

import asyncio
import contextlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import azure.functions as func
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header

from functions.bodies import media_type
from functions.request_errors import MalformedRequestError, TooLargeError, UnsupportedTypeError
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.forms.form import MOST_FAULTS, UNKNOWN_FIELD, pointer
from shared.forms.json_body import read_json
from shared.usecases.uploads import Upload

MULTIPART = "multipart/form-data"
MOST_BYTES = 90 * 1024 * 1024
MOST_PARTS = 100
NAME_LENGTH = 150
_CLAIM, _PROOF = "claim", "proof"
_CLAIMS, _PROOFS = "claims", "proofs"
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The parts of a request that files a claim: the parsed JSON, the proofs in order, and unknown parts as faults."""

    data: object
    proofs: tuple[Upload, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledRows:
    """The parts of a request that imports claims: the CSV, and the zip of proofs or null; neither is read yet."""

    claims: bytes
    proofs: bytes | None


async def filed_claim(request: func.HttpRequest) -> Filed:
    """A claim and its proofs. UnsupportedTypeError, TooLargeError, MalformedRequestError, MalformedJsonError."""
    _check(request)
    return await asyncio.to_thread(_filed, request)


async def uploaded_proof(request: func.HttpRequest) -> Upload:
    """The one part `proof`. InvalidClaimError where there is none, or more than one."""
    _check(request)
    return await asyncio.to_thread(_uploaded, request)


async def filed_rows(request: func.HttpRequest) -> FiledRows:
    """Claims as CSV and their proofs as a zip. UnsupportedTypeError, TooLargeError, MalformedRequestError.

    InvalidClaimError for parts that nobody asked for.
    """
    _check(request)
    return await asyncio.to_thread(_filed_rows, request)


async def form_parts(request: func.HttpRequest) -> tuple[list[tuple[str, str]], tuple[Upload, ...]]:
    """The fields and the proofs of a page's form; a file input left empty is none."""
    _check(request)
    return await asyncio.to_thread(_form_parts, request)


def _check(request: func.HttpRequest) -> None:
    if media_type(request) != MULTIPART:
        raise UnsupportedTypeError(say("Send the files as %(type)s.", type=MULTIPART))
    said = str(request.headers.get("content-length", "")).strip()
    length = int(said) if said.isascii() and said.isdecimal() and len(said) < 20 else 0  # noqa: PLR2004 - any sane length
    if max(length, len(request.get_body())) > MOST_BYTES:
        message = say("A request may have at most 90 MiB. Make a draft, and add the proofs one by one.")
        raise TooLargeError(message)
    boundary = parse_options_header(str(request.headers["content-type"]))[1].get("boundary")
    if not boundary:
        raise MalformedRequestError(say("The Content-Type does not tell the boundary between the parts."))
    if request.get_body().count(f"--{boundary}".encode()) > MOST_PARTS:
        raise TooLargeError(say("A request may have at most %(most)s parts.", most=MOST_PARTS))


@dataclass(frozen=True, slots=True)
class _Part:
    """One part, read whole; `file_name` null for a plain field."""

    name: str
    file_name: str | None
    content: bytes

    @property
    def is_proof(self) -> bool:
        """A file under the name that proofs have."""
        return self.name == _PROOF and self.file_name is not None


def _filed(request: func.HttpRequest) -> Filed:
    parts = _parts(request)
    written = [part.content for part in parts if part.name == _CLAIM]
    if len(written) != 1:
        raise MalformedRequestError(say("The request needs one part named claim, with the claim's JSON."))
    data = read_json(written[0])
    return Filed(data=data, proofs=_uploads(parts), faults=_strangers(parts, known={_CLAIM, _PROOF}))


def _filed_rows(request: func.HttpRequest) -> FiledRows:
    parts = _parts(request)
    claims = [part.content for part in parts if part.name == _CLAIMS]
    proofs = [part.content for part in parts if part.name == _PROOFS and (part.file_name or part.content)]
    if len(claims) != 1 or len(proofs) > 1:
        raise MalformedRequestError(say("Send one part named claims with the CSV, and at most one named proofs."))
    if strangers := _strangers(parts, known={_CLAIMS, _PROOFS}):
        raise InvalidClaimError(strangers)
    return FiledRows(claims=claims[0], proofs=proofs[0] if proofs else None)


def _uploaded(request: func.HttpRequest) -> Upload:
    parts = _parts(request)
    uploads, faults = _uploads(parts), list(_strangers(parts, known={_PROOF}))
    if len(uploads) != 1:
        code = "required" if not uploads else "too-many"
        faults.append(Fault(pointer="/proof", code=code, message=say("Send one file, in a part named proof.")))
    if faults:
        raise InvalidClaimError(tuple(faults))
    return uploads[0]


def _form_parts(request: func.HttpRequest) -> tuple[list[tuple[str, str]], tuple[Upload, ...]]:
    parts = _parts(request)
    fields = [(part.name, part.content.decode()) for part in parts if part.file_name is None]
    return fields, _uploads([part for part in parts if part.file_name or part.content])


def _parts(request: func.HttpRequest) -> Sequence[_Part]:
    """Every part, files before fields; the parser's temporary files are closed."""
    try:
        files = list(request.files.items(multi=True))
        texts = list(request.form.items(multi=True))
    except HTTPException as error:
        raise TooLargeError(say("The request has too many parts.")) from error
    except (ValueError, LookupError) as error:
        raise MalformedRequestError(say("The parts of the request cannot be read.")) from error
    if not files and not texts:
        raise MalformedRequestError(say("The request has no parts that can be read."))
    return [*(_read(name, file) for name, file in files), *(_Part(name, None, text.encode()) for name, text in texts)]


def _read(name: str, file: FileStorage) -> _Part:
    with contextlib.closing(file):
        return _Part(name, file.filename or "", file.stream.read())


def _uploads(parts: Sequence[_Part]) -> tuple[Upload, ...]:
    return tuple(
        Upload(file_name=shown_name(part.file_name or ""), content=part.content) for part in parts if part.is_proof
    )


def _strangers(parts: Sequence[_Part], *, known: set[str]) -> tuple[Fault, ...]:
    """Parts that nobody asked for: leaving one out in silence could lose a proof."""
    names = dict.fromkeys(part.name for part in parts if part.name not in known)
    faults = [
        Fault(pointer=pointer([name]), code=UNKNOWN_FIELD, message=say("There is no such part.")) for name in names
    ]
    if any(part.name == _PROOF and not part.is_proof for part in parts):
        faults.append(
            Fault(pointer="/proofs", code="wrong-type", message=say("A proof must be a file, with a file name."))
        )
    return tuple(faults[:MOST_FAULTS])


def shown_name(name: str) -> str:
    """The file's name as people are shown it: no folders, NFC, nothing unprintable, at most 150 characters.

    The ending is kept where the name is cut. A name of which nothing is left is `proof`.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    printable = "".join(one for one in last if unicodedata.category(one)[0] != "C" or one in "\u200c\u200d")
    clean = " ".join("".join(one for one in printable if one not in _TURNING).split()).strip(". ")
    if len(clean) > NAME_LENGTH:
        ending = PurePosixPath(clean).suffix[:10]
        clean = clean[: NAME_LENGTH - len(ending)].rstrip() + ending
    return clean or "proof"
