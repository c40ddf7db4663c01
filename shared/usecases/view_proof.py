"""A reviewer looks at a proof: its text, and what was found in it (PROCESS.md, Checks, 6)."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.claim import Claim, Proof
from shared.usecases.callers import PROGRAMME, Caller
from shared.usecases.facts import customer_names, product_names
from shared.usecases.proof_files import find_proof, is_kept_back, read_proof
from shared.usecases.proof_records import ProofReading
from shared.usecases.reading import read_claim
from shared.usecases.services import Services

_PICTURE = "image/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewedProof:
    """One proof of the claim; `reading` is null for a picture, a broken file, and one that is kept back.

    `kept_back` says that nobody may have its bytes: the scan has not found it clean.
    """

    claim: Claim
    proof: Proof
    reading: ProofReading | None
    kept_back: bool


async def view_proof(services: Services, *, caller: Caller, claim_id: str, proof_id: str, now: datetime) -> ViewedProof:
    """The proof with its text, whose reading goes on record. NotFoundError, RoleMissingError, ConflictError.

    A picture's bytes are not read here, and those of a file that the scan has not cleared by nobody; who looks at them
    is recorded where they are handed out.
    """
    claim = await read_claim(services, caller=caller, claim_id=claim_id, for_its_files=True)
    caller.needs(*PROGRAMME)
    proof = find_proof(claim, proof_id)
    kept_back = is_kept_back(proof, scanning=services.scanning)
    if kept_back or proof.content_type.startswith(_PICTURE):
        return ViewedProof(claim=claim, proof=proof, reading=None, kept_back=kept_back)
    _, content = await read_proof(services, caller=caller, claim_id=claim_id, proof_id=proof_id, now=now)
    customer = await services.registry.customer(claim.customer.tenant_id)
    reading = await services.reader.read_out(
        content,
        proof.content_type,
        customer_names=customer_names(claim, customer),
        product_names=product_names(services, claim),
        submitted_on=(claim.submitted_at or now).date(),
    )
    return ViewedProof(claim=claim, proof=proof, reading=reading, kept_back=False)
