"""What else reads words and files from outside: imports, archives, forms' fields and queries, dead letters.

Each name leads to a parser, the errors that its callers know, and samples of which the first is right.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

from pydantic_core import PydanticCustomError

from functions.event_grid import UnreadableEventError
from functions.operations_json import work_json
from functions.scan_results import RESULT, read_findings
from shared.documents.written_dates import written_dates
from shared.domain.catalogue import catalogue
from shared.domain.errors import InvalidClaimError
from shared.forms.action_forms import RespondForm
from shared.forms.claim_file import claim_rows
from shared.forms.form import parse
from shared.forms.legacy_file import COLUMNS as LEGACY_COLUMNS
from shared.forms.legacy_file import legacy_rows
from shared.forms.list_form import list_query, review_query
from shared.forms.look_up_form import LookUpForm
from shared.forms.operation_forms import DeadLettersForm, FinalizationForm, parameters
from shared.forms.parse_claim import parse_claim
from shared.forms.proof_archive import ZippedProofs
from shared.forms.registry_files import CUSTOMERS_FILE, PARTNERS_FILE, SUBSCRIPTIONS_FILE
from shared.forms.texts import canonical_email
from shared.usecases.records import DeadLetter, Queue
from tests.security.hostile_files import MEBIBYTE
from tools.openapi.examples import CLAIM_REQUEST
from tools.sample_registry import CONTOSO, tenant

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
_QUERIES = (
    b"top=50&since=2026-11-01&state=all",
    b"top=200&asOf=2026-11-22T10:00:00%2B01:00&dryRun=true",
    b"q=a&status=Draft&from=2026-11-01&to=0001-01-01T00:00:00%2B14:00",
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


def _zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, f"The proof {name}. " * 20)
    return packed.getvalue()


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _query(content: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(_text(content), keep_blank_values=True))


def _unpacked(content: bytes) -> list[bytes]:
    """The files that rows would name."""
    archive = ZippedProofs(content, most_bytes=MEBIBYTE, shown=str)
    return [archive.content(name) for name in ("alpine/proof.pdf", "żółw.pdf")]


def _dead(content: bytes) -> list[object]:
    """The letter as operators are shown it, whichever queue it failed in."""
    letters = (
        DeadLetter(letter_id="l", queue=queue.value, body=_text(content), claim_id=None, at=NOW) for queue in Queue
    )
    return [work_json(letter) for letter in letters]


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
        (_zip("alpine/proof.pdf", "żółw.pdf"), _zip("alpine/proof.pdf", "alpine/proof.pdf ", "../x")),
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
    "list query": (lambda content: list_query(_query(content)), _REFUSED, (b"top=5", *_QUERIES)),
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
    "dead letter": (_dead, (), (json.dumps(_MESSAGE).encode(), json.dumps(_SCAN).encode())),
    "scan result": (
        lambda content: read_findings(_text(content), now=NOW),
        (UnreadableEventError,),
        (json.dumps(_SCAN).encode(),),
    ),
}
