"""What stands around the driven product: the mail provider, the directory, whoever remembers what was promised."""

import logging
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from shared.domain.claim import Contact, Customer, RequestedProduct
from shared.domain.claim_fields import ClaimFields
from shared.domain.registry import Channel, RegisteredCustomer, Subscription, SubscriptionStatus
from shared.settings import Settings, read_settings
from shared.usecases.callers import Caller, Role
from shared.usecases.records import Mail, MailRefusedError, MailThrottledError, Queue, SentMessage, WorkMessage
from tools.sample_proofs import pdf_proof
from tools.sample_registry import CONTOSO, FABRIKAM, tenant

START = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
PRODUCTS = {"teams": "Microsoft Teams", "intune": "Microsoft Intune", "dynamics-365-sales": "Dynamics 365 Sales"}
OPERATOR = "00000000-0000-4000-8000-0000000000aa"
REFUSED_ADDRESS = "refused"
"""A mailbox of this name is refused by the provider for good."""
FILE_NAME = "proof-of-pat-partner.pdf"


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
            "OPERATOR_TENANT_ID": OPERATOR,
            "RESPONSE_TOKEN_KEYS": key,
            "CLAIM_ID_SECRET": key,
            "FORM_SECRET": key,
        }
    )


class Postbox:
    """A mail provider that keeps what it is given, and knows an operation by its ID as the real one may."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Mail]] = []
        self.full = False

    async def send(self, mail: Mail, *, operation_id: str) -> str:
        """Accept, unless it is an address that nobody has, or while there are too many."""
        if self.full:
            raise MailThrottledError(timedelta(seconds=2))
        if mail.to.startswith(REFUSED_ADDRESS):
            raise MailRefusedError("no such mailbox")
        self.mails.append((operation_id, mail))
        return operation_id


class Directory:
    """A tenant directory that knows `cN.example` as the tenant of customer N."""

    async def tenant_of(self, domain: str) -> str | None:
        """The customer's tenant."""
        return tenant(int(domain.removeprefix("c").removesuffix(".example")))


class ImpatientQueue:
    """The real queue without its delays, for the driven clock stands in for them; it remembers what was sent."""

    def __init__(self, inner: Any, sent: list[tuple[Queue, WorkMessage]]) -> None:
        self._inner, self._sent = inner, sent

    async def send(self, queue: Queue, message: WorkMessage, *, delay: timedelta = timedelta()) -> SentMessage:
        """Send at once."""
        self._sent.append((queue, message))
        sent: SentMessage = await self._inner.send(queue, message)
        return sent

    async def hasten(self, sent: SentMessage, instead: WorkMessage) -> None:
        """Say this instead: that is remembered as well."""
        self._sent.append((sent.queue, instead))
        await self._inner.hasten(sent, instead)

    async def recall(self, sent: SentMessage) -> None:
        """Take it back."""
        await self._inner.recall(sent)

    async def send_again(self, queue: Queue, body: str) -> None:
        """Put a message back as it was."""
        await self._inner.send_again(queue, body)

    async def backlog(self, queue: Queue) -> int:
        """As it is."""
        return await self._inner.backlog(queue)


@dataclass
class Promises:
    """What people were told is done: it must be so ever after.

    `claims` are the claims answered for each key, `choices` the customers' recorded answers, by claim.
    """

    claims: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)


class Logbook(logging.Handler):
    """Everything that is logged, as the text that an operator would read."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line with its traceback; the SDKs' own chatter below a warning is switched off in the product."""
        if record.name.startswith("azure") and record.levelno < logging.WARNING:
            return
        self.lines.append(self.format(record))


def caller(organisation: str = CONTOSO) -> Caller:
    """An incentives admin of the organisation."""
    return Caller(organisation=organisation, object_id="o1", name="Someone", roles=frozenset({Role.PARTNER_ADMIN}))


def fields(
    customer: int, *, mpn_id: str = "1000001", products: tuple[str, ...] = ("teams",), mailbox: str = "ida"
) -> ClaimFields:
    """A complete claim for customer N; a mailbox with an @ is an address elsewhere."""
    domain = f"c{customer}.example"
    contact = Contact(
        name="Ida Manager", email=mailbox if "@" in mailbox else f"{mailbox}@{domain}", title="IT Manager"
    )
    made = ClaimFields(
        mpn_id=mpn_id,
        customer=Customer(tenant_id=tenant(customer), domain=domain),
        solution_area="microsoft-365",
        activities=("usage",),
        claim_name="Teams rollout",
        requested=tuple(RequestedProduct(product_id=product) for product in products),
        customer_contact=contact,
        partner_contact=Contact(name="Pat Partner", email="pat@contoso.example"),
    )
    if any(product.startswith("dynamics") for product in products):
        return replace(made, solution_area="business-applications", technical_contact=contact)
    return made


@cache
def proof(customer: int, products: tuple[str, ...] = ("teams",)) -> bytes:
    """A good proof of work for customer N."""
    names = [PRODUCTS[product] for product in products]
    return pdf_proof(customer=f"Customer {customer} (c{customer}.example)", products=names, dated=START.date())


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


def bought(customer: int, *, ends_at: datetime) -> Subscription:
    """What customer N has of Dynamics 365 Sales."""
    return Subscription(
        subscription_id=f"5b5b5b5b-0000-4000-8000-{customer:012}",
        tenant_id=tenant(customer),
        product_id="dynamics-365-sales",
        status=SubscriptionStatus.ACTIVE.value,
        channel=Channel.VOLUME_LICENSING.value,
        seats=120,
        ends_at=ends_at,
    )


TOKEN = re.compile(r"#([^\s\"'<>]{20,})")


def token_of(mail: Mail) -> str | None:
    """The signed token in the mail's link, as its reader would follow it."""
    found = TOKEN.search(mail.text)
    return found[1] if found else None


FABRIKAM_CALLER = caller(FABRIKAM)
"""An admin of the rival."""
