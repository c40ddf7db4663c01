"""Calls to Azure as the person, or the workflow, that `azd` is signed in as."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

_TIMEOUT = 60  # seconds
ARM = "https://management.azure.com"
GRAPH = "https://graph.microsoft.com"
Send = Callable[[str, str, Any], tuple[int, Any]]
"""Sends `(method, url, body)` and answers `(status, what the answer says)`."""


class DeploymentError(Exception):
    """The deployment cannot go on; the message says in a sentence what to do."""


def setting(name: str) -> str:
    """A value of the azd environment, which azd hands to its hooks; empty where there is none."""
    return os.environ.get(name, "")


def needed(name: str) -> str:
    """The same; DeploymentError where it is missing."""
    if value := setting(name):
        return value
    raise DeploymentError(f"{name} is not in the azd environment: run `azd provision` first.")


def token(scope: str) -> str:
    """An access token from azd. DeploymentError."""
    command = ["azd", "auth", "token", "--scope", scope, "--output", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return str(json.loads(done.stdout)["token"])
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError) as error:
        raise DeploymentError(f"azd gave no token for {scope}: run `azd auth login`.") from error


def sender(resource: str) -> Send:
    """What sends JSON to one of Azure's own APIs."""
    bearer = token(f"{resource}/.default")

    def send(method: str, url: str, body: Any) -> tuple[int, Any]:
        request = urllib.request.Request(  # noqa: S310 (both APIs are https)
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")

    return send
