"""The running product as its people meet it: partners and reviewers over HTTP, the customer by the link in the mail.

For the demo and the journey tests; it speaks to a local host only (API.md, The local host's own endpoints).
"""

import re
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self, cast

import httpx

from tools.client import Client, File

__all__ = [
    "ON_ANSWER", "PDF", "SAFETY_MARGIN", "WORD", "File", "Json", "Link", "LocalHost", "Mail", "NotInTimeError",
    "Person", "at", "due_at", "wait_for",
]  # fmt: skip

type Json = dict[str, Any]

ON_ANSWER: list[Callable[[httpx.Response], None]] = []
"""What looks at each answer before whoever asked for it: the journeys hold it to the OpenAPI document."""
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SAFETY_MARGIN = timedelta(hours=1)
"""Finalization never runs before the deadline plus this (PROCESS.md, Clocks)."""
_LINK = re.compile(r"/respond/([a-z2-7]+)#(\S+)")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.03, 0.25


class NotInTimeError(Exception):
    """What was waited for did not come; the message says what was seen last."""


def wait_for[T](look: Callable[[], T], is_it: Callable[[T], bool], *, what: str, seconds: float) -> T:
    """Look until it is as wanted and give it. NotInTimeError after so many seconds."""
    over_at, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while True:
        seen = look()
        if is_it(seen):
            return seen
        if time.monotonic() >= over_at:
            raise NotInTimeError(f"{what}: not within {seconds:g} s; last seen: {str(seen)[:2000]}")
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def at(text: str) -> datetime:
    """The instant that an answer writes as RFC 3339."""
    return datetime.fromisoformat(text)


def _http(base_url: str) -> httpx.Client:
    def look(answer: httpx.Response) -> None:
        for one in ON_ANSWER:
            one(answer)

    return httpx.Client(base_url=base_url, timeout=60, event_hooks={"response": [look]})


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, as its recipient gets it."""

    to: str
    subject: str
    text: str
    html: str
    sent_at: datetime

    @property
    def link(self) -> "Link":
        """The customer's link in it. LookupError where there is none."""
        found = _LINK.search(self.text)
        if found is None:
            raise LookupError(f"no link in the mail: {self.subject}")
        return Link(claim_id=found[1], token=found[2])


@dataclass(frozen=True, slots=True)
class Link:
    """What the customer's link holds: the claim, and the token that never reaches a server by the link itself."""

    claim_id: str
    token: str


class LocalHost:
    """What the local host offers beside the product: mailbox, clock, timers, and the customer's answers."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = _http(base_url)
        self.api = Client(self.http)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()

    def person(self, persona: str) -> "Person":
        """Somebody, signed in."""
        return Person(self.base_url, persona)

    def mails(self, to: str, *, about: str = "", subject: str = "") -> list[Mail]:
        """The mails to an address, oldest first; `about` (a claim's number) and `subject` (its beginning) narrow."""
        rows: list[Json] = self.http.get("/.dev/mail", headers={"Accept": "application/json"}).raise_for_status().json()
        return [
            Mail(row["to"], row["subject"], row["text"], row["html"], at(row["sentAt"]))
            for row in reversed(rows)
            if row["to"] == to and about in row["subject"] and row["subject"].startswith(subject)
        ]

    def mail(self, to: str, *, about: str, subject: str, seconds: float = 30) -> Mail:
        """The newest such mail, waited for."""
        what = f"the mail {subject!r} to {to}"
        return wait_for(lambda: self.mails(to, about=about, subject=subject), bool, what=what, seconds=seconds)[-1]

    def now(self) -> datetime:
        """The app's present."""
        return at(self.http.get("/.dev/clock").raise_for_status().json()["now"])

    def advance(self, step: timedelta) -> None:
        """Move the app's clock on."""
        body = {"advance": f"PT{step.total_seconds():.6f}S"}
        self.http.post("/.dev/clock", json=body).raise_for_status()

    def advance_to(self, instant: datetime) -> None:
        """Move the app's clock on to an instant; nothing happens where it is past."""
        step = instant - self.now()
        if step > timedelta():
            self.advance(step)

    def run_timer(self, name: str = "finalize_due_claims") -> None:
        """Run a timer function now, and wait for its end."""
        answer = self.http.post(f"/admin/functions/{name}").raise_for_status()
        if answer.headers.get("x-host-outcome") != "ok":
            raise RuntimeError(f"the timer function {name} failed")

    def respond(self, link: Link, choice: str | None = None, **more: Any) -> httpx.Response:
        """The customer opens the link, or with a choice answers by it."""
        body: Any = {"token": link.token, **({"choice": choice} if choice else {}), **more}
        return self.api.respond_as_customer(link.claim_id, body).response


class Person:
    """A signed-in person, and what that person does over HTTP; `persona` null for somebody not signed in."""

    def __init__(self, base_url: str, persona: str | None) -> None:
        self.http = _http(base_url)
        self.api = Client(self.http)
        if persona is not None:
            way = {"persona": persona, "post_login_redirect_uri": "/"}
            answer = self.http.get("/.auth/login/aad", params=way)
            if not answer.is_redirect:
                raise LookupError(f"{persona} cannot sign in: {answer.status_code}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()

    def submit(self, claim: Mapping[str, Any], files: Iterable[File], *, key: str | None = None) -> httpx.Response:
        """File a claim with its proofs in one request; `key` is its Idempotency-Key, a new one unless given."""
        wanted = cast("Any", claim)
        return self.api.create_claim_with_files(wanted, [*files], idempotency_key=key or str(uuid.uuid4())).response

    def draft(self, claim: Mapping[str, Any], *, key: str | None = None) -> httpx.Response:
        """Begin a claim."""
        return self.api.create_claim(cast("Any", claim), idempotency_key=key or str(uuid.uuid4())).response

    def edit(self, claim: Json, patch: Mapping[str, Any]) -> httpx.Response:
        """Change fields of a claim as it was last read."""
        return self.api.edit_claim(claim["claimId"], cast("Any", patch), if_match=f'"{claim["revision"]}"').response

    def add_proof(self, claim_id: str, file: File) -> httpx.Response:
        """Add a proof to a claim."""
        return self.api.add_proof(claim_id, file).response

    def act(self, claim_id: str, action: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """Do something to a claim: submit, resubmit, withdraw, comments."""
        return self.http.post(f"/api/claims/{claim_id}/{action}", json=body or {})

    def decide(self, claim: Json, decision: str, **more: Any) -> httpx.Response:
        """Decide a claim as it was last read; `more` holds reasonCodes, comment, items."""
        body: Any = {"decision": decision, **more}
        return self.api.decide_claim(claim["claimId"], body, if_match=f'"{claim["revision"]}"').response

    def read(self, claim_id: str, part: str = "") -> Json:
        """The claim, or its `history` or `deadline`."""
        path = f"/api/claims/{claim_id}/{part}".rstrip("/")
        answer: Json = self.http.get(path).raise_for_status().json()
        return answer

    def events(self, claim_id: str) -> list[Json]:
        """The events in the claim's history, without its mails and downloads."""
        items: list[Json] = self.read(claim_id, "history")["items"]
        return [item for item in items if item["kind"] == "event"]

    def listed(self, **filters: Any) -> list[Json]:
        """Every claim in the person's list that the filters leave, page by page."""
        rows: list[Json] = []
        continuation: str | None = ""
        while continuation is not None:
            more = {"continuation": continuation} if continuation else {}
            page: Json = self.http.get("/api/claims", params={**filters, **more}).raise_for_status().json()
            rows += page["items"]
            continuation = page["continuation"]
        return rows

    def wait(self, claim_id: str, status: str | Collection[str], *, seconds: float = 30) -> Json:
        """The claim once it is in the status, or in one of them."""
        wanted = {status} if isinstance(status, str) else set(status)
        return self.wait_until(
            claim_id, lambda claim: claim["status"] in wanted, what=" or ".join(sorted(wanted)), seconds=seconds
        )

    def wait_asked(self, claim_id: str, *, seconds: float = 30) -> Json:
        """The claim once the customer has been asked and the time to answer runs."""
        return self.wait_until(
            claim_id,
            lambda claim: claim["status"] == "PendingCustomer" and bool(claim["optOutDeadline"]),
            what="PendingCustomer with its deadline",
            seconds=seconds,
        )

    def wait_until(self, claim_id: str, is_it: Callable[[Json], bool], *, what: str, seconds: float = 30) -> Json:
        """The claim once it is as wanted."""
        return wait_for(lambda: self.read(claim_id), is_it, what=what, seconds=seconds)


def due_at(claim: Json) -> datetime:
    """When silence becomes consent at the earliest."""
    return at(claim["optOutDeadline"]).astimezone(UTC) + SAFETY_MARGIN
