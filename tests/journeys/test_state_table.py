"""The state table of the process, row by row and role by role: what each state permits, and that nothing else is.

`LEAVES` and `STAYS` are the rows of PROCESS.md's table; whatever is in neither of them must be refused in that state,
to everybody, without a trace.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.journeys.client import (
    PDF,
    Customer,
    Customers,
    Json,
    LocalHost,
    Person,
    Store,
    at,
    contact_of,
    due_at,
    filed,
    partner_of,
    request_of,
    wait_for,
)
from tools.embedded import LocalProduct
from tools.sample_proofs import scan_pdf

SCAN = ("scan.pdf", scan_pdf(), PDF)
MARGIN = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product whose clock and whose identity platform only this module touches."""
    with LocalProduct(tmp_path_factory.mktemp("states")) as running:
        yield running


class Cast:
    """Everybody who could act on a claim, and the ways by which a claim gets into each state."""

    def __init__(self, host: LocalHost, customers: Customers) -> None:
        self.host, self._customers = host, customers
        self.contoso, self.user, self.fabrikam = (host.person(one) for one in ("contoso", "contoso-user", "fabrikam"))
        self.reviewer, self.admin, self.nobody = (host.person(one) for one in ("reviewer", "admin", "nobody"))
        self.stranger = Person(host.base_url, None)

    def close(self) -> None:
        """Close the connections."""
        for person in vars(self).values():
            if isinstance(person, Person):
                person.http.close()

    def claim_in(self, state: str) -> Json:
        """A claim of Contoso's in that state, for a customer nobody else has."""
        claim: Json = getattr(self, f"_{state}")(self._customers.new())
        assert claim["status"] == state
        return claim

    def _Draft(self, customer: Customer) -> Json:  # noqa: N802 - the state's name
        draft: Json = self.contoso.draft(customer.claim()).json()
        assert self.contoso.add_proof(draft["claimId"], customer.proof(now=self.host.now())).status_code == 201
        return self.contoso.read(draft["claimId"])

    def _Submitted(self, customer: Customer) -> Json:  # noqa: N802
        """The identity platform does not answer, so that the checks cannot end."""
        self.host.http.post("/.dev/authority", json={"down": True}).raise_for_status()
        return filed(self.contoso, customer.claim(), customer.proof(now=self.host.now()))

    def _UnderReview(self, customer: Customer) -> Json:  # noqa: N802
        claim = filed(self.contoso, customer.claim("teams", "intune"), SCAN)
        return self.contoso.wait(claim["claimId"], "UnderReview")

    def _ActionRequired(self, customer: Customer) -> Json:  # noqa: N802
        """The customer's contact said that somebody else must be asked: there is a link, and it is used."""
        claim = self._PendingCustomer(customer)
        assert self.host.respond(request_of(self.host, claim).link, "wrongPerson").status_code == 200
        return self.contoso.read(claim["claimId"])

    def _PendingCustomer(self, customer: Customer) -> Json:  # noqa: N802
        proof = customer.proof("teams", "intune", now=self.host.now())
        claim = filed(self.contoso, customer.claim("teams", "intune"), proof)
        return self.contoso.wait_asked(claim["claimId"])

    def _Approved(self, customer: Customer) -> Json:  # noqa: N802
        return self._answered(customer, "confirm")

    def _OptedOut(self, customer: Customer) -> Json:  # noqa: N802
        return self._answered(customer, "optOut")

    def _Ended(self, customer: Customer) -> Json:  # noqa: N802
        claim = self._answered(customer, "confirm")
        assert self.host.respond(request_of(self.host, claim).link, "revoke").status_code == 200
        return self.contoso.read(claim["claimId"])

    def _Rejected(self, customer: Customer) -> Json:  # noqa: N802
        claim = self._UnderReview(customer)
        assert self.reviewer.decide(claim, "reject", reasonCodes=["poe-not-convincing"]).status_code == 200
        return self.contoso.read(claim["claimId"])

    def _Withdrawn(self, customer: Customer) -> Json:  # noqa: N802
        claim = self._PendingCustomer(customer)
        request_of(self.host, claim)
        assert self.contoso.act(claim["claimId"], "withdraw").status_code == 200
        return self.contoso.read(claim["claimId"])

    def _answered(self, customer: Customer, choice: str) -> Json:
        claim = self._PendingCustomer(customer)
        assert self.host.respond(request_of(self.host, claim).link, choice).status_code == 200
        return self.contoso.read(claim["claimId"])


@pytest.fixture(scope="module")
def cast(host: LocalHost, customers: Customers) -> Iterator[Cast]:
    """Everybody."""
    people = Cast(host, customers)
    yield people
    people.close()


@pytest.fixture(autouse=True)
def _authority_answers_again(host: LocalHost) -> Iterator[None]:
    """Whoever held a claim back in Submitted lets it go."""
    yield
    host.http.post("/.dev/authority", json={"down": False}).raise_for_status()


Act = Callable[[Cast, Person, Json], httpx.Response]


def _post(action: str, body: Mapping[str, Any] | None = None) -> Act:
    return lambda _cast, person, claim: person.act(claim["claimId"], action, body)


def _decision(decision: str, **more: Any) -> Act:
    return lambda _cast, person, claim: person.decide(claim, decision, **more)


def _choice(choice: str) -> Act:
    return lambda cast, _person, claim: cast.host.respond(request_of(cast.host, claim).link, choice)


def _delete(cast: Cast, person: Person, claim: Json) -> httpx.Response:
    return person.http.delete(f"/api/claims/{claim['claimId']}")


def _delete_proof(cast: Cast, person: Person, claim: Json) -> httpx.Response:
    return person.http.delete(f"/api/claims/{claim['claimId']}/proofs/{claim['proofs'][0]['proofId']}")


PARTNERS_ACTS: Mapping[str, Act] = {
    "submit": _post("submit"),
    "resubmit": _post("resubmit"),
    "withdraw": _post("withdraw"),
    "dispute": _post("dispute", {"comment": "The signature is on page 2."}),
    "disassociate": _post("disassociate", {"reason": "work-ended"}),
    "correct-mpn": _post("correct-mpn", {"mpnId": "1000002"}),
    "comments": _post("comments", {"comment": "As agreed."}),
    "edit": lambda _cast, person, claim: person.edit(
        claim, {"partnerContact": {**claim["partnerContact"], "name": "P"}}
    ),
    "delete": _delete,
    "add proof": lambda _cast, person, claim: person.add_proof(claim["claimId"], ("more.pdf", scan_pdf(), PDF)),
    "remove proof": _delete_proof,
}
REVIEWERS_ACTS: Mapping[str, Act] = {
    "accept": _decision("accept"),
    "request information": _decision("requestInformation", reasonCodes=["poe-no-signature-found"]),
    "reject": _decision("reject", reasonCodes=["poe-not-convincing"]),
    "notice incumbent": _decision("noticeIncumbent"),
}
CUSTOMERS_ACTS: Mapping[str, Act] = {name: _choice(name) for name in ("confirm", "optOut", "wrongPerson", "revoke")}
ACTS = {**PARTNERS_ACTS, **REVIEWERS_ACTS, **CUSTOMERS_ACTS}

LEAVES: Mapping[str, Mapping[str, tuple[int, set[str]]]] = {
    "Draft": {"submit": (202, {"Submitted", "UnderReview", "PendingCustomer"}), "delete": (204, set())},
    "Submitted": {"withdraw": (200, {"Withdrawn"})},
    "UnderReview": {
        "accept": (200, {"PendingCustomer"}),
        "request information": (200, {"ActionRequired"}),
        "reject": (200, {"Rejected"}),
        "withdraw": (200, {"Withdrawn"}),
    },
    "ActionRequired": {
        "resubmit": (202, {"Submitted", "UnderReview", "PendingCustomer"}),
        "withdraw": (200, {"Withdrawn"}),
    },
    "PendingCustomer": {
        "optOut": (200, {"OptedOut"}),
        "confirm": (200, {"Approved"}),
        "wrongPerson": (200, {"ActionRequired"}),
        "withdraw": (200, {"Withdrawn"}),
    },
    "Approved": {"disassociate": (200, {"Ended"}), "revoke": (200, {"Ended"})},
    "Rejected": {"dispute": (200, {"UnderReview"})},
    "OptedOut": {},
    "Withdrawn": {},
    "Ended": {},
}
"""What people do that moves a claim on: the status code, and where the claim may be found then."""
STAYS: Mapping[str, Mapping[str, int]] = {
    "Draft": {"edit": 200, "add proof": 201, "remove proof": 204, "comments": 201},
    "Submitted": {"comments": 201},
    "UnderReview": {"comments": 201, "correct-mpn": 200},
    "ActionRequired": {"edit": 200, "add proof": 201, "remove proof": 204, "comments": 201, "correct-mpn": 200},
    "PendingCustomer": {"comments": 201},
    "Approved": {"comments": 201, "correct-mpn": 200, "add proof": 201},
    "Rejected": {"comments": 201},
    "OptedOut": {},
    "Withdrawn": {},
    "Ended": {},
}
"""What may be done without moving it on."""
REPEATS = {("ActionRequired", "wrongPerson"), ("Approved", "confirm"), ("OptedOut", "optOut"), ("Ended", "revoke")}
"""The recorded choice again: told its outcome, nothing happens."""
NEVER_ASKED = {"Draft", "Submitted", "UnderReview", "Rejected"}
"""Here nobody has been sent a link."""


@pytest.mark.parametrize(("state", "name"), [(state, name) for state, rows in LEAVES.items() for name in rows], ids=str)
def test_a_state_is_left_by_each_of_its_ways(cast: Cast, state: str, name: str) -> None:
    """Each way out of a state that a person can take leads where the process says, and the history tells of it."""
    status_code, wanted = LEAVES[state][name]
    claim = cast.claim_in(state)
    answer = ACTS[name](cast, _actor(cast, name), claim)
    assert answer.status_code == status_code, answer.text
    if not wanted:
        assert cast.contoso.http.get(f"/api/claims/{claim['claimId']}").status_code == 404
        return
    after = cast.contoso.read(claim["claimId"])
    assert after["status"] in wanted
    assert after["claimId"] == claim["claimId"]
    moves = [row for row in cast.contoso.events(claim["claimId"]) if row.get("from") == state]
    assert moves
    assert moves[-1]["from"] == state


@pytest.mark.parametrize(("state", "name"), [(state, name) for state, rows in STAYS.items() for name in rows], ids=str)
def test_a_state_permits_what_does_not_leave_it(cast: Cast, state: str, name: str) -> None:
    """Comments, proofs, corrections and edits are taken where the process says, and the claim stays where it is."""
    claim = cast.claim_in(state)
    answer = ACTS[name](cast, _actor(cast, name), claim)
    assert answer.status_code == STAYS[state][name], answer.text
    after = cast.contoso.read(claim["claimId"])
    assert after["status"] == state
    assert after["revision"] > claim["revision"]
    assert after["submittedAt"] == claim["submittedAt"]


def _actor(cast: Cast, name: str) -> Person:
    return cast.reviewer if name in REVIEWERS_ACTS else cast.contoso


@pytest.mark.parametrize("state", LEAVES)
def test_a_state_forbids_all_else_to_everybody(cast: Cast, store: Store, state: str) -> None:
    """What the table does not list is 409 to whoever may do it elsewhere, and no row of the claim changes.

    A role that never may is 403, another organisation sees nothing there, who is not signed in is 401.
    """
    claim = cast.claim_in(state)
    if state not in NEVER_ASKED:
        request_of(cast.host, claim)
    _settled(cast, claim)
    before = _rows(store, claim)
    wrong: list[str] = []
    for name, act in ACTS.items():
        for who, status_code in _refusals(state, name).items():
            answer = act(cast, getattr(cast, who), claim)
            if answer.status_code != status_code:
                wrong.append(f"{name} by {who}: {answer.status_code} instead of {status_code}: {answer.text[:200]}")
            elif not answer.headers["content-type"].startswith("application/problem+json") and status_code != 200:
                wrong.append(f"{name} by {who}: no problem")
    assert wrong == []
    assert _rows(store, claim) == before


def _refusals(state: str, name: str) -> dict[str, int]:
    """Who is refused this in that state, and how."""
    listed = name in LEAVES[state] or name in STAYS[state]
    if name in CUSTOMERS_ACTS:
        if listed or state in NEVER_ASKED:
            return {}
        return {"stranger": 200 if (state, name) in REPEATS else 409}
    if name in REVIEWERS_ACTS:
        own = {} if listed else {"reviewer": 409, "admin": 409}
        return {**own, "contoso": 403, "user": 403, "fabrikam": 403, "nobody": 403, "stranger": 401}
    return _partners_refusals(state, name, listed=listed)


def _partners_refusals(state: str, name: str, *, listed: bool) -> dict[str, int]:
    others = {"fabrikam": 404, "nobody": 403, "stranger": 401}
    if name == "comments":
        return others if listed else {**others, "contoso": 409, "user": 409, "reviewer": 409, "admin": 409}
    refused = {**others, "reviewer": 403, "admin": 403}
    if not listed:
        refused["contoso"] = 409
    if name == "delete":
        return refused if listed else {**refused, "user": 409}
    if state == "Draft" and name in {"edit", "add proof", "remove proof"}:
        return refused
    return {**refused, "user": 403}


def _rows(store: Store, claim: Json) -> dict[str, Json]:
    """The claim's rows with their ETags: a row that was written again would show."""
    return {key: row for key, row in store.rows(claim["customer"]["tenantId"]).items() if not key.startswith("mail:")}


def _settled(cast: Cast, claim: Json) -> None:
    """Wait until the claim's own work is done, so that what changes later was changed by somebody."""
    seen = cast.contoso.read(claim["claimId"])
    if seen["status"] == "PendingCustomer":
        cast.host.mail(partner_of(claim), about=claim["number"], subject="Customer asked")


def test_every_clock_does_what_its_row_says(cast: Cast) -> None:
    """Draft, unanswered question, silent customer: each reminded once, decided at the deadline + 1 h, never before."""
    host, contoso = cast.host, cast.contoso
    silent = cast.claim_in("PendingCustomer")
    asked_for = cast.reviewer.decide(
        cast.claim_in("UnderReview"), "requestInformation", reasonCodes=["poe-no-signature-found"]
    ).json()
    draft = cast.claim_in("Draft")
    draft_due = at(draft["nextDeadline"])

    def reminded(claim: Json, to: str, subject: str) -> None:
        host.run_timer()
        host.mail(to, about=claim["number"], subject=subject)
        assert contoso.read(claim["claimId"])["status"] == claim["status"]

    def decided(claim: Json, due: datetime, status: str, reasons: list[str]) -> None:
        host.run_timer()
        seen = contoso.read(claim["claimId"])
        assert seen["status"] == claim["status"] or host.now() >= due
        host.advance_to(due)
        host.run_timer()
        after = contoso.wait(claim["claimId"], status)
        assert (after["reasons"], host.now() >= due) == (reasons, True)

    answer_due = at(asked_for["nextDeadline"]) + MARGIN
    steps: list[tuple[datetime, Callable[[], None]]] = [
        (_reminder(contoso, silent), lambda: reminded(silent, contact_of(silent), "Reminder: please answer")),
        (_reminder(contoso, asked_for), lambda: reminded(asked_for, partner_of(asked_for), "Reminder: claim")),
        (_reminder(contoso, draft), lambda: reminded(draft, partner_of(draft), "Draft about to be deleted")),
        (due_at(silent) - 5 * SECOND, lambda: decided(silent, due_at(silent), "Approved", [])),
        (answer_due - 5 * SECOND, lambda: decided(asked_for, answer_due, "Rejected", ["no-partner-response"])),
    ]
    for instant, step in sorted(steps, key=lambda one: one[0]):
        host.advance_to(instant)
        step()
    for claim, to in ((silent, contact_of(silent)), (asked_for, partner_of(asked_for))):
        assert len(host.mails(to, about=claim["number"], subject="Reminder")) == 1
    host.advance_to(draft_due + MARGIN + SECOND)
    host.run_timer()
    wait_for(
        lambda: contoso.http.get(f"/api/claims/{draft['claimId']}").status_code,
        lambda code: code == 404,
        what="the draft gone",
        seconds=30,
    )


def _reminder(person: Person, claim: Json) -> datetime:
    return at(person.read(claim["claimId"], "deadline")["reminderAt"])
