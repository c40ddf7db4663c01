"""The reviewers' digests as mails, in both languages."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.notifications.digests import TemplateDigestRenderer
from shared.usecases.digest_records import DigestKind, FailedWork, ReviewDigest, UndeliveredClaim, WaitingClaim
from shared.usecases.records import Mail
from tests.unit.notifications.test_rendering import HOSTILE, read

PROGRAMME = "Partner Associations Programme"
WAITING = WaitingClaim(
    claim_id="a" * 48,
    number="CPOR-0000-0001",
    partner_name="Contoso Consulting",
    why=("contested", "poe-no-date"),
    disputed=True,
    deadline=datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC),
)
UNDELIVERED = UndeliveredClaim(claim_id="b" * 48, number="CPOR-0000-0002", partner_name="Fabrikam")
FAILED = FailedWork(
    queue="claim-effects", at=datetime(2026, 11, 19, 8, tzinfo=UTC), claim_id="c" * 48, number="CPOR-0000-0003"
)
FULL = ReviewDigest(
    kind=DigestKind.NEW,
    waiting=(WAITING, replace(WAITING, number="CPOR-0000-0009", why=(), disputed=False, deadline=None)),
    more=True,
    undelivered=(UNDELIVERED,),
    failed=(FAILED, replace(FAILED, claim_id=None, number=None)),
)
OVERDUE = ReviewDigest(kind=DigestKind.OVERDUE, waiting=(WAITING,) * 5)
ONLY_FAILED = ReviewDigest(kind=DigestKind.NEW, failed=(FAILED,))
SAMPLES = [FULL, replace(FULL, more=False), OVERDUE, replace(OVERDUE, more=True), ONLY_FAILED]
LANGUAGES = ("en", "pl")


def rendered(digest: ReviewDigest, language: str = "en") -> Mail:
    """The mail."""
    renderer = TemplateDigestRenderer(
        public_url="https://associations.example/",
        programme_name=PROGRAMME,
        mailbox="review@cpor.example",
        language=language,
        zone="Europe/Warsaw",
    )
    return renderer.render(digest)


def flat(mail: Mail) -> str:
    """The text without its line breaks."""
    return " ".join(mail.text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("digest", SAMPLES)
def test_text_and_html_say_the_same(digest: ReviewDigest, language: str) -> None:
    """The plain text holds every word and link of the HTML, nothing is left unsaid, and it goes to the mailbox."""
    mail = rendered(digest, language)
    links = re.compile(r"https?://\S+")
    words = [word for word in links.sub("", mail.text).split() if set(word) - set("->")]
    html = read(mail.html)
    assert [word.rstrip(":") for word in words] == [word.rstrip(":") for word in html.words]
    assert html.links == links.findall(mail.text)
    assert (mail.to, mail.recipient_name) == ("review@cpor.example", PROGRAMME)
    assert f'<html lang="{language}">' in mail.html
    assert not re.search(r"%\(|\{\{|\{%|None|Undefined|\[\]", mail.subject + mail.text)
    assert all(len(line) <= 72 or "://" in line for line in mail.text.splitlines())
    assert len(mail.subject) <= 78
    assert "CPOR" not in mail.subject


def test_each_claim_is_told_with_all_that_a_reviewer_needs() -> None:
    """Number, partner, deadline in the policy's zone, reasons in words, dispute and link; the unknown is left out."""
    text = flat(rendered(FULL))
    assert (
        "CPOR-0000-0001 -------------- - Partner: Contoso Consulting "
        "- Decide by: Sat 21 Nov 2026, 00:59 (Europe/Warsaw) - A reviewer must decide who is associated "
        "- No date was found in the proof - The partner disputes the rejection. "
        f"Open the claim: https://associations.example/review/{'a' * 48}"
    ) in text
    assert "CPOR-0000-0009 -------------- - Partner: Contoso Consulting Open the claim:" in text
    assert "There are more claims" in text
    assert f"- CPOR-0000-0002, Fabrikam Open the claim: https://associations.example/review/{'b' * 48}" in text
    assert "- CPOR-0000-0003: claim-effects, Thu 19 Nov 2026, 09:00 (Europe/Warsaw) Open the claim: https://" in text
    assert "- claim-effects, Thu 19 Nov 2026, 09:00 (Europe/Warsaw)" in text
    assert "https://associations.example/review " in text


@pytest.mark.parametrize(
    ("digest", "language", "subject"),
    [
        (FULL, "en", "Review: 2 new claims and more"),
        (FULL, "pl", "Weryfikacja: ponad 2 nowych zgłoszeń"),
        (replace(FULL, more=False, waiting=(WAITING,)), "en", "Review: 1 new claim"),
        (replace(FULL, more=False), "pl", "Weryfikacja: 2 nowe zgłoszenia"),
        (ONLY_FAILED, "en", "Review: something needs to be looked at"),
        (OVERDUE, "en", "Review: 5 overdue claims"),
        (OVERDUE, "pl", "Weryfikacja: 5 zgłoszeń po terminie"),
        (replace(OVERDUE, waiting=(WAITING,)), "pl", "Weryfikacja: 1 zgłoszenie po terminie"),
    ],
)
def test_subject_says_how_many(digest: ReviewDigest, language: str, subject: str) -> None:
    """The subject counts, with the language's own plural forms."""
    assert rendered(digest, language).subject == subject


@pytest.mark.parametrize("digest", SAMPLES)
def test_polish_digests_are_polish(digest: ReviewDigest) -> None:
    """No English word is left in a Polish digest but the programme's and the queues' own names."""
    text = rendered(digest, "pl").text.replace(PROGRAMME, "").replace("claim-effects", "")
    assert not re.search(r"\b(the|you|is|and|was|what|please|claims?|review|decide)\b", text.replace("/review", ""))


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_a_partner_typed_is_no_markup(typed: str) -> None:
    """A partner's name cannot bring markup, links or lines of its own; an unknown code is said as it is."""
    digest = replace(FULL, waiting=(replace(WAITING, partner_name=typed, why=(typed,)),))
    mail = rendered(digest)
    assert all(link.startswith("https://associations.example/review") for link in read(mail.html).links)
    assert "\nBcc:" not in mail.text
    assert not re.search(r"(?<!associations\.example/)https?://evil", mail.text)
