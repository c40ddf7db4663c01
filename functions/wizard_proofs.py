"""The proofs' step where scripts are off, or something was left for the form to send."""

import azure.functions as func

from functions.page_forms import Posted, named
from functions.page_rendering import see_other
from functions.routing import Call
from functions.wizard_pages import UNPROCESSABLE, step_page
from functions.wizard_steps import Step, missing_of, path_of, step_of
from shared.domain.claim import Claim
from shared.domain.door import REQUIRED
from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.sayings import say
from shared.usecases import proof_files


async def save_proofs(call: Call, claim: Claim, posted: Posted, *, onward: str) -> func.HttpResponse:
    """The files one after the other, then `onward`; the step again to show what was found in them.

    Those that are welcome are kept even where another one is not.
    """
    wish = posted.one("action")
    faults: list[Fault] = []
    for upload in posted.uploads:
        try:
            claim, _ = await proof_files.add_proof(
                call.services, caller=call.caller, claim_id=claim.claim_id, upload=upload, now=call.now
            )
        except InvalidClaimError as error:
            faults += [named(fault, upload.file_name, pointer="/proofs") for fault in error.faults]
    if wish == "upload":
        if not posted.uploads:
            faults.append(Fault(pointer="/proofs", code=REQUIRED, message=say("Choose a file first.")))
        onward = path_of(claim, Step.PROOFS)
    elif wish != "later" and not faults:
        faults = [
            one for one in missing_of(claim, catalogue=call.services.catalogue) if step_of(one.pointer) is Step.PROOFS
        ]
    if faults:
        return await step_page(call, claim, Step.PROOFS, typed=posted, faults=faults, status=UNPROCESSABLE)
    return see_other(onward)
