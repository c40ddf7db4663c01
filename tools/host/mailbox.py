"""The mails that left the app, for people and tests to read: ``/.dev/mail`` (API.md)."""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from tools.host.web import Answer, Request, html_answer, json_answer

_KEPT = 5000
_ON_PAGE = 100
_URL = re.compile(r"https?://[^\s<>\"]+")
_STYLE = (
    "body{font:1rem/1.5 system-ui;max-width:56rem;margin:2rem auto;padding:0 1rem}article{border-top:1px solid #767676;"
    "padding:1rem 0}dt{font-weight:600}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}"
    "dd{margin:0}pre{white-space:pre-wrap;overflow-wrap:anywhere}iframe{width:100%;height:28rem}"
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted mail; ``to`` holds every addressee, joined by commas."""

    to: str
    subject: str
    text: str
    html: str
    sent_at: datetime
    operation_id: str
    headers: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the mail with the names of API.md."""
        return {
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "sentAt": self.sent_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "operationId": self.operation_id,
            "headers": self.headers,
        }


class Mailbox:
    """The last 5,000 mails, newest first."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=_KEPT)

    def put(self, mail: Mail) -> None:
        """Keep a mail; the oldest goes when there are too many."""
        self._mails.appendleft(mail)

    def answer(self, request: Request) -> Answer:
        """Serve ``/.dev/mail``."""
        if request.method == "DELETE":
            self._mails.clear()
            return Answer(204)
        if request.method not in {"GET", "HEAD"}:
            return Answer(405, [("allow", "GET, HEAD, DELETE")])
        if prefers_html(request.headers.get("accept", "")):
            return html_answer(self._page(), headers=[("vary", "Accept")])
        return json_answer([mail.as_json() for mail in self._mails], headers=[("vary", "Accept")])

    def _page(self) -> str:
        shown = [_article(number, mail) for number, mail in enumerate(self._mails) if number < _ON_PAGE]
        count = f"{len(self._mails)} mails" + (f", the newest {_ON_PAGE} shown" if len(self._mails) > _ON_PAGE else "")
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mails sent locally</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{_STYLE}</style></head><body><main><h1>Mails sent locally</h1>"
            f"<p>{count}. Nothing left this machine.</p>{''.join(shown)}</main></body></html>"
        )


def prefers_html(accept: str) -> bool:
    """Tell whether an Accept header asks for a page rather than for JSON; no wish at all means JSON."""
    html = max(_quality(accept, "text/html"), _quality(accept, "application/xhtml+xml"))
    return html > _quality(accept, "application/json")


def _quality(accept: str, wanted: str) -> float:
    """Return the weight of exactly this media type; wildcards say nothing about what is preferred."""
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if kind == wanted:
            weight = next((one.removeprefix("q=") for one in parameters if one.startswith("q=")), "1")
            return float(weight) if re.fullmatch(r"[01](?:\.\d{0,3})?", weight) else 0.0
    return 0.0


def _article(number: int, mail: Mail) -> str:
    # In a sandbox without scripts; links open outside of it, for reading a mail means following its link.
    framed = escape(f'<base target="_blank">{mail.html}')
    page = (
        f'<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="HTML of: {escape(mail.subject)}" '
        f'srcdoc="{framed}" loading="lazy"></iframe>'
        if mail.html
        else "<p>No HTML part.</p>"
    )
    return (
        f'<article aria-labelledby="mail-{number}"><h2 id="mail-{number}">{escape(mail.subject)}</h2>'
        f"<dl><dt>To</dt><dd>{escape(mail.to)}</dd><dt>Sent</dt><dd>{mail.sent_at:%Y-%m-%d %H:%M:%S} UTC</dd>"
        f"<dt>Operation</dt><dd>{escape(mail.operation_id)}</dd></dl>"
        f"<details{' open' if number == 0 else ''}><summary>Text</summary><pre>{_linked(mail.text)}</pre></details>"
        f"<details><summary>HTML</summary>{page}</details></article>"
    )


def _linked(text: str) -> str:
    pieces, end = [], 0
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?)]'")
        pieces += [escape(text[end : match.start()]), f'<a href="{escape(url)}">{escape(url)}</a>']
        end = match.start() + len(url)
    return "".join([*pieces, escape(text[end:])])
