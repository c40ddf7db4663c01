"""What a test tried, and what did not hold."""

import re
from collections.abc import Callable
from typing import Any

import azure.functions as func

type Record = Callable[[str, object], None]


class Tally:
    """Counts cases of an area; `done` tells the run's summary, and fails where anything is broken."""

    def __init__(self, area: str, record: Record) -> None:
        self._area, self._record = area, record
        self.cases, self.broken = 0, list[str]()

    def check(self, holds: bool, what: object) -> None:
        """One case."""
        self.cases += 1
        if not holds:
            self.broken.append(str(what))

    def refused(self, answer: func.HttpResponse, status: int, code: str, *, case: str, page: bool) -> None:
        """One case: refused with that status, and for that very reason where the answer is JSON."""
        said = code.encode() in answer.get_body() or page
        self.check(answer.status_code == status and said, f"{case}: {answer.status_code} {_begin(answer)}")

    def done(self) -> None:
        """The end of the test."""
        self._record("security", self._area)
        self._record("cases", self.cases)
        self._record("broken", len(self.broken))
        assert not self.broken, "\n".join([f"{len(self.broken)} of {self.cases} cases", *self.broken[:20]])


def _begin(answer: func.HttpResponse) -> Any:
    return answer.get_body()[:160]


def told(answer: func.HttpResponse, claim: str = "") -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """All that an answer says, but for the request's own number, a page's nonce, and the ID that was asked for."""
    number = answer.headers.get("X-Correlation-Id", "-").encode()
    body = re.sub(rb'nonce="[^"]+"', b"", answer.get_body().replace(number, b"NUMBER"))
    body = body.replace(claim.encode(), b"CLAIM") if claim else body
    headers = {name.lower(): re.sub(r"'nonce-[^']+'", "", value) for name, value in answer.headers.items()}
    headers.pop("x-correlation-id", None)
    return answer.status_code, tuple(sorted(headers.items())), body
