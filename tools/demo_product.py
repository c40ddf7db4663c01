"""The product as the demo's people use it: over HTTP, with files, mails and a clock that can be moved."""

import json
import re
import time
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Self

import httpx

from tools.sample_registry import tenant

PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.1
_LINK = re.compile(r"/respond/([a-z2-7]{48})#(\S+)")
Json = dict[str, Any]


class StoryBrokenError(Exception):
    """The product did not do what the story says."""


class DemoProduct:
    """A running product, and the people who use it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open = httpx.Client(base_url=url, timeout=60)
        self._signed_in: dict[str, httpx.Client] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in (self._open, *self._signed_in.values()):
            client.close()

    def as_(self, persona: str) -> httpx.Client:
        """The persona's signed-in client."""
        if persona not in self._signed_in:
            client = httpx.Client(base_url=self._url, timeout=60)
            client.get("/.auth/login/aad", params={"persona": persona, "post_login_redirect_uri": "/api/catalogue"})
            self._signed_in[persona] = client
        return self._signed_in[persona]

    def submit(self, persona: str, claim: Json, proofs: dict[str, bytes], *, key: str | None = None) -> httpx.Response:
        """File a claim with its proofs, as a form post does."""
        parts: list[tuple[str, Any]] = [("claim", (None, json.dumps(claim), "application/json"))]
        parts += [("proof", (name, content, "application/octet-stream")) for name, content in proofs.items()]
        return self.as_(persona).post("/api/claims", files=parts, headers={"Idempotency-Key": key or uuid.uuid4().hex})

    def filed(self, persona: str, claim: Json, proofs: dict[str, bytes]) -> Json:
        """File a claim that passes the door."""
        answer = self.submit(persona, claim, proofs)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise StoryBrokenError(f"the claim was not accepted: {answer.text}")
        filed: Json = answer.json()
        return filed

    def claim(self, persona: str, claim_id: str) -> Json:
        """The claim as the persona sees it now."""
        shown: Json = self.as_(persona).get(f"/api/claims/{claim_id}").json()
        return shown

    def until(self, persona: str, claim_id: str, *statuses: str) -> Json:
        """The claim, once it stands in one of the statuses; a story that takes another turn ends at once."""

        def look() -> Json | None:
            shown = self.claim(persona, claim_id)
            if shown["status"] in {"Rejected", "UnderReview"} - set(statuses):
                raise StoryBrokenError(f"{shown['number']} is {shown['status']}: {', '.join(shown['reasons'])}")
            return shown if shown["status"] in statuses else None

        return self._wait(look, f"a claim in {' or '.join(statuses)}")

    def windowed(self, persona: str, claim_id: str) -> Json:
        """The claim, once the customer's window is open."""
        return self._wait(
            lambda: shown if (shown := self.claim(persona, claim_id)).get("optOutDeadline") else None,
            "an open window",
        )

    def mail(self, address: str, number: str, word: str) -> Json:
        """The newest mail to the address about the claim whose subject holds the word."""

        def found() -> Json | None:
            mails = self._open.get("/.dev/mail", headers={"Accept": "application/json"}).json()
            fitting = [m for m in mails if address in str(m["to"]) and number in m["subject"] and word in m["subject"]]
            return fitting[0] if fitting else None

        return self._wait(found, f"a mail '{word}' to {address}")

    def answer(self, mail: Json, choice: str | None = None, **more: Any) -> httpx.Response:
        """What the customer's page does with the link in the mail."""
        link = _LINK.search(mail["text"])
        if link is None:
            raise StoryBrokenError("the mail has no link")
        body = {"token": link[2], **({"choice": choice} if choice else {}), **more}
        return self._open.post(f"/api/respond/{link[1]}", json=body)

    def decide(self, claim: Json, decision: Json) -> httpx.Response:
        """A reviewer's decision on the claim as it was seen."""
        return self.as_("reviewer").post(
            f"/api/review/claims/{claim['claimId']}/decision",
            json=decision,
            headers={"If-Match": f'"{claim["revision"]}"'},
        )

    def act(self, persona: str, claim_id: str, action: str, body: Json | None = None) -> Json:
        """A partner's action on a claim."""
        answer = self.as_(persona).post(f"/api/claims/{claim_id}/{action}", json=body or {})
        if answer.is_error:
            raise StoryBrokenError(f"{action}: {answer.text}")
        shown: Json = answer.json()
        return shown

    def correct_contact(self, persona: str, claim: Json, email: str) -> None:
        """Change the customer contact's address."""
        answer = self.as_(persona).patch(
            f"/api/claims/{claim['claimId']}",
            content=json.dumps({"customerContact": {"email": email}}),
            headers={"If-Match": f'"{claim["revision"]}"', "Content-Type": "application/merge-patch+json"},
        )
        if answer.is_error:
            raise StoryBrokenError(f"the contact was not corrected: {answer.text}")

    @property
    def now(self) -> datetime:
        """The product's time."""
        return datetime.fromisoformat(self._open.get("/.dev/clock").json()["now"])

    @property
    def today(self) -> date:
        """The product's day, in UTC."""
        return self.now.date()

    def move_clock_to(self, instant: datetime) -> None:
        """Let time pass."""
        seconds = (instant - self.now) / timedelta(seconds=1)
        if seconds > 0:
            self._open.post("/.dev/clock", json={"advance": f"PT{seconds:.3f}S"}).raise_for_status()

    def run_timer(self) -> None:
        """Run the finalizing timer now."""
        self._open.post("/admin/functions/finalize_due_claims", json={}).raise_for_status()

    def _wait(self, look: Callable[[], Json | None], what: str) -> Json:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if (found := look()) is not None:
                return found
            time.sleep(_PAUSE_SECONDS)
        raise StoryBrokenError(f"waited {PATIENCE_SECONDS:.0f} s for {what}")


def claim_for_alpine(product_id: str, *, mpn_id: str = "1000001", contact: str = "ida@alpine.example") -> Json:
    """A complete Microsoft 365 claim for Alpine Outfitters."""
    partner = "pat@contoso.example" if mpn_id.startswith("1") else "fay@fabrikam.example"
    return {
        "mpnId": mpn_id,
        "customer": {"tenantId": tenant(1), "domain": "alpine.example"},
        "solutionArea": "microsoft-365",
        "activities": ["usage"],
        "claimName": f"{product_id} rollout",
        "items": [{"productId": product_id}],
        "customerContact": {"name": "Ida Manager", "title": "IT manager", "email": contact},
        "partnerContact": {"name": "Pat Partner", "email": partner},
    }
