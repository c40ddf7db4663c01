"""What a claim's mails say, for the people of its history to read (PAGES.md, Patterns: the mail that was sent).

No text is stored: a mail is written anew, and only while the claim stands as it stood when the mail was sent. Else the
reader would be shown words that nobody ever got.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.claim import Claim, Outcome
from shared.domain.mails import MAILS, Audience, MailIntent, MailKind
from shared.usecases.claim_history import ClaimHistory
from shared.usecases.preview_decision import HIDDEN
from shared.usecases.services import Services

_LIVE = frozenset({Outcome.CLAIMED, Outcome.ASSOCIATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """One mail as plain text, which says all that the mail does; the customer's link lacks its token."""

    subject: str
    text: str


async def read_sent_mails(services: Services, history: ClaimHistory) -> Mapping[str, SentMail]:
    """The mails that can be read, by operation ID. `history` is what the reader may see of the claim."""
    claim = history.claim
    told = [mail for mail in history.mails if _still_tells(mail, claim)]
    if not told:
        return {}
    location = await services.registry.location(claim.organisation, claim.mpn_id)
    partner_name = location.organisation_name if location else claim.mpn_id
    found: dict[str, SentMail] = {}
    for mail in told:
        rendered = services.renderer.render(mail, claim, partner_name=partner_name)
        text = rendered.text
        if MAILS[mail.kind].audience is Audience.CUSTOMER:
            text = text.replace(services.tokens.issue(claim), HIDDEN)
        found[mail.operation_id] = SentMail(subject=rendered.subject, text=text)
    return found


def _still_tells(mail: MailIntent, claim: Claim) -> bool:
    """Whether the mail was sent, and the claim is still as the mail tells."""
    spec = MAILS[mail.kind]
    contact = claim.customer_contact if spec.audience is Audience.CUSTOMER else claim.partner_contact
    if mail.sent_at is None or contact is None or mail.round != claim.round:
        return False
    if spec.valid_in is not None:
        return claim.status in spec.valid_in
    if mail.kind is MailKind.CLAIM_RECEIVED:
        return all(item.outcome in _LIVE for item in claim.items)
    return claim.updated_at <= mail.sent_at
