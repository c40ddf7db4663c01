"""Visits of a person to the product, in a browser as fresh as a stranger's."""

import re
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

DESKTOP, PHONE = (1280, 900), (390, 844)
NARROW = 320
LOCALES = {"en": "en-GB", "pl": "pl-PL"}
PATIENCE = 10_000
OWN = ("data:", "blob:", "chrome-extension:", "chrome:")  # the last two: how Chromium shows a PDF
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|503)")


@dataclass
class Visits:
    """Makes visits, one context each, and remembers everything that no page of ours may do: see `faults`."""

    browser: Browser
    base_url: str
    faults: list[str] = field(default_factory=list)
    _open: list[BrowserContext] = field(default_factory=list)

    async def __call__(
        self,
        persona: str | None = None,
        path: str | None = None,
        *,
        language: str = "en",
        dark: bool = False,
        size: tuple[int, int] = DESKTOP,
        scripts: bool = True,
    ) -> Page:
        """A page in a context of its own: signed in as a persona (contoso, fabrikam, reviewer …), and at a path.

        `scripts` false is a browser that runs none; `dark` is the reader's wish.
        """
        context = await self.browser.new_context(
            base_url=self.base_url,
            locale=LOCALES[language],
            color_scheme="dark" if dark else "light",
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self._open.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("console", self._on_console)
        context.on("dialog", self._on_dialog)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", self._on_request)
        if persona:
            # No page is shown on the way: the sign-in itself is the local host's.
            way = {"persona": persona, "post_login_redirect_uri": "/"}
            answer = await context.request.get("/.auth/login/aad", params=way, max_redirects=0)
            assert answer.status == 302, f"{persona} cannot sign in: {answer.status}"
        page = await context.new_page()
        if path:
            await page.goto(path)
        return page

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _REFUSED.match(message.text):
            self.faults.append(f"console: {message.text}")

    async def _on_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.base_url + "/", *OWN)):
            self.faults.append(f"request to elsewhere: {request.url}")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for context in self._open:
            await context.close()
