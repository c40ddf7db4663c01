"""The five stories. Every sentence with a tick is checked against what the product really did."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from shared.texts import texts
from tools import sample_proofs
from tools.demo.cast import Prize, claim_for, contact_of, free_prizes, partner_of, proof_for
from tools.demo.faulty_claims import UNTRUE, WRONG, untrue_claim, wrong_claim
from tools.demo.narrator import Narrator
from tools.local_client import PDF, Json, Link, LocalHost, NotInTimeError, Person, at, due_at

ACCEPTED, OK, INVALID, CONFLICT = 202, 200, 422, 409
ONE_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Stage:
    """What all stories share, and what is put back at the end so that the demo can be run again."""

    host: LocalHost
    tell: Narrator
    contoso: Person
    fabrikam: Person
    prizes: list[Prize]
    undo: list[tuple[str, Callable[[], None]]] = field(default_factory=list)

    def today(self) -> date:
        """The day by the product's clock, which may be far ahead."""
        return self.host.now().astimezone(UTC).date()

    def file(self, partner: Person, claim: Json, prize: Prize) -> Json:
        """File a claim with its proof, and have it withdrawn at the end if it is still open then."""
        name, content, kind = proof_for(prize, dated=self.today())
        self.tell.say(f"POST /api/claims: “{claim['claimName']}” for {prize}, with {name} ({len(content):,} bytes)")
        answer = partner.submit(claim, [(name, content, kind)])
        self.tell.told("202: taken, with a number", so=answer.status_code == ACCEPTED, seen=answer.text)
        filed: Json = answer.json()
        self.undo.append((filed["number"], lambda: withdraw_if_open(partner, filed["claimId"])))
        self.tell.detail(f"{filed['number']}: {filed['statusText']}")
        return filed

    def asked(self, partner: Person, claim: Json) -> Json:
        """Wait until the customer has been asked."""
        with self.tell.waiting("The checks run, and the customer is told"):
            seen = partner.wait(claim["claimId"], {"PendingCustomer", "UnderReview", "Rejected"}, seconds=15)
            self.tell.told(
                f"all {len(seen['checks'])} checks passed: PendingCustomer",
                so=seen["status"] == "PendingCustomer",
                seen=[check for check in seen["checks"] if check["result"] != "pass"],
            )
            seen = partner.wait_asked(claim["claimId"], seconds=15)
        self.tell.detail(str(seen["statusText"]))
        return seen


def withdraw_if_open(partner: Person, claim_id: str) -> None:
    """Take a claim back that is still waiting for somebody."""
    if partner.read(claim_id)["status"] in {"Submitted", "UnderReview", "ActionRequired", "PendingCustomer"}:
        partner.act(claim_id, "withdraw").raise_for_status()


def tell_all(host: LocalHost, tell: Narrator) -> None:
    """Tell all five stories, then put back what they changed, whatever happened. NotAsToldError, NothingFreeError."""
    with host.person("contoso") as contoso, host.person("fabrikam") as fabrikam:
        prizes = free_prizes([contoso, fabrikam], wanted=3)
        stage = Stage(host=host, tell=tell, contoso=contoso, fabrikam=fabrikam, prizes=prizes)
        try:
            link = silence(stage)
            refusal(stage)
            broken_rules(stage)
            contest(stage)
            bounce(stage)
            epilogue(stage, link)
        finally:
            for _, undo in reversed(stage.undo):
                undo()


def silence(stage: Stage) -> Link:
    """A claim that nobody objects to becomes official, and not one second early."""
    host, tell, contoso = stage.host, stage.tell, stage.contoso
    tell.chapter("1  A claim that the customer does not object to")
    filed = stage.file(contoso, claim_for(stage.prizes[0], contact="ida"), stage.prizes[0])
    claim = stage.asked(contoso, filed)
    request = host.mail(contact_of(claim), about=claim["number"], subject="")
    tell.say("This is what the customer gets:")
    tell.mail(request)
    tell.told("exactly one mail to the customer", so=len(host.mails(contact_of(claim), about=claim["number"])) == 1)
    _expect_mail(stage, partner_of(claim), claim, "Claim received")
    link = request.link
    stage.undo.append((claim["number"], lambda: _revoke_if_official(stage, link)))
    _show_receipt(stage, claim)

    due = due_at(claim)
    tell.say(f"Clock moved to {_utc(due - ONE_SECOND)}: a second before deadline + 1 h. Timer finalize_due_claims runs")
    host.advance_to(due - ONE_SECOND)
    host.run_timer()
    seen, now = contoso.read(claim["claimId"]), host.now()
    if now < due:
        tell.told("not official yet", so=seen["status"] == "PendingCustomer", seen=seen["status"])
    else:
        tell.detail("this machine was too slow to look within that second; the record below tells")
    tell.say("One second later the timer runs again")
    host.advance_to(due)
    host.run_timer()
    with tell.waiting("The claim is finalized"):
        claim = contoso.wait(claim["claimId"], "Approved")
    tell.told(f"official: Approved at {_utc(at(claim['approvedAt']))}", so=at(claim["approvedAt"]) >= due)
    tell.detail(str(claim["statusText"]))
    for item in claim["items"]:
        tell.told(f"{item['productId']}: {item['outcome']}", so=item["outcome"] == "associated")
    _expect_mail(stage, partner_of(claim), claim, "Claim approved")
    host.mail(contact_of(claim), about=claim["number"], subject=_official(claim))
    tell.told("the customer is told as well", so=True)
    answer = host.respond(link, "optOut")
    tell.told(
        "saying no now is too late (409), and the answer says what is left: revoke",
        so=answer.status_code == CONFLICT and answer.json()["code"] == "too-late",
        seen=answer.text,
    )
    return link


def refusal(stage: Stage) -> None:
    """A claim that the customer declines by the link in the mail."""
    host, tell, contoso = stage.host, stage.tell, stage.contoso
    tell.chapter("2  A claim that the customer refuses")
    filed = stage.file(contoso, claim_for(stage.prizes[1], contact="ida"), stage.prizes[1])
    claim = stage.asked(contoso, filed)
    link = host.mail(contact_of(claim), about=claim["number"], subject="").link
    tell.say("The customer opens the link in the mail")
    view: Json = host.respond(link).raise_for_status().json()
    tell.detail(f"{view['partnerName']} asks about {', '.join(item['productName'] for item in view['items'])}")
    still = contoso.read(claim["claimId"])["status"] == "PendingCustomer"
    tell.told("opening it decides nothing", so=still and view["outcome"] is None)
    tell.say("… and says no")
    answer = host.respond(link, "optOut", reason="We work with somebody else.")
    claim = contoso.read(claim["claimId"])
    tell.told("OptedOut, at once", so=answer.status_code == OK and claim["status"] == "OptedOut", seen=answer.text)
    again = host.respond(link, "optOut")
    tell.told("the same answer again: 200, nothing changes", so=again.status_code == OK, seen=again.text)
    other = host.respond(link, "confirm")
    tell.told("another answer after it: 409", so=other.status_code == CONFLICT, seen=other.text)
    _expect_mail(stage, partner_of(claim), claim, "Customer declined")


def broken_rules(stage: Stage) -> None:
    """What breaks a rule is told why: at the door with every fault, by the checks with every reason."""
    tell, contoso = stage.tell, stage.contoso
    tell.chapter("3  Claims that break rules, and exactly why")
    tell.say("POST /api/claims with eight wrong fields, a program named .pdf, an empty file and half a PDF")
    answer = contoso.submit(
        wrong_claim(),
        [
            ("invoice.pdf", sample_proofs.program(), PDF),
            ("empty.pdf", b"", PDF),
            ("half.pdf", sample_proofs.broken_pdf(), PDF),
        ],
    )
    faults: list[Json] = answer.json().get("errors", [])
    named = {(fault["pointer"], fault["code"]) for fault in faults}
    so = answer.status_code == INVALID and named == WRONG
    tell.told(f"422 with all {len(WRONG)} faults at once; nothing stored", so=so, seen=sorted(named ^ WRONG))
    for fault in faults:
        tell.detail(f"{fault['pointer']:<24} {fault['code']}: {fault['message']}")

    tell.say("A second one is well-formed, but four things in it are not true")
    claim = untrue_claim()
    proof = sample_proofs.pdf_proof(
        customer="Cedar Klinik GmbH",
        products=["Dynamics 365 Finance", "Dynamics 365 Sales", "Dynamics 365 Customer Service"],
        dated=stage.today(),
    )
    answer = contoso.submit(claim, [("proof.pdf", proof, PDF)])
    tell.told("202: it passes the door", so=answer.status_code == ACCEPTED, seen=answer.text)
    with tell.waiting("The checks run"):
        seen = contoso.wait(answer.json()["claimId"], {"Rejected", "UnderReview", "PendingCustomer"}, seconds=15)
    tell.told(
        "Rejected, with every reason and not just the first",
        so=seen["status"] == "Rejected" and set(seen["reasons"]) == UNTRUE,
        seen=(seen["status"], seen["reasons"]),
    )
    for check in seen["checks"]:
        if check["result"] == "fail":
            tell.detail(f"{check['code']}: {check['message']}")
    _expect_mail(stage, partner_of(claim), seen, "Claim rejected")


def contest(stage: Stage) -> None:
    """A rival's claim for what is taken waits for a reviewer, and learns nothing about the other."""
    tell, fabrikam = stage.tell, stage.fabrikam
    tell.chapter("4  A rival claims what Contoso already has")
    prize = stage.prizes[0]
    filed = stage.file(fabrikam, claim_for(prize, contact="ida", mpn_id="2000001"), prize)
    with tell.waiting("The checks run"):
        claim = fabrikam.wait(filed["claimId"], {"UnderReview", "Rejected", "PendingCustomer"}, seconds=15)
    tell.told(
        "UnderReview: contested, a reviewer decides",
        so=claim["status"] == "UnderReview" and claim["reasons"] == ["contested"],
        seen=(claim["status"], claim["reasons"]),
    )
    for check in claim["checks"]:
        if check["code"] == "contested":
            tell.detail(str(check["message"]))
    texts = [str(claim), str(fabrikam.read(claim["claimId"], "history"))]
    texts += [mail.text + mail.html for mail in stage.host.mails(partner_of(claim))]
    named = [word for word in ("contoso", "1000001") for text in texts if word in text.casefold()]
    tell.told("Fabrikam is not told who has it", so=not named, seen=named)
    tell.told("nobody has asked the customer", so=not stage.host.mails(contact_of(claim), about=claim["number"]))
    fabrikam.act(claim["claimId"], "withdraw").raise_for_status()
    tell.told("Fabrikam withdraws", so=fabrikam.read(claim["claimId"])["status"] == "Withdrawn")


def bounce(stage: Stage) -> None:
    """Silence is consent only where notice was given: a bounced mail stops the clock."""
    host, tell, contoso = stage.host, stage.tell, stage.contoso
    tell.chapter("5  The customer's mail bounces")
    prize = stage.prizes[2]
    filed = stage.file(contoso, claim_for(prize, contact="bounce-ida"), prize)
    with tell.waiting("The mail goes out, and comes back"):
        claim = contoso.wait(filed["claimId"], {"ActionRequired", "UnderReview", "Rejected"}, seconds=20)
    tell.told(
        "ActionRequired: contact-unreachable",
        so=claim["status"] == "ActionRequired" and claim["reasons"] == ["contact-unreachable"],
        seen=(claim["status"], claim["reasons"]),
    )
    tell.detail(str(claim["statusText"]))
    _expect_mail(stage, partner_of(claim), claim, "Please act")
    tell.say("Contoso corrects the contact and submits again")
    contact = {**claim["customerContact"], "email": f"ida@{prize.customer.domain}"}
    edited = contoso.edit(claim, {"customerContact": contact})
    tell.told("PATCH 200", so=edited.status_code == OK, seen=edited.text)
    again = contoso.act(claim["claimId"], "resubmit", {"comment": "The address had a typing error."})
    next_round = again.status_code == ACCEPTED and again.json()["round"] == claim["round"] + 1
    tell.told("resubmitted: 202, in round 2", so=next_round, seen=again.text)
    claim = stage.asked(contoso, again.json())
    asked = host.mails(contact_of(claim), about=claim["number"])
    tell.told("this time the customer got it", so=len(asked) == 1)


def epilogue(stage: Stage, link: Link) -> None:
    """What became official can be revoked at any time; everything is on record."""
    host, tell, contoso = stage.host, stage.tell, stage.contoso
    tell.chapter("And then")
    tell.say("The customer of the first claim revokes the association, by the same link")
    answer = host.respond(link, "revoke")
    claim = contoso.read(link.claim_id)
    tell.told("200: Ended", so=answer.status_code == OK and claim["status"] == "Ended", seen=answer.text)
    rows = contoso.events(link.claim_id)
    bound = all(row["previousHash"] == before["hash"] for before, row in pairwise(rows))
    tell.told(f"its history: {len(rows)} rows, each bound to the one before", so=bound)
    for row in rows:
        way = f"{row['from'] or '·'} → {row['to']}" if row["from"] != row["to"] else row["to"]
        tell.detail(f"{row['at']}  {row['actor']['kind']:<9} {row['event']:<20} {way}")


def _expect_mail(stage: Stage, to: str, claim: Json, subject: str) -> None:
    try:
        with stage.tell.waiting(f"A mail goes to {to}"):
            mail = stage.host.mail(to, about=claim["number"], subject=subject)
        stage.tell.told(f"the partner is told: “{mail.subject}”", so=True)
    except NotInTimeError as late:
        stage.tell.told(f"the partner is told: “{subject}”", so=False, seen=late)


def _show_receipt(stage: Stage, claim: Json) -> None:
    receipt = stage.contoso.read(claim["claimId"], "deadline")
    skipped = "; ".join(f"{one['day']} {one['reason']}" for one in receipt["skipped"])
    stage.tell.told(
        f"time to object: {receipt['businessDays']} full business days, until {receipt['deadlineAt']}",
        so=receipt["businessDays"] == 5 and receipt["deadlineAt"] == claim["optOutDeadline"],  # noqa: PLR2004
    )
    stage.tell.detail(f"counted in {receipt['zone']}, calendar {receipt['calendar']}: {', '.join(receipt['counted'])}")
    stage.tell.detail(f"skipped: {skipped or 'nothing'}")


def _revoke_if_official(stage: Stage, link: Link) -> None:
    if stage.contoso.read(link.claim_id)["status"] == "Approved":
        stage.host.respond(link, "revoke").raise_for_status()


def _official(claim: Json) -> str:
    words = texts("pl" if claim["customer"]["domain"] == "birch.example" else "en")  # as the sample registry has it
    return words.gettext("Association official: %(number)s") % {"number": claim["number"]}


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%a %d %b %Y %H:%M:%S} UTC"
