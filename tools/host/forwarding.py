"""Requests handed on to the host that serves the app, as the platform's front end does."""

import aiohttp
from yarl import URL

from tools.host.web import Answer, Request

# What belongs to one connection, and what each side counts for itself.
_OWN = {"connection", "keep-alive", "transfer-encoding", "content-length", "upgrade"}


class Forwarding:
    """Hands requests on to an address and brings the answers back as they are: redirects and errors too."""

    def __init__(self, origin: str) -> None:
        self._origin = origin.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def answer(self, request: Request) -> Answer:
        """Answer by the other host; 502 where it does not answer."""
        body = await request.body()
        headers = {name: value for name, value in request.headers.items() if name not in _OWN}
        address = self._origin + request.raw_path + (f"?{request.raw_query}" if request.raw_query else "")
        if self._session is None:
            self._session = aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.request(
                request.method, URL(address, encoded=True), data=body, headers=headers, allow_redirects=False
            ) as answer:
                content = await answer.read()
        except aiohttp.ClientError:
            return Answer(502)
        return Answer(answer.status, [(n, v) for n, v in answer.headers.items() if n.lower() not in _OWN], content)

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()
