"""Every function of the app, by subject; a new blueprint is named here and nowhere else."""

import azure.functions as func

from functions import (
    associations,
    catalogue,
    claim_actions,
    claim_export,
    claim_import,
    claims,
    dead_letters,
    deadlines,
    delivery_reports,
    digests,
    effects,
    events,
    health,
    openapi,
    operations,
    pages_amend,
    pages_claim_actions,
    pages_claims,
    pages_dashboard,
    pages_filing,
    pages_home,
    pages_operations,
    pages_registry,
    pages_respond,
    pages_review,
    pages_submission,
    pre_check,
    proof_template,
    proofs,
    registries,
    respond,
    review,
    upkeep,
    usage,
    verification,
)
from functions.log_lines import structure_log

BLUEPRINTS: tuple[func.Blueprint, ...] = (
    catalogue.blueprint,
    claims.blueprint,
    pre_check.blueprint,
    proofs.blueprint,
    proof_template.blueprint,
    claim_actions.blueprint,
    claim_import.blueprint,
    claim_export.blueprint,
    review.blueprint,
    registries.blueprint,
    usage.blueprint,
    associations.blueprint,
    respond.blueprint,
    verification.blueprint,
    effects.blueprint,
    events.blueprint,
    deadlines.blueprint,
    delivery_reports.blueprint,
    digests.blueprint,
    dead_letters.blueprint,
    upkeep.blueprint,
    health.blueprint,
    operations.blueprint,
    openapi.blueprint,
    pages_home.blueprint,
    pages_claims.blueprint,
    pages_filing.blueprint,
    pages_submission.blueprint,
    pages_amend.blueprint,
    pages_claim_actions.blueprint,
    pages_review.blueprint,
    pages_dashboard.blueprint,
    pages_operations.blueprint,
    pages_registry.blueprint,
    pages_respond.blueprint,
)


def register_functions(app: func.FunctionApp) -> None:
    """Add every blueprint to the app, and have its log written as operators read it."""
    structure_log()
    for blueprint in BLUEPRINTS:
        app.register_functions(blueprint)
