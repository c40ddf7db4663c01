"""Making, changing and reading claims."""

from shared.forms.action_forms import TemplateForm
from shared.forms.claim_form import ClaimForm
from shared.forms.list_form import ListForm
from tools.openapi.answers.claims import AddedProof, Claim, ClaimPage, Deadline, History
from tools.openapi.answers.pre_check import PreCheck
from tools.openapi.examples import CLAIM_REQUEST, DRAFT_REQUEST
from tools.openapi.operation import Answer, JsonBody, MultipartBody, Operation, Operations, Part

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STATE = ("state-conflict",)
PROOFS = ("too-much-data", "poe-unreadable")
READ_CLAIM = Answer(words="The claim.", model=Claim, headers=("ETag", "Content-Language"))

OPERATIONS: Operations = {
    "create_claim": Operation(
        summary="Begin a draft, or file a claim with its proofs",
        bodies=(
            JsonBody(form=ClaimForm, example=DRAFT_REQUEST),
            MultipartBody(
                parts=(
                    Part(name="claim", words="The claim, complete.", form=ClaimForm),
                    Part(name="proof", words="A proof of execution: PDF, Word, PNG or JPEG.", many=True),
                ),
                example=CLAIM_REQUEST,
            ),
        ),
        answers=(
            Answer(
                status=201,
                words="The draft (a JSON body).",
                model=Claim,
                headers=("ETag", "Location", "Content-Language"),
            ),
            Answer(
                status=202,
                words="The claim, submitted; its checks are about to run (a multipart body).",
                model=Claim,
                headers=("ETag", "Location", "Content-Language"),
            ),
        ),
        problems=("in-flight", *PROOFS, "state-conflict"),
        idempotency_key=True,
        languages=True,
    ),
    "check_claim": Operation(
        summary="Check a claim before it is filed",
        bodies=(JsonBody(form=ClaimForm, example=CLAIM_REQUEST),),
        answers=(Answer(words="What it would meet.", model=PreCheck, headers=("Content-Language",)),),
        problems=("too-many-requests",),
        languages=True,
    ),
    "proof_template": Operation(
        summary="Download the form for the customer to sign",
        query=TemplateForm,
        answers=(
            Answer(
                words="The form, as an attachment.",
                files=(PDF, WORD),
                headers=("Content-Disposition", "Content-Language"),
            ),
        ),
        problems=("not-found",),
    ),
    "list_claims": Operation(
        summary="List the organisation's claims",
        query=ListForm,
        answers=(Answer(words="One page.", model=ClaimPage),),
    ),
    "read_claim": Operation(summary="Read a claim", answers=(READ_CLAIM,), languages=True),
    "edit_claim": Operation(
        summary="Change fields of a claim",
        bodies=(JsonBody(form=ClaimForm, example={"claimName": "Rollout in Warsaw"}, patch=True),),
        answers=(READ_CLAIM,),
        problems=(*STATE, "too-much-data"),
        if_match=True,
        languages=True,
    ),
    "discard_draft": Operation(
        summary="Discard a draft",
        answers=(Answer(status=204, words="The draft is gone."),),
        problems=STATE,
    ),
    "read_history": Operation(
        summary="Read what happened to a claim",
        answers=(Answer(words="Events, mails and downloads.", model=History, headers=("ETag",)),),
    ),
    "read_deadline": Operation(
        summary="Read the receipt of a claim's deadline",
        answers=(Answer(words="The receipt.", model=Deadline, headers=("ETag",)),),
    ),
    "add_proof": Operation(
        summary="Add a proof to a claim",
        bodies=(MultipartBody(parts=(Part(name="proof", words="The file: PDF, Word, PNG or JPEG."),)),),
        answers=(Answer(status=201, words="The proof.", model=AddedProof, headers=("ETag", "Location")),),
        problems=(*STATE, *PROOFS),
    ),
    "remove_proof": Operation(
        summary="Remove a proof from a claim",
        answers=(Answer(status=204, words="The proof does not count any more.", headers=("ETag",)),),
        problems=STATE,
    ),
    "read_proof": Operation(
        summary="Download a proof",
        answers=(
            Answer(
                words="The file, as an attachment.",
                files=(PDF, WORD, "image/png", "image/jpeg"),
                headers=("ETag", "Content-Disposition"),
            ),
        ),
        problems=STATE,
    ),
}
