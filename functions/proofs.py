"""Single proofs of a claim: added, removed, downloaded (API.md, Partner)."""

from urllib.parse import quote

import azure.functions as func

from functions.answers import CREATED, NO_CONTENT, claim_path, json_answer
from functions.bodies import etag
from functions.multipart import uploaded_proof
from functions.presenters import proof_json
from functions.routing import EVERY_ROLE, Call, new_blueprint, route
from shared.domain.claim import Proof
from shared.usecases import proof_files
from shared.usecases.callers import PARTNERS

blueprint = new_blueprint()
_ENDINGS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
}
_UNKNOWN = (".bin",)


@route(blueprint, "api/claims/{claimId}/proofs", methods=("POST",), roles=PARTNERS)
async def add_proof(call: Call) -> func.HttpResponse:
    """One more proof, from the part `proof`."""
    upload = await uploaded_proof(call.request)
    claim, proof = await proof_files.add_proof(
        call.services, caller=call.caller, claim_id=call.claim_id, upload=upload, now=call.now
    )
    headers = {"ETag": etag(claim), "Location": f"{claim_path(claim)}/proofs/{proof.proof_id}"}
    return json_answer({"claimId": claim.claim_id, **proof_json(proof)}, status=CREATED, headers=headers)


@route(blueprint, "api/claims/{claimId}/proofs/{proofId}", methods=("DELETE",), roles=PARTNERS)
async def remove_proof(call: Call) -> func.HttpResponse:
    """The proof does not count any more."""
    claim = await proof_files.remove_proof(
        call.services, caller=call.caller, claim_id=call.claim_id, proof_id=call.segment("proofId"), now=call.now
    )
    return func.HttpResponse(status_code=NO_CONTENT, headers={"ETag": etag(claim)})


@route(blueprint, "api/claims/{claimId}/proofs/{proofId}", methods=("GET",), roles=EVERY_ROLE)
async def read_proof(call: Call) -> func.HttpResponse:
    """The file, to be saved and not shown: it is somebody else's content."""
    proof, content = await proof_files.read_proof(
        call.services, caller=call.caller, claim_id=call.claim_id, proof_id=call.segment("proofId"), now=call.now
    )
    headers = {
        "Content-Disposition": disposition(saved_name(proof)),
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "ETag": f'"{proof.sha256}"',
    }
    return func.HttpResponse(content, headers=headers, mimetype=proof.content_type)


def saved_name(proof: Proof) -> str:
    """What the file is called where it is saved: its name, with an ending of its own kind behind any other.

    What a file does when it is opened goes by its name: a PDF whose comment holds a page would run as `letter.hta`.
    """
    endings = _ENDINGS.get(proof.content_type, _UNKNOWN)
    return proof.file_name if proof.file_name.lower().endswith(endings) else proof.file_name + endings[0]


def disposition(file_name: str, *, kind: str = "attachment") -> str:
    """A Content-Disposition with an ASCII name for old readers, the whole one for others (RFC 6266)."""
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\%' else "_" for one in file_name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
