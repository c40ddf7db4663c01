"""What the checks would say of a claim's proofs if it were submitted now (PROCESS.md, Checks, 6)."""

from datetime import datetime

from shared.domain.check_facts import ProofFacts
from shared.domain.claim import Claim
from shared.usecases.callers import PARTNERS, Caller, check_own
from shared.usecases.facts import proof_facts
from shared.usecases.services import Services


async def look_at_proofs(services: Services, *, caller: Caller, claim: Claim, now: datetime) -> tuple[ProofFacts, ...]:
    """The findings of every proof that counts; they are read together, as the check reads them.

    Nothing is stored. RoleMissingError, NotFoundError (not the caller's own), ServiceUnavailableError.
    """
    caller.needs(*PARTNERS)
    own = check_own(claim, caller)
    if not own.current_proofs:
        return ()
    customer = await services.registry.customer(own.customer.tenant_id)
    return await proof_facts(services, own, customer, now=now)
