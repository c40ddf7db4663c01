"""The product's use cases on the real emulator, in one process, with a clock and queues that the test drives."""

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from shared.domain.claim import Claim, Contact, Customer, RequestedProduct
from shared.domain.claim_fields import ClaimFields
from shared.domain.registry import RegisteredCustomer
from shared.settings import Settings, read_settings
from shared.storage.clients import Clients
from shared.storage.provision import provision
from shared.storage.queues import parsed
from shared.storage.registry import TableRegistry
from shared.usecases.callers import Caller, Role
from shared.usecases.carry_out_effects import carry_out_effects
from shared.usecases.deadline_work import hand_out_due_deadlines, handle_deadline
from shared.usecases.ports import MailRenderer
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import DeliveryReport, Mail, Queue, ServiceUnavailableError, WorkMessage
from shared.usecases.services import Services
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.transition import RECOVERY_STEP
from shared.usecases.uploads import Upload
from shared.usecases.verify_claim import verify_claim
from shared.wiring import build
from tests.faults.transport import FaultyTransport, ProcessDied
from tools.sample_proofs import pdf_proof
from tools.sample_registry import CONTOSO, FABRIKAM, seed_registry, tenant

START = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
PATIENCE = 60


def settings_for(storage: str) -> Settings:
    """Settings of a product on that storage."""
    key = "k" * 40
    return read_settings(
        {
            "DataStorage": storage,
            "ProofStorage": storage,
            "EMAIL_ENDPOINT": "http://127.0.0.1:1",
            "EMAIL_SENDER": "no-reply@cpor.example",
            "REVIEWER_MAILBOX": "review@cpor.example",
            "PUBLIC_URL": "http://localhost:7071",
            "OPERATOR_TENANT_ID": "00000000-0000-4000-8000-0000000000aa",
            "RESPONSE_TOKEN_KEYS": key,
            "CLAIM_ID_SECRET": key,
            "FORM_SECRET": key,
        }
    )


class Postbox:
    """A mail provider that keeps what it is given, and knows an operation by its ID as the real one may."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Mail]] = []

    async def send(self, mail: Mail, *, operation_id: str) -> str:
        """Accept."""
        self.mails.append((operation_id, mail))
        return operation_id


class Directory:
    """A tenant directory that knows `cN.example` as the tenant of customer N."""

    async def tenant_of(self, domain: str) -> str | None:
        """The customer's tenant."""
        return tenant(int(domain.removeprefix("c").removesuffix(".example")))


class ImpatientQueue:
    """The real queue without its delays: the driven clock stands in for them."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def send(self, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()) -> None:
        """Send at once."""
        await self._inner.send(queue, message)


def caller(organisation: str = CONTOSO) -> Caller:
    """An incentives admin of the organisation."""
    return Caller(organisation=organisation, object_id="o1", name="Someone", roles=frozenset({Role.PARTNER_ADMIN}))


def fields(customer: int, *, mpn_id: str = "1000001", product: str = "teams") -> ClaimFields:
    """A complete Microsoft 365 claim for customer N."""
    domain = f"c{customer}.example"
    return ClaimFields(
        mpn_id=mpn_id,
        customer=Customer(tenant_id=tenant(customer), domain=domain),
        solution_area="microsoft-365",
        activities=("usage",),
        claim_name="Teams rollout",
        requested=(RequestedProduct(product_id=product),),
        customer_contact=Contact(name="Ida Manager", email=f"ida@{domain}", title="IT Manager"),
        partner_contact=Contact(name="Pat Partner", email="pat@contoso.example"),
    )


@cache
def proof(customer: int, product: str = "Microsoft Teams") -> bytes:
    """A good proof of work for customer N."""
    return pdf_proof(customer=f"Customer {customer} (c{customer}.example)", products=[product], dated=START.date())


def registered(customer: int) -> RegisteredCustomer:
    """Customer N as the registry knows it: in New York."""
    return RegisteredCustomer(
        tenant_id=tenant(customer),
        name=f"Customer {customer}",
        domains=(f"c{customer}.example",),
        country="US",
        zone="America/New_York",
        language="en",
    )


@dataclass
class DrivenProduct:
    """One product whose time and queues the test drives; `restart` gives it a new, healthy process."""

    settings: Settings
    postbox: Postbox = field(default_factory=Postbox)
    now: datetime = START

    def __post_init__(self) -> None:
        self.eyes = Clients(self.settings)  # the test's own, without faults
        self.retired: list[Clients] = []
        self._renderer: MailRenderer | None = None
        self.restart()
        self._renderer = self.services.renderer

    def restart(self) -> None:
        """A new process: new clients, nothing remembered but what is stored."""
        self.transport = FaultyTransport()
        self.clients = Clients(self.settings, transport=self.transport)
        self.retired.append(self.clients)
        built = build(self.settings, self.clients)
        self.services: Services = replace(
            built,
            queue=ImpatientQueue(built.queue),
            renderer=self._renderer or built.renderer,  # holds compiled templates and nothing else
            sender=self.postbox,
            directory=Directory(),
            clock=lambda: self.now,
        )

    async def close(self) -> None:
        """End the connections of every process there was."""
        for clients in (*self.retired, self.eyes):
            await clients.close()

    async def submit(self, key: str, *, customer: int, who: Caller | None = None, mpn_id: str = "1000001") -> Claim:
        """File a claim as a partner does."""
        return await submit_new_claim(
            self.services,
            caller=who or caller(),
            fields=fields(customer, mpn_id=mpn_id),
            mpn_id=None,
            faults=(),
            proofs=[Upload(file_name="proof.pdf", content=proof(customer))],
            idempotency_key=key,
            payload_hash=f"payload of {key}",
            now=self.now,
        )

    async def work(self, queue: Queue, body: str, *, again: bool) -> None:
        """Handle one message as its function does."""
        if queue is Queue.DELIVERY:
            report = json.loads(body)
            await record_delivery(
                self.services,
                report=DeliveryReport(operation_id=report["id"], status=report["status"], at=self.now),
                now=self.now,
            )
            return
        message = parsed(body)
        if queue is Queue.VERIFY:
            await verify_claim(self.services, message=message, last_attempt=False, now=self.now)
        elif queue is Queue.EFFECTS:
            await carry_out_effects(self.services, message=message, thorough=again, now=self.now)
        else:
            await handle_deadline(self.services, message=message, now=self.now)

    async def drain(self) -> int:
        """Handle messages, a minute a round, until the queues are empty; a death in a handler restarts the process.

        Gives how many deaths there were. Fails where the queues never empty.
        """
        deaths = 0
        for _ in range(PATIENCE):
            found = [(queue, message) for queue in Queue for message in await self._received(queue)]
            if not found:
                return deaths
            late = [(queue, message) for queue, message in found if _is_recovery(message)]
            prompt = [(queue, message) for queue, message in found if not _is_recovery(message)]
            for queue, message in prompt or await self._first_of_each_claim(late):
                deaths += await self._handled(queue, message)
            if prompt:
                for queue, message in late:
                    await self._reader(queue).update_message(message, visibility_timeout=0)
            self.now += timedelta(seconds=61)
        raise AssertionError("the queues do not empty")

    async def _received(self, queue: Queue) -> list[Any]:
        waiting = self._reader(queue)
        return [message async for message in waiting.receive_messages(messages_per_page=32, max_messages=32)]

    async def _first_of_each_claim(self, late: list[tuple[Queue, Any]]) -> list[tuple[Queue, Any]]:
        """One recovery message a claim: the others would find nothing to do, which other tests show."""
        first: dict[str, tuple[Queue, Any]] = {}
        for queue, message in late:
            claim_id = parsed(_body(message)).claim_id
            if claim_id in first:
                await self._reader(queue).delete_message(message)
            else:
                first[claim_id] = (queue, message)
        return list(first.values())

    async def _handled(self, queue: Queue, message: Any) -> int:
        """Handle one message; gives 1 where the process died of it."""
        try:
            await self.work(queue, _body(message), again=message.dequeue_count > 1)
        except ProcessDied:
            self.restart()
            await self._reader(queue).update_message(message, visibility_timeout=0)
            return 1
        except Exception:
            await self._reader(queue).update_message(message, visibility_timeout=0)
        else:
            await self._reader(queue).delete_message(message)
        return 0

    def _reader(self, queue: Queue) -> Any:
        """The test's own eyes on the queue: they are not part of the process that dies."""
        return self.eyes.queue(queue.value)

    async def tick(self) -> int:
        """Run the timer; a death in it restarts the process, and the next tick does its work."""
        try:
            return await hand_out_due_deadlines(self.services, now=self.now)
        except ProcessDied:
            self.restart()
        except ServiceUnavailableError:
            pass
        return await hand_out_due_deadlines(self.services, now=self.now)


def _body(message: Any) -> str:
    return base64.b64decode(message.content).decode()


def _is_recovery(message: Any) -> bool:
    return json.loads(_body(message)).get("step") == RECOVERY_STEP


async def new_product(storage: str) -> DrivenProduct:
    """A product with the sample registry, on storage where nobody else works."""
    settings = settings_for(storage)
    await provision(settings)
    product = DrivenProduct(settings)
    await seed_registry(TableRegistry(product.eyes), now=START)
    return product


__all__ = ["CONTOSO", "FABRIKAM", "DrivenProduct", "Postbox", "caller", "new_product", "registered"]
