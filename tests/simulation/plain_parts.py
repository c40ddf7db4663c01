"""What is slow in the real product and says nothing of its promises: reading files and writing texts, made plain."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.domain.checks import ProofFacts
from shared.domain.claim import Claim, Proof
from shared.domain.identifiers import tenant_of
from shared.domain.mails import MAILS, Audience, MailIntent
from shared.domain.reasons import ReasonCode
from shared.storage import entities, keys
from shared.usecases.proof_records import ProofReading
from shared.usecases.records import Mail, Versioned
from tests.fakes.claims import FakeClaimStore

GOOD, SCANNED, UNREADABLE = b"good", b"scanned", b"unreadable"
_SAYS: Mapping[bytes, tuple[str, ...]] = {
    GOOD: (),
    SCANNED: (ReasonCode.POE_NOT_MACHINE_READABLE,),
    UNREADABLE: (ReasonCode.POE_UNREADABLE,),
}


@dataclass(frozen=True)
class Welcome:
    """The door's word on every file."""

    content_type: str | None = "application/pdf"
    faults: tuple[str, ...] = ()


class PlainReader:
    """A ProofReader of files that begin with what they are."""

    def inspect(self, content: bytes, *, file_name: str) -> Welcome:
        """Every file is welcome."""
        return Welcome()

    async def examine(
        self,
        proofs: Sequence[Proof],
        load: Callable[[Proof], Awaitable[bytes | None]],
        *,
        customer_names: Sequence[str],
        product_names: Mapping[str, Sequence[str]],
        submitted_on: date,
    ) -> tuple[ProofFacts, ...]:
        """What each file's first word says of it; a file that is gone is missing."""
        found: list[ProofFacts] = []
        for proof in proofs:
            content = await load(proof)
            codes = (ReasonCode.POE_MISSING,) if content is None else _SAYS[content.split(b" ")[0]]
            found.append(ProofFacts(proof_id=proof.proof_id, codes=codes))
        return tuple(found)

    async def read_out(
        self,
        content: bytes,
        content_type: str,
        *,
        customer_names: Sequence[str],
        product_names: Mapping[str, Sequence[str]],
        submitted_on: date,
    ) -> ProofReading | None:
        """Nobody reads these files out."""
        return None


class QuickClaims(FakeClaimStore):
    """The claims in memory; a row that has not changed is read out once, for nobody can change what was read."""

    def __init__(self) -> None:
        super().__init__()
        self._claims: dict[str, Versioned[Claim]] = {}
        self._mails: dict[str, Versioned[MailIntent]] = {}

    async def get(self, claim_id: str) -> Versioned[Claim] | None:
        """The claim, or null."""
        await asyncio.sleep(0)
        found = self.rows.get(tenant_of(claim_id), keys.claim_row(claim_id))
        if found is None:
            return None
        if found.version not in self._claims:
            self._claims[found.version] = Versioned(value=entities.claim_of(found.value), version=found.version)
        return self._claims[found.version]

    async def mails(self, claim_id: str) -> tuple[Versioned[MailIntent], ...]:
        """The ledger, in order of its keys."""
        await asyncio.sleep(0)
        rows = self.rows.between(tenant_of(claim_id), *keys.children_of("mail", claim_id))
        for row in rows:
            if row.version not in self._mails:
                self._mails[row.version] = Versioned(value=entities.mail_of(row.value), version=row.version)
        return tuple(self._mails[row.version] for row in rows)


class PlainRenderer:
    """A MailRenderer whose mails are their kind."""

    def render(self, intent: MailIntent, claim: Claim, *, partner_name: str) -> Mail:
        """The mail without words."""
        customer = MAILS[intent.kind].audience is Audience.CUSTOMER
        contact = claim.customer_contact if customer else claim.partner_contact
        if contact is None:
            raise LookupError(intent.kind)
        return Mail(to=contact.email, recipient_name=contact.name, subject=intent.kind.value, text="", html="")


class _AtOnce(ThreadPoolExecutor):
    """Runs in the caller's thread what is meant for another: the same schedule then always runs the same way."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """The call, made."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


class Clockwork:
    """An event loop of its own, on which nothing happens but what a seed says."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(_AtOnce(max_workers=1))

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """The work's answer."""
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        """End the loop."""
        self._loop.close()
