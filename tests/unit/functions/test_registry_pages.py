"""The registries' page, through the door of the functions."""

import re
from typing import Any

import azure.functions as func
import pytest

from functions import pages_registry
from shared.usecases.callers import Role
from tests.fakes.product import FakeProduct
from tests.unit.functions.sent_requests import multipart_request, principal, request
from tests.unit.functions.test_operators_pages import product, text, token
from tests.unit.usecases.lives import OPERATOR

__all__ = ["product"]
HEADER = "tenantId,name,domains,country,zone,language\n"
GOOD = "5c2d57f4-0000-4000-8000-000000000077,Company,company.example,PL,Europe/Warsaw,pl\n"
BAD = "nonsense,Company,other.example,PL,Europe/Warsaw,pl\n"


async def send(content: str, *, language: str = "en", **fields: str) -> func.HttpResponse:
    """Send the form with a file of customers."""
    values = {"formToken": await token(), "registry": "customers", "step": "try", **fields}
    parts: list[tuple[str, str | None, bytes]] = [(name, None, value.encode()) for name, value in values.items()]
    headers = {"x-ms-client-principal": principal(OPERATOR, Role.PROGRAM_ADMIN), "accept-language": language}
    sent = multipart_request([*parts, ("proof", "customers.csv", content.encode())], headers=headers)
    answer: func.HttpResponse = await _served("import_registry_page")(sent)
    return answer


def _served(name: str) -> Any:
    app = func.FunctionApp()
    app.register_functions(pages_registry.blueprint)
    return {one.get_function_name(): one.get_user_function() for one in app.get_functions()}[name]


@pytest.mark.parametrize("language", ["en", "pl"])
async def test_a_file_is_tried_and_then_imported(product: FakeProduct, language: str) -> None:
    """Trying changes nothing and shows errors first; the very same file is then imported, once."""
    tried = text(await send(HEADER + GOOD + BAD, language=language))
    assert tried.index("nonsense") < tried.index("5c2d57f4")
    digest = re.search(r'name="tried" value="([0-9a-f]{64})"', tried)
    assert digest
    other = await send(HEADER + GOOD, language=language, step="import", tried=digest[1])
    assert other.status_code == 422
    done = text(await send(HEADER + GOOD + BAD, language=language, step="import", tried=digest[1]))
    assert 'name="tried"' not in done
    again = text(await send(HEADER + GOOD, language="en"))
    assert "As it was: <strong>1</strong>" in again


async def test_a_file_without_its_columns_is_told_at_its_field(product: FakeProduct) -> None:
    """A file that cannot be read comes back with the form, and the registry that was chosen."""
    answer = await send("name\nx\n")
    assert answer.status_code == 422
    assert 'href="#f-file"' in text(answer)
    assert "tenantId: This column is missing." in text(answer)
    assert '<option value="customers" selected>' in text(answer)


async def test_reviewers_are_told_that_it_is_not_theirs(product: FakeProduct) -> None:
    """The page is the admins' alone, and says so."""
    header = {"x-ms-client-principal": principal(OPERATOR, Role.REVIEWER)}
    answer = await _served("show_registry_page")(request(headers=header))
    assert answer.status_code == 403
    assert "<h1>You may not do this</h1>" in text(answer)
