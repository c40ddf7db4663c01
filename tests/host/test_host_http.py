"""HTTP triggers through the local host (HOST.md, Faithful where it matters)."""

import http.client
import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.host.http_app import APP, HOST_JSON
from tests.host.running_host import RunningHost


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """A host serving the sample app."""
    settings = {"HOST_FUNCTION_KEY": "function-key", "HOST_MASTER_KEY": "master-key"}
    with RunningHost(tmp_path_factory.mktemp("http"), APP, host_json=HOST_JSON, settings=settings) as running:
        yield running


def raw_exchange(host: RunningHost, request: bytes) -> bytes:
    """Send bytes that no polite client would, return all that comes back."""
    address = httpx.URL(host.url)
    with socket.create_connection((address.host, address.port or 80), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_request_arrives_as_the_worker_gets_it(host: RunningHost) -> None:
    """Method, whole URL, route parameters and body arrive unchanged; the optional parameter may be there."""
    answer = host.client.put("/echo/first/second?x=1", content="body")
    seen = answer.json()
    assert answer.status_code == 200
    assert seen["method"] == "PUT"
    assert seen["url"] == f"{host.url}/echo/first/second?x=1"
    assert seen["route"] == {"one": "first", "two": "second"}
    assert seen["body"] == "body"


def test_an_optional_parameter_may_be_missing(host: RunningHost) -> None:
    """Without its optional last part a route still matches, a slash at the end does not count, no less does."""
    assert host.client.get("/echo/first").json()["route"] == {"one": "first"}
    assert host.client.get("/echo/first/").json()["route"] == {"one": "first"}
    assert host.client.get("/echo").status_code == 404
    assert host.client.get("/echo/a/b/c").status_code == 404


def test_header_names_are_lower_case_and_duplicates_joined(host: RunningHost) -> None:
    """Headers reach the app in lower case, those sent twice as one, joined by a comma."""
    seen = host.client.get("/echo/x", headers=[("X-Twice", "1"), ("x-twice", "2"), ("X-Empty", "")]).json()
    assert seen["headers"]["x-twice"] == "1,2"
    assert seen["headers"]["x-empty"] == ""


def test_empty_query_values_are_dropped(host: RunningHost) -> None:
    """A query value that is empty never arrives; values given twice are joined; encodings are undone once."""
    seen = host.client.get("/echo/x?empty=&bare&a=1&a=2&sum=1%2B1&space=a+b&twice=%2525").json()
    assert seen["query"] == {"a": "1,2", "sum": "1+1", "space": "a b", "twice": "%25"}


def test_routes_ignore_case_but_parameters_keep_it(host: RunningHost) -> None:
    """Literal parts match in any case, parameters keep theirs."""
    assert host.client.get("/ECHO/MiXed").json()["route"] == {"one": "MiXed"}


def test_constraints_decide_whether_a_route_matches(host: RunningHost) -> None:
    """A route with a constraint matches only what fulfils it."""
    assert host.client.get("/numbers/-42").json()["route"] == {"number": "-42"}
    assert host.client.get("/numbers/many").status_code == 404
    assert host.client.get("/numbers/99999999999").status_code == 404


def test_the_path_is_matched_raw(host: RunningHost) -> None:
    """An encoded slash does not part a path and stays encoded; other encodings are undone; bad ones are left."""
    assert host.client.get("/echo/a%2Fb%20c").json()["route"] == {"one": "a%2Fb c"}
    answer = raw_exchange(host, b"GET /echo/%FF HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b'"one": "%FF"' in answer


def test_the_first_function_by_name_answers(host: RunningHost) -> None:
    """Where two routes fit, the function whose name sorts first answers."""
    assert host.client.get("/pets/rex").json()["function"] == "a_rex"
    assert host.client.get("/pets/tom").json()["function"] == "b_any_pet"


def test_overlapping_routes_are_warned_of(host: RunningHost) -> None:
    """At the start, each pair of competing routes is named once, and no others."""
    warnings = [line for line in host.log.splitlines() if "routes overlap" in line]
    assert len(warnings) == 1
    assert "pets/rex (a_rex) is tried before pets/{name} (b_any_pet)" in warnings[0]


def test_a_wrong_method_is_not_found(host: RunningHost) -> None:
    """A method no function of the route takes is a 404, as an unknown path is; another function's method is its own."""
    assert host.client.delete("/pets/rex").status_code == 404
    assert host.client.get("/nowhere").status_code == 404
    assert host.client.get("/nowhere").content == b""
    assert host.client.post("/pets/rex").json()["function"] == "new_pet"


def test_the_root_is_reached_by_an_empty_optional_parameter(host: RunningHost) -> None:
    """The root path is served by a parameter of no length, and answers HEAD without a body."""
    assert host.client.get("/").text == "the root"
    head = host.client.head("/")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "8")


def test_no_route_means_the_functions_name(host: RunningHost) -> None:
    """A function without a route is found under its name, with any method."""
    assert host.client.patch("/no_route", content="x", headers={"x-functions-key": "function-key"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/keyed", {}, 401),
        ("/keyed?code=function-key", {}, 200),
        ("/keyed", {"x-functions-key": "function-key"}, 200),
        ("/keyed", {"x-functions-key": "master-key"}, 200),
        ("/keyed?code=function-key", {"x-functions-key": "wrong"}, 401),
        ("/keyed?code=wrong", {"x-functions-key": "function-key"}, 200),
        ("/master", {"x-functions-key": "function-key"}, 401),
        ("/master?code=master-key", {}, 200),
    ],
)
def test_keys_open_their_level(host: RunningHost, path: str, headers: dict[str, str], status: int) -> None:
    """The key in the header counts before the one in the query; without a right one the answer is an empty 401."""
    answer = host.client.get(path, headers=headers)
    assert answer.status_code == status
    assert answer.text == ("open" if status == 200 else "")


@pytest.mark.parametrize("what", ["value", "exit", "cancelled", "none", "dict", "status"])
def test_a_failed_function_is_an_empty_500(host: RunningHost, what: str) -> None:
    """Whatever a function raises, nothing at all, and what is no response are an empty 500, and the host lives on."""
    answer = host.client.get(f"/raise/{what}")
    assert (answer.status_code, answer.content) == (500, b"")
    assert host.client.get("/echo/alive").status_code == 200


def test_a_thread_that_exits_ends_its_invocation_only(host: RunningHost) -> None:
    """SystemExit in a synchronous function fails that invocation, nothing else."""
    assert host.client.get("/raise-in-thread").status_code == 500
    assert host.client.get("/echo/alive").status_code == 200


def test_errors_are_logged_with_their_stack(host: RunningHost) -> None:
    """The log shows a failed invocation with its stack trace."""
    host.client.get("/raise/value")
    assert 'raise ValueError("wrong value")' in host.log
    assert "ValueError: wrong value" in host.log


def test_a_returned_text_is_a_response(host: RunningHost) -> None:
    """A function that returns a text answers 200 with it."""
    answer = host.client.get("/raise/text")
    assert (answer.status_code, answer.text) == (200, "a text is a response")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_synchronous_functions_run_in_threads(host: RunningHost) -> None:
    """A synchronous function does not run on the loop's thread."""
    assert host.client.get("/thread").text == "False"


def test_response_headers_and_cookies_are_passed_on(host: RunningHost) -> None:
    """Status, headers and every cookie come out; host.json's headers are added where the function set none."""
    answer = host.client.get("/headers")
    assert answer.status_code == 201
    assert answer.headers["x-own"] == "mine"
    assert answer.headers["x-custom"] == "host"
    assert answer.headers["x-both"] == "the function's"
    assert answer.headers.get_list("set-cookie") == [
        "a=1%2F2; max-age=60; path=/; secure; samesite=lax; httponly",
        "b=2",
    ]


def test_custom_headers_are_on_refusals_too(host: RunningHost) -> None:
    """Answers that no function gave carry host.json's headers as well."""
    assert host.client.get("/nowhere").headers["x-custom"] == "host"
    assert host.client.get("/keyed").headers["x-custom"] == "host"


def test_no_content_has_no_body(host: RunningHost) -> None:
    """A 204 is sent without a body and without a length."""
    answer = host.client.get("/no-content")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-length" not in answer.headers


def test_a_body_without_its_length_is_not_read(host: RunningHost) -> None:
    """A chunked request, having no Content-Length, reaches the app without a body."""
    chunked = iter([b"some ", b"chunks"])
    assert host.client.post("/echo/x", content=chunked).json()["body"] == ""


def test_more_than_100_mib_is_refused(host: RunningHost) -> None:
    """A body announced as larger than 100 MiB is a 413, unread; the function does not run."""
    address = httpx.URL(host.url)
    connection = http.client.HTTPConnection(address.host, address.port, timeout=10)
    connection.putrequest("POST", "/echo/x")
    connection.putheader("Content-Length", str(100 * 1024 * 1024 + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (413, b"")
    connection.close()


def test_a_large_body_arrives_whole(host: RunningHost) -> None:
    """Megabytes arrive as they were sent."""
    content = "0123456789abcdef" * 262_144
    assert host.client.post("/echo/x", content=content).json()["body"] == content


def test_a_caller_who_leaves_early_harms_nothing(host: RunningHost) -> None:
    """A request whose body never comes is dropped without a word in the log."""
    address = httpx.URL(host.url)
    with socket.create_connection((address.host, address.port or 80), timeout=10) as connection:
        connection.sendall(b"POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
    assert host.client.get("/echo/alive").status_code == 200
    assert "failed to answer" not in host.log


def test_reserved_paths_belong_to_the_host(host: RunningHost) -> None:
    """Unknown paths below the host's own are 404 and never reach the app."""
    for path in ("/admin/other", "/.dev/other", "/.auth/other"):
        assert host.client.get(path).status_code == 404
