"""Two partners, their customers, a reviewer, the mail provider and the timer, at work on one product.

Each command is one process's piece of work: it may die, and its clock may be wrong. What its sender was told is kept:
`done` and `refused` are promises, of `unknown` anything may be true.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared.domain.claim import Claim, Status
from shared.domain.claim_fields import ClaimFields
from shared.domain.errors import DomainError
from shared.domain.slots import SlotLostError
from shared.usecases.claim_history import claim_history
from shared.usecases.comment_on_claim import comment_on_claim
from shared.usecases.correct_mpn import correct_mpn
from shared.usecases.create_draft import create_draft
from shared.usecases.customer_response import Choice, answer_request, view_request
from shared.usecases.decide_claim import Decision, decide_claim
from shared.usecases.disassociate_claim import disassociate_claim
from shared.usecases.discard_draft import discard_draft
from shared.usecases.dispute_claim import dispute_claim
from shared.usecases.records import InFlightError, ServiceUnavailableError
from shared.usecases.resubmit_claim import resubmit_claim
from shared.usecases.services import Services
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.uploads import Upload
from shared.usecases.withdraw_claim import withdraw_claim
from tests.fakes.product import FakeProduct
from tests.simulation.faulty_ports import FaultPlan, ProcessDied, Worker
from tests.simulation.observer import Body, Broken, Observer, must
from tests.simulation.people import MOVED, PRODUCTS, REVIEWER, admin, fields
from tests.simulation.plain_parts import GOOD, PlainReader, PlainRenderer, QuickClaims
from tools.sample_registry import seed_registry

SKEWS = (timedelta(), timedelta(minutes=15), timedelta(minutes=-15))
BY_SILENCE = ("Approved", "silence")
Work = Callable[[Services, Worker], Awaitable[Any]]


@dataclass
class Filing:
    """One request to file a claim, as often as it is sent; `claim_id` once it was acknowledged."""

    organisation: str
    key: str
    fields: ClaimFields
    proof: bytes
    claim_id: str | None = None


@dataclass
class World:
    """The product, who uses it, and what each was told. `ports` replace the fakes of those names."""

    plan: FaultPlan
    rng: random.Random
    hesitates: int = 0
    ports: Mapping[str, Any] = field(default_factory=dict)
    filings: list[Filing] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    undelivered: set[str] = field(default_factory=set)
    steps: int = 0

    def __post_init__(self) -> None:
        self.product = FakeProduct()
        self.product.claims = QuickClaims()
        ports: dict[str, Any] = {"claims": self.product.claims, "reader": PlainReader(), "renderer": PlainRenderer()}
        self.product.services = replace(self.product.services, **{**ports, **self.ports})
        self.observer = Observer(self.product)

    async def begin(self) -> "World":
        """The registry is imported."""
        await seed_registry(self.product.services.registry, now=self.product.now)
        return self

    async def refresh(self) -> None:
        """The observer sees what is stored; the fakes' rows are what it looks at anyway."""

    def worker(self) -> Worker:
        """A process with a clock of its own."""
        skew = self.rng.choice(SKEWS)
        return Worker(plan=self.plan, now=lambda: self.product.now, skew=skew, hesitates=self.hesitates)

    async def attempt(self, work: Work, *, remark: tuple[str, str] | None = None) -> tuple[str, Any]:
        """Do the work in a process; gives what its sender was told, and the answer."""
        self.steps += 1
        worker = self.worker()
        answer: Any = None
        try:
            answer = await work(worker.services(self.product.services), worker)
            end = "done"
        except (ProcessDied, ServiceUnavailableError, InFlightError):
            end = "unknown"
        except SlotLostError as lost:
            raise Broken("a claim is not in the slot that it waits for") from lost
        except DomainError:
            end = "refused"
        if worker.dead:
            end, answer = "unknown", None
            for _ in range(20):  # what the process had begun side by side comes to its end
                await asyncio.sleep(0)
        if remark is not None:
            words, claim_id = remark
            self.told[words] = (claim_id, end)
        return end, answer

    def remark(self) -> str:
        """Words that nobody else says."""
        return f"Remark {self.steps}"

    async def file(self, filing: Filing) -> None:
        """Send the filing, again perhaps: it makes one claim, and is always answered with that one."""

        async def work(services: Services, worker: Worker) -> Claim:
            return await submit_new_claim(
                services,
                caller=admin(filing.organisation),
                fields=filing.fields,
                mpn_id=None,
                faults=(),
                proofs=[Upload(file_name="proof.pdf", content=filing.proof)],
                idempotency_key=filing.key,
                payload_hash=filing.key,
                now=worker.clock(),
            )

        end, claim = await self.attempt(work)
        must(end != "refused", "a good filing is refused")
        if end == "done":
            must(filing.claim_id in {None, claim.claim_id}, "one key made two claims")
            filing.claim_id = claim.claim_id

    async def new_filing(self, organisation: str, customer: int, products: tuple[str, ...], says: bytes = GOOD) -> None:
        """A partner files a claim."""
        key = f"key {len(self.filings)}"
        proof = says + f" {key}".encode()
        filing = Filing(organisation, key, fields(organisation, customer, products), proof)
        self.filings.append(filing)
        await self.file(filing)

    async def draft(self, organisation: str, customer: int) -> None:
        """A partner begins a claim."""
        key = f"draft {self.steps}"

        async def work(services: Services, worker: Worker) -> Claim:
            wanted = fields(organisation, customer, PRODUCTS[0])
            return await create_draft(
                services,
                caller=admin(organisation),
                fields=wanted,
                idempotency_key=key,
                payload_hash=key,
                now=worker.clock(),
            )

        end, claim = await self.attempt(work)
        if end == "done":
            self.drafts[claim.claim_id] = organisation

    async def partner(self, claim_id: str, organisation: str, act: str) -> None:
        """A partner does something with its claim."""
        words, caller = self.remark(), admin(organisation)

        async def work(services: Services, worker: Worker) -> Any:
            who: dict[str, Any] = {"caller": caller, "claim_id": claim_id, "now": worker.clock()}
            said = {**who, "comment": words}
            acts: dict[str, Callable[[], Awaitable[Any]]] = {
                "withdraw": lambda: withdraw_claim(services, **said),
                "resubmit": lambda: resubmit_claim(services, **said),
                "dispute": lambda: dispute_claim(services, **said),
                "comment": lambda: comment_on_claim(services, text=words, internal=False, **who),
                "discard": lambda: discard_draft(services, **who),
                "disassociate": lambda: disassociate_claim(services, reason="work-ended", item_ids=(), **who),
                "correct": lambda: correct_mpn(services, mpn_id=MOVED, **who),
            }
            return await acts[act]()

        remarked = act in {"withdraw", "resubmit", "dispute", "comment"}
        await self.attempt(work, remark=(words, claim_id) if remarked else None)

    async def decide(self, claim_id: str, decision: str, *, supersede: bool) -> None:
        """A reviewer decides on what they see."""
        words = self.remark()

        async def work(services: Services, worker: Worker) -> Claim | None:
            seen = await self.product.services.claims.get(claim_id)
            if seen is None:
                return None
            asks = decision in {"requestInformation", "reject"}
            return await decide_claim(
                services,
                caller=REVIEWER,
                claim_id=claim_id,
                decision=Decision(
                    decision=decision,  # type: ignore[arg-type]
                    reason_codes=("poe-not-convincing",) if asks else (),
                    comment=words if decision != "noticeIncumbent" else None,
                    supersede=supersede,
                ),
                if_match=seen.value.revision,
                now=worker.clock(),
            )

        await self.attempt(work, remark=(words, claim_id) if decision != "noticeIncumbent" else None)

    async def answer(self, claim_id: str, choice: Choice, item: int | None = None) -> None:
        """The customer follows the link of the mail."""
        seen = await self.product.services.claims.get(claim_id)
        if seen is None or seen.value.customer_contact is None:
            return
        token = self.product.tokens.issue(seen.value)
        items = seen.value.items
        one = frozenset({items[item % len(items)].item_id}) if item is not None and items else frozenset[str]()

        async def work(services: Services, worker: Worker) -> Any:
            return await answer_request(
                services,
                claim_id=claim_id,
                token=token,
                choice=choice,
                item_ids=one,
                reason=None,
                now=worker.clock(),
            )

        end, view = await self.attempt(work)
        if end == "done" and choice is Choice.OPT_OUT and view.claim.status is Status.OPTED_OUT:
            self.opted_out.add(claim_id)

    async def look(self, claim_id: str, organisation: str) -> None:
        """A partner opens the claim's history, and the customer the page behind the link."""
        seen = await self.product.services.claims.get(claim_id)
        if seen is None:
            return
        await claim_history(self.product.services, caller=admin(organisation), claim_id=claim_id)
        if seen.value.status is not Status.DRAFT:
            token = self.product.tokens.issue(seen.value)
            await view_request(self.product.services, claim_id=claim_id, token=token)

    def known(self) -> list[tuple[str, str]]:
        """The claims that somebody was told of, with whose they are."""
        found = [(one.claim_id, one.organisation) for one in self.filings if one.claim_id]
        return [*found, *self.drafts.items()]

    def check_promises(self, bodies: dict[str, Body]) -> None:
        """What everybody was told is true."""
        filed = {one.claim_id for one in self.filings}
        must(None not in filed and filed <= set(bodies), "an acknowledged claim is lost")
        made = [body for body in bodies.values() if body["status"] != "Draft"]
        must(len(made) == len(self.filings), "there are more claims than filings")
        for claim_id in self.opted_out:
            must(bodies[claim_id]["status"] == "OptedOut", "an acknowledged opt-out is lost")
        silent = (body for body in bodies.values() if (body["status"], body["approval_ground"]) == BY_SILENCE)
        for body in silent:
            request = self.observer.request_of(body)
            must(request not in self.undelivered, "a claim is official by silence, and its notice was not delivered")
        said = [comment["text"] for body in bodies.values() for comment in body["comments"]]
        for words, (claim_id, end) in self.told.items():
            if claim_id in self.drafts and claim_id not in bodies:
                continue  # a draft goes with all that was said of it
            times = said.count(words)
            must(times <= 1, "what was said once is there twice")
            must(end != "done" or times == 1, "what was acknowledged is lost")
            must(end != "refused" or times == 0, "what was refused has happened")
