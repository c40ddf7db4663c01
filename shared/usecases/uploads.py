"""Files as they come in, and what the door says of them (PROCESS.md, At the door or in the checks?)."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.claim import Proof, Scan
from shared.domain.errors import Fault
from shared.domain.policy import Policy
from shared.domain.reasons import ReasonCode, reason
from shared.domain.sayings import say
from shared.usecases.ports import ProofReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One uploaded file: a clean name to show, and its bytes."""

    file_name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes: the name they are stored under."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedProof:
    """A file that passed the door, with the proof row that it becomes."""

    proof: Proof
    content: bytes


async def admit(
    reader: ProofReader, uploads: Sequence[Upload], *, policy: Policy, scanning: bool, first: int, now: datetime
) -> tuple[tuple[AdmittedProof, ...], tuple[Fault, ...]]:
    """The proofs that the uploads become, and every fault with its pointer `/proofs/N`.

    `first` is how many proofs the claim has already. Each file is looked at in a thread: parsing is slow, and other
    requests share the loop.
    """
    if first + len(uploads) > policy.proof_max_count:
        message = say("A claim takes at most %(most)s proofs of execution.", most=policy.proof_max_count)
        return (), (Fault(pointer="/proofs", code=ReasonCode.POE_TOO_MANY, message=message),)
    admitted: list[AdmittedProof] = []
    faults: list[Fault] = []
    for index, upload in enumerate(uploads):
        seen = await asyncio.to_thread(reader.inspect, upload.content, file_name=upload.file_name)
        faults += [Fault(pointer=f"/proofs/{index}", code=code, message=reason(code).advice) for code in seen.faults]
        if seen.faults or seen.content_type is None:
            continue
        digest = await asyncio.to_thread(lambda content: hashlib.sha256(content).hexdigest(), upload.content)
        admitted.append(
            AdmittedProof(
                proof=Proof(
                    proof_id=f"p{first + index + 1}-{digest[:12]}",
                    file_name=upload.file_name,
                    content_type=seen.content_type,
                    size=len(upload.content),
                    sha256=digest,
                    uploaded_at=now,
                    scan=Scan.PENDING if scanning else Scan.NOT_SCANNED,
                ),
                content=upload.content,
            )
        )
    return tuple(admitted), tuple(faults)
