"""Mails from templates: one folder per mail, its subject and its body (PROCESS.md, Mails; PAGES.md, Mails).

A body is written once, with the blocks of `layout/`, and rendered twice, as plain text and as HTML: neither can ever
say less than the other. A name that a template does not get is an error, never an empty place in a mail.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.domain.catalogue import Catalogue
from shared.domain.claim import Claim
from shared.domain.mails import MAILS, Audience, MailIntent, MailKind
from shared.notifications.mail_facts import MailFacts, plain
from shared.notifications.mail_templates import MailTemplates
from shared.texts import language_for, texts
from shared.usecases.ports import ResponseTokens
from shared.usecases.records import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipient:
    name: str
    email: str
    language: str
    link: str


class TemplateMailRenderer:
    """The MailRenderer port.

    `public_url` is the site's, `programme_name` who writes, `zone` (IANA name) whose time is shown where no receipt
    says, `partner_language` the language of all mails to partners, `contact_address` where customers may complain.
    """

    def __init__(
        self,
        *,
        public_url: str,
        programme_name: str,
        tokens: ResponseTokens,
        catalogue: Catalogue,
        zone: str = "UTC",
        partner_language: str = "en",
        contact_address: str = "",
    ) -> None:
        self._public_url = public_url.rstrip("/")
        self._programme_name = programme_name
        self._tokens = tokens
        self._catalogue = catalogue
        self._zone = zone
        self._partner_language = partner_language
        self._contact_address = contact_address
        self._templates = MailTemplates()

    def render(self, intent: MailIntent, claim: Claim, *, partner_name: str) -> Mail:
        """The mail in its recipient's language. ValueError where the claim names nobody to write to."""
        recipient = self._recipient(intent, claim)
        language = texts(recipient.language)
        facts = MailFacts(intent, claim, texts=language, catalogue=self._catalogue, zone=self._zone)
        context = facts.all() | {
            "partner": plain(partner_name),
            "programme": self._programme_name,
            "host": urlsplit(self._public_url).netloc,
            "contact": self._contact_address,
            "link": recipient.link,
            "audience": MAILS[intent.kind].audience.value,
        }
        texts_of_mail = self._templates.render(intent.kind.value, context, language=language)
        return Mail(
            to=recipient.email,
            recipient_name=plain(recipient.name),
            subject=texts_of_mail.subject,
            text=texts_of_mail.text,
            html=texts_of_mail.html,
        )

    def _recipient(self, intent: MailIntent, claim: Claim) -> _Recipient:
        for_customer = MAILS[intent.kind].audience is Audience.CUSTOMER
        contact = claim.customer_contact if for_customer else claim.partner_contact
        if contact is None:
            raise ValueError(f"the claim names no {MAILS[intent.kind].audience.value} contact")
        if for_customer:
            language = language_for(claim.customer.language, country=claim.customer.country)
            link = f"{self._public_url}/respond/{claim.claim_id}#{self._tokens.issue(claim)}"
        else:
            language = language_for(self._partner_language)
            link = f"{self._public_url}/claims/{_linked_claim(intent, claim)}"
        return _Recipient(name=contact.name, email=contact.email, language=language, link=link)


def _linked_claim(intent: MailIntent, claim: Claim) -> str:
    """The claim that the partner is to open: the renewal's draft, where there is one, else the claim itself."""
    draft = (intent.detail or {}).get("draftClaimId")
    return draft if intent.kind is MailKind.ASSOCIATION_ENDING and isinstance(draft, str) else claim.claim_id
