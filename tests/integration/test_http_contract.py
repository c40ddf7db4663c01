"""The contract over real HTTP, on the real runtime and storage: what a caller sends, and what it is told."""

import asyncio
import contextlib
import itertools
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.unit.functions.test_inventory import ROUTES
from tools.embedded import LocalProduct
from tools.sample_proofs import pdf_proof

type Part = tuple[str, tuple[str | None, bytes, str]]
CEDAR = {"tenantId": "a1a1a1a1-0000-4000-8000-000000000003", "domain": "cedar.example"}
KINDS = ("application/json", "application/json", "multipart/form-data; boundary=x", "multipart/form-data")
NO_CLAIM = "a" * 48
BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"{}",
    b'{"token": "x", "choice": "confirm"}',
    b'{"token": "\\u0000", "choice": "revoke", "items": ["\\u202e"]}',
    b'{"comment": "x", "internal": true}',
    b'{"decision": "accept", "items": [{"itemId": "x", "decision": "refuse"}]}',
    b'{"customer": null, "mpnId": {"a": []}, "items": [null, 5, {"productId": "teams"}]}',
    b"\xff\xfe\x00",
    b"[" * 60_000,
]


@pytest.fixture(scope="module")
def proof() -> bytes:
    """A proof that every check is pleased with."""
    return pdf_proof(customer="Cedar Klinik GmbH", products=["Microsoft Teams"], dated=datetime.now(UTC).date())


@contextlib.contextmanager
def person(product: LocalProduct, persona: str | None) -> Iterator[httpx.Client]:
    """A signed-in person, or nobody."""
    with httpx.Client(base_url=product.base_url, timeout=30) as client:
        if persona:
            client.get("/.auth/login/aad", params={"persona": persona})
        yield client


@pytest.fixture(scope="module")
def contoso(product: LocalProduct) -> Iterator[httpx.Client]:
    """The admin of a partner organisation."""
    with person(product, "contoso") as client:
        yield client


@pytest.fixture(scope="module")
def reviewer(product: LocalProduct) -> Iterator[httpx.Client]:
    """A reviewer of the programme."""
    with person(product, "reviewer") as client:
        yield client


def claim(**changes: Any) -> dict[str, Any]:
    """A claim request for a customer that no other test here uses."""
    return {
        "mpnId": "1000001",
        "customer": CEDAR,
        "solutionArea": "microsoft-365",
        "activities": ["usage"],
        "claimName": "Contract",
        "items": [{"productId": "teams"}],
        "customerContact": {"name": "Clara", "email": "clara@cedar.example", "title": "IT manager"},
        "partnerContact": {"name": "Casey", "email": "casey@contoso.example"},
        **changes,
    }


def parts(request: dict[str, Any], *files: tuple[str, bytes]) -> list[Part]:
    """The request and its files as multipart."""
    proofs: list[Part] = [("proof", (name, content, "application/pdf")) for name, content in files]
    return [("claim", (None, json.dumps(request).encode(), "application/json")), *proofs]


def keyed(key: str | None = None) -> dict[str, str]:
    """The header that makes a claim once."""
    return {"idempotency-key": key or uuid.uuid4().hex}


def draft(client: httpx.Client, **changes: Any) -> httpx.Response:
    """A draft with little in it."""
    return client.post("/api/claims", json={"mpnId": "1000001", "customer": CEDAR, **changes}, headers=keyed())


def faults(response: httpx.Response) -> set[tuple[str, str]]:
    """Pointer and code of every fault."""
    assert response.status_code == 422, response.text
    return {(fault["pointer"], fault["code"]) for fault in response.json()["errors"]}


async def _send(
    product: LocalProduct, sender: httpx.Client, body: list[Part], headers: dict[str, str], *, times: int = 1
) -> list[httpx.Response]:
    """The same submission, so many times at once."""
    async with httpx.AsyncClient(base_url=product.base_url, cookies=sender.cookies, timeout=30) as client:
        return await asyncio.gather(*(client.post("/api/claims", files=body, headers=headers) for _ in range(times)))


async def test_twenty_at_once_make_one_claim(product: LocalProduct, contoso: httpx.Client, proof: bytes) -> None:
    """The same request with one key, twenty times at once: one claim, and nobody hears anything else."""
    headers, body = keyed(), parts(claim(claimName="Twenty"), ("poe.pdf", proof))
    answers = await _send(product, contoso, body, headers, times=20)
    made = {answer.json()["claimId"] for answer in answers if answer.status_code == 202}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"in-flight"}
    assert {answer.json()["claimId"] for answer in (await _send(product, contoso, body, headers))} == made
    other = await _send(product, contoso, parts(claim(claimName="Other"), ("poe.pdf", proof)), headers)
    assert [(answer.status_code, answer.json()["code"]) for answer in other] == [(422, "idempotency-key-reused")]


def test_every_bad_field_and_file_in_one_answer(contoso: httpx.Client, proof: bytes) -> None:
    """Fields, location and files are told together, each at its place, and nothing is stored."""
    name = uuid.uuid4().hex
    request = claim(mpnId="7777777", solutionArea="csp", activities=[], claimName=name, status="Approved")
    files = [
        ("good.pdf", proof),
        ("exe.pdf", b"MZ\x90\x00" + bytes(100)),
        ("empty.pdf", b""),
        ("broken.pdf", proof[:99]),
    ]
    response = contoso.post("/api/claims", files=parts(request, *files), headers=keyed())
    assert faults(response) >= {
        ("/mpnId", "mpn-not-enrolled"),
        ("/solutionArea", "co-op-claim"),
        ("/activities", "required"),
        ("/status", "unknown-field"),
        ("/proofs/1", "poe-type"),
        ("/proofs/2", "poe-empty"),
        ("/proofs/3", "poe-unreadable"),
    }
    assert contoso.get("/api/claims", params={"q": name}).json()["items"] == []


def test_size_and_number_of_proofs(contoso: httpx.Client, proof: bytes) -> None:
    """A file over 25 MB, an eleventh file, and no file at all are told apart."""
    large = contoso.post("/api/claims", files=parts(claim(), ("a.pdf", proof + bytes(26_214_400))), headers=keyed())
    assert ("/proofs/0", "poe-too-large") in faults(large)
    eleven = contoso.post("/api/claims", files=parts(claim(), *[("a.pdf", proof)] * 11), headers=keyed())
    assert ("/proofs", "poe-too-many") in faults(eleven)
    assert faults(contoso.post("/api/claims", files=parts(claim()), headers=keyed())) == {("/proofs", "poe-missing")}


def test_draft_is_edited_by_who_has_seen_it(contoso: httpx.Client) -> None:
    """A patch needs the version that was seen, changes what it names, and leaves the rest."""
    made = draft(contoso, claimName="First", comments="hello")
    path, tag = made.headers["location"], made.headers["etag"]
    assert (made.status_code, made.json()["comments"][0]["text"]) == (201, "hello")
    assert contoso.patch(path, json={"claimName": "Second"}).status_code == 428
    headers = {"if-match": tag, "content-type": "application/merge-patch+json"}
    edited = contoso.patch(path, content=b'{"claimName": null, "customer": {"name": "Cedar"}}', headers=headers)
    assert (edited.status_code, edited.json()["claimName"], edited.json()["customer"]["name"]) == (200, None, "Cedar")
    assert edited.headers["etag"] != tag
    assert contoso.patch(path, json={}, headers={"if-match": tag}).status_code == 412
    moved = {"customer": {"tenantId": "a1a1a1a1-0000-4000-8000-000000000001"}}
    assert faults(contoso.patch(path, json=moved, headers={"if-match": "*"})) == {
        ("/customer/tenantId", "not-editable")
    }
    assert ("/solutionArea", "required") in faults(contoso.post(f"{path}/submit"))
    assert contoso.delete(path).status_code == 204
    assert contoso.get(path).status_code == 404


def test_proof_is_stored_and_given_back(contoso: httpx.Client, proof: bytes) -> None:
    """An uploaded proof comes back byte for byte, as an attachment under its shown name, and can be removed."""
    path = draft(contoso).headers["location"]
    added = contoso.post(f"{path}/proofs", files={"proof": ("../um\u00f3wa.pdf", proof)})
    assert (added.status_code, added.json()["fileName"]) == (201, "um\u00f3wa.pdf")
    got = contoso.get(added.headers["location"])
    assert got.content == proof
    assert got.headers["content-disposition"].startswith("attachment;")
    assert (got.headers["content-type"], got.headers["x-content-type-options"]) == ("application/pdf", "nosniff")
    assert contoso.delete(added.headers["location"]).status_code == 204
    assert contoso.get(path).json()["proofs"] == []
    assert contoso.post(f"{path}/proofs", files={"other": ("a.pdf", proof)}).status_code == 422


def test_another_organisation_sees_nothing(product: LocalProduct, contoso: httpx.Client) -> None:
    """Another partner's claim is not found, whatever is tried with it."""
    path = draft(contoso).headers["location"]
    with person(product, "fabrikam") as fabrikam:
        assert fabrikam.get(path).status_code == 404
        assert fabrikam.get(f"{path}/history").status_code == 404
        assert fabrikam.patch(path, json={}, headers={"if-match": "*"}).status_code == 404
        assert fabrikam.post(f"{path}/withdraw").status_code == 404
        assert fabrikam.post(f"{path}/comments", json={"comment": "x"}).status_code == 404
        assert fabrikam.delete(path).status_code == 404


def test_internal_comments_stay_with_the_programme(contoso: httpx.Client, reviewer: httpx.Client) -> None:
    """What reviewers say among themselves reaches no partner, neither in the claim nor in its history."""
    path = draft(contoso).headers["location"]
    said = reviewer.post(f"{path}/comments", json={"comment": "between us", "internal": True})
    assert said.status_code == 201
    assert "between us" in reviewer.get(path).text
    for shown in (contoso.get(path), contoso.get(f"{path}/history")):
        assert "between us" not in shown.text
        assert "reviewer" not in shown.text


@pytest.mark.parametrize("persona", ["contoso", "reviewer", None])
def test_no_input_is_an_error_of_ours(product: LocalProduct, persona: str | None) -> None:
    """Whatever is sent to whichever route by whomever, the answer is never a 500, and every refusal is a problem."""
    with person(product, persona) as client:
        for (method, route), body in itertools.product(ROUTES, BODIES):
            path = "/" + route.replace("{claimId}", NO_CLAIM).replace("{proofId}", "p%2F..%00")
            kind = KINDS[len(body) % len(KINDS)]
            headers = {"content-type": kind, "idempotency-key": "fuzz", "if-match": "*"}
            response = client.request(method, path, content=body, headers=headers, params={"x": "\u202e'\""})
            assert response.status_code < 500, (method, route, body[:40], kind, response.text)
            if response.status_code >= 400:
                assert response.headers["content-type"].startswith("application/problem+json")
                assert response.json()["code"]
