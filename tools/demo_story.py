"""The chapters of the demo. Each leaves its product free again, so that the story can be told once more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from rich.console import Console
from rich.panel import Panel

from tools.demo_product import DemoProduct, Json, StoryBrokenError, claim_for_alpine
from tools.sample_proofs import broken_pdf, pdf_proof, program
from tools.sample_registry import tenant

MARGIN = timedelta(hours=1)
SHOWN_LINES = 12


def _title(console: Console, number: int, words: str) -> None:
    console.rule(f"[bold]{number} · {words}", align="left")


def _says(console: Console, who: str, words: str) -> None:
    console.print(f"  [bold]{who}[/] {words}")


def _must(truth: object, words: str) -> None:
    if not truth:
        raise StoryBrokenError(words)


def _proof(product: DemoProduct, *names: str) -> dict[str, bytes]:
    content = pdf_proof(customer="Alpine Outfitters (alpine.example)", products=names, dated=product.today)
    return {"proof-of-execution.pdf": content}


def _show_mail(console: Console, mail: Json) -> None:
    lines = mail["text"].splitlines()
    more = [f"… and {len(lines) - SHOWN_LINES} lines more"] if len(lines) > SHOWN_LINES else []
    body = "\n".join([*lines[:SHOWN_LINES], *more])
    console.print(Panel(body, title=f"to {mail['to']}: {mail['subject']}", title_align="left", width=88), markup=False)


def becomes_official(product: DemoProduct, console: Console) -> None:
    """A claim that nobody objects to."""
    _title(console, 1, "A claim becomes official")
    claim = product.filed("contoso", claim_for_alpine("teams"), _proof(product, "Microsoft Teams"))
    number, claim_id = claim["number"], claim["claimId"]
    _says(console, "Contoso", f"files claim {number} for Microsoft Teams at Alpine Outfitters, with a signed PDF.")
    claim = product.until("contoso", claim_id, "PendingCustomer")
    passed = sum(check["result"] == "pass" for check in claim["checks"])
    _says(console, "The checks", f"pass, all {passed} of them. The customer is told:")
    request = product.mail("ida@alpine.example", number, "answer")
    _show_mail(console, request)
    claim = product.windowed("contoso", claim_id)
    _says(console, "Now", claim["statusText"])
    deadline = datetime.fromisoformat(claim["optOutDeadline"])
    product.move_clock_to(deadline + MARGIN - timedelta(seconds=5))
    product.run_timer()
    _must(product.claim("contoso", claim_id)["status"] == "PendingCustomer", "the claim was decided early")
    _says(console, "Seconds before", "the deadline and its safety margin are over, the timer decides nothing.")
    product.move_clock_to(deadline + MARGIN + timedelta(seconds=1))
    product.run_timer()
    claim = product.until("contoso", claim_id, "Approved")
    _says(console, "A moment after", f"it does: {claim['status']}. {claim['statusText']}")
    product.mail("ida@alpine.example", number, "official")
    product.mail("pat@contoso.example", number, "approved")
    _says(console, "Both", "are told. Ida may still revoke it by the link she has, and does:")
    revoked = product.answer(request, "revoke")
    _must(revoked.json().get("status") == "Ended", f"revoke: {revoked.text}")
    _says(console, "Now", f"{revoked.json()['status']}: the product is free again.\n")


def is_refused(product: DemoProduct, console: Console) -> None:
    """A claim that the customer declines."""
    _title(console, 2, "The customer says no")
    claim = product.filed("contoso", claim_for_alpine("intune"), _proof(product, "Microsoft Intune", "Intune"))
    product.until("contoso", claim["claimId"], "PendingCustomer")
    request = product.mail("ida@alpine.example", claim["number"], "answer")
    shown = product.answer(request)
    _must(shown.json().get("outcome") is None, "looking at the request decided something")
    _says(console, "Ida", f"opens the link of {claim['number']}. Looking decides nothing: {shown.json()['status']}.")
    first = product.answer(request, "optOut", reason="We work with somebody else.")
    again = product.answer(request, "optOut")
    other = product.answer(request, "confirm")
    _must((first.status_code, again.status_code, other.status_code) == (200, 200, 409), f"answers: {other.text}")
    _says(console, "She", f"declines: {first.json()['status']}. Twice is once; a yes after it is refused:")
    console.print(f"      {other.status_code} {other.json()['code']}: {other.json()['detail']}")
    product.mail("pat@contoso.example", claim["number"], "")
    _says(console, "Contoso", "is told, and the product is free again.\n")


def breaks_rules(product: DemoProduct, console: Console) -> None:
    """What the door and the checks refuse, and in which words."""
    _title(console, 3, "A claim that breaks rules")
    wrong: Json = claim_for_alpine("teams") | {"mpnId": "7", "claimName": "", "items": [{"productId": "minesweeper"}]}
    wrong["customerContact"] = {"name": "Ida", "title": "IT manager", "email": "ida at alpine"}
    refused = product.submit("contoso", wrong, {"proof.pdf": program(), "torn.pdf": broken_pdf()})
    _must(refused.status_code == HTTPStatus.UNPROCESSABLE_CONTENT, f"the door let it in: {refused.text}")
    _says(console, "At the door", "every fault is told at once, with its place:")
    for fault in refused.json()["errors"]:
        console.print(f"      {fault['pointer']:<26} {fault['code']:<20} {fault['message']}", markup=False)
    bad: Json = {
        **claim_for_alpine("teams"),
        "customer": {"tenantId": tenant(3), "domain": "cedar.example"},
        "solutionArea": "business-applications",
        "items": [{"productId": "dynamics-365-finance"}, {"productId": "dynamics-365-sales"}],
        "technicalContact": {"name": "Kai Technik", "title": "Administrator", "email": "kai@cedar.example"},
        "customerContact": {"name": "Ute Leitung", "title": "IT manager", "email": "ute@cedar.example"},
    }
    claim = product.filed("contoso", bad, _proof(product, "Dynamics 365 Finance"))
    claim = product.until("contoso", claim["claimId"], "Rejected")
    _says(console, "In the checks", f"{claim['number']} for Cedar Klinik is rejected, with every reason:")
    for check in claim["checks"]:
        if check["result"] != "pass":
            console.print(f"      {check['result']:<5} {check['code']:<24} {check['message']}", markup=False)
    _must({"subscription-csp", "subscription-inactive"} <= set(claim["reasons"]), f"reasons: {claim['reasons']}")
    console.print()


def is_contested(product: DemoProduct, console: Console) -> None:
    """Two partners, one product."""
    _title(console, 4, "Two partners claim the same")
    proof = _proof(product, "SharePoint Online")
    first = product.filed("contoso", claim_for_alpine("sharepoint-online"), proof)
    product.until("contoso", first["claimId"], "PendingCustomer")
    second = product.filed("fabrikam", claim_for_alpine("sharepoint-online", mpn_id="2000001"), proof)
    second = product.until("fabrikam", second["claimId"], "UnderReview")
    _must("contested" in second["reasons"], f"reasons: {second['reasons']}")
    _must("contoso" not in str(second).lower(), "the rival was named")
    _says(console, "Fabrikam", f"files {second['number']} for what Contoso has claimed: {second['status']}.")
    sentence = next(check["message"] for check in second["checks"] if check["code"] == "contested")
    console.print(f"      contested: {sentence}", markup=False)
    _says(console, "The rival", "is not named, neither here nor in the history.")
    hidden = product.as_("fabrikam").get(f"/api/claims/{first['claimId']}")
    _must(hidden.status_code == HTTPStatus.NOT_FOUND, "another organisation's claim was shown")
    accepted = product.decide(second, {"decision": "accept"})
    _must(accepted.json().get("code") == "slot-pending", f"accept: {accepted.text}")
    _says(console, "A reviewer", "cannot accept it while the customer is being asked about the other:")
    console.print(f"      {accepted.status_code} {accepted.json()['code']}: {accepted.json()['detail']}")
    rejected = product.decide(second, {"decision": "reject", "reasonCodes": ["poe-not-convincing"]})
    _must(rejected.json().get("status") == "Rejected", f"reject: {rejected.text}")
    _says(console, "The reviewer", "rejects it, with a reason; no decision goes without one.")
    product.act("contoso", first["claimId"], "withdraw")
    product.mail("ida@alpine.example", first["number"], "ithdrawn")
    _says(console, "Contoso", "withdraws its own, and the customer, who had been asked, is told.\n")


def bounces(product: DemoProduct, console: Console) -> None:
    """A notice that does not arrive is no notice."""
    _title(console, 5, "A notice that does not arrive")
    claim = product.filed(
        "contoso", claim_for_alpine("viva-engage", contact="bounce.ida@alpine.example"), _proof(product, "Viva Engage")
    )
    claim = product.until("contoso", claim["claimId"], "ActionRequired")
    _says(console, "The mail", f"of {claim['number']} bounces: {claim['status']} ({', '.join(claim['reasons'])}).")
    _says(console, "The clock", "is void: silence is consent only where notice was given.")
    product.correct_contact("contoso", claim, "ida@alpine.example")
    product.act("contoso", claim["claimId"], "resubmit", {"comment": "The right address this time."})
    product.until("contoso", claim["claimId"], "PendingCustomer")
    request = product.mail("ida@alpine.example", claim["number"], "answer")
    confirmed = product.answer(request, "confirm")
    _must(confirmed.json().get("status") == "Approved", f"confirm: {confirmed.text}")
    _says(console, "Contoso", f"corrects the address; Ida confirms at once: {confirmed.json()['status']}.")
    product.answer(request, "revoke")
    console.print()


CHAPTERS: tuple[Callable[[DemoProduct, Console], Any], ...] = (
    becomes_official,
    is_refused,
    breaks_rules,
    is_contested,
    bounces,
)
