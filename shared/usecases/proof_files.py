"""Adding, removing and reading single proofs of a claim."""

from datetime import datetime

from shared.domain.claim import Claim, Proof, Scan, Status
from shared.domain.claim_events import Event, EventKind
from shared.domain.claim_states import guarded
from shared.domain.errors import InvalidClaimError
from shared.domain.sayings import say
from shared.usecases.audit_records import AuditAction, AuditEntry
from shared.usecases.callers import Caller, NotFoundError, Role, check_own
from shared.usecases.reading import read_claim, stored_claim
from shared.usecases.records import ConflictError
from shared.usecases.services import Services
from shared.usecases.transition import change
from shared.usecases.uploads import Upload, admit


async def add_proof(
    services: Services, *, caller: Caller, claim_id: str, upload: Upload, now: datetime
) -> tuple[Claim, Proof]:
    """The claim with the proof: the bytes are stored before the row that names them.

    The same bytes again are the same proof. InvalidClaimError (pointer `/proofs/0`), ForbiddenTransitionError.
    """
    claim = check_own(await stored_claim(services, claim_id), caller)
    _check_role(claim, caller)
    guarded(claim, Event(kind=EventKind.PROOF_ADDED, actor=caller.actor), now=now)
    known = _named(claim, upload.sha256)
    if known:
        return claim, known
    admitted, faults = await admit(
        services.reader,
        [upload],
        policy=services.policy,
        scanning=services.scanning,
        first=len(claim.current_proofs),
        now=now,
    )
    if faults:
        raise InvalidClaimError(faults)
    proof = admitted[0].proof
    await services.proofs.put(claim_id, proof.sha256, upload.content)

    def decide(stored: Claim | None) -> Event | None:
        own = check_own(stored, caller)
        if _named(own, proof.sha256):
            return None
        detail = {"proofId": proof.proof_id, "sha256": proof.sha256}
        return Event(kind=EventKind.PROOF_ADDED, actor=caller.actor, proof=proof, detail=detail)

    after = await change(services, claim_id, decide, now=now)
    return after, _named(after, proof.sha256) or proof


async def remove_proof(services: Services, *, caller: Caller, claim_id: str, proof_id: str, now: datetime) -> Claim:
    """The claim without the proof; in ActionRequired it is marked replaced, for what was once filed is kept."""
    claim = check_own(await stored_claim(services, claim_id), caller)
    _check_role(claim, caller)

    def decide(stored: Claim | None) -> Event:
        own = check_own(stored, caller)
        proof = find_proof(own, proof_id)
        detail = {"proofId": proof.proof_id, "sha256": proof.sha256}
        return Event(kind=EventKind.PROOF_REMOVED, actor=caller.actor, proof=proof, detail=detail)

    return await change(services, claim_id, decide, now=now)


async def read_proof(
    services: Services, *, caller: Caller, claim_id: str, proof_id: str, now: datetime
) -> tuple[Proof, bytes]:
    """One proof and its bytes, whose SHA-256 is the one filed. NotFoundError; ConflictError where nobody may have them.

    Where scanning is on, only what was found clean is handed out; an infected file never is (STORAGE.md, Invariants).
    Who reads is on record first: where that cannot be written, nothing is shown (ServiceUnavailableError).
    """
    claim = await read_claim(services, caller=caller, claim_id=claim_id, for_its_files=True)
    proof = find_proof(claim, proof_id)
    if is_kept_back(proof, scanning=services.scanning):
        raise ConflictError(say("The malware scan has not found this file clean, so nobody is shown it."))
    content = await services.proofs.get(claim_id, proof.sha256)
    if content is None:
        raise ConflictError(say("The file is named by the claim but cannot be found."))
    await services.audit.record(
        AuditEntry(
            at=now,
            actor=caller.actor,
            action=AuditAction.PROOF_READ,
            organisation=caller.organisation,
            subject=proof.proof_id,
            claim_id=claim_id,
            detail={"sha256": proof.sha256},
        )
    )
    return proof, content


def is_kept_back(proof: Proof, *, scanning: bool) -> bool:
    """Whether nobody may have the file's bytes, for the scan's word is missing or bad."""
    return proof.scan is Scan.INFECTED or (scanning and proof.scan is not Scan.CLEAN)


def find_proof(claim: Claim, proof_id: str) -> Proof:
    """The proof of that ID. NotFoundError."""
    for proof in claim.proofs:
        if proof.proof_id == proof_id:
            return proof
    raise NotFoundError(say("There is no such proof."))


def _named(claim: Claim, sha256: str) -> Proof | None:
    return next((proof for proof in claim.current_proofs if proof.sha256 == sha256), None)


def _check_role(claim: Claim, caller: Caller) -> None:
    if claim.status is Status.DRAFT:
        caller.needs(Role.PARTNER_ADMIN, Role.PARTNER_USER)
    else:
        caller.needs(Role.PARTNER_ADMIN)
