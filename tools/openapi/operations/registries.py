"""Registries in and out."""

from tools.openapi.answers.imports import ImportResult
from tools.openapi.operation import CSV, DRY_RUN, RESULTS, Answer, CsvBody, Operation, Operations, Parameter

MORE = Parameter(
    name="continuation",
    words="From the link of the export before: the rows behind it.",
    schema={"type": "string"},
)
IMPORTED = Answer(words="What became of each row; also where all failed.", model=ImportResult)
EXPORTED = Answer(
    words="At most 100,000 rows, with a byte order mark; more are behind the link.",
    files=(CSV,),
    headers=("Content-Disposition", "Link"),
)
PARTNERS = """organisation,organisationName,mpnId,name,programmes,domains,active
c0c0c0c0-0000-4000-8000-000000000001,Contoso Consulting,1000001,Contoso Seattle,osa-sell,contoso.example,true
"""
CUSTOMERS = """tenantId,name,domains,country,zone,language
a1a1a1a1-0000-4000-8000-000000000001,Alpine Outfitters,alpine.example,US,America/New_York,en
"""
SUBSCRIPTIONS = """subscriptionId,tenantId,productId,status,channel,seats,endsAt
5b5b5b5b-0000-4000-8000-000000000011,a1a1a1a1-0000-4000-8000-000000000001,microsoft-365,active,volume-licensing,300,2027-11-22
"""


def imported(what: str, example: str) -> Operation:
    """An import of a registry's file."""
    words = "A file of at most 50 MB. Every column is there; a row replaces what is known of its key, none is deleted."
    return Operation(
        summary=f"Import {what}",
        bodies=(CsvBody(words=words, example=example),),
        parameters=(DRY_RUN, RESULTS),
        answers=(IMPORTED,),
        problems=("too-large",),
        languages=True,
    )


def exported(what: str) -> Operation:
    """An export of a registry, as a file that can be imported."""
    return Operation(summary=f"Export {what}", parameters=(MORE,), answers=(EXPORTED,), problems=("invalid-claim",))


OPERATIONS: Operations = {
    "import_partners": imported("the partners' locations", PARTNERS),
    "export_partners": exported("the partners' locations"),
    "import_customers": imported("the customers", CUSTOMERS),
    "export_customers": exported("the customers"),
    "import_subscriptions": imported("the subscriptions", SUBSCRIPTIONS),
    "export_subscriptions": exported("the subscriptions"),
}
