"""A proof before a reviewer's eyes: the file in a sandbox, its text and the findings beside it (API.md, Pages)."""

from collections.abc import Mapping

import azure.functions as func

from functions.page_problems import problem_page
from functions.page_rendering import language_of_page, page
from functions.page_views import claim_view
from functions.pages_review import REVIEW, SCRIPT
from functions.presenters import proof_json
from functions.proofs import disposition, saved_name
from functions.routing import Call, new_blueprint, route
from shared.domain.claim import Scan
from shared.domain.sayings import say
from shared.usecases import proof_files, reading
from shared.usecases.callers import PROGRAMME, NotFoundError
from shared.usecases.view_proof import ViewedProof, view_proof

blueprint = new_blueprint()
_PROOF = REVIEW + "/proofs/{proofId}"
PDF = "application/pdf"
PICTURES = frozenset({"image/png", "image/jpeg"})
SHOWN = PICTURES | {PDF}
CHARACTERS_SHOWN = 20_000
_SANDBOX: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
"""What the file may do in our frame: nothing. The frame itself names no sandbox: with one, browsers show no PDF."""


@route(blueprint, _PROOF, methods=("GET",), roles=PROGRAMME, on_problem=problem_page)
async def show_proof_page(call: Call) -> func.HttpResponse:
    """The proof, what it says, and what the checks had against it."""
    language = language_of_page(call.request)
    seen = await view_proof(
        call.services, caller=call.caller, claim_id=call.claim_id, proof_id=call.segment("proofId"), now=call.now
    )
    view = claim_view(seen.claim, caller=call.caller, language=language, now=call.now)
    said = seen.reading
    return page(
        call,
        "review-proof.html",
        module=SCRIPT,
        frames=_shown_as(seen) == "frame",
        proof=proof_json(seen.proof),
        shown_as=_shown_as(seen),
        reading=said,
        text=said.text[:CHARACTERS_SHOWN] if said else "",
        cut=bool(said and len(said.text) > CHARACTERS_SHOWN),
        wanted=list(dict.fromkeys(item.product_id for item in seen.claim.live_items if item.product_id)),
        findings=[check for check in view["claim"]["checks"] if seen.proof.proof_id in check["proofIds"]],
        **view,
    )


def _shown_as(seen: ViewedProof) -> str:
    """`picture`, `frame`, `text` (of a kind that no browser shows), `active`, `broken`, `unscanned` or `infected`."""
    if seen.kept_back:
        return "infected" if seen.proof.scan is Scan.INFECTED else "unscanned"
    if seen.proof.content_type in PICTURES:
        return "picture"
    if seen.reading is None:
        return "broken"
    if seen.reading.active_content:
        return "active"
    return "frame" if seen.proof.content_type == PDF else "text"


@route(blueprint, _PROOF + "/file", methods=("GET",), roles=PROGRAMME, on_problem=problem_page)
async def show_proof_file(call: Call) -> func.HttpResponse:
    """The file itself, for the viewer's frame alone: a PDF or a picture, in a sandbox that lets it do nothing."""
    claim = await reading.read_claim(call.services, caller=call.caller, claim_id=call.claim_id)
    proof = proof_files.find_proof(claim, call.segment("proofId"))
    if proof.content_type not in SHOWN or proof.scan is Scan.INFECTED:
        raise NotFoundError(say("This file is not shown here. It can be downloaded."))
    _, content = await proof_files.read_proof(
        call.services, caller=call.caller, claim_id=claim.claim_id, proof_id=proof.proof_id, now=call.now
    )
    headers = {
        **_SANDBOX,
        "Content-Disposition": disposition(saved_name(proof), kind="inline"),
        "ETag": f'"{proof.sha256}"',
    }
    return func.HttpResponse(content, headers=headers, mimetype=proof.content_type)
