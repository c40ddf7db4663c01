"""The words of the contract's values, as pages show them; English message IDs, translated where they are shown."""

from collections.abc import Mapping

from shared.domain.reason_texts import N_
from shared.domain.words import EVENTS, STATUSES

__all__ = [
    "ACTORS",
    "AUDIENCES",
    "CHECKS",
    "CHOICES",
    "EVENTS",
    "LOOKS",
    "MAILS",
    "MAIL_STATUSES",
    "OUTCOMES",
    "STATUSES",
]

OUTCOMES: Mapping[str, str] = {
    "claimed": N_("Claimed"),
    "associated": N_("Associated"),
    "refused": N_("Refused"),
    "declined": N_("Declined by the customer"),
    "ended": N_("Ended"),
}
ACTORS: Mapping[str, str] = {
    "partner": N_("Partner"),
    "reviewer": N_("Reviewer"),
    "customer": N_("Customer"),
    "system": N_("System"),
    "none": N_("Nobody"),
}
MAILS: Mapping[str, str] = {
    "association-request": N_("Mail: association request"),
    "association-reminder": N_("Mail: reminder of the request"),
    "association-approved": N_("Mail: the association is official"),
    "association-ended": N_("Mail: the association has ended"),
    "association-withdrawn": N_("Mail: the request was withdrawn"),
    "claim-received": N_("Mail: claim received"),
    "claim-under-review": N_("Mail: claim under review"),
    "action-required": N_("Mail: action required"),
    "customer-notified": N_("Mail: customer notified"),
    "claim-approved": N_("Mail: claim official"),
    "customer-opted-out": N_("Mail: customer declined"),
    "claim-rejected": N_("Mail: claim rejected"),
    "deadline-near": N_("Mail: deadline near"),
    "draft-expiring": N_("Mail: draft about to be deleted"),
    "association-ending": N_("Mail: association about to end"),
    "claim-ended": N_("Mail: claim ended"),
    "association-contested": N_("Mail: association contested"),
    "legacy-draft": N_("Mail: association to be claimed anew"),
}
MAIL_STATUSES: Mapping[str, str] = {
    "Pending": N_("Waits to be sent"),
    "Sending": N_("Being sent"),
    "Sent": N_("Sent"),
    "Cancelled": N_("Not sent, for it made no sense any more"),
    "Failed": N_("Refused by the mail provider"),
    "Bounced": N_("Could not be delivered"),
}
AUDIENCES: Mapping[str, str] = {"customer": N_("To the customer"), "partner": N_("To the partner")}
LOOKS: Mapping[str, str] = {"proof-read": N_("Proof opened")}
CHECKS: Mapping[str, str] = {"pass": N_("Passed"), "flag": N_("A person must look"), "fail": N_("Failed")}
CHOICES: Mapping[str, str] = {
    "confirm": N_("You approved. The partner is told, and nothing else is needed from you."),
    "optOut": N_("You declined. The partner is told. What you declined does not become official."),
    "wrongPerson": N_("You told us that you are not the right person. The partner must name somebody else."),
    "revoke": N_("You revoked. The partner is told. What you revoked has ended."),
}
