"""What a partner does with a claim once it is there."""

from shared.forms.action_forms import (
    CommentForm,
    CorrectMpnForm,
    DisassociateForm,
    DisputeForm,
    EmptyForm,
    OptionalCommentForm,
)
from tools.openapi.answers.claims import Claim
from tools.openapi.operation import Answer, JsonBody, Operation, Operations
from tools.openapi.operations.claims import READ_CLAIM, STATE

TAKEN = Answer(
    status=202,
    words="The claim, submitted; its checks are about to run.",
    model=Claim,
    headers=("ETag", "Content-Language"),
)

OPERATIONS: Operations = {
    "submit_draft": Operation(
        summary="Submit a draft",
        bodies=(JsonBody(form=EmptyForm, example={}, required=False),),
        answers=(TAKEN,),
        problems=(*STATE, "invalid-claim"),
        languages=True,
    ),
    "resubmit_claim": Operation(
        summary="Submit a claim again",
        bodies=(
            JsonBody(form=OptionalCommentForm, example={"comment": "The signed form is attached."}, required=False),
        ),
        answers=(TAKEN,),
        problems=STATE,
        languages=True,
    ),
    "withdraw_claim": Operation(
        summary="Withdraw a claim",
        bodies=(JsonBody(form=OptionalCommentForm, example={"comment": "Filed by mistake."}, required=False),),
        answers=(READ_CLAIM,),
        problems=STATE,
        languages=True,
    ),
    "dispute_claim": Operation(
        summary="Dispute a rejection, once",
        bodies=(JsonBody(form=DisputeForm, example={"comment": "The contract is signed by both sides."}),),
        answers=(READ_CLAIM,),
        problems=(*STATE, "already-disputed", "too-late", "too-much-data"),
        languages=True,
    ),
    "disassociate_claim": Operation(
        summary="Give an association up",
        bodies=(JsonBody(form=DisassociateForm, example={"reason": "work-ended"}),),
        answers=(READ_CLAIM,),
        problems=STATE,
        languages=True,
    ),
    "correct_mpn": Operation(
        summary="Put a wrong location right",
        bodies=(JsonBody(form=CorrectMpnForm, example={"mpnId": "1000002"}),),
        answers=(READ_CLAIM,),
        problems=STATE,
        languages=True,
    ),
    "comment_on_claim": Operation(
        summary="Comment on a claim",
        bodies=(JsonBody(form=CommentForm, example={"comment": "The customer knows of this claim."}),),
        answers=(Answer(status=201, words="The claim.", model=Claim, headers=("ETag", "Content-Language")),),
        problems=(*STATE, "too-much-data"),
        languages=True,
    ),
}
