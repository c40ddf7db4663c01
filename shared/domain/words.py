"""The words of the contract's values that errors and pages share; English message IDs, translated where shown."""

from collections.abc import Mapping

from shared.domain.reason_texts import N_

STATUSES: Mapping[str, str] = {
    "Draft": N_("Draft"),
    "Submitted": N_("Being checked"),
    "UnderReview": N_("Under review"),
    "ActionRequired": N_("Action required"),
    "PendingCustomer": N_("Waiting for the customer"),
    "Approved": N_("Official"),
    "OptedOut": N_("Declined by the customer"),
    "Rejected": N_("Rejected"),
    "Withdrawn": N_("Withdrawn"),
    "Ended": N_("Ended"),
}
EVENTS: Mapping[str, str] = {
    "drafted": N_("Draft made"),
    "edited": N_("Draft changed"),
    "discarded": N_("Draft discarded"),
    "draft-expired": N_("Draft deleted, for nobody edited it"),
    "submitted": N_("Claim submitted"),
    "resubmitted": N_("Claim submitted again"),
    "amended": N_("Claim changed"),
    "proof-added": N_("Proof added"),
    "proof-removed": N_("Proof removed"),
    "commented": N_("Comment written"),
    "mpn-corrected": N_("Location corrected"),
    "withdrawn": N_("Claim withdrawn"),
    "checks-passed": N_("All checks passed"),
    "checks-flagged": N_("Checks done: a reviewer must look"),
    "checks-failed": N_("Checks failed"),
    "accepted": N_("Accepted by a reviewer"),
    "information-requested": N_("A reviewer asked for information"),
    "rejected": N_("Rejected by a reviewer"),
    "incumbent-notified": N_("Present partner told"),
    "contest-noticed": N_("Another claim contests this association"),
    "answer-overdue": N_("No answer in time"),
    "disputed": N_("Rejection disputed"),
    "reminder-due": N_("Reminder sent"),
    "notice-accepted": N_("Customer told"),
    "notice-undelivered": N_("The notice could not be delivered"),
    "contact-wrong": N_("The customer's contact said: wrong person"),
    "items-declined": N_("The customer declined some products"),
    "opted-out": N_("The customer said no"),
    "confirmed": N_("The customer confirmed"),
    "deadline-passed": N_("No objection until the deadline"),
    "notice-found-undelivered": N_("The notice turned out to be undelivered"),
    "delivery-failure-recorded": N_("A failed delivery was recorded"),
    "disassociated": N_("The partner gave it up"),
    "revoked": N_("The customer revoked it"),
    "superseded": N_("Another association took its place"),
    "expired": N_("The subscription ended"),
    "extended": N_("The subscription was extended"),
    "ending-near": N_("The end is near"),
    "imported": N_("Imported"),
}
GUARDS: Mapping[str, str] = {
    "complete": N_("Something that every claim needs is missing."),
    "may_be_accepted": N_("A check failed, and the rejection was not disputed; or an item has no subscription yet."),
    "contested": N_("It is not contested."),
    "has_reasons": N_("Give a reason."),
    "last_item_with_reason": N_("Give a reason, and leave no item open."),
    "no_item_left": N_("Not every item is named, and those left would stay open."),
    "leaves_an_item": N_("At least one item must be left. To give all up, withdraw the claim."),
}
"""Why a step is refused although the claim's status would allow it, by the guard that said no."""
