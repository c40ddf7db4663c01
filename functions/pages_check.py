"""The page where anybody can see whether a mail of ours is real (PAGES.md, Patterns: Customer page)."""

import re
from ipaddress import IPv6Address, ip_address, ip_network

import azure.functions as func

from functions.page_forms import Faults, Posted, field_faults
from functions.page_problems import problem_page
from functions.page_rendering import page
from functions.routing import ANYONE, Call, new_blueprint, route
from shared.domain.errors import InvalidClaimError
from shared.domain.reason_texts import N_
from shared.forms.form import parse
from shared.forms.look_up_form import LookUpForm
from shared.usecases import look_up_request as looking_up

blueprint = new_blueprint()
_FIELDS = {"number": "f-number", "domain": "f-domain"}
_LABELS = {"number": N_("Number"), "domain": N_("Domain of your organisation")}
_UNPROCESSABLE, _TYPED = 422, 300
_UNKNOWN = "unknown"
_NETWORK = 64
"""Bits of an IPv6 address that name a network: what one customer of a provider gets, at least."""
_WITH_PORT = re.compile(r"(\[[^]]+\]|[^:]+):[0-9]+")


@route(blueprint, "check", methods=("GET",), roles=ANYONE, on_problem=problem_page)
async def show_check_page(call: Call) -> func.HttpResponse:
    """A form; with a number and a domain, whether there is such a request, and the word of where it stands."""
    typed = {name: call.request.params.get(name, "")[:_TYPED] for name in _FIELDS}
    if not call.request.params:
        return _page(call, typed)
    domain = typed["domain"].rpartition("@")[2]
    try:
        form = parse(LookUpForm, {**typed, "domain": domain})
    except InvalidClaimError as error:
        faults = field_faults(error.faults, known=_FIELDS, labels=_LABELS)
        return _page(call, typed, faults=Faults(faults), status=_UNPROCESSABLE)
    found = await looking_up.look_up_request(
        call.services, number=form.number, domain=form.domain, asker=_asker(call.request), now=call.now
    )
    return _page(call, typed, asked=form.number, found=found.status.value if found else None)


def _page(
    call: Call,
    typed: dict[str, str],
    *,
    asked: str = "",
    found: str | None = None,
    faults: Faults | None = None,
    status: int = 200,
) -> func.HttpResponse:
    settings = call.settings
    return page(
        call,
        "check.html",
        status=status,
        typed=Posted(values={name: [value] for name, value in typed.items()}),
        faults=faults or Faults(),
        asked=asked,
        found=found,
        host=settings.public_url.partition("://")[2],
        sender=settings.email_sender,
        contact=settings.contact_address,
    )


def _asker(request: func.HttpRequest) -> str:
    """The address that asks: what the platform's own front end saw, which stands last, never what a caller claims.

    Of an IPv6 address the network: whoever has one has all of its addresses.
    """
    seen = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    with_port = _WITH_PORT.fullmatch(seen)
    host = (with_port[1] if with_port else seen).strip("[]")
    try:
        address = ip_address(host)
    except ValueError:
        return host or _UNKNOWN
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((int(address), _NETWORK), strict=False))
    return str(address)
