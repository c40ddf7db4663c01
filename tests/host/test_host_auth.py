"""App Service Authentication, emulated (API.md, Sign-in)."""

import base64
import json
from collections.abc import Iterator

import httpx
import pytest

from tests.host.running_host import RunningHost
from tools.host.easy_auth import EasyAuth, is_local_path
from tools.host.personas import PERSONAS
from tools.host.web import Request

APP = """
import json

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="who")
async def who(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps({name: value for name, value in req.headers.items() if name[:5] == "x-ms-"}))
"""
OPERATOR = "00000000-0000-4000-8000-0000000000aa"
CONTOSO = "c0c0c0c0-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """A host serving the sample app."""
    with RunningHost(tmp_path_factory.mktemp("auth"), APP) as running:
        yield running


@pytest.fixture
def browser(host: RunningHost) -> Iterator[httpx.Client]:
    """A client with its own cookies."""
    with httpx.Client(base_url=host.url) as client:
        yield client


def principal(client: httpx.Client) -> dict[str, object]:
    """The principal that the app is given."""
    decoded: dict[str, object] = json.loads(base64.b64decode(client.get("/who").json()["x-ms-client-principal"]))
    return decoded


@pytest.mark.parametrize(
    ("persona", "tenant", "roles"),
    [
        ("contoso", CONTOSO, ["Partner.IncentivesAdmin"]),
        ("contoso-user", CONTOSO, ["Partner.IncentivesUser"]),
        ("fabrikam", "fabfabfa-0000-4000-8000-000000000002", ["Partner.IncentivesAdmin"]),
        ("reviewer", OPERATOR, ["Program.Reviewer"]),
        ("admin", OPERATOR, ["Program.Admin"]),
        ("nobody", "0b0b0b0b-0000-4000-8000-00000000000b", []),
    ],
)
def test_a_persona_signs_in(browser: httpx.Client, persona: str, tenant: str, roles: list[str]) -> None:
    """Signing in leads to the page asked for, and the app is given tenant and roles of the persona."""
    answer = browser.get(f"/.auth/login/aad?persona={persona}&post_login_redirect_uri=/claims?x=1%26y=2")
    assert (answer.status_code, answer.headers["location"]) == (302, "/claims?x=1&y=2")
    given = principal(browser)
    claims = [(claim["typ"], claim["val"]) for claim in given["claims"]]  # type: ignore[attr-defined]
    assert (given["auth_typ"], given["role_typ"]) == ("aad", "roles")
    assert ("tid", tenant) in claims
    assert [value for kind, value in claims if kind == "roles"] == roles
    assert given["name_typ"] in dict(claims)


def test_people_keep_their_object_ids() -> None:
    """Each persona's object id is its own, and is what it was yesterday."""
    assert len({persona.object_id for persona in PERSONAS.values()}) == len(PERSONAS)
    assert PERSONAS["contoso"].object_id == "d8528dc0-10cf-5a99-9821-0cf8271a15b3"


def test_the_session_cookie_is_guarded(browser: httpx.Client) -> None:
    """Scripts cannot read the cookie, other sites do not send it along."""
    cookie = browser.get("/.auth/login/aad?persona=admin").headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_a_callers_own_principal_is_stripped(browser: httpx.Client) -> None:
    """Headers only the platform may set never reach the app from outside, signed in or not."""
    forged = {"X-MS-CLIENT-PRINCIPAL": "forged", "x-ms-client-principal-id": "forged", "X-MS-TOKEN-AAD-ID-TOKEN": "f"}
    assert browser.get("/who", headers=forged).json() == {}
    browser.get("/.auth/login/aad?persona=contoso")
    assert "forged" not in browser.get("/who", headers=forged).text
    assert "x-ms-token-aad-id-token" not in browser.get("/who", headers=forged).json()


def test_a_forged_cookie_signs_nobody_in(host: RunningHost) -> None:
    """A session nobody issued is no session, whatever it holds."""
    for value in ("contoso", '"contoso"', "ImNvbnRvc28i.x.y", "", "\\", "a=b"):
        assert host.client.get("/who", headers={"cookie": f"AppServiceAuthSession={value}"}).json() == {}


def test_me_tells_who_is_signed_in(browser: httpx.Client) -> None:
    """/.auth/me is 401 without a session, and lists the claims with one."""
    assert browser.get("/.auth/me").status_code == 401
    browser.get("/.auth/login/aad?persona=reviewer")
    (me,) = browser.get("/.auth/me").json()
    assert me["provider_name"] == "aad"
    assert {"typ": "roles", "val": "Program.Reviewer"} in me["user_claims"]


def test_signing_out_ends_the_session(browser: httpx.Client) -> None:
    """After the sign-out the app is given no principal."""
    browser.get("/.auth/login/aad?persona=contoso")
    answer = browser.get("/.auth/logout?post_logout_redirect_uri=/bye")
    assert (answer.status_code, answer.headers["location"]) == (302, "/bye")
    assert browser.get("/who").json() == {}


def test_the_sign_in_page_offers_every_persona(browser: httpx.Client) -> None:
    """The page links to each persona and keeps where to go afterwards, escaped."""
    page = browser.get('/.auth/login/aad?post_login_redirect_uri=/a"><script>').text
    assert page.count("persona=") == len(PERSONAS)
    assert "<script>" not in page
    assert 'lang="en"' in page


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil", "/a\r\nX: y"]
)
def test_no_sign_in_leads_elsewhere(browser: httpx.Client, target: str) -> None:
    """A target that is no path of this host is refused, and nobody is signed in."""
    answer = browser.get("/.auth/login/aad", params={"persona": "contoso", "post_login_redirect_uri": target})
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
    assert browser.get("/.auth/logout", params={"post_logout_redirect_uri": target}).status_code == 400


def test_local_paths_are_told_from_others() -> None:
    """Paths with queries and fragments are local; what a browser would take for another host is not."""
    assert all(is_local_path(path) for path in ("/", "/claims?x=1#y", "/a//b", "/%5Cx"))
    assert not any(is_local_path(path) for path in ("", "x", "//x", "/\\x", "/a\\b", "/a b", "http:/x", "/\x00"))


def test_bad_requests_are_refused(browser: httpx.Client) -> None:
    """Unknown personas are 400, other methods 405."""
    assert browser.get("/.auth/login/aad?persona=mallory").status_code == 400
    assert browser.post("/.auth/login/aad?persona=contoso").status_code == 405


def test_nobody_is_vouched_for_where_authentication_is_off(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With WEBSITE_AUTH_ENABLED false no principal is injected, and a caller's own is stripped all the same."""
    settings = {"WEBSITE_AUTH_ENABLED": "false"}
    with RunningHost(tmp_path_factory.mktemp("off"), APP, settings=settings) as off:
        off.client.get("/.auth/login/aad?persona=contoso")
        assert off.client.get("/who", headers={"X-MS-CLIENT-PRINCIPAL": "forged"}).json() == {}


def asked(path: str, query: str = "", cookie: str = "") -> Request:
    """A GET request, made without a server."""

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    scope = {
        "method": "GET",
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())],
        "scheme": "http",
    }
    return Request.of(scope, receive)


def test_sessions_outlive_a_restart_with_the_same_key() -> None:
    """A cookie is good for every process with the same session key, and for no other."""
    signed_in = dict(EasyAuth("key").answer(asked("/.auth/login/aad", "persona=contoso")).headers)
    cookie = signed_in["set-cookie"].split(";")[0]
    assert EasyAuth("key").answer(asked("/.auth/me", cookie=cookie)).status == 200
    assert EasyAuth("another key").answer(asked("/.auth/me", cookie=cookie)).status == 401
