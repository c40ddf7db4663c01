"""Every page, rendered: nothing that anybody typed is ever markup, and every label leads to its field."""

import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.claim_fields_form import step_faults, typed_from
from functions.contest_json import contest_json
from functions.customer_presenter import request_view_json
from functions.page_forms import Faults, FieldFault, Posted
from functions.page_problems import local_path, sign_in_path
from functions.page_rendering import (
    Reader,
    content_security_policy,
    html_answer,
    static_files,
    static_path,
)
from functions.page_views import claim_view, history_view
from functions.presenters import list_json, proof_json
from functions.registration import BLUEPRINTS
from functions.routing import DECLARED
from functions.usage import association_json
from functions.wizard_products import Looked, Row
from functions.wizard_steps import Step
from shared.domain.catalogue import catalogue
from shared.domain.check_facts import ProofFacts
from shared.domain.claim import Actor, ActorKind, Claim, Comment, Contact, Customer, Outcome, Status
from shared.domain.errors import Fault
from shared.domain.history import chained
from shared.domain.mails import Audience, MailKind
from shared.texts import texts
from shared.texts.seen import seen_by_partner
from shared.usecases.callers import Caller, Role
from shared.usecases.customer_response import RequestView
from shared.usecases.preview_decision import ForeseenMail
from shared.usecases.proof_records import ProofReading
from shared.usecases.read_contest import Contest, ContestedItem, Place, Rival, Side
from shared.usecases.records import ListPage
from shared.usecases.summaries import summary_of
from tests.claims import a_proof
from tests.unit.functions.test_claim_fields_form import FULL
from tests.unit.notifications.sample_claims import NOW, claim

CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "</textarea><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "%(number)s %s %",
    "{{ 7*7 }}{% raw %}",
)
ALLOWED = {"html", "head", "meta", "title", "link", "body", "a", "header", "div", "span", "nav", "ul", "li", "main"}
ALLOWED |= {"h1", "h2", "h3", "p", "form", "button", "input", "fieldset", "legend", "label", "select", "option", "br"}
ALLOWED |= {"optgroup", "textarea", "details", "summary", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr"}
ALLOWED |= {"th", "td", "ol", "time", "strong", "section", "footer", "aside", "progress", "template"}
ALLOWED |= {"h4", "pre", "kbd", "iframe"}


class Page(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_claim(text: str) -> Claim:
    """A claim with the text wherever a person writes."""
    person = Contact(name=text, email=f"{text}@x", title=text)
    return replace(
        claim(),
        claim_name=text,
        customer=Customer(tenant_id=text, domain=text, name=text, country=text, language=text),
        customer_contact=person,
        technical_contact=person,
        partner_contact=person,
        reasons=(text,),
        comments=(Comment(comment_id="1", at=NOW, actor=Actor(kind=ActorKind.PARTNER, id=text), text=text),),
    )


def hostile_contest(told: Claim, text: str) -> Contest:
    """A contest whose sides are that claim and one like it, with the text as the partners' name."""
    rival = replace(told, claim_id="rival", comments=(replace(told.comments[0], internal=True),))
    place = Rival(claim_id="rival", item_id="teams-usage", programme="p", place=Place.HOLDER)
    sides = [Side(claim=one, partner_name=text, told_at=NOW, comments=one.comments) for one in (told, rival)]
    items = tuple(ContestedItem(item=item, rivals=(place,)) for item in told.items)
    return Contest(items=items, sides=tuple(sides), noticed_at=NOW, window=told.window, window_over=True)


def pages(text: str, language: str) -> dict[str, str]:
    """Every page that shows what somebody typed."""
    told = hostile_claim(text)
    reader = Reader(name=text, is_partner=True, is_programme=True, may_submit=True, form_token="t")
    caller = Caller(
        organisation=told.organisation, object_id="x", name=text, roles=frozenset({Role.PARTNER_ADMIN, Role.REVIEWER})
    )
    row = chained(
        claim_id="x", seq=1, at=NOW, actor=Actor(kind=ActorKind.PARTNER, id=text), event=text, from_status="",
        to_status="Draft", reasons=(text,), detail={text: [text], "proofs": text}, previous_hash="", operation_id="",
    )  # fmt: skip
    fault = Fault(pointer="/claimName", code="x", message=text)
    typed = typed_from({**hostile(FULL, text), "comment": text})
    view = claim_view(told, caller=caller, language=language, now=NOW)
    history = history_view(told, (row,), for_programme=True, language=language)
    faults = Faults([FieldFault(field="", anchor="", message=text, label=text)])
    request = RequestView(claim=told, partner_name=text, outcome=None)
    shown = request_view_json(request, catalogue=catalogue(), language=language)
    official = replace(told, items=tuple(replace(one, outcome=Outcome.ASSOCIATED) for one in told.items))
    rows = list_json(ListPage(items=(summary_of(told),), continuation=text), for_programme=True)
    context: dict[str, dict[str, Any]] = {
        **wizard(text, typed, fault, view),
        "claim-amend.html": {
            "typed": typed, "faults": faults, "locations": [(text, text)], "products": [("0", text, text)],
            "asks_technical": True, **view,
        },
        "claim.html": {"typed": typed, "faults": faults, **view, **history},
        "history.html": {**view, **history},
        "withdraw.html": {"typed": typed, "faults": faults, **view},
        "claim-dispute.html": {"typed": typed, "faults": faults, **view},
        "claim-disassociate.html": {
            "typed": typed, "faults": faults, "reason_options": [(text, text)],
            "live": [item.item_id for item in told.live_items], **view,
        },
        "claim-location.html": {
            "typed": typed, "faults": faults, "locations": [(text, text)], "not_enrolled": [text], **view,
        },
        "review-claim.html": {
            "typed": typed, "faults": faults, "reason_options": [(text, text)], "contested": {"teams-usage"},
            "looks": [], "live": [item.item_id for item in told.live_items],
            "contest": contest_json(hostile_contest(told, text)),
            "problem": None, "intact": False, "partner_name": text, "decided": True, "late": "2999", **view, **history,
        },
        "review-decision.html": {
            "decision": text, "to_reviewers": False, "comment": text, "titles": [text], "superseding": {"teams-usage"},
            "refused": {"teams-usage": [text]}, "carried": [(text, text)],
            "mails": [foreseen(text)], **view,
        },
        "review-proof.html": {
            "proof": {**proof_json(a_proof()), "fileName": text}, "shown_as": "frame", "reading": read_out(text),
            "text": text, "cut": True, "wanted": [text], "findings": view["claim"]["checks"], **view,
        },
        "claims.html": {
            "typed": Posted(values={"q": [text]}), "faults": Faults(), "filter_values": {"q": text}, "filtered": True,
            "started": True, "rows": rows["items"], "continuation": text, "states": [one.value for one in Status],
            "locations": [(text, text), ("1", text)], "discarded": True, "by_customer": True,
        },
        "associations.html": {"rows": [association_json(official)], "continuation": text, "started": True},
        "association.html": {
            "association": association_json(official), "charts": None, "filtered": True, "faults": faults,
            "typed": Posted(values={"from": [text]}),
        },
        "check.html": {
            "typed": Posted(values={"number": [text]}), "faults": faults, "asked": text, "found": "Approved",
            "host": text, "sender": text, "contact": text,
        },
        **{
            name: {
                "path": "/respond/x", "host": text, "sender": text, "contact": text, "request": shown, "outcome": text,
                "token": text, "mpn": text, "standing": "open", "superseded": False, "said_now": "recorded",
                "typed": Posted(values={"choice": ["optOut"], "scope": ["some"], "reason": [text]}), "faults": faults,
                "private": True, "seen": seen_by_partner(texts(language), told.activities), "reason": text,
                "whole": False, "chosen": [item.item_id for item in told.items],
            }
            for name in ("respond-request.html", "respond-revoke.html")
        },
    }  # fmt: skip
    return {
        name: html_answer(name, language=language, context={"reader": reader, **values}).get_body().decode()
        for name, values in context.items()
    }


def foreseen(text: str) -> ForeseenMail:
    """A mail that says the text."""
    return ForeseenMail(kind=MailKind.CLAIM_REJECTED, audience=Audience.PARTNER, to=text, subject=text, text=text)


def read_out(text: str) -> ProofReading:
    """A proof that says the text."""
    return ProofReading(
        text=text,
        machine_readable=True,
        customer_named=True,
        products_named=frozenset({text}),
        signed=True,
        signed_by=text,
        newest_date=NOW.date(),
        active_content=False,
    )


def wizard(text: str, typed: Posted, fault: Fault, view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every step, with the text in what was typed, found and said."""
    around = {
        "path": "/claims/x/draft", "action": "/claims/x/draft/y", "back": "/claims", "number": 1, "total": 7,
        "steps_names": [step.value for step in Step], "changed": True, "seen": "0", "back_to_check": True,
        "steps": [{"words": "w", "state": "todo", "path": "/x", "hint": "h"}] * 7,
    }  # fmt: skip
    codes = {"poe-no-date": {"title": text, "explanation": text, "what_to_do": text}}
    found = ProofFacts(proof_id="p1", codes=("poe-no-date",))
    place = (replace(fault, pointer=""), ("/claims/x/draft/details", text))
    own: dict[Step, dict[str, Any]] = {
        Step.CUSTOMER: {"locations": [(text, text)]},
        Step.ACTIVITY: {},
        Step.DETAILS: {},
        Step.PRODUCTS: {
            "rows": [Row(product_id=text, subscription_id=text, chosen=True)], "asks": [True],
            "looked": Looked(told=True, availability={0: "free"}, notes={0: [fault]}, of_the_claim=(fault,)),
            "by_subscription": True, "optional": True,
        },
        Step.CONTACTS: {"asks_technical": True, "asks_revenue": True},
        Step.PROOFS: {
            "findings": {"p1": found}, "finding_words": codes, "broken": {text}, "most_files": 10,
            "most_bytes": 1048576,
        },
        Step.CHECK: {
            "missing": [place], "asked": True, "errors": [place], "warnings": [place], "address": text,
        },
    }  # fmt: skip
    faults = {step: step_faults((fault, replace(fault, pointer="")), typed, step) for step in Step}
    pages = {
        f"wizard/{step}.html": {"typed": typed, "faults": faults[step], **around, **view, **own[step]} for step in Step
    }
    pages["wizard/overview.html"] = {"saved": True, **around, **view}
    pages["wizard/discard.html"] = {"path": "/claims/x/draft", **view}
    pages["wizard/filed.html"] = {"review_days": 5, "customer_days": 5, **view}
    return pages


def hostile(data: dict[str, Any], text: str) -> dict[str, Any]:
    """The request with the text in every field."""
    return {
        name: hostile(value, text) if isinstance(value, dict) else [hostile(one, text) for one in value]
        if name == "items" else text
        for name, value in data.items()
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("text", CORPUS)
def test_what_people_typed_is_never_markup(text: str, language: str) -> None:
    """No page gains a tag, a handler or a format by what somebody typed, and it is shown as it was typed."""
    for name, body in pages(text, language).items():
        page = Page(body)
        assert {tag for tag, _ in page.tags} <= ALLOWED, name
        assert not [attributes for _, attributes in page.tags if any(one.startswith("on") for one in attributes)], name
        shown = page.text + "".join(str(attributes.get("value")) for _, attributes in page.tags)
        assert " ".join(text.split()) in " ".join(shown.split()), name


@pytest.mark.parametrize("language", ["en", "pl"])
def test_labels_and_links_lead_somewhere(language: str) -> None:
    """Every label, description and error link names an element that is there once, on a page in its language."""
    for name, body in pages("Birch", language).items():
        page = Page(body)
        ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        wanted = {str(one["for"]) for tag, one in page.tags if tag == "label"}
        wanted |= {part for _, one in page.tags for part in str(one.get("aria-describedby") or "").split()}
        wanted |= {str(one["href"])[1:] for tag, one in page.tags if tag == "a" and str(one["href"]).startswith("#")}
        assert wanted <= set(ids), name
        assert [one.get("lang") for tag, one in page.tags if tag == "html"] == [language]
        assert [tag for tag, _ in page.tags].count("h1") == 1, name
        fields = [one for tag, one in page.tags if tag in {"input", "select", "textarea"}]
        named = [one for one in fields if one.get("type") != "hidden"]
        assert {str(one.get("id")) for one in named} <= wanted, name


def test_no_page_needs_a_script() -> None:
    """Pages allow no script at all; the one with a nonce allows that script alone, and nobody may frame them."""
    assert "script-src" not in content_security_policy(None)
    assert "script-src 'nonce-abc';" in content_security_policy("abc")
    assert "connect-src" not in content_security_policy("abc")
    assert "connect-src 'self';" in content_security_policy("abc", connects=True)
    assert "'unsafe" not in content_security_policy("abc")
    assert "frame-ancestors 'none'" in content_security_policy(None)
    assert "frame-src" not in content_security_policy("abc", connects=True)
    assert "frame-src 'self';" in content_security_policy(None, frames=True)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://cpor.example/claims?q=a%20b", "/claims?q=a%20b"),
        ("https://cpor.example", "/"),
        ("https://cpor.example//evil.example/x", "/"),
        ("https://cpor.example/\\evil.example", "/"),
        ("https://[bad/claims?q=1#x", "/claims?q=1"),
        ("https://a:99999999", "/"),
        ("https://\u2100.example/claims", "/claims"),
    ],
)
def test_sign_in_comes_back_to_this_site(url: str, path: str) -> None:
    """After the sign-in one comes back to the page that was asked for, and never to another site."""
    assert local_path(url) == path
    assert re.fullmatch(r"/\.auth/login/aad\?post_login_redirect_uri=/[^&#]*", sign_in_path(path))


def test_static_files_change_their_name_with_their_content() -> None:
    """Every name holds a hash of the content, also that of a module."""
    assert static_path("site.css").removeprefix("/static/") in static_files()
    for name, (content, kind) in static_files().items():
        shape = re.fullmatch(r"[a-z-]+\.(?P<hash>[0-9a-f]{16})\.(?P<ending>css|js)", name)
        assert shape, name
        assert hashlib.sha256(content).hexdigest().startswith(shape["hash"])
        assert kind == {"css": "text/css", "js": "text/javascript"}[shape["ending"]]


def test_new_claims_are_not_taken_for_a_claim_s_id() -> None:
    """The form's path fits no route of a single claim, in whatever order functions are tried."""
    assert BLUEPRINTS
    paths = {declared.path for declared in DECLARED.values() if declared.path.startswith("claims/{")}
    assert paths
    assert all(path.startswith("claims/{claimId:minlength(4)}") for path in paths)
