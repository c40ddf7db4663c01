"""The description that the running product gives of itself, tried on the product."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.usecases.callers import Role
from tests.journeys.client import LocalHost, Person
from tools.openapi.__main__ import DOCUMENT
from tools.openapi.conformance import hold_to_the_document

PERSONAS = {
    Role.PARTNER_ADMIN: "contoso",
    Role.PARTNER_USER: "contoso-user",
    Role.REVIEWER: "reviewer",
    Role.PROGRAM_ADMIN: "admin",
}
NOBODY_S = "a" * 48
"""A claim that nobody has."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of all that is described; names in the path are filled in."""
    for path, methods in json.loads(DOCUMENT.read_text("utf-8"))["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), re.sub(r"{\w+}", NOBODY_S, path), operation


@pytest.fixture(scope="module")
def people(host: LocalHost) -> Iterator[dict[Role, Person]]:
    """Somebody of each role."""
    found = {role: host.person(persona) for role, persona in PERSONAS.items()}
    yield found
    for person in found.values():
        person.http.close()


def test_the_document_is_the_committed_one(host: LocalHost) -> None:
    """What is served is the file in the repository, to anyone, and compressed on the way."""
    answer = host.http.get("/api/openapi.json")
    assert answer.json() == json.loads(DOCUMENT.read_text("utf-8"))
    assert answer.headers["content-encoding"] == "gzip"
    again = host.http.get("/api/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_page_and_its_files_are_served(host: LocalHost) -> None:
    """The page comes with all that it loads."""
    page = host.http.get("/api/docs").raise_for_status().text
    for name in re.findall(r'"(/api/docs/[^"]+)"', page):
        assert host.http.get(name).raise_for_status().content


def test_strangers_meet_401_where_the_document_says_so(host: LocalHost) -> None:
    """Each operation that asks for a role answers 401 to somebody who is not signed in, and the others do not."""
    with Person(host.base_url, None) as stranger:
        for method, path, operation in operations():
            answer = stranger.http.request(method, path, follow_redirects=False)
            hold_to_the_document(answer)
            assert (answer.status_code == 401) == bool(operation["x-roles"]), (method, path, answer.text)


def test_each_role_is_let_in_where_the_document_says_so(people: dict[Role, Person]) -> None:
    """Each operation answers 403 to exactly those whose role it does not name, and each answer is a described one."""
    for method, path, operation in operations():
        if not operation["x-roles"]:
            continue
        for role, person in people.items():
            answer = person.http.request(method, path, headers={"Sec-Fetch-Site": "same-origin"})
            hold_to_the_document(answer)
            refused = answer.status_code == 403
            assert refused == (role.value not in operation["x-roles"]), (method, path, role, answer.text)
            assert answer.status_code < 500, (method, path, role, answer.text)
