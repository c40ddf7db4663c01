"""What else reads words and files from outside: imports, archives, forms' fields and queries, dead letters.

Each name leads to a parser, the errors that its callers know, and samples of which the first is right.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.parse import parse_qsl

from pydantic_core import PydanticCustomError

from functions.delivery_reports import REPORT
from functions.event_grid import UnreadableEventError
from functions.operations_json import letter_json
from functions.pages_respond import _token
from functions.scan_results import RESULT, read_findings
from shared.documents.written_dates import written_dates
from shared.domain.catalogue import catalogue
from shared.domain.errors import InvalidClaimError
from shared.forms.action_forms import RespondForm
from shared.forms.claim_file import claim_rows
from shared.forms.form import Form, parse
from shared.forms.legacy_file import COLUMNS as LEGACY_COLUMNS
from shared.forms.legacy_file import legacy_rows
from shared.forms.list_form import list_query, review_query
from shared.forms.look_up_form import LookUpForm
from shared.forms.operation_forms import DeadLettersForm, FinalizationForm, parameters
from shared.forms.parse_claim import parse_claim
from shared.forms.proof_archive import ZippedProofs
from shared.forms.registry_cells import End
from shared.forms.registry_files import CUSTOMERS_FILE, PARTNERS_FILE, SUBSCRIPTIONS_FILE
from shared.forms.texts import canonical_email
from shared.forms.usage_form import UsageForm
from shared.notifications.response_tokens import SignedResponseTokens
from shared.storage import list_pages
from shared.usecases.record_dead_letter import record_dead_letter
from shared.usecases.records import DeadLetter, Queue
from shared.usecases.services import Services
from tests.security.hostile_files import MEBIBYTE
from tests.unit.notifications.sample_claims import CLAIM_ID, claim
from tools.openapi.examples import CLAIM_REQUEST
from tools.sample_registry import CONTOSO, tenant

ROW_AT_MOST, COLUMN_AT_MOST = 1024 * 1024, 32 * 1024
"""Bytes of a table's row, characters of a column."""
_TOKENS = SignedResponseTokens(keys=("n" * 40,), recipient_key=b"k" * 32)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_CLAIMS = (Path(__file__).resolve().parents[2] / "docs/samples/claims.csv").read_bytes()
_REFUSED = (InvalidClaimError,)
_SCAN = {
    "eventType": RESULT,
    "data": {
        "blobUri": f"https://a.blob.core.windows.net/proofs/{'a' * 48}/{'0' * 64}",
        "scanResultType": "Malicious",
        "scanResultDetails": {"malwareNamesFound": ["Virus:DOS/EICAR_Test_File"]},
    },
}
_MESSAGE = {"schema_version": 1, "claim_id": "a" * 48, "step": "due", "sent_at": "2026-11-22T10:00:00+00:00"}
_FIRST, _LAST = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
"""Times that are none in UTC."""
_DUE = {"kind": "opt-out", "claim_id": "a" * 48, "due_at": _LAST}
_SAID = (
    _MESSAGE,
    {**_MESSAGE, "sent_at": _FIRST},
    {**_MESSAGE, "deadline": _DUE},
    {**_MESSAGE, "claim_id": "\ud800"},
    {**_MESSAGE, "claim_id": "a" * 40_000},
    _SCAN,
    {**_SCAN, "eventTime": _FIRST},
    {"eventType": REPORT, "data": {"messageId": "op-1", "status": "Bounced"}, "eventTime": _LAST},
)
_LETTERS = (*(json.dumps(one).encode() for one in _SAID), b"[" * 100_000, b"9" * 5000)
_QUERIES = (
    b"top=50&since=2026-11-01&state=all",
    b"top=200&asOf=2026-11-22T10:00:00%2B01:00&dryRun=true",
    b"q=a&status=Draft&submittedFrom=2026-11-01&submittedTo=0001-01-01T00:00:00%2B14:00",
    b"submittedFrom=0001-01-01T00:00:00Z&submittedTo=9999-12-31",
    b"submittedFrom=2026-W47-1&submittedTo=2026-11-22T10:00:00,5 01:00",
    b"sort=urgency&overdue=true&contested=false&continuation=e30",
)


def _lines(*rows: tuple[str, ...]) -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode()


_PARTNERS = _lines(
    PARTNERS_FILE.columns,
    (CONTOSO, "Contoso", "1000001", "Kraków", "osa-sell|revenue-association", "a.example", "true"),
)
_CUSTOMERS = _lines(
    CUSTOMERS_FILE.columns, (tenant(1), "Alpine", "alpine.example|b.example", "PL", "Europe/Warsaw", "pl")
)
_SUBSCRIPTIONS = _lines(
    SUBSCRIPTIONS_FILE.columns,
    (
        "5b5b5b5b-0000-4000-8000-000000000011",
        tenant(1),
        "teams",
        "active",
        "web-direct",
        "9",
        "2027-02-28T12:00:00+01:00",
    ),
)
_LEGACY = _lines(
    LEGACY_COLUMNS,
    tuple(
        {"organisation": CONTOSO, "mpnId": "1000001", "tenantId": tenant(1), "productId": "teams"}.get(name, "")
        for name in LEGACY_COLUMNS
    ),
)


class Ending(Form):
    """When something ends, as people write it."""

    end: End


def _zip(*names: str, times: int = 20) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, f"The proof {name}. " * times)
    return packed.getvalue()


_BOMB = _zip("alpine/proof.pdf", times=1_000_000)
_LIAR = _BOMB.replace(len("The proof alpine/proof.pdf. " * 1_000_000).to_bytes(4, "little"), b"\x00\x02\x00\x00")
"""Some thirty megabytes in a file, told as they are, and as 512 bytes."""


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _query(content: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(_text(content), keep_blank_values=True))


def _unpacked(content: bytes) -> list[bytes]:
    """The files that rows would name."""
    archive = ZippedProofs(content, most_bytes=MEBIBYTE, shown=str)
    return [archive.content(name) for name in ("alpine/proof.pdf", "żółw.pdf")]


class _Letters:
    """Takes what a table would."""

    def __init__(self) -> None:
        self.kept: list[DeadLetter] = []

    async def add(self, letter: DeadLetter) -> None:
        """Keep the letter. UnicodeEncodeError and AssertionError for one that a table would refuse."""
        assert len(f"{letter.body}{letter.claim_id}".encode()) < ROW_AT_MOST
        assert len(letter.claim_id or "") <= COLUMN_AT_MOST
        self.kept.append(letter)


def _dead(content: bytes) -> list[object]:
    """The letter as it is kept, and as operators are shown it, whichever queue it failed in."""
    letters = _Letters()
    services = cast("Services", SimpleNamespace(dead_letters=letters))
    for queue in Queue:
        with suppress(StopIteration):  # nothing in it waits
            record_dead_letter(services, queue=queue.value, body=_text(content), now=NOW).send(None)
    assert len(letters.kept) == len(Queue), "a letter was lost"
    return [letter_json(letter, language="pl") for letter in letters.kept]


def _listed(content: bytes) -> object:
    """The list's query as the service is asked."""
    query = list_query(_query(content))
    return list_pages._conditions(query, "organisation", None)


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return _text(content)


FORM_PARSERS = {
    "bulk rows": (lambda content: list(claim_rows(content, catalogue=catalogue())), _REFUSED, (_CLAIMS,)),
    "bulk zip": (
        _unpacked,
        _REFUSED,
        (_zip("alpine/proof.pdf", "żółw.pdf"), _BOMB, _LIAR, _zip("alpine/proof.pdf", "alpine/proof.pdf ", "../x")),
    ),
    "partners' file": (lambda content: list(PARTNERS_FILE.rows(content)), _REFUSED, (_PARTNERS,)),
    "customers' file": (lambda content: list(CUSTOMERS_FILE.rows(content)), _REFUSED, (_CUSTOMERS,)),
    "subscriptions' file": (lambda content: list(SUBSCRIPTIONS_FILE.rows(content)), _REFUSED, (_SUBSCRIPTIONS,)),
    "associations' file": (lambda content: list(legacy_rows(content)), _REFUSED, (_LEGACY,)),
    "claim": (
        lambda content: parse_claim(_json(content), complete=True, catalogue=catalogue(), proofs_count=1),
        _REFUSED,
        (json.dumps(CLAIM_REQUEST).encode(),),
    ),
    "customer's answer": (
        lambda content: parse(RespondForm, _json(content)),
        _REFUSED,
        (b'{"token": "abc.def", "choice": "optOut", "items": ["i1"], "reason": "no"}',),
    ),
    "look-up": (
        lambda content: parse(LookUpForm, _query(content)),
        _REFUSED,
        (b"number=CPOR-7K3M-0QZX&domain=alpine.example", b"number=%00&domain=ida%40alpine.example"),
    ),
    "e-mail address": (
        lambda content: canonical_email(_text(content)),
        (PydanticCustomError,),
        (b"ida@alpine.example", "żółw@bücher.example".encode(), b'"a b"@[127.0.0.1]'),
    ),
    "dates of a proof": (
        lambda content: written_dates(_text(content)),
        (),
        (b"Date: 26 November 2026, 2026-02-30, 31.12.2025", "Data: 5 października 2026 r. 0001-01-01".encode()),
    ),
    "list query": (_listed, _REFUSED, (b"top=5", *_QUERIES)),
    "reviewers' query": (lambda content: review_query(_query(content), now=NOW), _REFUSED, (b"top=5", *_QUERIES)),
    "dead letters' query": (
        lambda content: parameters(DeadLettersForm, _query(content)).first_day,
        _REFUSED,
        _QUERIES,
    ),
    "finalization's query": (
        lambda content: parameters(FinalizationForm, _query(content)).instant(NOW),
        _REFUSED,
        (_QUERIES[1], *_QUERIES),
    ),
    "dead letter": (_dead, (), _LETTERS),
    "list's cursor": (
        lambda content: list_pages._read_token(_text(content), "organisation", "s" * 40),
        _REFUSED,
        tuple(
            (list_pages._token(place, "organisation", "s" * 40) or "").encode()
            for place in (list_pages._Place(behind="row"), list_pages._Place(service=("partition", "row")))
        ),
    ),
    "pasted answer": (
        lambda content: _TOKENS.verify(_token(_text(content)), claim_id=CLAIM_ID),
        (),
        (
            _TOKENS.issue(claim()).encode(),
            b" https://a.example/respond/x#" + _TOKENS.issue(claim()).encode(),
            "٣".join(_TOKENS.issue(claim()).split(".")).encode(),
        ),
    ),
    "day of an end": (
        lambda content: parse(Ending, {"end": _text(content)}),
        _REFUSED,
        (b"2027-02-28", b"2027-02-28T12:00:00.5+01:00", _FIRST.encode(), b"2199-12-31T23:59:59-23:59", b"2027-02-30"),
    ),
    "month": (
        lambda content: parse(UsageForm, _query(content)),
        _REFUSED,
        (b"from=2026-10&to=2026-11&productId=teams", b"from=0000-13"),
    ),
    "scan result": (
        lambda content: read_findings(_text(content), now=NOW),
        (UnreadableEventError,),
        (_LETTERS[5], *_LETTERS),
    ),
}
