"""Whether there is a request of that number, for whoever got a mail and wonders (PAGES.md, Customer page).

The answer is one word: no partner, customer or product is named. It needs the customer's domain beside the number, so
that nobody can walk through the numbers, and is found in the customer's own partition. Drafts do not exist here: nobody
but their partner has ever heard of them.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.claim import Status
from shared.usecases.services import Services

SCOPE, SCOPE_OF_ALL, EVERYBODY = "look-up", "look-up-all", "everybody"
AT_MOST, AT_MOST_OF_ALL = 20, 600
WINDOW = timedelta(minutes=1)
_DRAWER_LETTERS = 3
_UNHEARD_OF = frozenset({Status.DRAFT})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRequest:
    """A request that there is, and where it stands."""

    number: str
    status: Status


async def look_up_request(
    services: Services, *, number: str, domain: str, asker: str, now: datetime
) -> KnownRequest | None:
    """The request of that (canonical) number for the customer with that domain, null where there is none.

    `asker` is whoever asks, as far as the network tells; each may ask 20 times a minute, all together 600 times.
    TooManyRequestsError, ServiceUnavailableError.
    """
    for scope, subject, limit in (
        (SCOPE, _drawer(services, asker), AT_MOST),
        (SCOPE_OF_ALL, EVERYBODY, AT_MOST_OF_ALL),
    ):
        await services.rate_limits.take(scope=scope, subject=subject, limit=limit, window=WINDOW, now=now)
    tenant_id = await services.registry_admin.domain_owner(domain) or await services.directory.tenant_of(domain)
    if tenant_id is None:
        return None
    found = [one for one in await services.claims.numbered(tenant_id, number) if one.status not in _UNHEARD_OF]
    return KnownRequest(number=number, status=found[-1].status) if found else None


def _drawer(services: Services, asker: str) -> str:
    """One of 4,096 drawers, so that counters stay few and no row says whose address it counts."""
    return hmac.digest(services.claim_id_secret, b"look-up\0" + asker.encode(), hashlib.sha256).hex()[:_DRAWER_LETTERS]
