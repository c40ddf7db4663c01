"""What the use cases need of the world, as Protocols; each has one adapter, one fake and one contract suite."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from shared.domain.checks import ProofFacts
from shared.domain.claim import Claim, Proof
from shared.domain.history import HistoryRow
from shared.domain.mails import MailIntent, MailKind
from shared.domain.registry import PartnerLocation, RegisteredCustomer, Subscription
from shared.domain.slots import Slot
from shared.usecases.operation_records import DeadLetterPage, DeadLetterPlace, DueRowsPage, StoredProof, StoredProofPage
from shared.usecases.proof_records import ProofReading
from shared.usecases.records import (
    Commit,
    DeadLetter,
    DeadlineRow,
    KnownKey,
    ListPage,
    ListQuery,
    Mail,
    MailOperation,
    Ticket,
    Versioned,
)


class ClaimStore(Protocol):
    """Claims with their history, slots and mail ledger: one partition per tenant, one transaction per commit."""

    async def get(self, claim_id: str) -> Versioned[Claim] | None:
        """The claim, or null where there is none."""

    async def commit(self, commit: Commit) -> None:
        """All of it or nothing. ConflictError where a version moved; a lost reply is cleared up by reading back."""

    async def slots(self, tenant_id: str, resources: Iterable[str]) -> Mapping[str, Versioned[Slot]]:
        """The slots that exist, by resource."""

    async def history(self, claim_id: str) -> tuple[HistoryRow, ...]:
        """The claim's rows, in order of seq."""

    async def mails(self, claim_id: str) -> tuple[Versioned[MailIntent], ...]:
        """The claim's send ledger, in order of its keys."""

    async def mail(self, claim_id: str, kind: MailKind, round_: int, n: int | None) -> Versioned[MailIntent] | None:
        """One row of the ledger."""

    async def save_mail(self, mail: MailIntent, version: str) -> str:
        """Replace a ledger row at that version and give its new one. ConflictError where it moved."""

    async def rewrite(self, claim: Claim, version: str) -> None:
        """Replace the claim's row alone at that version, for what is no event. ConflictError where it moved."""

    async def revenue_claims(self, tenant_id: str, organisation: str | None) -> tuple[Claim, ...]:
        """The organisation's (null: everybody's) live revenue claims, UnderReview to Approved, for the tenant."""

    async def numbered(self, tenant_id: str, number: str) -> tuple[Claim, ...]:
        """The tenant's claims with that number (`CPOR-7K3M-0QZX`): one or none, but for a rare coincidence."""


class ClaimLists(Protocol):
    """The projections that lists read; rebuildable from the claims."""

    async def project(self, claim: Claim, *, thorough: bool, first: bool = False) -> bool:
        """Write the list rows, false where they stand; `thorough` also clears every list it ever stood in.

        `first` says that nothing can be listed of it yet, and costs a round more where that is wrong.
        """

    async def remove(self, claim: Claim) -> None:
        """Clear the claim from every list."""

    async def page(self, query: ListQuery) -> ListPage:
        """One page, newest first by createdAt or the most urgent first; at most five table pages are read."""


class Deadlines(Protocol):
    """Every clock, by the hour it is due."""

    async def put(self, rows: Sequence[DeadlineRow]) -> None:
        """Write the rows; one that is there already stays."""

    async def due(self, now: datetime, *, limit: int) -> tuple[DeadlineRow, ...]:
        """Rows with due_at ≤ now, oldest first."""

    async def page(self, until: datetime, *, top: int, behind: DeadlineRow | None) -> DueRowsPage:
        """Rows with due_at ≤ until in the order of `due`, from the one behind `behind` on."""

    async def delete(self, row: DeadlineRow) -> None:
        """Remove the row; one that is gone is fine."""


class ProofStore(Protocol):
    """PoE bytes, by claim and SHA-256 (hex)."""

    async def put(self, claim_id: str, sha256: str, content: bytes) -> None:
        """Store once; the same bytes again are a success, and count as written anew."""

    async def get(self, claim_id: str, sha256: str) -> bytes | None:
        """The bytes, or null where there are none."""

    async def page(self, behind: str | None) -> StoredProofPage:
        """What is stored, a page at a time; a page may be empty before the end."""

    async def delete(self, proof: StoredProof) -> bool:
        """Remove it, unless it was written anew or removed since it was listed; says whether it did."""


class Registry(Protocol):
    """Partners, customers and subscriptions as imported."""

    async def is_partner(self, organisation: str) -> bool:
        """Whether the organisation has a location; yes may be said from memory, up to a minute old."""

    async def location(self, organisation: str, mpn_id: str) -> PartnerLocation | None:
        """The organisation's location of that MPN ID."""

    async def locations(self, organisation: str) -> tuple[PartnerLocation, ...]:
        """Every location of the organisation; empty for one that is not registered."""

    async def customer(self, tenant_id: str) -> RegisteredCustomer | None:
        """The tenant, where it is registered."""

    async def subscriptions(self, tenant_id: str) -> tuple[Subscription, ...]:
        """Every subscription of the tenant."""

    async def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription, whosever it is."""

    async def put_locations(self, locations: Sequence[PartnerLocation]) -> None:
        """Insert or replace."""

    async def put_customers(self, customers: Sequence[RegisteredCustomer]) -> None:
        """Insert or replace."""

    async def put_subscriptions(self, subscriptions: Sequence[Subscription]) -> None:
        """Insert or replace."""


class TenantDirectory(Protocol):
    """The identity platform's public OpenID discovery."""

    async def tenant_of(self, domain: str) -> str | None:
        """The tenant ID that the domain resolves to, null for an unknown one. ServiceUnavailableError when down."""


class Idempotency(Protocol):
    """Who may make the claim of one (organisation, key); it alone decides same, other or in flight."""

    async def begin(
        self, *, organisation: str, key: str, payload_hash: str, claim_id: str, now: datetime
    ) -> Ticket | str:
        """A ticket for the one that may go on, or the ID of the claim that this key made.

        KeyReusedError for another payload, InFlightError while another request holds the ticket (60 s, then it can be
        taken over).
        """

    async def finish(self, ticket: Ticket) -> None:
        """The claim exists: from now on the key answers with it."""

    async def abandon(self, ticket: Ticket) -> None:
        """Nothing was made: the key is free again."""

    async def look(self, *, organisation: str, key: str) -> KnownKey | None:
        """What is known of the key, or null; looking takes no ticket."""


class MailOperations(Protocol):
    """From a provider's operation ID to the mail."""

    async def put(self, operation: MailOperation) -> None:
        """Remember; again is fine."""

    async def find(self, operation_id: str) -> MailOperation | None:
        """The mail, or null."""


class MailRenderer(Protocol):
    """The mails' texts."""

    def render(self, intent: MailIntent, claim: Claim, *, partner_name: str) -> Mail:
        """The mail in its recipient's language."""


class MailSender(Protocol):
    """The mail provider."""

    async def send(self, mail: Mail, *, operation_id: str) -> str:
        """Hand over one mail; returns the provider's operation ID once it is accepted.

        MailThrottledError (with `retry_after`), MailRefusedError (for good), ServiceUnavailableError (try again).
        """


class ProofReader(Protocol):
    """The content of a proof: what kind of file it is, and what it says."""

    def inspect(self, content: bytes, *, file_name: str) -> "InspectedProof":
        """The type by content, and the faults that refuse it at the door."""

    async def examine(
        self,
        proofs: Sequence[Proof],
        load: Callable[[Proof], Awaitable[bytes | None]],
        *,
        customer_names: Sequence[str],
        product_names: Mapping[str, Sequence[str]],
        submitted_on: date,
    ) -> tuple[ProofFacts, ...]:
        """What the proofs together hold of what check 6 looks for; they are loaded one after the other.

        A proof whose bytes are gone has the code `poe-missing`, a broken one `poe-unreadable`.
        """

    async def read_out(
        self,
        content: bytes,
        content_type: str,
        *,
        customer_names: Sequence[str],
        product_names: Mapping[str, Sequence[str]],
        submitted_on: date,
    ) -> ProofReading | None:
        """One proof's text and what was found in it, null for a broken one."""


class InspectedProof(Protocol):
    """The door's word on one file."""

    @property
    def content_type(self) -> str | None:
        """The media type, null where it is none of those allowed."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Codes `poe-…`; empty where the file is welcome."""


class ResponseTokens(Protocol):
    """The signed links of the customer's page."""

    def issue(self, claim: Claim) -> str:
        """The token for the claim's present customer contact and round."""

    def verify(self, token: str, *, claim_id: str) -> "VerifiedToken | None":
        """What a genuine token says, or null."""

    def recipient(self, email: str) -> str:
        """The digest by which a token, and the history, name the recipient of that address."""


class VerifiedToken(Protocol):
    """A genuine token: whom it was written to, in which round, and whether its key is retired."""

    @property
    def recipient(self) -> str:
        """Digest of the recipient's address."""

    @property
    def round(self) -> int:
        """The round of the claim that it was written in."""

    @property
    def retired(self) -> bool:
        """Signed by a retired key: good for `revoke` only."""


class DeadLetters(Protocol):
    """Messages that failed for good."""

    async def add(self, letter: DeadLetter) -> None:
        """Keep it; the same letter again is fine, and tells of another failure by its time."""

    async def page(
        self, *, since: datetime, until: datetime, top: int, open_only: bool, behind: DeadLetterPlace | None
    ) -> DeadLetterPage:
        """Letters of the UTC days from `since` to `until`, oldest day first; a short page may still go on."""

    async def get(self, place: DeadLetterPlace) -> Versioned[DeadLetter] | None:
        """The letter, or null where there is none."""

    async def mark_replayed(self, letter: Versioned[DeadLetter], *, at: datetime, by: str) -> None:
        """Note who put it back, and when. ConflictError where the letter has changed since it was read."""
