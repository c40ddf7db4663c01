"""The API's description as it is served: whole, compressed, or not at all where the caller has it already."""

import gzip
import json
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from functions.registration import register_functions
from shared import wiring
from tests.unit.functions.sent_requests import request


@pytest.fixture(scope="module")
def functions() -> dict[str, Any]:
    """Every function of the app by name."""
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    register_functions(app)
    return {str(one.get_function_name()): one.get_user_function() for one in app.get_functions()}


@pytest.fixture(autouse=True)
def wired(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app without any service: none is needed."""
    monkeypatch.setattr(wiring, "settings", lambda: SimpleNamespace(public_url="https://cpor.example"))
    monkeypatch.setattr(wiring, "services", SimpleNamespace)


async def test_the_document_is_served_to_anyone(functions: dict[str, Any]) -> None:
    """Nobody needs to sign in to read the document, and it is OpenAPI 3.1 in JSON."""
    answer = await functions["read_openapi"](request())
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert json.loads(answer.get_body())["openapi"] == "3.1.0"
    assert "Content-Encoding" not in answer.headers


async def test_whoever_can_read_it_compressed_gets_it_so(functions: dict[str, Any]) -> None:
    """With gzip accepted the same bytes come compressed, a fraction of their size."""
    plain = await functions["read_openapi"](request())
    small = await functions["read_openapi"](request(headers={"accept-encoding": "br, gzip"}))
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.get_body()) == plain.get_body()
    assert len(small.get_body()) * 4 < len(plain.get_body())
    refused = await functions["read_openapi"](request(headers={"accept-encoding": "gzip;q=0"}))
    assert refused.get_body() == plain.get_body()


async def test_who_has_it_already_gets_nothing(functions: dict[str, Any]) -> None:
    """If-None-Match with the tag of the last answer is 304 without a body; with another tag the file comes."""
    tag = (await functions["read_openapi"](request())).headers["ETag"]
    again = await functions["read_openapi"](request(headers={"if-none-match": f'"other", {tag}'}))
    assert (again.status_code, again.get_body()) == (304, b"")
    other = await functions["read_openapi"](request(headers={"if-none-match": '"other"'}))
    assert other.status_code == 200


async def test_the_page_may_load_our_own_files_only(functions: dict[str, Any]) -> None:
    """The page names no other site, its policy lets it reach none, and each file that it names is served."""
    page = await functions["show_api_docs"](request())
    text = page.get_body().decode()
    policy = page.headers["Content-Security-Policy"]
    assert page.mimetype == "text/html"
    assert "http" not in policy
    assert "script-src 'self';" in policy
    assert "://" not in text
    named = [part.partition('"')[0] for part in text.split("/api/docs/")[1:]]
    assert len(named) == 4
    for name in named:
        file = await functions["read_api_docs_file"](request(route={"name": name}))
        assert (file.status_code, bool(file.get_body())) == (200, True)
        assert file.mimetype in {"text/css", "text/javascript"}


@pytest.mark.parametrize("name", ["", "vendored.json", "../openapi.json", "index.html", "LICENSE.txt"])
async def test_no_other_file_is_served(name: str, functions: dict[str, Any]) -> None:
    """Only what the page loads can be read, and no path leads out of the folder."""
    assert (await functions["read_api_docs_file"](request(route={"name": name}))).status_code == 404
