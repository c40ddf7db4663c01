"""The words of the contract's values, as pages show them; English message IDs, translated where they are shown."""

from collections.abc import Mapping

from shared.domain.reason_texts import N_
from shared.domain.words import EVENTS, STATUSES

__all__ = ["ACTORS", "CHECKS", "CHOICES", "EVENTS", "OUTCOMES", "STATUSES"]

OUTCOMES: Mapping[str, str] = {
    "claimed": N_("Claimed"),
    "associated": N_("Associated"),
    "refused": N_("Refused by a reviewer"),
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
CHECKS: Mapping[str, str] = {"pass": N_("Passed"), "flag": N_("A person must look"), "fail": N_("Failed")}
CHOICES: Mapping[str, str] = {
    "confirm": N_("You confirmed the association. Thank you. Nothing else is needed."),
    "optOut": N_("You declined. The partner is told. What you declined does not become official."),
    "wrongPerson": N_("You told us that you are not the right person. The partner must name somebody else."),
    "revoke": N_("You revoked the association. It has ended for what you chose."),
}
