"""PROCESS.md's state table, written out from the handbook: what the transition table of the code is held to."""

from typing import NamedTuple

DELETED = "(deleted)"
TAKE, PROMOTE, RELEASE = "take pending", "pending becomes holder", "release"
BOTH = "take pending, which becomes holder"


class Way(NamedTuple):
    """Where an event leads, and with what effects, in the words that are stored."""

    to: str
    slots: str | None = None
    mails: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    quiet: bool = False


RECEIVED = Way("Submitted", mails=("claim-received",))
REJECTED = Way("Rejected", mails=("claim-rejected",), clocks=("dispute",))
UNDER_REVIEW = Way("UnderReview", mails=("claim-under-review",), clocks=("review",))
ASKED = Way("PendingCustomer", TAKE, ("association-request",))
OFFICIAL = Way("Approved", PROMOTE, ("association-approved", "claim-approved"))
ENDED = Way("Ended", RELEASE, ("association-ended", "claim-ended"))
TO_THE_PARTNER = Way("ActionRequired", mails=("action-required",), clocks=("action-required",))
DRAFT_GOES_ON = Way("Draft", clocks=("draft",))

# PROCESS.md, States (with Fields, Clocks, Mails, After approval, and API.md for comments and proofs), written out.
PROCESS: dict[str, dict[str, Way]] = {
    "": {
        "drafted": DRAFT_GOES_ON,
        "submitted": RECEIVED,
        "imported": Way("Approved", BOTH),
        "legacy-drafted": Way("Draft", mails=("legacy-draft",), clocks=("draft",)),
    },
    "Draft": {
        "edited": DRAFT_GOES_ON,
        "draft-told": DRAFT_GOES_ON._replace(quiet=True),
        "proof-added": DRAFT_GOES_ON,
        "proof-removed": DRAFT_GOES_ON,
        "commented": Way("Draft"),
        "reminder-due": Way("Draft", mails=("draft-expiring",), quiet=True),
        "submitted": RECEIVED,
        "discarded": Way(DELETED),
        "draft-expired": Way(DELETED),
    },
    "Submitted": {
        "checks-passed": ASKED,
        "checks-flagged": UNDER_REVIEW,
        "checks-failed": REJECTED,
        "commented": Way("Submitted"),
        "withdrawn": Way("Withdrawn"),
    },
    "UnderReview": {
        "accepted": ASKED,
        "information-requested": TO_THE_PARTNER,
        "rejected": REJECTED,
        "incumbent-notified": Way("UnderReview", clocks=("incumbent-response",)),
        "proof-added": Way("UnderReview"),
        "commented": Way("UnderReview"),
        "mpn-corrected": Way("UnderReview"),
        "withdrawn": Way("Withdrawn"),
    },
    "ActionRequired": {
        "amended": Way("ActionRequired"),
        "proof-added": Way("ActionRequired"),
        "proof-removed": Way("ActionRequired"),
        "mpn-corrected": Way("ActionRequired"),
        "commented": Way("ActionRequired"),
        "reminder-due": Way("ActionRequired", mails=("deadline-near",), quiet=True),
        "resubmitted": RECEIVED,
        "answer-overdue": REJECTED,
        "withdrawn": Way("Withdrawn"),
    },
    "PendingCustomer": {
        "notice-accepted": Way("PendingCustomer", mails=("customer-notified",), clocks=("opt-out",)),
        "notice-undelivered": TO_THE_PARTNER._replace(slots=RELEASE),
        "contact-wrong": TO_THE_PARTNER._replace(slots=RELEASE),
        "reminder-due": Way("PendingCustomer", mails=("association-reminder",), quiet=True),
        "items-declined": Way("OptedOut", RELEASE, ("customer-opted-out",)),
        "opted-out": Way("OptedOut", RELEASE, ("customer-opted-out",)),
        "confirmed": OFFICIAL,
        "deadline-passed": OFFICIAL,
        "commented": Way("PendingCustomer"),
        "withdrawn": Way("Withdrawn", RELEASE, ("association-withdrawn",)),
    },
    "Approved": {
        "disassociated": ENDED,
        "revoked": ENDED,
        "superseded": ENDED,
        "expired": ENDED,
        "notice-found-undelivered": Way("Ended", RELEASE, ("claim-ended",)),
        "delivery-failure-recorded": Way("Approved", quiet=True),
        "contest-noticed": Way("Approved", mails=("association-contested",), clocks=("incumbent-response",)),
        "ending-near": Way("Approved", mails=("association-ending",), quiet=True),
        "extended": Way("Approved"),
        "proof-added": Way("Approved"),
        "commented": Way("Approved"),
        "mpn-corrected": Way("Approved"),
    },
    "Rejected": {
        "disputed": UNDER_REVIEW,
        "commented": Way("Rejected"),
    },
    "OptedOut": {},
    "Withdrawn": {},
    "Ended": {},
}
# An event about one of the two items only.
PARTIAL = {
    "items-declined": Way("PendingCustomer", RELEASE),
    "disassociated": ENDED._replace(to="Approved"),
    "revoked": ENDED._replace(to="Approved"),
    "superseded": ENDED._replace(to="Approved"),
    "expired": ENDED._replace(to="Approved"),
}
