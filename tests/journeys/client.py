"""What the journeys are made with: customers nobody else uses, claims and proofs for them, and the raw rows behind.

Speaking to the product is `tools.local_client`'s; its names are given on from here.
"""

import asyncio
import base64
import hashlib
import json
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from azure.data.tables import TableServiceClient
from azure.storage.blob import ContainerClient

from shared.domain.registry import RegisteredCustomer
from shared.settings import read_settings
from shared.storage.clients import Clients
from shared.storage.keys import PROOFS_CONTAINER
from shared.storage.registry import TableRegistry
from tools.embedded import LocalProduct
from tools.local_client import (
    PDF,
    WORD,
    File,
    Json,
    Link,
    LocalHost,
    Mail,
    NotInTimeError,
    Person,
    at,
    due_at,
    wait_for,
)
from tools.sample_proofs import pdf_proof

__all__ = [
    "CONTOSO_MPN", "FABRIKAM_MPN", "PDF", "WORD", "Customer", "Customers", "File", "Json", "Link", "LocalHost", "Mail",
    "NotInTimeError", "Person", "Store", "asked", "at", "contact_of", "due_at", "faults_of", "filed", "partner_of",
    "request_of", "wait_for",
]  # fmt: skip

CONTOSO_MPN, FABRIKAM_MPN = "1000001", "2000001"
_PARTNER_DOMAINS = {"1": "contoso.example", "2": "fabrikam.example"}
_PRODUCTS = {"teams": "Microsoft Teams", "exchange-online": "Exchange Online", "intune": "Microsoft Intune"}
_BATCH = 16


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer: its tenant, its domain, its name."""

    tenant_id: str
    domain: str
    name: str

    def claim(self, *products: str, mpn_id: str = CONTOSO_MPN, contact: str = "ida", **fields: Any) -> Json:
        """A Microsoft 365 claim that has all it needs; `fields` replace its own. Nobody else has its addresses."""
        return {
            "mpnId": mpn_id,
            "customer": {"tenantId": self.tenant_id, "domain": self.domain},
            "solutionArea": "microsoft-365",
            "activities": ["usage"],
            "claimName": "Rollout",
            "items": [{"productId": product} for product in products or ("teams",)],
            "customerContact": {"name": "Ida Manager", "title": "IT manager", "email": f"{contact}@{self.domain}"},
            "partnerContact": {
                "name": "Pat Partner",
                "email": f"pat-{uuid.uuid4().hex[:12]}@{_PARTNER_DOMAINS[mpn_id[0]]}",
            },
            **fields,
        }

    def dynamics(self, *items: Json, **fields: Any) -> Json:
        """A business applications claim that has all it needs."""
        technical = {"name": "Tom Technician", "title": "Administrator", "email": f"tom@{self.domain}"}
        claim = self.claim(solutionArea="business-applications", technicalContact=technical)
        return {**claim, "items": list(items), **fields}

    def proof(self, *products: str, now: datetime | None = None, name: str = "proof.pdf") -> File:
        """A proof that every check is pleased with; `now` is the present by the product's clock."""
        named = [_PRODUCTS.get(product, product) for product in products or ("teams",)]
        dated = (now or datetime.now(UTC)).astimezone(UTC).date()
        return name, pdf_proof(customer=self.name, products=named, dated=dated), PDF


class Customers:
    """Registers customers of their own for tests: slots are exclusive, and a product is shared by many tests."""

    def __init__(self, product: LocalProduct) -> None:
        self._product = product
        self._ready: list[Customer] = []

    def new(self) -> Customer:
        """A customer whom nobody has claimed: in the US, New York time, reading English."""
        if not self._ready:
            self._ready = [_customer(uuid.uuid4()) for _ in range(_BATCH)]
            rows = [
                RegisteredCustomer(
                    tenant_id=one.tenant_id,
                    name=one.name,
                    domains=(one.domain,),
                    country="US",
                    zone="America/New_York",
                    language="en",
                )
                for one in self._ready
            ]
            _in_a_loop_of_its_own(lambda: _register(self._product, rows))
        return self._ready.pop()


def _customer(tenant: uuid.UUID) -> Customer:
    return Customer(str(tenant), f"tenant-{tenant.hex}.example", f"Company {tenant.hex[:10]}")


async def _register(product: LocalProduct, rows: list[RegisteredCustomer]) -> None:
    async with Clients(read_settings(product.environment)) as clients:
        await TableRegistry(clients).put_customers(rows)


def _in_a_loop_of_its_own(work: Any) -> None:
    """Run a coroutine from a plain test; the session's loop belongs to the async ones."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


class Store:
    """The raw rows and blobs, read past the app."""

    def __init__(self, product: LocalProduct) -> None:
        self._tables = TableServiceClient.from_connection_string(product.storage)
        self._proofs = ContainerClient.from_connection_string(product.storage, PROOFS_CONTAINER)

    def close(self) -> None:
        """Close the connections."""
        self._tables.close()
        self._proofs.close()

    def rows(self, tenant_id: str) -> dict[str, Json]:
        """Every row of the tenant's partition by its key: the claims, their history, slots and mails."""
        table = self._tables.get_table_client("Claims")
        found = table.query_entities("PartitionKey eq @tenant", parameters={"tenant": tenant_id})
        return {str(row["RowKey"]): {**row, "etag": row.metadata["etag"]} for row in found}

    def slots(self, tenant_id: str) -> dict[str, tuple[str | None, str | None]]:
        """Holder and pending claim of each of the tenant's slots."""
        found: dict[str, tuple[str | None, str | None]] = {}
        for key, row in self.rows(tenant_id).items():
            if key.startswith("slot:"):
                for entry in _body(row)["entries"].values():
                    named = [entry[place] and entry[place]["claim_id"] for place in ("holder", "pending")]
                    found[key.removeprefix("slot:")] = (named[0], named[1])
        return found

    def blobs(self, tenant_id: str) -> list[str]:
        """Names of every proof stored for the tenant's claims, also for claims that no row knows."""
        # A claim's ID begins with its tenant; 25 letters hold 125 of the tenant's 128 bits.
        prefix = base64.b32encode(uuid.UUID(tenant_id).bytes).decode().lower()[:25]
        return sorted(self._proofs.list_blob_names(name_starts_with=prefix))

    def proof_is_whole(self, claim_id: str, sha256: str) -> bool:
        """Whether the proof's bytes are there, and are the ones filed."""
        content = self._proofs.download_blob(f"{claim_id}/{sha256}").readall()
        return hashlib.sha256(content).hexdigest() == sha256


def _body(row: Json) -> Json:
    body: Json = json.loads("".join(row[name] for name in sorted(row) if name.startswith("Body")))
    return body


def filed(person: Person, claim: Json, *files: File) -> Json:
    """The claim, taken with 202."""
    answer = person.submit(claim, files)
    assert answer.status_code == 202, answer.text
    taken: Json = answer.json()
    return taken


def asked(person: Person, customer: Customer, *products: str, now: datetime | None = None, **more: Any) -> Json:
    """A claim whose customer has been asked: filed, verified, told."""
    taken = filed(person, customer.claim(*products, **more), customer.proof(*products, now=now))
    return person.wait_asked(taken["claimId"])


def request_of(host: LocalHost, claim: Json) -> Mail:
    """The mail that asks the customer."""
    return host.mail(contact_of(claim), about=claim["number"], subject="Please answer: association request")


def contact_of(claim: Json) -> str:
    """The customer contact's address."""
    return str(claim["customerContact"]["email"])


def partner_of(claim: Json) -> str:
    """The partner contact's address."""
    return str(claim["partnerContact"]["email"])


def faults_of(answer: Any) -> set[tuple[str, str]]:
    """Pointer and code of every fault of a 422."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    return {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]}
