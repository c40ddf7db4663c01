"""What is official, and what its customers use."""

from shared.forms.usage_form import AssociationsForm, UsageForm
from tools.openapi.answers.usage import AssociationPage, Usage
from tools.openapi.operation import Answer, Operation, Operations
from tools.openapi.operations.registries import exported, imported

USAGE = """tenantId,productId,subscriptionId,month,monthlyActiveUsers,paidUnits
a1a1a1a1-0000-4000-8000-000000000001,teams,,2026-10,212,300
"""
ASSOCIATIONS = """organisation,mpnId,tenantId,productId,subscriptionId,activity,partnerContactName,partnerContactEmail
c0c0c0c0-0000-4000-8000-000000000001,1000001,a1a1a1a1-0000-4000-8000-000000000001,teams,,usage,Pat,pat@contoso.example
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
    "import_associations": imported("the associations from before the programme", ASSOCIATIONS),
    "export_associations": exported("everything that is official"),
    "import_usage": imported("the customers' usage", USAGE),
    "export_usage": exported("the customers' usage"),
}
