"""Claims in and out as CSV."""

from shared.forms.list_form import ListForm, ReviewListForm
from tools.openapi.answers.imports import ImportResult
from tools.openapi.operation import (
    CSV,
    DRY_RUN,
    RESULTS,
    Answer,
    CsvBody,
    MultipartBody,
    Operation,
    Operations,
    Part,
)

ZIP = "application/zip"
DRAFTS = """rowKey,mpnId,customerTenantId,customerDomain,solutionArea,activities,claimName,items
2026-0001,1000001,a1a1a1a1-0000-4000-8000-000000000001,alpine.example,microsoft-365,usage,Rollout,teams|intune
"""
EXPORTED = Answer(
    words="At most 100,000 rows, with a byte order mark; more are behind the link.",
    files=(CSV,),
    headers=("Content-Disposition", "Content-Language", "Link"),
)

OPERATIONS: Operations = {
    "import_claims": Operation(
        summary="File many claims and drafts at once",
        bodies=(
            CsvBody(
                words="At most 500 rows; each becomes a draft. docs/bulk-claims.md tells the columns.", example=DRAFTS
            ),
            MultipartBody(
                parts=(
                    Part(name="claims", words="The CSV: at most 500 rows.", media=CSV),
                    Part(
                        name="proofs",
                        words="A zip of the files that rows name in their column proofs.",
                        media=ZIP,
                        required=False,
                    ),
                ),
            ),
        ),
        parameters=(DRY_RUN, RESULTS),
        answers=(Answer(words="What became of each row; also where all failed.", model=ImportResult),),
        problems=("too-large",),
        languages=True,
    ),
    "export_claims": Operation(
        summary="Export the organisation's claims", query=ListForm, answers=(EXPORTED,), languages=True
    ),
    "export_claims_for_review": Operation(
        summary="Export the claims of all partners", query=ReviewListForm, answers=(EXPORTED,), languages=True
    ),
}
