"""The ProofReader of the use cases, on real PDF and DOCX libraries."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date

from shared.documents.findings import ProofFindings, codes, find, merge
from shared.documents.inspection import Inspection, inspect
from shared.documents.proof_text import UnreadableProofError
from shared.documents.reading import read
from shared.domain.check_facts import ProofFacts
from shared.domain.claim import Proof
from shared.domain.policy import Policy
from shared.domain.reasons import ReasonCode
from shared.usecases.proof_records import ProofReading


class DocumentProofReader:
    """Looks at proofs one after the other, each in a thread, and keeps only what it found."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def inspect(self, content: bytes, *, file_name: str) -> Inspection:
        """The type by content, and the faults that refuse it at the door."""
        return inspect(content, max_bytes=self._policy.proof_max_bytes)

    async def examine(
        self,
        proofs: Sequence[Proof],
        load: Callable[[Proof], Awaitable[bytes | None]],
        *,
        customer_names: Sequence[str],
        product_names: Mapping[str, Sequence[str]],
        submitted_on: date,
    ) -> tuple[ProofFacts, ...]:
        """What the proofs together hold.

        Active content is told on the proof that has it; what no proof says on the first that could be read.
        """
        found: dict[str, ProofFindings] = {}
        broken: list[ProofFacts] = []
        for proof in proofs:
            content = await load(proof)
            if content is None:
                broken.append(ProofFacts(proof_id=proof.proof_id, codes=(ReasonCode.POE_MISSING,)))
                continue
            try:
                text = await asyncio.to_thread(read, content, proof.content_type)
            except UnreadableProofError:
                broken.append(ProofFacts(proof_id=proof.proof_id, codes=(ReasonCode.POE_UNREADABLE,)))
                continue
            found[proof.proof_id] = find(
                text, customer_names=customer_names, product_names=product_names, submitted_on=submitted_on
            )
        return (*broken, *self._together(found, tuple(product_names), submitted_on))

    async def read_out(
        self,
        content: bytes,
        content_type: str,
        *,
        customer_names: Sequence[str],
        product_names: Mapping[str, Sequence[str]],
        submitted_on: date,
    ) -> ProofReading | None:
        """One proof's text and what was found in it, null for a broken one."""
        try:
            proof = await asyncio.to_thread(read, content, content_type)
        except UnreadableProofError:
            return None
        found = find(proof, customer_names=customer_names, product_names=product_names, submitted_on=submitted_on)
        return ProofReading(
            text=proof.text,
            machine_readable=found.machine_readable,
            customer_named=found.customer_named,
            products_named=found.products_named,
            signed=found.signed,
            signed_by=found.signed_by,
            newest_date=found.newest_date,
            active_content=found.active_content,
        )

    def _together(
        self, found: Mapping[str, ProofFindings], products: Sequence[str], submitted_on: date
    ) -> tuple[ProofFacts, ...]:
        if not found:
            return ()
        whole = merge(list(found.values()))
        against = codes(whole, products=products, submitted_on=submitted_on, age_months=self._policy.proof_age_months)
        missing = tuple(product for product in products if product not in whole.products_named)
        told_on = next((proof_id for proof_id, one in found.items() if one.machine_readable), next(iter(found)))
        return tuple(
            ProofFacts(
                proof_id=proof_id,
                codes=tuple(
                    code
                    for code in against
                    if (one.active_content if code == ReasonCode.POE_ACTIVE_CONTENT else proof_id == told_on)
                ),
                products_missing=missing
                if proof_id == told_on and ReasonCode.POE_NO_PRODUCT_MENTIONED in against
                else (),
            )
            for proof_id, one in found.items()
        )
