"""The product's use cases on the real emulator, in one process, with a clock and queues that the test drives."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.domain.claim import Claim
from shared.domain.claim_fields import ClaimFields
from shared.settings import Settings
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.storage.provision import provision
from shared.storage.registry import TableRegistry
from shared.storage.work_messages import encoded, parsed
from shared.usecases.callers import Caller
from shared.usecases.carry_out_effects import carry_out_effects
from shared.usecases.deadline_work import hand_out_due_deadlines, handle_deadline
from shared.usecases.ports import MailRenderer
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import ConflictError, DeliveryReport, Queue, ServiceUnavailableError, WorkMessage
from shared.usecases.services import Services
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.transition import RECOVERY_STEP
from shared.usecases.uploads import Upload
from shared.usecases.verify_claim import verify_claim
from shared.wiring.composition import build
from tests.faults.surroundings import (
    FILE_NAME,
    START,
    Directory,
    ImpatientQueue,
    Postbox,
    Promises,
    caller,
    fields,
    proof,
    registered,
    settings_for,
)
from tests.faults.transport import FaultyTransport, ProcessDied
from tools.sample_registry import CONTOSO, FABRIKAM, seed_registry

PATIENCE = 60


@dataclass
class DrivenProduct:
    """One product whose time and queues the test drives; `restart` gives it a new, healthy process.

    `look` is called after each handled message: whoever watches what is stored at any instant. `sent` are the messages
    that were sent to its queues.
    """

    settings: Settings
    postbox: Postbox = field(default_factory=Postbox)
    now: datetime = START
    promises: Promises = field(default_factory=Promises)
    sent: list[tuple[Queue, WorkMessage]] = field(default_factory=list)
    look: Callable[[], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.eyes = Clients(self.settings)  # the test's own, without faults
        self.retired: list[Clients] = []
        self._renderer: MailRenderer | None = None
        self._scanning = False
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
            queue=ImpatientQueue(built.queue, self.sent),
            renderer=self._renderer or built.renderer,  # holds compiled templates and nothing else
            sender=self.postbox,
            directory=Directory(),
            clock=lambda: self.now,
            scanning=self._scanning,
        )

    def switch_scanning(self, *, on: bool) -> None:
        """Have proofs scanned from now on, or not; it outlives the process, as a setting does."""
        self._scanning = on
        self.services = replace(self.services, scanning=on)

    async def forget_the_dead(self) -> None:
        """End the connections of earlier processes: a long run has thousands of them."""
        for clients in self.retired[:-1]:
            await clients.close()
        del self.retired[:-1]

    async def close(self) -> None:
        """End the connections of every process there was."""
        for clients in (*self.retired, self.eyes):
            await clients.close()

    async def submit(
        self,
        key: str,
        *,
        customer: int,
        who: Caller | None = None,
        mpn_id: str = "1000001",
        asked: ClaimFields | None = None,
    ) -> Claim:
        """File a claim as a partner does, for the products that are asked for."""
        who, asked = who or caller(), asked or fields(customer, mpn_id=mpn_id)
        products = tuple(product.product_id for product in asked.requested if product.product_id)
        claim = await submit_new_claim(
            self.services,
            caller=who,
            fields=asked,
            mpn_id=None,
            faults=(),
            proofs=[Upload(file_name=FILE_NAME, content=proof(customer, products))],
            idempotency_key=key,
            payload_hash=f"payload of {key}",
            now=self.now,
        )
        self.promised(who, key, claim)
        return claim

    def promised(self, who: Caller, key: str, claim: Claim) -> None:
        """Remember that this claim was answered for the key."""
        self.promises.claims.setdefault((who.organisation, key), set()).add(claim.claim_id)

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
            await verify_claim(self.services, message=message, last_attempt=False, thorough=again, now=self.now)
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
            if self.look is not None:
                await self.look()
        except ProcessDied:
            self.restart()
            await self._reader(queue).update_message(message, visibility_timeout=0)
            return 1
        except AssertionError:
            raise
        except Exception:
            await self._reader(queue).update_message(message, visibility_timeout=0)
        else:
            await self._reader(queue).delete_message(message)
        return 0

    async def deliver_again(self, times: int, random: Random) -> int:
        """Deliver every message that was ever sent so many times more, in any order; gives how many deliveries."""
        different = {(queue, one.claim_id, one.step, one.deadline): (queue, one) for queue, one in self.sent}
        messages = list(different.values()) * times
        random.shuffle(messages)
        for queue, message in messages:
            try:
                await self.work(queue, base64.b64decode(encoded(message)).decode(), again=random.random() < 0.5)
            except ConflictError:
                continue  # the queue would try it once more
        await self.drain()
        return len(messages)

    async def purge(self) -> None:
        """Throw away every message and deadline of a case that went wrong: no other case is to meet them."""
        for queue in Queue:
            await self._reader(queue).clear_messages()
        due = self.eyes.table(Table.DEADLINES)
        async for row in due.list_entities():
            await due.delete_entity(row)

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
    return bool(json.loads(_body(message)).get("step") == RECOVERY_STEP)


async def new_product(storage: str) -> DrivenProduct:
    """A product with the sample registry, on storage where nobody else works."""
    settings = settings_for(storage)
    await provision(settings)
    product = DrivenProduct(settings)
    await seed_registry(TableRegistry(product.eyes), now=START)
    return product


__all__ = ["CONTOSO", "FABRIKAM", "START", "DrivenProduct", "Postbox", "caller", "new_product", "registered"]
