"""What needs no role: the customer's answer, the words of the contract, and how the app is."""

from shared.forms.action_forms import RespondForm
from tools.openapi.answers.catalogue import Catalogue, Health
from tools.openapi.answers.customer import AssociationRequest
from tools.openapi.operation import Answer, JsonBody, Operation, Operations

OPERATIONS: Operations = {
    "read_catalogue": Operation(
        summary="Read what can be claimed, and the reasons in words",
        answers=(Answer(words="The catalogue.", model=Catalogue, headers=("Content-Language",)),),
        languages=True,
    ),
    "respond_as_customer": Operation(
        summary="Open a request with the token of its link, or answer it",
        tag="Customer",
        bodies=(JsonBody(form=RespondForm, example={"token": "TOKEN", "choice": "confirm"}),),
        answers=(
            Answer(
                words="The request as it stands, and what was answered.",
                model=AssociationRequest,
                headers=("Content-Language",),
            ),
        ),
        problems=("bad-token", "state-conflict", "already-decided", "too-late", "too-many-requests"),
        languages=True,
    ),
    "check_health": Operation(
        summary="Ask whether the app can do its work",
        answers=(Answer(words="It can.", model=Health),),
    ),
    "read_openapi": Operation(
        summary="Read this document",
        answers=(
            Answer(words="The document.", files=("application/json",), headers=("ETag",)),
            Answer(status=304, words="It is the one that If-None-Match names.", headers=("ETag",)),
        ),
    ),
    "show_api_docs": Operation(
        summary="Open this document as a page",
        answers=(
            Answer(words="The page.", files=("text/html",), headers=("ETag",)),
            Answer(status=304, words="It is the one that If-None-Match names.", headers=("ETag",)),
        ),
    ),
    "read_api_docs_file": Operation(
        summary="Read a file that the page loads",
        answers=(
            Answer(words="The file.", files=("text/javascript", "text/css"), headers=("ETag",)),
            Answer(status=304, words="It is the one that If-None-Match names.", headers=("ETag",)),
        ),
    ),
}
