"""The reviewers' digests from templates (PROCESS.md, Mails): no person's and no customer's name is in them."""

from datetime import datetime

from shared.domain.reasons import ReasonCode, reason
from shared.notifications.mail_facts import plain
from shared.notifications.mail_templates import MailTemplates
from shared.texts import language_for, texts
from shared.usecases.digest_records import FailedWork, ReviewDigest, UndeliveredClaim, WaitingClaim
from shared.usecases.records import Mail

_KNOWN = frozenset(code.value for code in ReasonCode)


class TemplateDigestRenderer:
    """The DigestRenderer port: to `mailbox`, in `language`, with times of `zone` (IANA name)."""

    def __init__(
        self, *, public_url: str, programme_name: str, mailbox: str, language: str = "en", zone: str = "UTC"
    ) -> None:
        self._public_url = public_url.rstrip("/")
        self._programme_name = programme_name
        self._mailbox = mailbox
        self._texts = texts(language_for(language))
        self._zone = zone
        self._templates = MailTemplates()

    def render(self, digest: ReviewDigest) -> Mail:
        """The mail to the reviewers' mailbox."""
        said = self._templates.render(
            digest.kind.value,
            {
                "waiting": [self._waiting(one) for one in digest.waiting],
                "more": digest.more,
                "undelivered": [self._undelivered(one) for one in digest.undelivered],
                "failed": [self._failed(one) for one in digest.failed],
                "queue": f"{self._public_url}/review",
                "programme": self._programme_name,
                "audience": "reviewer",
            },
            language=self._texts,
        )
        return Mail(
            to=self._mailbox,
            recipient_name=plain(self._programme_name),
            subject=said.subject,
            text=said.text,
            html=said.html,
        )

    def _waiting(self, one: WaitingClaim) -> dict[str, object]:
        return {
            "number": one.number,
            "partner": plain(one.partner_name),
            "why": [self._reason(code) for code in one.why],
            "disputed": one.disputed,
            "deadline": self._when(one.deadline) if one.deadline else None,
            "link": self._link(one.claim_id),
        }

    def _undelivered(self, one: UndeliveredClaim) -> dict[str, object]:
        return {"number": one.number, "partner": plain(one.partner_name), "link": self._link(one.claim_id)}

    def _failed(self, one: FailedWork) -> dict[str, object]:
        link = self._link(one.claim_id) if one.claim_id else None
        return {"queue": plain(one.queue), "at": self._when(one.at), "number": one.number, "link": link}

    def _reason(self, code: str) -> str:
        return self._texts.gettext(reason(ReasonCode(code)).title) if code in _KNOWN else plain(code)

    def _when(self, at: datetime) -> str:
        return self._texts.date_time(at, self._zone)

    def _link(self, claim_id: str) -> str:
        return f"{self._public_url}/review/{claim_id}"
