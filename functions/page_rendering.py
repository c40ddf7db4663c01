"""Pages from templates, with what every page carries (PAGES.md, Decisions).

Templates escape everything, and a name that a template does not get is an error. No page needs a script.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import azure.functions as func

from functions.addresses import path_and_query
from functions.form_tokens import form_token, subject_of
from functions.page_words import ACTORS, AUDIENCES, CHECKS, EVENTS, LOOKS, MAIL_STATUSES, MAILS, OUTCOMES, STATUSES
from functions.routing import Call
from functions.status_text import wished_language
from shared.domain.catalogue import catalogue
from shared.texts import texts
from shared.texts.said import said
from shared.texts.skipped_days import skipped_reason
from shared.usecases.callers import PARTNERS, Role

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_SHARED = Path(__file__).resolve().parent.parent / "shared"
TEMPLATES = _SHARED / "templates"
STATIC = _SHARED / "static"
_POLICY = (
    "default-src 'none'; {scripts}style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_KINDS = {".css": "text/css", ".js": "text/javascript"}
_KILO = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the page; `form_token` goes into each of its forms."""

    name: str
    is_partner: bool
    is_programme: bool
    may_submit: bool
    form_token: str


def reader_of(call: Call) -> Reader | None:
    """The signed-in person of this call, null where nobody is."""
    caller = call.signed_in
    if caller is None:
        return None
    return Reader(
        name=caller.name,
        is_partner=bool(caller.roles & PARTNERS),
        is_programme=caller.is_programme,
        may_submit=Role.PARTNER_ADMIN in caller.roles,
        form_token=form_token(call.settings.form_secret, caller, about=subject_of(call.request.url), now=call.now),
    )


def language_of_page(request: func.HttpRequest) -> str:
    """The language that the browser asks for."""
    return wished_language(request.headers.get("accept-language"))


def page(
    call: Call,
    template: str,
    *,
    status: int = 200,
    module: str = "",
    nonce: str | None = None,
    private: bool = False,
    frames: bool = False,
    **context: object,
) -> func.HttpResponse:
    """The template as an answer.

    `module` names the script of `shared/static/` that the page loads, which may speak to this site alone; `nonce` lets
    a script in the template run; `private` tells no site where the reader came from; `frames` lets the page hold a
    frame of this site.
    """
    return html_answer(
        template,
        language=language_of_page(call.request),
        status=status,
        module=module,
        nonce=nonce,
        private=private,
        frames=frames,
        context={
            "reader": reader_of(call),
            "programme": call.settings.programme_name,
            "here": path_and_query(call.request.url)[0],
            **context,
        },
    )


def html_answer(
    template: str,
    *,
    language: str,
    context: Mapping[str, object],
    status: int = 200,
    module: str = "",
    nonce: str | None = None,
    private: bool = False,
    frames: bool = False,
    headers: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """The same, where there is no call to speak of."""
    if module and nonce is None:
        nonce = secrets.token_urlsafe(16)
    known = {
        "nonce": nonce,
        "private": private,
        "module": static_path(module) if module else "",
        "programme": "",
        "here": "",
        **context,
    }
    body = page_environment(language).get_template(template).render(known)
    own = {
        "Content-Language": language,
        "Content-Security-Policy": content_security_policy(nonce, connects=bool(module), frames=frames),
        "Referrer-Policy": "no-referrer" if private else "same-origin",
        "Vary": "Accept-Language, Cookie",
    }
    if private:
        own["X-Robots-Tag"] = "noindex"
    return func.HttpResponse(body, status_code=status, headers={**own, **(headers or {})}, mimetype="text/html")


def content_security_policy(nonce: str | None, *, connects: bool = False, frames: bool = False) -> str:
    """What a browser may load for a page: our stylesheet, and the scripts with that nonce.

    A page that `connects` has a script that sends or asks something, of this site alone; one that `frames` shows
    something of this site in a frame.
    """
    scripts = f"script-src 'nonce-{nonce}'; " if nonce else ""
    asks = "connect-src 'self'; " if connects else ""
    return _POLICY.format(scripts=scripts + asks + ("frame-src 'self'; " if frames else ""))


def see_other(path: str) -> func.HttpResponse:
    """What a form post that succeeded is answered with: go and look there."""
    return func.HttpResponse(status_code=303, headers={"Location": path})


@cache
def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Every file that pages load: its content and media type, by its name with a hash, which is never used again."""
    return {_hashed(file): (file.read_bytes(), _KINDS[file.suffix]) for file in _static()}


@cache
def static_path(name: str) -> str:
    """The address of a file of `shared/static/`, such as "site.css". KeyError where there is none."""
    return {file.name: f"/static/{_hashed(file)}" for file in _static()}[name]


def _static() -> list[Path]:
    return sorted(file for file in STATIC.iterdir() if file.suffix in _KINDS)


def _hashed(file: Path) -> str:
    return f"{file.stem}.{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}{file.suffix}"


@cache
def page_environment(language: str) -> "Environment":
    """What templates of pages are rendered with, in that language."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    words = texts(language)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True
    )
    environment.globals.update(
        language=language,
        stylesheet=static_path("site.css"),
        activity_names={one.id: words.gettext(one.name) for one in catalogue().activities},
        area_names={one.id: words.gettext(one.name) for one in catalogue().solution_areas},
        product_names={one.id: one.name for one in catalogue().products},
        statuses=_said(STATUSES, language),
        outcomes=_said(OUTCOMES, language),
        actors=_said(ACTORS, language),
        events_said=_said(EVENTS, language),
        mails_said=_said(MAILS, language),
        mail_statuses=_said(MAIL_STATUSES, language),
        audiences=_said(AUDIENCES, language),
        looks_said=_said(LOOKS, language),
        check_results=_said(CHECKS, language),
    )
    environment.filters.update(
        when=lambda value, zone="UTC": when(value, zone, language=language),
        day=lambda value: words.date(date.fromisoformat(value)),
        said=lambda sentence: said(words, sentence),
        skipped=lambda one, country: skipped_reason(words, date.fromisoformat(one["day"]), one["reason"], country),
        size=size,
        number=words.number,
        query=lambda values: urlencode({name: value for name, value in values.items() if value}),
    )
    return environment


def _said(words: Mapping[str, str], language: str) -> dict[str, str]:
    return {name: texts(language).gettext(word) for name, word in words.items()}


def when(value: datetime | str, zone: str, *, language: str) -> "Markup":
    """An instant as people and machines read it, with its zone."""
    from markupsafe import Markup

    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    machine = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(machine, texts(language).date_time(at, zone))


def size(count: int) -> str:
    """A number of bytes as people read it."""
    if count < _KILO:
        return f"{count} B"
    if count < _KILO * _KILO:
        return f"{count / _KILO:.0f} KB"
    return f"{count / _KILO / _KILO:.1f} MB"
