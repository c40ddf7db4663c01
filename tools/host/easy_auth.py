"""App Service Authentication, emulated: who the cookie says, and nobody else (API.md, Sign-in)."""

import os
import re
from html import escape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode

from itsdangerous import BadSignature, URLSafeTimedSerializer

from tools.host.personas import PERSONAS, Persona
from tools.host.web import Answer, Request, fault, html_answer, json_answer, redirect

COOKIE = "AppServiceAuthSession"
_HOURS_8 = 8 * 3600
_TRUSTED_PREFIXES = ("x-ms-client-principal", "x-ms-token-")
# One slash, then anything that keeps a browser on this host: no second slash, no backslash, no control character.
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def is_local_path(target: str) -> bool:
    """Tell whether a redirect target stays on this host."""
    return _LOCAL_PATH.fullmatch(target) is not None


class EasyAuth:
    """Signs personas in and out, and vouches for them on each request."""

    def __init__(self, session_key: str) -> None:
        self._signer = URLSafeTimedSerializer(session_key, salt="local-session")

    def vouch(self, request: Request) -> None:
        """Strip what only the platform may say, then say who the cookie belongs to."""
        for name in [name for name in request.headers if name.startswith(_TRUSTED_PREFIXES)]:
            del request.headers[name]
        if os.environ.get("WEBSITE_AUTH_ENABLED", "").lower() != "true":
            return
        persona = self._persona(request)
        if persona is not None:
            request.headers.update(persona.headers())

    def answer(self, request: Request) -> Answer:
        """Serve ``/.auth/…``."""
        if request.method not in {"GET", "HEAD"}:
            return Answer(405, [("allow", "GET, HEAD")])
        match request.raw_path:
            case "/.auth/login/aad":
                return self._login(request)
            case "/.auth/logout":
                target = request.query.get("post_logout_redirect_uri", "/")
                if not is_local_path(target):
                    return fault(400, "foreign-redirect", "Only a path of this host may follow the sign-out.")
                return redirect(target, [("set-cookie", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")])
            case "/.auth/me":
                return self._me(request)
            case _:
                return Answer(404)

    def _login(self, request: Request) -> Answer:
        target = request.query.get("post_login_redirect_uri", "/")
        if not is_local_path(target):
            return fault(400, "foreign-redirect", "Only a path of this host may follow the sign-in.")
        key = request.query.get("persona")
        if key is None:
            return html_answer(_login_page(target))
        if key not in PERSONAS:
            return fault(400, "unknown-persona", f"The personas are {', '.join(PERSONAS)}.")
        session = self._signer.dumps(key)
        cookie = f"{COOKIE}={session}; Path=/; Max-Age={_HOURS_8}; HttpOnly; SameSite=Lax"
        return redirect(target, [("set-cookie", cookie), ("cache-control", "no-store")])

    def _me(self, request: Request) -> Answer:
        persona = self._persona(request)
        if persona is None:
            return Answer(401)
        me = {"provider_name": "aad", "user_id": persona.user, "user_claims": persona.claims()}
        return json_answer([me], headers=[("cache-control", "no-store")])

    def _persona(self, request: Request) -> Persona | None:
        raw = request.headers.get("cookie")
        if not raw or COOKIE not in raw:
            return None
        try:
            # Joined duplicates of the header are joined by commas; a browser joins cookies by semicolons.
            morsel = SimpleCookie(raw.replace(",", ";")).get(COOKIE)
            key = self._signer.loads(morsel.value, max_age=_HOURS_8) if morsel is not None else None
        except (BadSignature, CookieError):
            return None
        return PERSONAS.get(key) if isinstance(key, str) else None


def _login_page(target: str) -> str:
    rows = "".join(
        f'<li><a href="/.auth/login/aad?{escape(urlencode({"persona": key, "post_login_redirect_uri": target}))}">'
        f"{escape(persona.name)}</a> <code>{escape(key)}</code>: {escape(persona.what)}</li>"
        for key, persona in PERSONAS.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in locally</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>body{font:1.1rem/1.6 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}</style>"
        "</head><body><main><h1>Sign in locally</h1><p>This page stands in for the organisation's sign-in. "
        f"Choose who you are:</p><ul>{rows}</ul></main></body></html>"
    )
