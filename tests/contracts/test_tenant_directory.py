"""The contract of TenantDirectory."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from shared.directory import OpenIdDirectory
from shared.usecases.ports import TenantDirectory
from shared.usecases.records import ServiceUnavailableError
from tests.fakes.mail import FakeTenantDirectory
from tests.integration.local_service import served

TENANT = "a1a1a1a1-0000-4000-8000-000000000001"
KNOWN = {"alpine.example": TENANT, "xn--krl-0na.example": "a1a1a1a1-0000-4000-8000-000000000002"}
DOWN = "down.example"


async def authority(request: web.Request) -> web.Response:
    """An authority that knows some domains, answers others as the platform does, and is down for one."""
    domain = request.path.split("/")[1]
    if domain == DOWN:
        return web.Response(status=503)
    if domain not in KNOWN:
        return web.json_response({"error": "invalid_tenant"}, status=400)
    return web.json_response({"issuer": f"https://login.microsoftonline.com/{KNOWN[domain]}/v2.0"})


@pytest.fixture(params=("fake", "http"))
async def directory(request: pytest.FixtureRequest) -> AsyncIterator[TenantDirectory]:
    """The fake, then the adapter."""
    if request.param == "fake":
        yield FakeTenantDirectory(KNOWN, down={DOWN})
        return
    async with served(authority) as url:
        adapter = OpenIdDirectory(url)
        yield adapter
        await adapter.close()


async def test_a_domain_names_its_tenant(directory: TenantDirectory) -> None:
    """A verified domain resolves to its tenant."""
    assert [await directory.tenant_of(domain) for domain in KNOWN] == list(KNOWN.values())


async def test_an_unknown_domain_names_none(directory: TenantDirectory) -> None:
    """A domain that no tenant has verified, and a name that is no domain, resolve to none."""
    for name in ("nobody.example", "sub.alpine.example", "common", ""):
        assert await directory.tenant_of(name) is None


async def test_silence_is_not_a_no(directory: TenantDirectory) -> None:
    """An authority that is down is told apart from one that says no."""
    with pytest.raises(ServiceUnavailableError):
        await directory.tenant_of(DOWN)
