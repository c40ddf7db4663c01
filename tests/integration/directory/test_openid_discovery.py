"""Tenant discovery over a real connection."""

import asyncio
import json

import pytest
from aiohttp import web

from shared.directory import OpenIdDirectory
from shared.usecases.records import ServiceUnavailableError
from tests.integration.local_service import Handler, served

TENANT = "a1a1a1a1-0000-4000-8000-000000000001"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"


def answering(body: object, status: int = 200) -> Handler:
    """A handler that always gives this answer."""

    async def handle(_request: web.Request) -> web.Response:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, content_type="application/json")

    return handle


async def asked(handler: Handler, domain: str = "alpine.example", *, patience: float = 5.0) -> str | None:
    """What the directory says when the authority is that handler."""
    async with served(handler) as url:
        directory = OpenIdDirectory(f"{url}/authority/", timeout=patience)
        try:
            return await directory.tenant_of(domain)
        finally:
            await directory.close()


async def test_issuer_names_the_tenant() -> None:
    """The tenant ID is the one in the issuer, in lower case."""
    assert await asked(answering({"issuer": ISSUER})) == TENANT
    assert await asked(answering({"issuer": f"https://sts.example/{TENANT.upper()}/v2.0"})) == TENANT


@pytest.mark.parametrize(
    ("domain", "path"),
    [
        ("alpine.example", "/authority/alpine.example/v2.0/.well-known/openid-configuration"),
        ("a/../b?c#d.example", "/authority/a%2F..%2Fb%3Fc%23d.example/v2.0/.well-known/openid-configuration"),
        ("kr\xf3l.example", "/authority/kr%C3%B3l.example/v2.0/.well-known/openid-configuration"),
        ("a%2e.example", "/authority/a%252e.example/v2.0/.well-known/openid-configuration"),
    ],
)
async def test_domain_stays_one_segment(domain: str, path: str) -> None:
    """Whatever a domain holds, it is one segment of the path asked for."""
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return web.json_response({"issuer": ISSUER})

    await asked(handle, domain)
    assert seen == [path]


@pytest.mark.parametrize("status", [400, 404])
async def test_unknown_domain_has_no_tenant(status: int) -> None:
    """An error document for the domain means that no tenant has verified it."""
    assert await asked(answering({"error": "invalid_tenant", "error_codes": [90002]}, status)) is None


@pytest.mark.parametrize("name", ["common", "organizations", "consumers", "", ".", "..", TENANT])
async def test_what_is_no_domain_is_not_asked_for(name: str) -> None:
    """The authority's own aliases and a name without a dot are no domains; the authority is not asked."""

    async def handle(_request: web.Request) -> web.Response:
        raise AssertionError("nobody should be asked")

    assert await asked(handle, name) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"issuer": ISSUER}, 500),
        ({"error": "invalid_tenant"}, 503),
        ({"error": "invalid_tenant"}, 429),
        ({"error": "temporarily_unavailable"}, 400),
        ("<html>not found</html>", 404),
        ({}, 400),
        ("not json", 200),
        ("[1]", 200),
        ("[" * 60_000, 200),
        ({}, 200),
        ({"issuer": 7}, 200),
        ({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}, 200),
        ({"issuer": f"https://login.microsoftonline.com/x{TENANT}/v2.0"}, 200),
        ({"issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0/more"}, 200),
        ({"issuer": "https://[broken"}, 200),
        ({"issuer": ISSUER, "padding": "x" * 70_000}, 200),
        ({"issuer": ISSUER}, 204),
    ],
)
async def test_what_is_not_understood_is_no_answer(body: object, status: int) -> None:
    """Errors of the authority and answers that are no discovery document are never taken for "unknown"."""
    with pytest.raises(ServiceUnavailableError):
        await asked(answering(body, status))


async def test_redirect_is_not_followed() -> None:
    """An authority that points elsewhere is not believed, and elsewhere is never asked."""
    asked_elsewhere: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked_elsewhere.append(request.path)
        return web.json_response({"issuer": ISSUER})

    async with served(elsewhere) as url:

        async def handle(_request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"{url}/somewhere"})

        with pytest.raises(ServiceUnavailableError):
            await asked(handle)
    assert asked_elsewhere == []


async def test_slow_authority_is_given_up() -> None:
    """An authority that does not answer in time is down, not silent consent."""

    async def handle(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    with pytest.raises(ServiceUnavailableError):
        await asked(handle, patience=0.2)


async def test_absent_authority_is_down() -> None:
    """Nobody listening, or a connection cut, is the same as an authority that is down."""

    async def cut(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    with pytest.raises(ServiceUnavailableError):
        await asked(cut)
    async with served(cut) as url:
        pass
    directory = OpenIdDirectory(url)
    with pytest.raises(ServiceUnavailableError):
        await directory.tenant_of("alpine.example")
    await directory.close()


async def test_close_can_be_called_any_time() -> None:
    """Closing before the first question, or twice, is fine, and a later question opens the connections again."""
    async with served(answering({"issuer": ISSUER})) as url:
        directory = OpenIdDirectory(url)
        await directory.close()
        assert await directory.tenant_of("alpine.example") == TENANT
        await directory.close()
        await directory.close()
        assert await directory.tenant_of("alpine.example") == TENANT
        await directory.close()
