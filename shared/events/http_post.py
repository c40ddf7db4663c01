"""One POST to whoever receives the events: what is answered matters less than that it is taken."""

from collections.abc import Mapping

import aiohttp
from yarl import URL

from shared.usecases.records import ServiceUnavailableError

_TAKEN = range(200, 300)
_AGENT = "cpor-events/1"


class HttpPost:
    """Posts to one address; `timeout` is the whole call's, in seconds. One connection pool for the process's life."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._url = URL(url, encoded=True)
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Post the body. ServiceUnavailableError unless it is taken with a 2xx in time; no redirect is followed."""
        try:
            async with self._pool().post(self._url, data=body, headers=headers, allow_redirects=False) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServiceUnavailableError(
                f"The receiver of the events did not answer ({type(error).__name__})."
            ) from error
        if status not in _TAKEN:
            raise ServiceUnavailableError(f"The receiver of the events answered with status {status}.")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": _AGENT}
            )
        return self._session
