"""The proof-of-execution form to download (API.md, GET /api/proof-template)."""

import azure.functions as func

from functions.proofs import disposition
from functions.routing import EVERY_ROLE, Call, new_blueprint, route
from shared.forms.action_forms import TemplateForm
from shared.forms.form import parse
from shared.usecases.proof_template import proof_template as template
from shared.usecases.template_records import TemplateFormat

blueprint = new_blueprint()
_TYPES = {
    TemplateFormat.PDF: "application/pdf",
    TemplateFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@route(blueprint, "api/proof-template", methods=("GET",), roles=EVERY_ROLE)
async def proof_template(call: Call) -> func.HttpResponse:
    """The form, filled in with what the claim knows; blank without a claim."""
    form = parse(TemplateForm, dict(call.request.params))
    kind = TemplateFormat(form.format or TemplateFormat.PDF)
    made = await template(call.services, caller=call.caller, claim_id=form.claim_id, kind=kind, language=form.lang)
    name = f"proof-of-execution{'-' + made.number if made.number else ''}.{kind.value}"
    headers = {"Content-Disposition": disposition(name), "Content-Language": made.language}
    return func.HttpResponse(made.content, headers=headers, mimetype=_TYPES[kind])
