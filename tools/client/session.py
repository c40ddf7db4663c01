"""How the client speaks: one HTTP session, and answers that know what they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import httpx

type File = tuple[str, bytes, str]
"""A file to send: its name, its bytes, and the type that the sender gives it."""
type Parts = list[tuple[str, tuple[str | None, bytes, str]]]


class ProblemError(Exception):
    """The answer tells of a problem (RFC 9457): its status, its code, and the whole of it."""

    def __init__(self, response: httpx.Response) -> None:
        problem: dict[str, Any] = {}
        if response.headers.get("content-type", "").startswith("application/problem+json"):
            problem = response.json()
        self.status = response.status_code
        self.code = str(problem.get("code", ""))
        self.problem = problem
        super().__init__(f"{self.status} {self.code}: {problem.get('detail', response.text[:200])}")


@dataclass(frozen=True, slots=True)
class Answer[T]:
    """What came back; `value` is its JSON, and a ProblemError where it is none of success."""

    response: httpx.Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def etag(self) -> str:
        """The revision, to be sent back in If-Match; empty where there is none."""
        return str(self.response.headers.get("etag", ""))

    @property
    def value(self) -> T:
        """What it holds. ProblemError where it tells of a problem."""
        return cast("T", self.checked().json())

    @property
    def content(self) -> bytes:
        """Its bytes, of a file. ProblemError where it tells of a problem."""
        return self.checked().content

    def checked(self) -> httpx.Response:
        """The answer itself. ProblemError where it tells of a problem."""
        if not self.response.is_success:
            raise ProblemError(self.response)
        return self.response


class Session:
    """The base of every group of calls; `http` knows the site's address, and who is signed in."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        content: str | bytes | None = None,
        parts: Parts | None = None,
    ) -> httpx.Response:
        """Send a request; what is null in its query or headers is left out."""
        asked = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        told = {name: value for name, value in (headers or {}).items() if value is not None}
        return self.http.request(method, path, params=asked, headers=told, content=content, files=parts)


def files(name: str, found: Sequence[File]) -> Parts:
    """The parts of these files."""
    return [(name, file) for file in found]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
