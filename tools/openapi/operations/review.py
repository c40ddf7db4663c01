"""What reviewers see and decide."""

from shared.forms.action_forms import DecisionForm
from shared.forms.list_form import ReviewListForm
from tools.openapi.answers.claims import ClaimPage
from tools.openapi.answers.contest import ReviewedClaim
from tools.openapi.operation import Answer, JsonBody, Operation, Operations
from tools.openapi.operations.claims import READ_CLAIM

DECISION = {"decision": "requestInformation", "reasonCodes": ["poe-no-signature-found"], "comment": "Please sign it."}

OPERATIONS: Operations = {
    "list_for_review": Operation(
        summary="List the claims of all partners",
        query=ReviewListForm,
        answers=(Answer(words="One page.", model=ClaimPage),),
    ),
    "read_claim_for_review": Operation(
        summary="Read everything about a claim, both sides of a contest too",
        answers=(Answer(words="The claim.", model=ReviewedClaim, headers=READ_CLAIM.headers),),
        languages=True,
    ),
    "decide_claim": Operation(
        summary="Decide a claim",
        bodies=(JsonBody(form=DecisionForm, example=DECISION),),
        answers=(READ_CLAIM,),
        problems=(
            "state-conflict",
            "slot-pending",
            "no-incumbent",
            "incumbents-told",
            "supersede-required",
            "incumbent-window-open",
            "too-many-incumbents",
            "no-incumbent",
            "incumbents-told",
            "too-much-data",
        ),
        if_match=True,
        languages=True,
    ),
}
