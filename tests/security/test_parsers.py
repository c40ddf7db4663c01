"""What reads words and files from outside, fed with damaged ones: only its own documented errors ever come out.

API.md: never 500 for any input. Samples that are right are bent (bits, ends, halves of two) beside bytes of
nobody's making. FUZZ=full (`make fuzz`) tries 10,000 cases a parser, otherwise 40.
"""

import asyncio
import base64
import contextlib
import gc
import json
import os
import time
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.bodies import if_match, json_of
from functions.continuations import continuation, place_of
from functions.delivery_reports import REPORT, read_reports
from functions.event_grid import UnreadableEventError
from functions.multipart import filed_claim
from functions.principal import read_principal
from functions.request_errors import (
    IfMatchMissingError,
    MalformedRequestError,
    NotSignedInError,
    TooLargeError,
    UnsupportedTypeError,
)
from shared.documents.inspection import inspect
from shared.documents.proof_text import UnreadableProofError
from shared.documents.reading import read
from shared.domain.errors import InvalidClaimError
from shared.domain.identifiers import InvalidIdentifierError, canonical_domain, canonical_tenant_id
from shared.forms.csv_table import csv_rows
from shared.forms.json_body import JsonTooLargeError, MalformedJsonError
from shared.forms.usage_file import USAGE_COLUMNS, usage_rows
from shared.notifications.response_tokens import SignedResponseTokens
from shared.storage.work_messages import BadMessageError, decoded, parsed
from tests.security.form_parsers import FORM_PARSERS
from tests.security.hostile_files import MEBIBYTE, WORD_TYPE, a_pdf
from tests.unit.documents.packages import document, package, paragraph
from tests.unit.functions.sent_requests import BOUNDARY, principal, request
from tests.unit.notifications.sample_claims import CLAIM_ID, claim

IS_FULL = os.environ.get("FUZZ") == "full"
CASES = 10_000 if IS_FULL else 40
SECONDS_AT_MOST = 5.0
"""Of one case: far above what any takes."""
BYTES_AT_MOST = 16 * MEBIBYTE
"""Of one case, beside what it was given: what an archive unpacks to is larger."""
UNPACKING = ("bulk zip", "docx")
"""Of these the memory is measured in every run, of the others in the full one: it doubles the time."""
type Parser = Callable[[bytes], object]
type Errors = tuple[type[Exception], ...]
TOKENS = SignedResponseTokens(keys=("n" * 40,), recipient_key=b"k" * 32)
KIND = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
PARTS = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="claim"\r\n\r\n{{"a": 1}}\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="proof"; filename="a.pdf"\r\n\r\nx\r\n--{BOUNDARY}--\r\n'
).encode()
DATA = {"messageId": "op-1", "status": "Bounced", "deliveryAttemptTimeStamp": "2026-11-22T10:00:00Z"}
EVENT = json.dumps({"id": "1", "eventType": REPORT, "data": DATA, "eventTime": "2026-11-22T11:00:00Z"}).encode()
JSONS = (
    b'{"a": [1, 2.5e3, null, "\\ud83d\\ude00"]}',
    b'{"a": 1, "a": 2}',
    b"[" * 5000,
    b'{"a": NaN, "b": -Infinity, "c": 1e999}',
    b"9" * 5000,
    b'"\\ud800"',
)
MESSAGE = json.dumps(
    {"schema_version": 1, "claim_id": CLAIM_ID, "step": "checks", "sent_at": "2026-11-22T10:00:00+00:00"}
).encode()
USAGE = ",".join(USAGE_COLUMNS).encode() + b"\na1a1a1a1-0000-4000-8000-000000000001,microsoft-365,,2026-10,5,10\n"
JSON_ERRORS = (MalformedJsonError, JsonTooLargeError)


def text(content: bytes) -> str:
    """The bytes as a header or a form would hold them."""
    return content.decode("utf-8", "replace")


def parts(content: bytes) -> object:
    """A multipart request, driven to its end."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(filed_claim(request("POST", headers=KIND, body=content)))
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


PARSERS: Mapping[str, tuple[Parser, Errors, tuple[bytes, ...]]] = {
    "csv": (
        lambda content: list(csv_rows(content, columns=("a", "b"), required=("a",))),
        (InvalidClaimError,),
        (b'a,b\r\n1,"x ""y"""\r\n', "\ufeffa;b\n1;ż\n".encode(), "a\tb\n1\t2\n".encode("utf-16")),
    ),
    "multipart": (
        parts,
        (MalformedRequestError, TooLargeError, UnsupportedTypeError, InvalidClaimError, *JSON_ERRORS),
        (PARTS,),
    ),
    "pdf": (lambda content: read(content, "application/pdf"), (UnreadableProofError,), (a_pdf(), a_pdf(packed=True))),
    "docx": (
        lambda content: read(content, WORD_TYPE),
        (UnreadableProofError,),
        (package(document(paragraph("Alpine"))),),
    ),
    "inspection": (
        lambda content: inspect(content, max_bytes=MEBIBYTE),
        (),
        (a_pdf(), a_pdf(packed=True), package(document(paragraph("Alpine")))),
    ),
    "principal header": (
        lambda content: read_principal(text(content)),
        (NotSignedInError,),
        (principal("c0c0c0c0-0000-4000-8000-000000000001", "Partner.IncentivesAdmin").encode(),),
    ),
    "principal claims": (
        lambda content: read_principal(base64.b64encode(content).decode()),
        (NotSignedInError,),
        (b'{"claims": [{"typ": "tid", "val": "x"}]}', *JSONS),
    ),
    "response token": (
        lambda content: TOKENS.verify(text(content), claim_id=CLAIM_ID),
        (),
        (TOKENS.issue(claim()).encode(),),
    ),
    "If-Match": (
        lambda content: if_match(request("PATCH", headers={"if-match": text(content)})),
        (IfMatchMissingError, MalformedRequestError),
        (b'"7", W/"6"', b"*"),
    ),
    "JSON body": (
        lambda content: json_of(request("POST", headers={"content-type": "application/json"}, body=content)),
        JSON_ERRORS,
        JSONS,
    ),
    "delivery report": (
        lambda content: read_reports(text(content), now=datetime(2026, 11, 22, 12, tzinfo=UTC)),
        (UnreadableEventError,),
        (EVENT, *JSONS),
    ),
    "queue message": (
        lambda content: decoded(content.decode("utf-8", "replace")),
        (BadMessageError,),
        (base64.b64encode(MESSAGE), "ż".encode()),
    ),
    "work message": (
        lambda content: parsed(text(content)),
        (BadMessageError,),
        (MESSAGE, MESSAGE.replace(b"2026-11-22T10", b"0001-01-01T00"), b'{"schema_version": 1e999}', *JSONS),
    ),
    "continuation": (
        lambda content: place_of("s" * 40, "claims", text(content)),
        (InvalidClaimError,),
        ((continuation("s" * 40, "claims", ("1", "2")) or "").encode(),),
    ),
    "usage rows": (
        lambda content: list(usage_rows(content)),
        (InvalidClaimError,),
        (USAGE,),
    ),
    "domain": (
        lambda content: canonical_domain(text(content)),
        (InvalidIdentifierError,),
        (b"birch.example", "bücher.example".encode(), b"xn--bcher-kva.example"),
    ),
    "GUID": (
        lambda content: canonical_tenant_id(text(content)),
        (InvalidIdentifierError,),
        (b"a1a1a1a1-0000-4000-8000-000000000001",),
    ),
    **FORM_PARSERS,
}


@st.composite
def damaged(draw: st.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """Bytes of nobody's making, or a sample with bits flipped, an end cut off, or the half of another."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=200))
    content = bytearray(draw(st.sampled_from(samples)))
    how = draw(st.sampled_from(("flip", "cut", "splice", "put in")))
    place = draw(st.integers(0, len(content)))
    if how == "cut":
        return bytes(content[:place])
    if how == "splice":
        other = draw(st.sampled_from(samples))
        return bytes(content[:place]) + other[draw(st.integers(0, len(other))) :]
    if how == "put in":
        return bytes(content[:place]) + draw(st.binary(min_size=1, max_size=8)) + bytes(content[place:])
    for _ in range(draw(st.integers(1, 8))):
        content[draw(st.integers(0, len(content) - 1))] ^= 1 << draw(st.integers(0, 7))
    return bytes(content)


def broken(parser: Parser, errors: Errors, samples: tuple[bytes, ...], *, measured: bool = False) -> int:
    """How many cases a parser was given; whatever else it raises, or a case that takes too much, fails."""
    tried = 0
    if measured:
        tracemalloc.start()

    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(damaged(samples))
    def one(content: bytes) -> None:
        nonlocal tried
        tried += 1
        before = tracemalloc.get_traced_memory()[0]  # nothing, where it is not measured
        tracemalloc.reset_peak()
        began = time.process_time()
        with contextlib.suppress(*errors):
            parser(content)
        assert time.process_time() - began < SECONDS_AT_MOST, "too slow"
        assert tracemalloc.get_traced_memory()[1] - before < BYTES_AT_MOST, "too much memory"

    try:
        one()
    finally:
        tracemalloc.stop()
    gc.collect()
    return tried


# The library's multipart parser leaves a file that breaks off to the collector; up to 500 KiB it lies in memory alone.
@pytest.mark.filterwarnings("ignore:Unclosed file <:ResourceWarning")
@pytest.mark.parametrize("name", PARSERS)
def test_only_documented_errors_come_out(name: str) -> None:
    """Whatever a parser is fed, it answers or raises what its callers know, in bounded time and memory."""
    tried = broken(*PARSERS[name], measured=IS_FULL or name in UNPACKING)
    print(f"fuzz: {name}: {tried} cases, 0 broken")
    assert tried >= min(CASES, 20)


@pytest.mark.parametrize("name", PARSERS)
def test_samples_are_what_they_claim(name: str) -> None:
    """The first sample of each parser is read, so that the damaged ones reach past its first line."""
    parser, _, samples = PARSERS[name]
    if name != "principal claims":
        parser(samples[0])


@pytest.mark.parametrize(
    "body",
    [
        *JSONS,
        b'{"schema_version": 1e999}',
        b'{"schema_version": 999}',
        MESSAGE.replace(b"2026-11-22T10:00:00+00", b"0001-01-01T00:00:00+14"),
    ],
)
def test_a_foreign_message_is_told_as_one(body: bytes) -> None:
    """Nesting without end, numbers and times beyond all bounds, letters that are no base64: bad messages, no more."""
    with pytest.raises(BadMessageError):
        parsed(text(body))
    with pytest.raises(BadMessageError):
        decoded("ż" + text(body))


def test_an_undocumented_error_is_found() -> None:
    """A parser that lets a decoder's own error out fails here."""
    with pytest.raises(UnicodeDecodeError):
        broken(lambda content: content.decode("ascii"), (), ("ż".encode(),))


def test_a_greedy_parser_is_found() -> None:
    """A parser that unpacks whatever it is given fails here."""
    with pytest.raises(AssertionError, match="too much memory"):
        broken(lambda content: bytes(BYTES_AT_MOST * len(content[:1])), (), (b"x",), measured=True)
