"""Every mail, in both languages: what it says, to whom, and what can never get into it."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from shared.domain.catalogue import catalogue
from shared.domain.claim import ActorKind, ApprovalGround, Claim, Comment, Contact, Outcome, Status
from shared.domain.mails import MAILS, Audience, MailKind
from shared.domain.reasons import ReasonCode, reason
from shared.notifications.mail_templates import TEMPLATES
from shared.notifications.rendering import TemplateMailRenderer
from shared.notifications.response_tokens import SignedResponseTokens
from shared.texts import texts
from shared.usecases.digest_records import DigestKind
from shared.usecases.records import Mail
from tests.unit.notifications.sample_claims import (
    CLAIM_ID,
    NOW,
    NUMBER,
    PARTNER_NAME,
    claim,
    comment,
    intent,
    item,
    revenue_claim,
    sample,
)

TOKENS = SignedResponseTokens(keys=("n" * 40,), recipient_key=b"k" * 32)
PROGRAMME = "Partner Associations Programme"
CONTACT = "help@associations.example"
CUSTOMER_MAILS = [kind for kind in MailKind if MAILS[kind].audience is Audience.CUSTOMER]
PARTNER_MAILS = [kind for kind in MailKind if MAILS[kind].audience is Audience.PARTNER]
WITH_DEADLINE = {
    MailKind.ASSOCIATION_REQUEST: "26 Nov 2026, 23:59 (Europe/Warsaw)",
    MailKind.ASSOCIATION_REMINDER: "26 Nov 2026, 23:59 (Europe/Warsaw)",
    MailKind.CUSTOMER_NOTIFIED: "26 Nov 2026, 23:59 (Europe/Warsaw)",
    MailKind.CLAIM_UNDER_REVIEW: "27 Nov 2026, 23:59 (UTC)",
    MailKind.ACTION_REQUIRED: "27 Nov 2026, 23:59 (UTC)",
    MailKind.DEADLINE_NEAR: "27 Nov 2026, 23:59 (UTC)",
    MailKind.CLAIM_REJECTED: "19 Dec 2026, 23:59 (UTC)",
    MailKind.DRAFT_EXPIRING: "19 Dec 2026, 23:59 (UTC)",
    MailKind.LEGACY_DRAFT: "19 Dec 2026, 23:59 (UTC)",
    MailKind.ASSOCIATION_CONTESTED: "27 Nov 2026, 23:59 (UTC)",
}
VOID = {"meta", "br", "hr"}
ALLOWED = VOID | {"html", "head", "title", "style", "body", "main", "p", "h2", "ul", "li", "a", "strong", "blockquote"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "%(number)s %s %d 100%",
    "Bcc: victim@evil.example\r\nSubject: won",
    "a\nb\u2028c\u0085d\x00e\u202e",
    "https://evil.example/login www.evil.example javascript:alert(1)",
    "&lt;b&gt; ' \" `",
]


def renderer(language: str = "en") -> TemplateMailRenderer:
    """A renderer whose mails to partners are in that language."""
    return TemplateMailRenderer(
        public_url="https://associations.example/",
        programme_name=PROGRAMME,
        tokens=TOKENS,
        catalogue=catalogue(),
        partner_language=language,
        contact_address=CONTACT,
    )


RENDERERS = {language: renderer(language) for language in ("en", "pl")}


def rendered(
    kind: MailKind, language: str = "en", *, partner_name: str = PARTNER_NAME, about: Claim | None = None
) -> Mail:
    """The mail about a claim (the sample of its kind by default), in that language."""
    given, made = sample(kind)
    about = about or made
    about = replace(about, customer=replace(about.customer, language=language))
    return RENDERERS[language].render(given, about, partner_name=partner_name)


class Reader(HTMLParser):
    """Reads an HTML mail strictly: elements must be known and closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        assert tag in ALLOWED, tag
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be this one."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what people see."""
        if not {"style", "title"} & set(self.open):
            self.text.append(data)

    @property
    def words(self) -> list[str]:
        """Every word that people see, in order."""
        return " ".join(self.text).split()


def read(html: str) -> Reader:
    """The mail's HTML, read to its end."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


EVERY = [(kind, language) for kind in MailKind for language in RENDERERS]


def test_every_mail_has_its_folder() -> None:
    """Each mail has a folder with its subject and body, and there is no folder without a mail."""
    folders = {folder.name for folder in TEMPLATES.iterdir()} - {"layout"}
    assert folders == {kind.value for kind in MailKind} | {kind.value for kind in DigestKind}
    for kind in (*MailKind, *DigestKind):
        assert {file.name for file in (TEMPLATES / kind.value).iterdir()} == {"subject.txt", "body.html"}


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_subject_says_what_and_which(kind: MailKind, language: str) -> None:
    """The subject is one line with the claim's number, and names no person, company, address or domain."""
    mail = rendered(kind, language)
    assert NUMBER in mail.subject
    assert "\n" not in mail.subject
    assert len(mail.subject) <= 78
    for private in (PARTNER_NAME, "Contoso", "Birch", "birch.example", "Anna", "Paul", "Rollout", "@", "1000001"):
        assert private not in mail.subject


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_text_and_html_say_the_same(kind: MailKind, language: str) -> None:
    """The plain text holds every word of the HTML: it is complete, and neither says more than the other."""
    mail = rendered(kind, language)
    links = re.compile(r"https?://\S+")
    text = [word for word in links.sub("", mail.text).split() if set(word) - set("->")]
    assert [word.rstrip(":") for word in text] == [word.rstrip(":") for word in read(mail.html).words]


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_one_link_to_the_right_place(kind: MailKind, language: str) -> None:
    """There is one link: the customer's own page with the token in the fragment, or the partner's claim."""
    mail = rendered(kind, language)
    (link,) = re.findall(r"https?://\S+", mail.text)
    assert read(mail.html).links == [link]
    if kind in CUSTOMER_MAILS:
        page, _, token = link.partition("#")
        assert page == f"https://associations.example/respond/{CLAIM_ID}"
        assert TOKENS.verify(token, claim_id=CLAIM_ID) is not None
    else:
        assert link == f"https://associations.example/claims/{CLAIM_ID}"


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_html_is_simple(kind: MailKind, language: str) -> None:
    """The HTML has no table, picture or script, loads nothing, leaves colours alone and names its language."""
    html = rendered(kind, language).html
    assert read(html).attributes <= {"lang", "charset", "name", "content", "class", "href"}
    assert f'<html lang="{language}">' in html
    assert "max-width: 600px" in html
    assert 'content="light dark"' in html
    assert not re.search(r"url\(|@import|background|#[0-9a-f]{3,6};", html)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_nothing_is_left_unsaid(kind: MailKind, language: str) -> None:
    """No placeholder, template sign, empty value or code is left in a mail, and it ends by saying why it was sent."""
    mail = rendered(kind, language)
    for part in (mail.subject, mail.text, " ".join(read(mail.html).words)):
        assert not re.search(r"%\(|\{\{|\{%|None|Undefined|Markup|\[\]", part)
        assert kind.value not in part
    assert "\n\n\n" not in mail.text
    assert all(len(line) <= 72 or "://" in line for line in mail.text.splitlines())
    footer = mail.text.partition("\n--\n")[2]
    assert footer.strip().endswith(PROGRAMME)
    assert ("because" if language == "en" else "Otrzymują Państwo") in footer


@pytest.mark.parametrize("kind", MailKind)
def test_polish_mails_are_polish(kind: MailKind) -> None:
    """No English sentence is left in a Polish mail."""
    mail = rendered(kind, "pl", about=replace(sample(kind)[1], comments=()))
    assert not re.search(
        r"\b(the|you|is|and|was|what|please|claim|association|reason)\b", mail.text, re.IGNORECASE
    ) or (
        re.findall(r"\b(?:the|you|is|and|was|what|please|claim|associations?|reason)\b", mail.text, re.IGNORECASE)
        == ["associations"] * mail.text.count("associations")
    )
    assert mail.subject != rendered(kind, "en").subject


@pytest.mark.parametrize("kind", MailKind)
def test_first_sentence_says_what_to_do(kind: MailKind) -> None:
    """The mail begins with what the reader must do and by when, or that there is nothing to do."""
    first = " ".join(rendered(kind).text.split("\n\n", maxsplit=1)[0].split())
    if first.startswith("You need not do anything"):
        assert kind not in {MailKind.ASSOCIATION_REQUEST, MailKind.ACTION_REQUIRED, MailKind.DEADLINE_NEAR}
    else:
        assert "lease" in first
        assert WITH_DEADLINE.get(kind, "19 Dec 2026") in first
    if kind in WITH_DEADLINE:
        assert WITH_DEADLINE[kind] in first


@pytest.mark.parametrize("kind", CUSTOMER_MAILS)
def test_customer_mail_tells_who_asks(kind: MailKind) -> None:
    """Every mail to the customer names the partner and its location, goes to the contact, and says how to check it."""
    mail = rendered(kind)
    assert (mail.to, mail.recipient_name) == ("anna@birch.example", "Anna Brzozowska")
    text = " ".join(mail.text.split())
    assert f"{PARTNER_NAME} (MPN ID 1000001)" in text
    assert "Type the address associations.example/check into your browser yourself" in text
    assert CONTACT in text
    assert "We never ask for a password." in text


@pytest.mark.parametrize("kind", PARTNER_MAILS)
def test_partner_mail_tells_which_claim(kind: MailKind) -> None:
    """Every mail to the partner names the claim, the customer's domain and the location, but not its contact."""
    mail = rendered(kind)
    assert (mail.to, mail.recipient_name) == ("paul@contoso.example", "Paul Oakwood")
    assert "- Name: Rollout 2026" in mail.text
    assert "- Customer: birch.example" in mail.text
    assert "- Partner location: MPN ID 1000001" in mail.text
    assert "Anna" not in mail.text
    assert "anna@" not in mail.text


@pytest.mark.parametrize("kind", [MailKind.ASSOCIATION_REQUEST, MailKind.ASSOCIATION_REMINDER])
def test_request_says_all_that_matters(kind: MailKind) -> None:
    """The request tells which products, what will and will not be seen, what silence means, and every answer."""
    text = " ".join(rendered(kind).text.split())
    for said in (
        "- Exchange Online - Microsoft Teams",
        "monthly active users",
        "paid units",
        "high-water mark",
        "no content, no mail and no files",
        "no names of users",
        "no administrator rights",
        "Silence counts as consent: if there is no answer by Thu 26 Nov 2026, 23:59 (Europe/Warsaw)",
        "approve it at once, decline it, decline single products, or say that you are not the right person",
        "Opening the page decides nothing.",
    ):
        assert said in text


def test_request_states_the_deadline_it_was_given() -> None:
    """The request's deadline is the one computed for its sending, not that of an older clock."""
    given = intent(MailKind.ASSOCIATION_REQUEST, deadline="2026-12-03T23:59:59-05:00", zone="America/New_York")
    about = claim(customer=replace(claim().customer, language="en"))
    text = RENDERERS["en"].render(given, about, partner_name=PARTNER_NAME).text
    assert "Thu 3 Dec 2026, 23:59 (America/New_York)" in " ".join(text.split())
    assert "26 Nov" not in text


@pytest.mark.parametrize("kind", WITH_DEADLINE)
def test_missing_deadline_is_an_error(kind: MailKind) -> None:
    """A mail that must say by when is not sent without it."""
    about = replace(sample(kind)[1], clocks={})
    with pytest.raises(ValueError, match="deadline"):
        RENDERERS["en"].render(intent(kind), about, partner_name=PARTNER_NAME)


def test_declined_products_are_not_asked_for_again() -> None:
    """A reminder after a partial decline names only what is still open."""
    about = claim(items=(item("teams", "usage", Outcome.DECLINED), item("intune")))
    text = rendered(MailKind.ASSOCIATION_REMINDER, about=about).text
    assert "- Microsoft Intune" in text
    assert "Teams" not in text


@pytest.mark.parametrize("code", ReasonCode)
@pytest.mark.parametrize("kind", [MailKind.CLAIM_REJECTED, MailKind.ACTION_REQUIRED])
@pytest.mark.parametrize("language", RENDERERS)
def test_every_reason_is_explained(kind: MailKind, code: str, language: str) -> None:
    """Whichever reason a claim has, the mail gives its title, its explanation and what to do."""
    about = replace(sample(kind)[1], reasons=(code, code))
    mail = rendered(kind, language, about=about)
    text, say, one = " ".join(mail.text.split()), texts(language).gettext, reason(code)
    words = f"- {say(one.title)} {say(one.explanation)} {say('What to do:')} {say(one.what_to_do)}"
    assert text.count(words) == 1


def test_rejection_says_how_to_dispute() -> None:
    """A first rejection says how to dispute it and until when; after the dispute it says that it is final."""
    first = " ".join(rendered(MailKind.CLAIM_REJECTED).text.split())
    assert "please dispute it by Sat 19 Dec 2026, 23:59 (UTC)" in first
    assert "How to dispute" in first
    second = rendered(MailKind.CLAIM_REJECTED, about=replace(sample(MailKind.CLAIM_REJECTED)[1], disputed=True)).text
    assert "this is final" in " ".join(second.split())
    assert "How to dispute" not in second


def test_comment_of_the_decision_is_quoted() -> None:
    """What the reviewer or customer wrote with this decision is quoted; older, internal and own words are not."""
    then = comment("x").at.replace(year=2025)
    comments: tuple[Comment, ...] = (
        comment("Send page 2.\n\nAnd page 3."),
        comment("Not my department.", kind=ActorKind.CUSTOMER),
        comment("A secret doubt.", internal=True),
        comment("My own words.", kind=ActorKind.PARTNER),
        replace(comment("Last year's words."), at=then),
    )
    text = rendered(
        MailKind.ACTION_REQUIRED, about=replace(sample(MailKind.ACTION_REQUIRED)[1], comments=comments)
    ).text
    assert "> Send page 2.\n> And page 3." in text
    assert "> Not my department." in text
    for hidden in ("secret", "own words", "Last year"):
        assert hidden not in text


def test_deadline_is_explained_to_the_partner() -> None:
    """The partner reads how the customer's window was counted: from when, how many days, and which ones not."""
    text = " ".join(rendered(MailKind.CUSTOMER_NOTIFIED).text.split())
    assert "- Our message was accepted: Thu 19 Nov 2026, 11:30 (Europe/Warsaw)" in text
    assert "- Counted: 5 full business days" in text
    assert "- Not counted: Sat 21 Nov 2026 (Saturday) and Sun 22 Nov 2026 (Sunday)" in text
    polish = " ".join(rendered(MailKind.CUSTOMER_NOTIFIED, "pl").text.split())
    assert "sob. 21 listopada 2026 (sobota)" in polish


@pytest.mark.parametrize(("ground", "said"), [("silence", "counts as consent"), ("confirmed", "approved it")])
@pytest.mark.parametrize("kind", [MailKind.ASSOCIATION_APPROVED, MailKind.CLAIM_APPROVED])
def test_approval_says_on_what_ground(kind: MailKind, ground: str, said: str) -> None:
    """Both sides read whether the customer said yes or stayed silent, and what was declined or refused."""
    items = (
        item("teams", "usage", Outcome.ASSOCIATED),
        item("intune", "usage", Outcome.DECLINED),
        item("viva-engage", "usage", Outcome.REFUSED),
    )
    about = replace(sample(kind)[1], approval_ground=ApprovalGround(ground), items=items)
    text = " ".join(rendered(kind, about=about).text.split())
    assert said in text
    assert "- Microsoft Teams" in text
    assert "declined: Microsoft Intune." in text
    assert ("refused: Viva Engage." in text) is (kind is MailKind.CLAIM_APPROVED)


@pytest.mark.parametrize("kind", [MailKind.ASSOCIATION_ENDED, MailKind.CLAIM_ENDED])
def test_end_of_some_products_names_those(kind: MailKind) -> None:
    """Where an association ends in part, the mail names what ended now and what goes on."""
    long_ago = claim().created_at.replace(year=2025)
    items = (
        item("teams", "usage", Outcome.ENDED, "revoked-by-customer"),
        replace(item("intune", "usage", Outcome.ENDED), settled_at=long_ago),
        item("viva-engage", "usage", Outcome.ASSOCIATED),
    )
    about = replace(sample(kind)[1], status=Status.APPROVED, items=items)
    body = rendered(kind, about=about).text.partition("The claim\n")[0]
    assert "- Microsoft Teams\n" in body
    assert "It goes on for: Viva Engage." in body
    assert "Intune" not in body


def test_renewal_links_to_its_draft() -> None:
    """The mail about a coming end opens the renewal's draft where there is one, and names the day."""
    _, about = sample(MailKind.ASSOCIATION_ENDING)
    given = intent(MailKind.ASSOCIATION_ENDING, draftClaimId="d" * 48, endsAt="2026-12-31T23:00:00+00:00")
    text = RENDERERS["en"].render(given, about, partner_name=PARTNER_NAME).text
    assert f"https://associations.example/claims/{'d' * 48}" in text
    assert "before Fri 1 Jan 2027" in text
    open_end = replace(about, valid_until=None)
    assert "renewal now" in rendered(MailKind.ASSOCIATION_ENDING, about=open_end).text


def test_business_applications_name_subscription_and_activities() -> None:
    """A product appears once, with its subscription, and with its activities where the claim has several."""
    items = tuple(
        replace(item("dynamics-365-sales", activity), subscription_id="5b5b5b5b-0000-4000-8000-000000000021")
        for activity in ("usage", "presales")
    )
    about = claim(items=items, activities=("usage", "presales"))
    english = " ".join(rendered(MailKind.ASSOCIATION_REMINDER, about=about).text.split())
    words = "- Dynamics 365 Sales, subscription 5b5b5b5b-0000-4000-8000-000000000021 (usage and pre-sales)"
    assert english.count("Dynamics 365 Sales") == 1
    assert words in english
    assert "(użycie i przedsprzedaż)" in " ".join(
        rendered(MailKind.ASSOCIATION_REMINDER, "pl", about=about).text.split()
    )


@pytest.mark.parametrize("kind", MailKind)
def test_revenue_association_promises_no_data(kind: MailKind) -> None:
    """A revenue association names its solution and never speaks of usage data that it does not give."""
    given, made = sample(kind)
    outcomes = made.items[0].outcome if made.items else Outcome.CLAIMED
    about = replace(made, items=(item(None, "revenue", outcomes),), activities=("revenue",))
    about = replace(about, revenue=revenue_claim().revenue, customer=replace(made.customer, language="en"))
    text = RENDERERS["en"].render(given, about, partner_name=PARTNER_NAME).text
    assert "Solution “Ledger 365”" in text or kind is MailKind.ASSOCIATION_WITHDRAWN
    assert "monthly" not in text
    assert "usage data" not in text


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("kind", MailKind)
def test_hostile_values_stay_words(kind: MailKind, value: str) -> None:
    """Whatever people typed stays words: no element, no link, no header and no placeholder comes of it."""
    given, made = sample(kind)
    made = replace(
        made,
        claim_name=value,
        customer=replace(made.customer, domain=value, name=value, language="en"),
        mpn_id=value,
        comments=(comment(value),),
        items=(*made.items, item(value)),
        customer_contact=Contact(name=value, email="anna@birch.example"),
        partner_contact=Contact(name=value, email="paul@contoso.example"),
    )
    mail = RENDERERS["en"].render(given, made, partner_name=value)
    plain = rendered(kind)
    assert mail.subject == plain.subject
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u202e]", mail.recipient_name)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", mail.text)
    reader = read(mail.html)
    assert len(reader.links) == 1
    assert len(re.findall(r"(?:https?://|www\.)\S", mail.text)) == 1
    assert "49" not in re.sub(r"https?://\S+", "", mail.text)


def test_the_customer_s_zone_stays_theirs() -> None:
    """Once the time to answer is over, a mail's times are still those of the zone in which it was counted."""
    given, waiting = intent(MailKind.ASSOCIATION_APPROVED), claim()
    official = replace(waiting, status=Status.APPROVED, approved_at=NOW, window=waiting.clocks["opt-out"], clocks={})
    for told, zone in ((official, "Europe/Warsaw"), (replace(official, window=None), "UTC")):
        assert f"({zone})" in RENDERERS["en"].render(given, told, partner_name="x").text


def test_long_values_are_cut() -> None:
    """A name of any length cannot push the rest of the mail out of sight."""
    text = rendered(MailKind.ASSOCIATION_REMINDER, partner_name="Long " * 1000).text
    assert len(text) < 4000


def test_country_chooses_the_customer_language() -> None:
    """Without a language of its own, a customer in Poland is written to in Polish, any other in English."""
    about = claim()
    mail = RENDERERS["en"].render(*sample(MailKind.ASSOCIATION_REMINDER), partner_name=PARTNER_NAME)
    assert mail.subject.startswith("Przypomnienie")
    for language, country, start in ((None, "DE", "Reminder"), ("en", "PL", "Reminder"), ("pl-PL", None, "Przypom")):
        other = replace(about, customer=replace(about.customer, language=language, country=country))
        subject = RENDERERS["en"].render(intent(MailKind.ASSOCIATION_REMINDER), other, partner_name="x").subject
        assert subject.startswith(start)


@pytest.mark.parametrize("kind", MailKind)
def test_nobody_to_write_to_is_an_error(kind: MailKind) -> None:
    """A claim without the contact that a mail is for is an error, not a mail to nobody."""
    given, made = sample(kind)
    with pytest.raises(ValueError, match="contact"):
        RENDERERS["en"].render(given, replace(made, customer_contact=None, partner_contact=None), partner_name="x")


def test_rendering_is_repeatable() -> None:
    """The same intent gives the same mail, so that one sent again is the same mail."""
    assert rendered(MailKind.ASSOCIATION_REQUEST) == rendered(MailKind.ASSOCIATION_REQUEST)
