"""Many claims and drafts at once, in and out as CSV (API.md, GET /api/claims.csv, POST /api/claims/import)."""

import asyncio
import time

import azure.functions as func

from functions.bodies import csv_of, media_type
from functions.import_answers import import_answer, is_dry_run
from functions.multipart import MULTIPART, filed_rows, shown_name
from functions.request_errors import TooLargeError, UnsupportedTypeError
from functions.routing import Call, new_blueprint, route
from shared.domain.sayings import say
from shared.forms.claim_file import cell_of, claim_rows
from shared.forms.csv_table import MEDIA_TYPE
from shared.forms.json_body import payload_hash
from shared.forms.proof_archive import NoProofs, ZippedProofs
from shared.usecases import import_claims as importing
from shared.usecases.callers import PARTNERS
from shared.usecases.claim_rows import ProofArchive

blueprint = new_blueprint()
CLAIMS_AT_MOST = 10 * 1024 * 1024  # bytes: all that five hundred rows can say fits several times
SECONDS_AT_MOST = 170
"""How long rows are begun: the platform's front door waits 230 s for an answer, and what is begun must end."""


@route(blueprint, "api/claims/import", methods=("POST",), roles=PARTNERS)
async def import_claims(call: Call) -> func.HttpResponse:
    """Drafts from a CSV, or claims and drafts from a CSV and a zip of proofs; each row with its own end."""
    ends_at = time.monotonic() + SECONDS_AT_MOST
    dry_run = is_dry_run(call)
    content, archive = await _sent(call)
    results = importing.import_claims(
        call.services,
        caller=call.caller,
        rows=claim_rows(content, catalogue=call.services.catalogue),
        archive=archive,
        payload_hash=payload_hash,
        cell_of=cell_of,
        in_time=lambda: time.monotonic() < ends_at,
        dry_run=dry_run,
        now=call.now,
    )
    return await import_answer(call, results, dry_run=dry_run)


async def _sent(call: Call) -> tuple[bytes, ProofArchive]:
    """The CSV, and the proofs that came with it. UnsupportedTypeError, TooLargeError, InvalidClaimError."""
    kind = media_type(call.request)
    if kind not in {MEDIA_TYPE, MULTIPART}:
        message = say(
            "Send %(draft)s for drafts, %(type)s for claims with a zip of proofs.", draft=MEDIA_TYPE, type=MULTIPART
        )
        raise UnsupportedTypeError(message)
    filed = await filed_rows(call.request) if kind == MULTIPART else None
    claims = filed.claims if filed else csv_of(call.request)
    if len(claims) > CLAIMS_AT_MOST:
        raise TooLargeError(say("The file may have at most %(most)d MB.", most=CLAIMS_AT_MOST // 1024**2))
    if filed is None or filed.proofs is None:
        return claims, NoProofs()
    most = call.services.policy.proof_max_bytes
    return claims, await asyncio.to_thread(ZippedProofs, filed.proofs, most_bytes=most, shown=shown_name)
