"""What a mail says of its claim, as plain lines of text in the reader's language.

Everything that a partner or a customer typed goes through `plain` here, so that no template can forget it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.catalogue import Catalogue
from shared.domain.claim import ActorKind, ApprovalGround, Claim, Item, Outcome, Status
from shared.domain.deadlines import ClockKind, Receipt
from shared.domain.mails import MailIntent, MailKind
from shared.domain.reasons import reason
from shared.texts import Texts
from shared.texts.seen import seen_by_partner
from shared.texts.skipped_days import skipped_reason

_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINK = re.compile(r"(?i)\b((?:https?|ftp|mailto|javascript|data|tel|file):|www\.)(?=\S)")
_LONGEST = 120
_SAME_MOMENT = timedelta(seconds=1)
CLOCK_OF: Mapping[MailKind, ClockKind] = {
    MailKind.ASSOCIATION_REQUEST: ClockKind.OPT_OUT,
    MailKind.ASSOCIATION_REMINDER: ClockKind.OPT_OUT,
    MailKind.CUSTOMER_NOTIFIED: ClockKind.OPT_OUT,
    MailKind.CLAIM_UNDER_REVIEW: ClockKind.REVIEW,
    MailKind.ACTION_REQUIRED: ClockKind.ACTION_REQUIRED,
    MailKind.DEADLINE_NEAR: ClockKind.ACTION_REQUIRED,
    MailKind.CLAIM_REJECTED: ClockKind.DISPUTE,
    MailKind.DRAFT_EXPIRING: ClockKind.DRAFT,
    MailKind.LEGACY_DRAFT: ClockKind.DRAFT,
    MailKind.ASSOCIATION_CONTESTED: ClockKind.INCUMBENT_RESPONSE,
}
"""The clock that a mail's deadline is read from, unless its intent brings one along (as the request does)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonText:
    """One reason in the reader's words."""

    title: str
    explanation: str
    what_to_do: str


def plain(value: str) -> str:
    """One calm line of what somebody typed: no control or invisible characters, no links, at most 120 characters."""
    seen = _CONTROL.sub(" ", _UNSEEN.sub("", value))
    line = " ".join(_LINK.sub(r"\1 ", seen).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def paragraphs(value: str) -> tuple[str, ...]:
    """A longer text's lines, each without control or invisible characters and links; empty lines are left out."""
    lines = (_LINK.sub(r"\1 ", _CONTROL.sub(" ", _UNSEEN.sub("", line))).strip() for line in value.splitlines())
    return tuple(line for line in lines if line)


class MailFacts:
    """Reads a claim for one mail. `zone` (IANA name) is for times that have no receipt to say whose they are."""

    def __init__(self, intent: MailIntent, claim: Claim, *, texts: Texts, catalogue: Catalogue, zone: str) -> None:
        self._intent, self._claim, self._texts, self._catalogue = intent, claim, texts, catalogue
        receipt = claim.clocks.get(ClockKind.OPT_OUT.value) or claim.window
        self._zone = receipt.zone if receipt else zone

    def all(self) -> dict[str, object]:
        """Every name that a template may use, besides those of the renderer itself."""
        claim = self._claim
        live = (Outcome.CLAIMED, Outcome.ASSOCIATED)
        return {
            "number": claim.number,
            "claim_name": plain(claim.claim_name or ""),
            "mpn": plain(claim.mpn_id),
            "domain": plain(claim.customer.domain),
            "round": claim.round,
            "disputed": claim.disputed,
            "revenue": claim.activities == ("revenue",),
            "seen": seen_by_partner(self._texts, claim.activities),
            "silence": claim.approval_ground is ApprovalGround.SILENCE,
            "still_approved": claim.status is Status.APPROVED,
            "products": self.products(item for item in claim.items if item.outcome in live) or self._requested(),
            "all_products": self.products(claim.items),
            "refused": self.products(item for item in claim.items if item.outcome is Outcome.REFUSED),
            "declined": self.products(item for item in claim.items if item.outcome is Outcome.DECLINED),
            "ended": self._ended(),
            "reasons": self._reasons(),
            "comments": self._comments(),
            **self._times(),
        }

    def products(self, items: Iterable[Item]) -> list[str]:
        """Each product once, with its subscription where it has one, and its activities where there are several."""
        activities: dict[tuple[str | None, str | None], list[str]] = {}
        for item in items:
            activities.setdefault((item.product_id, item.subscription_id), []).append(item.activity)
        return [
            self._product(product_id, subscription_id, names)
            for (product_id, subscription_id), names in activities.items()
        ]

    def _requested(self) -> list[str]:
        return [self._product(one.product_id, one.subscription_id, ()) for one in self._claim.requested]

    def _product(self, product_id: str | None, subscription_id: str | None, activities: Iterable[str]) -> str:
        say = self._texts.gettext
        product = self._catalogue.product(product_id) if product_id else None
        name = product.name if product else plain(product_id or self._solution())
        if subscription_id:
            words = {"product": name, "subscription": plain(subscription_id)}
            name = self._texts.gettext("%(product)s, subscription %(subscription)s") % words
        if len(self._claim.activities) > 1 and activities:
            names = {one.id: one.name for one in self._catalogue.activities}
            name = f"{name} ({self._texts.listing([say(names.get(one, one)).lower() for one in activities])})"
        return name

    def _solution(self) -> str:
        solution = self._claim.revenue.solution_name if self._claim.revenue else ""
        return self._texts.gettext("Solution “%(name)s”") % {"name": plain(solution)}

    def _ended(self) -> list[str]:
        """What this very event ended; all that ended, where that cannot be told."""
        ended = [item for item in self._claim.items if item.outcome is Outcome.ENDED]
        now = [item for item in ended if item.settled_at and self._is_of_this_event(item.settled_at)]
        return self.products(now or ended)

    def _is_of_this_event(self, at: datetime) -> bool:
        return abs(at - self._intent.created_at) <= _SAME_MOMENT

    def _reasons(self) -> list[ReasonText]:
        say = self._texts.gettext
        found = [reason(code) for code in dict.fromkeys(self._claim.reasons)]
        return [
            ReasonText(title=say(one.title), explanation=say(one.explanation), what_to_do=say(one.what_to_do))
            for one in found
        ]

    def _comments(self) -> list[tuple[str, ...]]:
        """What was written with the decision that this mail is about, by others than the partner."""
        return [
            paragraphs(comment.text)
            for comment in self._claim.comments
            if not comment.internal
            and comment.actor.kind is not ActorKind.PARTNER
            and self._is_of_this_event(comment.at)
        ]

    def _times(self) -> dict[str, object]:
        claim, at = self._claim, self._instant
        receipt = self._receipt()
        detail = self._intent.detail or {}
        return {
            "deadline": self._deadline(receipt),
            "window": receipt.business_days if receipt else 0,
            "skipped": self._skipped(receipt) if receipt else [],
            "filed_at": at(claim.submitted_at),
            "notice_at": at(claim.notice_accepted_at),
            "approved_at": at(claim.approved_at),
            "ends_on": self._day(detail.get("endsAt") or claim.valid_until),
        }

    def _receipt(self) -> Receipt | None:
        clock = CLOCK_OF.get(self._intent.kind)
        return self._claim.clocks.get(clock.value) if clock else None

    def _deadline(self, receipt: Receipt | None) -> str | None:
        """When the reader must have acted, null for a mail without a deadline. ValueError where one is missing."""
        detail = self._intent.detail or {}
        if "deadline" in detail and "zone" in detail:
            return self._texts.date_time(datetime.fromisoformat(str(detail["deadline"])), str(detail["zone"]))
        if receipt:
            return self._texts.date_time(receipt.deadline_at, receipt.zone)
        if self._intent.kind in CLOCK_OF:
            raise ValueError(f"the mail {self._intent.kind.value} needs its deadline")
        return None

    def _skipped(self, receipt: Receipt) -> list[str]:
        words = self._texts
        return [
            f"{words.date(one.day)} ({skipped_reason(words, one.day, one.reason, receipt.country)})"
            for one in receipt.skipped
        ]

    def _instant(self, at: datetime | None) -> str | None:
        return self._texts.date_time(at, self._zone) if at else None

    def _day(self, at: object) -> str | None:
        instant = datetime.fromisoformat(at) if isinstance(at, str) else at
        if not isinstance(instant, datetime):
            return None
        day: date = instant.astimezone(ZoneInfo(self._zone)).date()
        return self._texts.date(day)
