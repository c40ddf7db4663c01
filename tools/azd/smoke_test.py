"""After `azd deploy`: see whether the app is up, is ours, and keeps strangers out.

By hand: `python3 -m tools.azd.smoke_test [URL]`.
Right after a first deployment the identity's roles take minutes to be known everywhere, so health is waited for.
"""

import base64
import http.client
import json
import sys
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from tools.azd.azure_calls import DeploymentError, needed

_PATIENCE = 600.0  # seconds
_PAUSE = 10.0  # seconds
_TIMEOUT = 30  # seconds
_OK = 200
_FORBIDDING = frozenset({301, 302, 307, 401, 403})
_SERVER_ERROR = 500
_FORGED = base64.b64encode(
    json.dumps(
        {
            "auth_typ": "aad",
            "name_typ": "name",
            "role_typ": "roles",
            "claims": [
                {"typ": "roles", "val": "Program.Admin"},
                {"typ": "tid", "val": "00000000-0000-4000-8000-0000000000aa"},
                {"typ": "oid", "val": "00000000-0000-4000-8000-0000000000bb"},
            ],
        }
    ).encode()
).decode()


class Answer:
    """What came back: the status, headers by their lower-case names, and the body."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


def ask(base: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """GET a path, following no redirect. OSError where nobody answers."""
    parts = urlsplit(base)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=_TIMEOUT)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def wait_for_health(base: str, *, patience: float = _PATIENCE, pause: Callable[[float], None] = time.sleep) -> None:
    """Wait until storage answers through the app. DeploymentError with the last answer after `patience` seconds."""
    last = "no answer"
    for _ in range(max(1, int(patience / _PAUSE))):
        try:
            answer = ask(base, "/api/health")
            if answer.status == _OK and json.loads(answer.body).get("status") == "ok":
                return
            last = f"{answer.status} {answer.body[:200].decode(errors='replace')}"
        except (OSError, ValueError) as error:
            last = str(error)
        pause(_PAUSE)
    raise DeploymentError(f"{base}/api/health is not well after {patience:.0f} s: {last}")


def smoke_faults(base: str) -> list[str]:
    """Everything that is not as it should be, as sentences."""
    found = []
    answer = ask(base, "/api/openapi.json")
    if answer.status != _OK or b'"openapi"' not in answer.body:
        found.append(f"/api/openapi.json answered {answer.status}: is this the app?")
    if answer.headers.get("x-content-type-options") != "nosniff":
        found.append("/api/openapi.json came without the app's headers.")
    for what, headers in (("a stranger", {}), ("a forged principal", {"X-MS-CLIENT-PRINCIPAL": _FORGED})):
        for path in ("/api/claims", "/api/review/dead-letters", "/review"):
            status = ask(base, path, headers).status
            if status not in _FORBIDDING:
                found.append(f"{path} answered {status} to {what}: it must be closed.")
    status = ask(base, "/respond/no-such-claim?token=none").status
    if status >= _SERVER_ERROR or status in {301, 302, 401, 403}:
        found.append(f"/respond answered {status}: customers have no sign-in, the page must be open.")
    return found


def main(arguments: list[str]) -> None:
    """Wait for health, then look. DeploymentError."""
    base = (arguments[0] if arguments else needed("APP_URL")).rstrip("/")
    wait_for_health(base)
    if found := smoke_faults(base):
        raise DeploymentError("\n".join(found))
    print(f"{base} is up: healthy, closed to strangers, open to customers.")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except DeploymentError as error:
        sys.exit(str(error))
