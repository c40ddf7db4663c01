"""The rows that the examples of docs/querying-tables.md are run against: a week of the programme, as it really writes.

Made by the product's own use cases on the emulator, so that the examples cannot describe columns that nobody writes.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from shared.domain.claim import Claim, Contact, Customer, RequestedProduct, Scan
from shared.domain.claim_fields import ClaimFields
from shared.usecases.callers import Caller, Role
from shared.usecases.create_draft import create_draft
from shared.usecases.customer_response import Choice, answer_request
from shared.usecases.decide_claim import Decision, decide_claim
from shared.usecases.delete_orphan_proofs import delete_orphan_proofs
from shared.usecases.digest_records import DigestKind
from shared.usecases.pre_check import pre_check
from shared.usecases.proof_files import read_proof
from shared.usecases.publish_events import publish_events
from shared.usecases.record_dead_letter import record_dead_letter
from shared.usecases.record_scan import record_scan
from shared.usecases.records import WorkMessage
from shared.usecases.scan_records import ScanFinding
from shared.usecases.send_review_digests import LISTS_SETTLE, send_review_digests
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.take_metrics import take_metrics
from shared.usecases.uploads import Upload
from tests.fakes.events import FakeEventPublisher
from tests.faults.product import START, DrivenProduct, new_product
from tools.sample_proofs import pdf_proof, scan_pdf
from tools.sample_registry import CONTOSO, FABRIKAM, customers, tenant, usage

REVIEWER = Caller(
    organisation="00000000-0000-4000-8000-0000000000aa",
    object_id="r1",
    name="Rey",
    roles=frozenset({Role.REVIEWER}),
)
NAMES = {"teams": "Microsoft Teams", "intune": "Microsoft Intune", "exchange-online": "Exchange Online"}
FAILED_AT = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


class Directory:
    """The sample customers' domains."""

    async def tenant_of(self, domain: str) -> str | None:
        """The tenant of the domain."""
        return next((one.tenant_id for one in customers() if domain in one.domains), None)


@dataclass
class SampleTables:
    """The product whose tables are full, and the claims that examples name."""

    product: DrivenProduct
    approved: Claim
    waiting: Claim
    contested: Claim


async def sample_tables(storage: str) -> SampleTables:
    """Alpine: Teams is Contoso's, Fabrikam contests it, Intune waits, Exchange was declined. Dogwood: a draft."""
    product = await new_product(storage)
    product.services = replace(product.services, directory=Directory())
    approved = await _filed(product, "approved", "teams")
    await _answered(product, approved, Choice.CONFIRM)
    declined = await _filed(product, "declined", "exchange-online")
    await _answered(product, declined, Choice.OPT_OUT)
    contested = await _filed(product, "contested", "teams", who=FABRIKAM)
    await _rejected(product)
    waiting = await _filed(product, "waiting", "intune")
    await create_draft(
        product.services,
        caller=_partner(CONTOSO),
        fields=ClaimFields(mpn_id="1000002", customer=Customer(tenant_id=tenant(4), domain="dogwood.example")),
        idempotency_key="draft",
        payload_hash="draft",
        now=product.now,
    )
    await product.drain()
    await record_dead_letter(
        product.services,
        queue="verify-claims",
        body=json.dumps({"schema_version": 1, "claim_id": waiting.claim_id, "step": "submitted"}),
        now=FAILED_AT,
    )
    await take_metrics(product.services, now=product.now)
    await _looked_at(product, approved)
    await _scanned(product, approved)
    await _told(product, approved)
    await product.services.usage.put(usage(START))
    await delete_orphan_proofs(product.services, now=product.now)
    return SampleTables(
        product=product,
        approved=await _read(product, approved),
        waiting=await _read(product, waiting),
        contested=await _read(product, contested),
    )


async def _looked_at(product: DrivenProduct, claim: Claim) -> None:
    """A reviewer reads the proof, a partner asks before filing."""
    proof_id = claim.proofs[0].proof_id
    await read_proof(product.services, caller=REVIEWER, claim_id=claim.claim_id, proof_id=proof_id, now=product.now)
    fields = ClaimFields(mpn_id="1000001", customer=Customer(tenant_id=tenant(1), domain="alpine.example"))
    await pre_check(
        product.services,
        caller=_partner(CONTOSO),
        fields=fields,
        mpn_id=None,
        faults=(),
        missing=(),
        now=product.now,
    )


async def _scanned(product: DrivenProduct, claim: Claim) -> None:
    """The malware scan speaks of the proof."""
    finding = ScanFinding(
        claim_id=claim.claim_id, sha256=claim.proofs[0].sha256, scan=Scan.CLEAN, at=product.now, names=()
    )
    await record_scan(product.services, finding=finding, now=product.now)


async def _told(product: DrivenProduct, claim: Claim) -> None:
    """Another system is told of a claim, the reviewers of what waits, once the lists have settled."""
    product.now += LISTS_SETTLE
    services = replace(product.services, events=FakeEventPublisher())
    message = WorkMessage(claim_id=claim.claim_id, step="sample", sent_at=product.now)
    await publish_events(services, message=message, now=product.now)
    assert await send_review_digests(services, now=product.now) == (DigestKind.NEW,)


def _partner(organisation: str) -> Caller:
    return Caller(organisation=organisation, object_id="p1", name="Pat", roles=frozenset({Role.PARTNER_ADMIN}))


async def _filed(
    product: DrivenProduct, key: str, item: str, *, who: str = CONTOSO, customer: int = 1, proof: bytes | None = None
) -> Claim:
    known = customers()[customer - 1]
    made = proof or pdf_proof(customer=known.name, products=[NAMES[item]], dated=START.date())
    claim = await submit_new_claim(
        product.services,
        caller=_partner(who),
        fields=ClaimFields(
            mpn_id="1000001" if who == CONTOSO else "2000001",
            customer=Customer(tenant_id=tenant(customer), domain=known.domains[0]),
            solution_area="microsoft-365",
            activities=("usage",),
            claim_name=f"{NAMES[item]} rollout",
            requested=(RequestedProduct(product_id=item),),
            customer_contact=Contact(name="Ida Manager", email=f"ida@{known.domains[0]}", title="IT manager"),
            partner_contact=Contact(name="Pat Partner", email="pat@partner.example"),
        ),
        mpn_id=None,
        faults=(),
        proofs=[Upload(file_name="proof.pdf", content=made)],
        idempotency_key=key,
        payload_hash=key,
        now=product.now,
    )
    await product.drain()
    return await _read(product, claim)


async def _read(product: DrivenProduct, claim: Claim) -> Claim:
    found = await product.services.claims.get(claim.claim_id)
    assert found is not None
    return found.value


async def _answered(product: DrivenProduct, claim: Claim, choice: Choice) -> None:
    product.now += timedelta(minutes=5)
    await answer_request(
        product.services,
        claim_id=claim.claim_id,
        token=product.services.tokens.issue(claim),
        choice=choice,
        item_ids=frozenset(),
        reason=None,
        now=product.now,
    )
    await product.drain()


async def _rejected(product: DrivenProduct) -> None:
    claim = await _filed(product, "rejected", "intune", who=FABRIKAM, proof=scan_pdf())
    await decide_claim(
        product.services,
        caller=REVIEWER,
        claim_id=claim.claim_id,
        decision=Decision(decision="reject", reason_codes=("poe-not-convincing",)),
        if_match=claim.revision,
        now=product.now,
    )
    await product.drain()
