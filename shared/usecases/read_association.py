"""One official association with its customer's usage (API.md, GET /api/associations; PROCESS.md, After approval)."""

from dataclasses import dataclass

from shared.domain.claim import Claim, Status
from shared.domain.sayings import say
from shared.domain.usage import MarkedUsage
from shared.usecases.callers import Caller, NotFoundError
from shared.usecases.read_usage import read_usage
from shared.usecases.reading import read_claim
from shared.usecases.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """An official claim; `months` is null where this kind of association shows no usage."""

    claim: Claim
    months: tuple[MarkedUsage, ...] | None


async def read_association(
    services: Services, *, caller: Caller, claim_id: str, first: str | None, last: str | None
) -> Association:
    """The association and the months of its usage from `first` to `last` (`YYYY-MM`, null for no limit).

    NotFoundError where the claim is none, not the caller's, or not official.
    """
    claim = await read_claim(services, caller=caller, claim_id=claim_id)
    if claim.status is not Status.APPROVED:
        raise NotFoundError(say("This claim is not official, so there is no association."))
    try:
        months = await read_usage(services, caller=caller, claim_id=claim_id, product_id=None, first=first, last=last)
    except NotFoundError:
        return Association(claim=claim, months=None)
    return Association(claim=claim, months=months)
