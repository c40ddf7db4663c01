"""The ground that figures are measured on: a product of its own, customers nobody claimed, and partners who file."""

import asyncio
import contextlib
import json
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from azure.storage.queue.aio import QueueServiceClient

from shared.domain.registry import RegisteredCustomer
from shared.settings import read_settings
from shared.storage.clients import Clients
from shared.storage.registry import TableRegistry
from shared.usecases.records import Queue
from tools.embedded import LocalProduct
from tools.sample_proofs import pdf_of_size

type Json = dict[str, Any]

KIB = 1024
PROOF_SIZE = 100 * KIB
CALM_LOOKS = 8
"""Of half a second each: longer than the first mail takes, for which a worker loads its libraries."""
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer of the bench: its number tells everything of it."""

    number: int

    @property
    def tenant_id(self) -> str:
        """Its tenant."""
        return f"be4c4000-0000-4000-8000-{self.number:012}"

    @property
    def domain(self) -> str:
        """Its domain."""
        return f"tenant-{uuid.UUID(self.tenant_id).hex}.example"

    def claim(self) -> Json:
        """A claim that every check is pleased with."""
        return {
            "mpnId": "1000001",
            "customer": {"tenantId": self.tenant_id, "domain": self.domain},
            "solutionArea": "microsoft-365",
            "activities": ["usage"],
            "claimName": "Rollout",
            "items": [{"productId": "teams"}],
            "customerContact": {"name": "Ida Manager", "title": "IT manager", "email": f"ida@{self.domain}"},
            "partnerContact": {"name": "Pat Partner", "email": "pat@contoso.example"},
        }

    def registered(self) -> RegisteredCustomer:
        """As the registry has it."""
        return RegisteredCustomer(
            tenant_id=self.tenant_id,
            name=f"Buyer {self.number}",
            domains=(self.domain,),
            country="US",
            zone="America/New_York",
            language="en",
        )

    def proof(self, size: int = PROOF_SIZE) -> bytes:
        """A good proof of that many bytes."""
        return pdf_of_size(
            size, customer=f"Buyer {self.number}", products=["Microsoft Teams"], dated=datetime.now(UTC).date()
        )


class Ground:
    """A running product with its storage in memory, and an HTTP session of a partner who is signed in."""

    def __init__(self, product: LocalProduct, session: aiohttp.ClientSession) -> None:
        self.product = product
        self.session = session
        self.settings = read_settings(product.environment)
        self._next = 1

    async def buyers(self, count: int) -> list[Buyer]:
        """So many customers nobody has claimed, registered."""
        made = [Buyer(number) for number in range(self._next, self._next + count)]
        self._next += count
        async with Clients(self.settings) as clients:
            await TableRegistry(clients).put_customers([one.registered() for one in made])
        return made

    async def submit(self, buyer: Buyer, proof: bytes) -> Json:
        """File the claim; gives the answer's JSON."""
        form = aiohttp.FormData()
        form.add_field("claim", json.dumps(buyer.claim()), content_type="application/json")
        form.add_field("proof", proof, filename="proof.pdf", content_type="application/pdf")
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        async with self.session.post("/api/claims", data=form, headers=headers) as answer:
            body: Json = await answer.json(content_type=None)
            if answer.status != 202:  # noqa: PLR2004 - accepted
                raise RuntimeError(f"the claim was not taken: {answer.status} {body}")
            return body

    async def withdraw(self, claim: Json) -> None:
        """Take the claim back."""
        async with self.session.post(f"/api/claims/{claim['claimId']}/withdraw") as answer:
            answer.raise_for_status()

    async def get(self, path: str, **params: str) -> Json:
        """What is at the path."""
        async with self.session.get(path, params=params) as answer:
            answer.raise_for_status()
            body: Json = await answer.json(content_type=None)
            return body

    async def until(self, claim_id: str, status: str, *, seconds: float = 60) -> Json:
        """The claim once it is in the status, and where it waits for its customer, once the window is open."""
        async with asyncio.timeout(seconds):
            while True:
                claim = await self.get(f"/api/claims/{claim_id}")
                if claim["status"] == status and (status != "PendingCustomer" or claim["optOutDeadline"]):
                    return claim
                await asyncio.sleep(_PAUSE)

    async def calls(self, *, anew: bool = False) -> Json:
        """The storage requests since the last time it was asked anew."""
        counted = await self.get("/.dev/storage-calls")
        if anew:
            await self.session.delete("/.dev/storage-calls")
        return counted

    async def advance(self, step: timedelta) -> None:
        """Move the product's clock on."""
        async with self.session.post("/.dev/clock", json={"advance": f"PT{step.total_seconds():.3f}S"}) as answer:
            answer.raise_for_status()

    async def run_timer(self, name: str = "finalize_due_claims") -> None:
        """Run a timer function, and wait for its end."""
        async with self.session.post(f"/admin/functions/{name}") as answer:
            answer.raise_for_status()

    async def quiet(self, *, delayed: bool, seconds: float = 300) -> None:
        """Wait until nothing is left to do; `delayed` waits for what is to come later, too.

        Messages that are worked on count as delayed ones do: without those, what counts is that the number of storage
        requests beyond empty polls stands still. Asked past the product: the questions are none of its requests.
        """
        calm, before = 0, -1
        async with (
            asyncio.timeout(seconds),
            QueueServiceClient.from_connection_string(self.product.storage) as service,
        ):
            queues = [service.get_queue_client(queue.value) for queue in Queue]
            while calm < CALM_LOOKS:
                left = 0
                for queue in queues:
                    properties = await queue.get_queue_properties()
                    seen = properties.approximate_message_count if delayed else len(await queue.peek_messages())
                    left += seen or 0
                counted = total(await self.calls())
                calm = calm + 1 if not left and counted == before else 0
                before = counted
                await asyncio.sleep(0.5)


def total(counts: Json) -> int:
    """Requests that were more than a look into an empty queue."""
    return int(counts["table"] + counts["queue"] + counts["blob"] - counts["emptyPolls"])


@contextlib.asynccontextmanager
async def ground(*, without: Iterable[str] = ()) -> AsyncIterator[Ground]:
    """A product that is there for one figure alone, `without` some of its functions: those are switched off."""
    switched_off = {f"AzureWebJobs.{name}.Disabled": "true" for name in without}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        product = LocalProduct(Path(folder), environment=switched_off)
        await asyncio.to_thread(product.start)
        try:
            timeout = aiohttp.ClientTimeout(total=120)
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(
                product.base_url, cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=timeout, connector=connector
            ) as session:
                way = {"persona": "contoso", "post_login_redirect_uri": "/"}
                async with session.get("/.auth/login/aad", params=way, allow_redirects=False):
                    pass
                yield Ground(product, session)
        finally:
            await asyncio.to_thread(product.stop)
