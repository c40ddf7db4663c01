"""What is official, and what its customers use."""

from shared.forms.usage_form import AssociationsForm, UsageForm
from tools.openapi.answers.usage import AssociationPage, Usage
from tools.openapi.operation import Answer, Operation, Operations
from tools.openapi.operations.registries import exported, imported

USAGE = """tenantId,productId,subscriptionId,month,monthlyActiveUsers,paidUnits
a1a1a1a1-0000-4000-8000-000000000001,teams,,2026-10,212,300
"""

OPERATIONS: Operations = {
    "list_associations": Operation(
        summary="List what is official",
        query=AssociationsForm,
        answers=(Answer(words="One page.", model=AssociationPage),),
    ),
    "read_usage": Operation(
        summary="Read what the customer uses of what is official",
        query=UsageForm,
        answers=(Answer(words="The months.", model=Usage),),
    ),
    "import_usage": imported("the customers' usage", USAGE),
    "export_usage": exported("the customers' usage"),
}
