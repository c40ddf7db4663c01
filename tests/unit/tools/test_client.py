"""The typed client sends what the document says, and its answers know what they hold."""

from collections.abc import Callable

import httpx
import pytest

from tools.client import Client, ProblemError
from tools.openapi.examples import CLAIM, CLAIM_REQUEST, PROBLEM


@pytest.fixture
def sent() -> list[httpx.Request]:
    """What was sent."""
    return []


@pytest.fixture
def client(sent: list[httpx.Request]) -> Callable[[httpx.Response], Client]:
    """A client that gets the answer given."""

    def answered(answer: httpx.Response) -> Client:
        def serve(request: httpx.Request) -> httpx.Response:
            request.read()
            sent.append(request)
            return answer

        return Client(httpx.Client(base_url="https://cpor.example", transport=httpx.MockTransport(serve)))

    return answered


def test_reading_gives_what_the_answer_holds(
    client: Callable[[httpx.Response], Client], sent: list[httpx.Request]
) -> None:
    """A claim is read under its path, in the language asked for, and its ETag is at hand."""
    answer = client(httpx.Response(200, json=CLAIM, headers={"ETag": '"3"'})).read_claim("abc", accept_language="pl")
    assert (answer.status, answer.etag, answer.value["customer"]["domain"]) == (200, '"3"', "alpine.example")
    assert (sent[0].method, sent[0].url.path, sent[0].headers["accept-language"]) == ("GET", "/api/claims/abc", "pl")


def test_filters_are_sent_by_their_names(client: Callable[[httpx.Response], Client], sent: list[httpx.Request]) -> None:
    """A list's filters go by the names of the contract, and those not given are left out."""
    page = client(httpx.Response(200, json={"items": [], "continuation": None})).list_claims(mpn_id="1000001", top=5)
    assert page.value["items"] == []
    assert dict(sent[0].url.params) == {"mpnId": "1000001", "top": "5"}


def test_files_go_as_parts(client: Callable[[httpx.Response], Client], sent: list[httpx.Request]) -> None:
    """A claim with proofs is sent as one JSON part and one part for each file, under its key."""
    proof = ("form.pdf", b"%PDF-", "application/pdf")
    client(httpx.Response(202, json=CLAIM)).create_claim_with_files(
        CLAIM_REQUEST,  # type: ignore[arg-type]
        [proof, proof],
        idempotency_key="k",
    )
    body = sent[0].content
    assert sent[0].headers["content-type"].startswith("multipart/form-data")
    assert sent[0].headers["idempotency-key"] == "k"
    assert (body.count(b'name="claim"'), body.count(b'name="proof"; filename="form.pdf"')) == (1, 2)


def test_a_patch_is_sent_as_one(client: Callable[[httpx.Response], Client], sent: list[httpx.Request]) -> None:
    """A change goes as a merge patch with the version that was seen."""
    client(httpx.Response(200, json=CLAIM)).edit_claim("abc", {"claimName": None}, if_match='"3"')
    assert sent[0].headers["content-type"] == "application/merge-patch+json"
    assert (sent[0].headers["if-match"], sent[0].content) == ('"3"', b'{"claimName": null}')


def test_a_problem_is_raised_when_its_value_is_wanted(client: Callable[[httpx.Response], Client]) -> None:
    """An answer that tells of a problem can be looked at, but holds no value: asking for it names status and code."""
    headers = {"content-type": "application/problem+json"}
    answer = client(httpx.Response(422, json=PROBLEM, headers=headers)).read_claim("abc")
    assert answer.status == 422
    with pytest.raises(ProblemError, match="422 invalid-claim") as raised:
        _ = answer.value
    assert raised.value.problem["errors"][0]["pointer"] == "/customer/domain"


def test_other_faults_are_raised_too(client: Callable[[httpx.Response], Client]) -> None:
    """A fault that is no problem of the API, such as a gateway's, is raised with what it said."""
    with pytest.raises(ProblemError, match="502 : no gateway"):
        _ = client(httpx.Response(502, text="no gateway")).read_proof("abc", "def").content
