"""Where the races are run: the product in a hurry on storage of its own, a mail provider that outlives its hosts."""

import asyncio
import json
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from shared.domain.catalogue import Programme
from shared.domain.registry import PartnerLocation
from shared.settings import read_settings
from shared.storage.clients import Clients
from shared.storage.registry import TableRegistry
from tests.faults.surroundings import FILE_NAME, Promises
from tests.journeys.client import Customer, Customers
from tools import children
from tools.embedded import ROOT, LocalProduct, child_environment, wait_until

PARTNERS = 16
REVIEWERS = ("reviewer", "admin")
NOBODY = "http://127.0.0.1:9"
SETTINGS = {"HOST_SESSION_KEY": "races", "HOST_QUEUE_LEASE_SECONDS": "3"}
"""One key for the sessions of all hosts, so that nobody need sign in again after a kill; and short leases."""


def organisation_of(partner: int) -> str:
    """The organisation of partner N, as its person is vouched for (hurried_app.py)."""
    return f"{partner:08x}-0000-4000-8000-0000000000cc"


def location_of(partner: int) -> PartnerLocation:
    """The one location of partner N, enrolled in everything."""
    return PartnerLocation(
        mpn_id=str(3000000 + partner),
        organisation=organisation_of(partner),
        organisation_name=f"Partner {partner}",
        name=f"Location of partner {partner}",
        programmes=frozenset(programme.value for programme in Programme),
        domains=(f"partner-{partner}.example",),
    )


@dataclass(frozen=True, slots=True)
class Filing:
    """A claim to file: by which partner, about whom, with which key and proof."""

    partner: int
    customer: Customer
    key: str
    claim: Mapping[str, Any]
    proof: bytes


class Arena:
    """The hosts, the provider, sixteen partners and two reviewers; what was promised to them is remembered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = children.free_port()
        self.provider_url = f"http://127.0.0.1:{port}"
        self.app = _staged(folder / "app")
        self.product = LocalProduct(
            folder / "data", app=self.app, environment={"EMAIL_ENDPOINT": self.provider_url, **SETTINGS}
        )
        self.second: LocalProduct | None = None
        self.promises = Promises()
        self.customers = Customers(self.product)
        self._provider: subprocess.Popen[bytes] | None = None
        self._people: dict[str, httpx.AsyncClient] = {}
        self._read: dict[Path, int] = {}

    async def __aenter__(self) -> Self:
        self.product.start()
        log, port = self.folder / "provider.log", self.provider_url.rpartition(":")[2]
        self._provider = children.start(
            [sys.executable, "-m", "tools.host", "--forward", NOBODY, "--port", port],
            environment=child_environment(self.product.environment),
            folder=ROOT,
            log=log,
        )
        wait_until(
            lambda: not children.is_port_free(int(port)), process=self._provider, log=log, name="the mail provider"
        )
        async with Clients(read_settings(self.product.environment)) as clients:
            await TableRegistry(clients).put_locations([location_of(one) for one in range(1, PARTNERS + 1)])
        for name in ("", *(f"partner-{one}" for one in range(1, PARTNERS + 1)), *REVIEWERS):
            self._people[name] = httpx.AsyncClient(timeout=60)
            if name:
                way = f"{self.product.base_url}/.auth/login/aad"
                answer = await self._people[name].get(way, params={"persona": name})
                # The cookie of one port is good at another: they are one machine.
                assert answer.is_redirect, f"{name} cannot sign in: {answer.status_code}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for person in self._people.values():
            await person.aclose()
        self.leave_alone()
        if self._provider is not None:
            children.stop(self._provider, patience=5)
        self.product.stop()

    def add_second(self) -> None:
        """A second host on the same storage, working the same queues."""
        self.second = LocalProduct(
            self.product.folder,
            app=self.app,
            storage=self.product.storage,
            environment={**SETTINGS, "EMAIL_ENDPOINT": self.provider_url, "PUBLIC_URL": self.product.base_url},
            log=self.folder / "second.log",
            prepare=False,
        ).start()

    def leave_alone(self) -> None:
        """Stop the second host, if there is one."""
        if self.second is not None:
            self.second.stop()
            self.second = None

    def restart_without(self, safeguard: str) -> None:
        """Stop the host as a deployment would, and start it without a safeguard, until it is started anew."""
        self.product.stop_host()
        self.product.start_host(environment={"RACES_WITHOUT": safeguard})

    @property
    def hosts(self) -> list[str]:
        """Where the hosts that run now answer."""
        return [one.base_url for one in (self.product, self.second) if one is not None]

    async def filing(self, partner: int, customer: Customer | None = None, *, key: str = "") -> Filing:
        """A claim of the partner about the customer, or about one of its own."""
        if customer is None:
            customer = await asyncio.to_thread(self.customers.new)
        location = location_of(partner)
        contact = {"name": "Pat Partner", "email": f"pat@{location.domains[0]}"}
        claim = {**customer.claim(), "mpnId": location.mpn_id, "partnerContact": contact}
        _, proof, _ = customer.proof(now=await self.now())
        return Filing(partner, customer, key or str(uuid.uuid4()), claim, proof)

    async def file(self, filing: Filing, *, at: int = 0) -> httpx.Response:
        """File it at one of the hosts. httpx.HTTPError where that host dies meanwhile."""
        answer = await self._people[f"partner-{filing.partner}"].post(
            f"{self.hosts[at % len(self.hosts)]}/api/claims",
            files=[
                ("claim", (None, json.dumps(filing.claim).encode(), "application/json")),
                ("proof", (FILE_NAME, filing.proof, "application/pdf")),
            ],
            headers={"Idempotency-Key": filing.key},
        )
        if answer.status_code == 202:
            promised = (organisation_of(filing.partner), filing.key)
            self.promises.claims.setdefault(promised, set()).add(answer.json()["claimId"])
        return answer

    async def read(self, partner: int, claim_id: str) -> dict[str, Any]:
        """The claim, as its partner reads it."""
        found: dict[str, Any] = (
            (await self._people[f"partner-{partner}"].get(f"{self.hosts[0]}/api/claims/{claim_id}"))
            .raise_for_status()
            .json()
        )
        return found

    async def withdraw(self, partner: int, claim_id: str) -> None:
        """The partner takes the claim back."""
        url = f"{self.hosts[0]}/api/claims/{claim_id}/withdraw"
        (await self._people[f"partner-{partner}"].post(url, json={})).raise_for_status()

    async def decide(self, reviewer: str, claim: Mapping[str, Any], body: Mapping[str, Any], *, at: int = 0) -> int:
        """What a reviewer is answered who decides the claim as it was last read."""
        answer = await self._people[reviewer].post(
            f"{self.hosts[at % len(self.hosts)]}/api/review/claims/{claim['claimId']}/decision",
            json=body,
            headers={"If-Match": f'"{claim["revision"]}"'},
        )
        return answer.status_code

    async def opt_out(self, claim_id: str, token: str, *, at: int = 0) -> httpx.Response:
        """The customer declines by its link."""
        answer = await self._people[""].post(
            f"{self.hosts[at % len(self.hosts)]}/api/respond/{claim_id}", json={"token": token, "choice": "optOut"}
        )
        if answer.status_code == 200:
            self.promises.choices[claim_id] = "optOut"
        return answer

    async def run_timer(self, *, at: int = 0) -> None:
        """Run the timer function that finalizes, and wait for its end: minutes, where hundreds of claims are due."""
        url = f"{self.hosts[at % len(self.hosts)]}/admin/functions/finalize_due_claims"
        answer = await self._people[""].post(url, timeout=600)
        assert answer.headers.get("x-host-outcome") == "ok", "the timer failed"

    async def now(self) -> datetime:
        """The hosts' present."""
        clock = self.product.folder / "clock.json"
        moved = json.loads(clock.read_text())["offsetSeconds"] if clock.exists() else 0
        return datetime.now(UTC) + timedelta(seconds=moved)

    async def advance(self, step: timedelta) -> None:
        """Move every clock on."""
        body = {"advance": f"PT{step.total_seconds():.6f}S"}
        for url in (*self.hosts, self.provider_url):
            (await self._people[""].post(f"{url}/.dev/clock", json=body)).raise_for_status()

    async def mails(self) -> list[dict[str, Any]]:
        """What the provider was given, newest first."""
        answer = await self._people[""].get(f"{self.provider_url}/.dev/mail", headers={"Accept": "application/json"})
        found: list[dict[str, Any]] = answer.raise_for_status().json()
        return found

    async def forget_mails(self) -> None:
        """Empty the mailbox, which holds 5,000."""
        await self._people[""].delete(f"{self.provider_url}/.dev/mail")

    def new_log(self) -> str:
        """What the hosts have written since it was last asked for."""
        found = []
        for file in (one for one in (self.product.log, self.folder / "second.log") if one.exists()):
            with file.open("rb") as log:
                log.seek(self._read.get(file, 0))
                found.append(log.read())
                self._read[file] = log.tell()
        return b"\n".join(found).decode(errors="replace")


def _staged(app: Path) -> Path:
    """The folder that the hosts serve from."""
    app.mkdir(parents=True)
    for name in ("functions", "shared"):
        (app / name).symlink_to(ROOT / name)
    (app / "function_app.py").symlink_to(ROOT / "tests" / "races" / "hurried_app.py")
    settings = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    settings["extensions"]["queues"] |= {"visibilityTimeout": "00:00:01", "maxPollingInterval": "00:00:01"}
    (app / "host.json").write_text(json.dumps(settings), encoding="utf-8")
    return app
