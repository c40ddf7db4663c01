"""The queues, the timer and the mail provider's reports, with everything that they may do to a message.

A message may come late, again, out of order, and to two processes at once; a tick may be missed or overlap another.
"""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from shared.domain.mails import MailKind
from shared.storage.work_messages import decoded
from shared.usecases.carry_out_effects import carry_out_effects
from shared.usecases.deadline_work import hand_out_due_deadlines, handle_deadline
from shared.usecases.record_delivery import record_delivery
from shared.usecases.records import DeliveryReport, Queue
from shared.usecases.services import Services
from shared.usecases.verify_claim import verify_claim
from tests.fakes.queues import QueuedMessage
from tests.simulation.faulty_ports import Worker
from tests.simulation.observer import Body, must
from tests.simulation.registrar import check_ends
from tests.simulation.world import Filing, World

HIDDEN = timedelta(seconds=60)
"""How long a message that was not worked off stays away."""
LAST_TRY = 10
MINUTE = timedelta(seconds=61)
PATIENCE = 60
REQUEST = MailKind.ASSOCIATION_REQUEST.value


class Deliveries:
    """What brings a world's messages to its processes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._product = world.product
        self._tries: Counter[tuple[Queue, str]] = Counter()
        self._reports: list[DeliveryReport] = []
        self.repeats = 0

    def visible(self) -> list[tuple[Queue, QueuedMessage]]:
        """Every message that can be taken now."""
        now = self._product.now
        queued = self._product.queue.queued
        return [(queue, message) for queue in Queue for message in queued[queue] if message.visible_at <= now]

    async def deliver(self, queue: Queue, message: QueuedMessage, *, times: int = 1, apart: int = 0) -> None:
        """Hand the message to so many processes at once; it is gone if the first of them worked it off.

        `apart` is how often each of them lets the others go on before it begins.
        """
        if message not in self._product.queue.queued[queue]:
            return
        self._product.queue.queued[queue].remove(message)
        self._tries[queue, message.text] += 1
        self.repeats += times - 1
        works = (self._handled(queue, message.text, after=number * apart) for number in range(times))
        ends = await asyncio.gather(*works)
        if ends[0] != "done":
            again = QueuedMessage(text=message.text, visible_at=self._product.now + HIDDEN)
            self._product.queue.queued[queue].append(again)

    async def _handled(self, queue: Queue, text: str, *, after: int) -> str:
        for _ in range(after):
            await asyncio.sleep(0)
        tries = self._tries[queue, text]

        async def work(services: Services, worker: Worker) -> None:
            message, now = decoded(text), worker.clock()
            if queue is Queue.VERIFY:
                await verify_claim(
                    services, message=message, last_attempt=tries >= LAST_TRY, thorough=tries > 1, now=now
                )
            elif queue is Queue.EFFECTS:
                await carry_out_effects(services, message=message, thorough=tries > 1, now=now)
            else:
                await handle_deadline(services, message=message, now=now)

        end, _ = await self._world.attempt(work)
        return end

    async def tick(self) -> None:
        """One run of the timer; a failed one is not repeated, the next run does its work."""

        async def work(services: Services, worker: Worker) -> None:
            await hand_out_due_deadlines(services, now=worker.clock())

        await self._world.attempt(work)

    async def bounce(self, chosen: int) -> None:
        """The provider reports that one of the mails it took was not delivered; it reports until it is heard."""
        sent = self._product.sender.sent
        if not sent:
            return
        operation_id, _ = sent[chosen % len(sent)]
        await self._report(DeliveryReport(operation_id=operation_id, status="Bounced", at=self._product.now))

    async def bounce_request(self) -> None:
        """The provider reports that the latest request to a customer was not delivered."""
        requests = [n for n, (_, mail) in enumerate(self._product.sender.sent) if mail.subject == REQUEST]
        if requests:
            await self.bounce(requests[-1])

    async def _report(self, report: DeliveryReport) -> None:
        async def work(services: Services, worker: Worker) -> None:
            await record_delivery(services, report=report, now=worker.clock())

        end, _ = await self._world.attempt(work)
        if end == "done":
            self._world.undelivered.add(report.operation_id)
        else:
            self._reports.append(report)

    async def settle(self, *, times: int = 1) -> dict[str, Body]:
        """No more faults: the unfinished is finished, each message comes so many times; then every promise holds."""
        world, plan = self._world, self._world.plan
        plan.at, plan.chance = {}, 0.0
        await self._come_to_rest(times)
        for filing in world.filings:
            await self._insist(filing)
        reports, self._reports = self._reports, []
        for report in reports:
            await self._report(report)
        await self._come_to_rest(times)
        must(not self._reports, "a report is never heard")
        await world.refresh()
        bodies = world.observer.check_rest(faults=plan.happened)
        world.check_promises(bodies)
        await check_ends(world, bodies)
        return bodies

    async def _insist(self, filing: Filing) -> None:
        """Send the same request until it is acknowledged: a ticket may be held for a minute, by a clock far ahead."""
        for _ in range(PATIENCE):
            if filing.claim_id is not None:
                return
            self._product.now += MINUTE
            await self._world.file(filing)

    async def _come_to_rest(self, times: int) -> None:
        for _ in range(PATIENCE):
            found = self.visible()
            world = self._world
            world.rng.shuffle(found)
            for queue, message in found:
                await self.deliver(queue, message, times=times)
            if not any(self._product.queue.queued.values()):
                return
            self._product.now += MINUTE
        left = {queue.value: len(messages) for queue, messages in self._product.queue.queued.items() if messages}
        must(not left, f"the queues do not empty: {left}")

    def next_due(self) -> Any:
        """When the next clock runs out, null where none runs."""
        rows = self._product.deadlines.rows.stored.values()
        return min((row.value.due_at for row in rows), default=None)
