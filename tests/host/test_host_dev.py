"""The clock and the tenant discovery stub (API.md, The local host's own endpoints)."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.host.running_host import RunningHost
from tools.host.clock import AppClock, format_duration, parse_duration
from tools.host.errors import StartError
from tools.host.storage_accounts import connection_string, endpoints

APP = """
import azure.functions as func

from shared.clock import CLOCK

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="now")
async def now(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(CLOCK.now().isoformat())
"""
CLOCK = """
from datetime import UTC, datetime, timedelta


class Clock:
    offset = timedelta()

    def now(self):
        return datetime.now(UTC) + self.offset


CLOCK = Clock()
"""
FILES = {"shared/__init__.py": "", "shared/clock.py": CLOCK}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """A host serving an app with a clock."""
    with RunningHost(tmp_path_factory.mktemp("dev"), APP, files=FILES) as running:
        yield running


def ahead(host: RunningHost) -> float:
    """How many days the app's clock is ahead."""
    return (datetime.fromisoformat(host.client.get("/now").text) - datetime.now(UTC)) / timedelta(days=1)


def test_the_apps_clock_is_moved_and_set_back(host: RunningHost) -> None:
    """Advances add up, show in the app and in the answer, and a reset brings the present back."""
    assert host.client.post("/.dev/clock", json={"advance": "P7D"}).status_code == 200
    answer = host.client.post("/.dev/clock", json={"advance": "PT12H"}).json()
    assert (answer["offset"], answer["offsetSeconds"]) == ("P7DT12H", 648000.0)
    assert ahead(host) == pytest.approx(7.5, abs=0.01)
    assert host.client.get("/.dev/clock").json()["offset"] == "P7DT12H"
    assert host.client.post("/.dev/clock", json={"reset": True}).json()["offset"] == "P0D"
    assert ahead(host) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ("{}", 422),
        ('{"advance": 7}', 422),
        ('{"advance": "7 days"}', 422),
        ('{"advance": "P"}', 422),
        ('{"advance": "PT"}', 422),
        ('{"advance": "P1M"}', 422),
        ('{"advance": "-P1D"}', 422),
        ('{"advance": "P999999W"}', 422),
        ('{"advance": "PT999999999999S"}', 422),
        ('{"reset": false}', 422),
        ('{"reset": true, "advance": "P1D"}', 422),
    ],
)
def test_bad_moves_move_nothing(host: RunningHost, content: str, status: int) -> None:
    """What is no JSON object is 400, what is no move 422, and the clock stays."""
    assert host.client.post("/.dev/clock", content=content).status_code == status
    assert host.client.get("/.dev/clock").json()["offsetSeconds"] == 0
    assert host.client.put("/.dev/clock").status_code == 405


def test_a_moved_clock_outlives_a_restart(tmp_path: Path) -> None:
    """With HOST_CLOCK_FILE the next process starts where the clock was, in the app too."""
    settings = {"HOST_CLOCK_FILE": str(tmp_path / "clock.json")}
    with RunningHost(tmp_path / "app", APP, files=FILES, settings=settings) as first:
        first.client.post("/.dev/clock", json={"advance": "P3D"})
    with RunningHost(tmp_path / "app", APP, files=FILES, settings=settings) as second:
        assert ahead(second) == pytest.approx(3, abs=0.01)


def test_an_app_without_a_clock_is_tolerated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the app has no shared.clock, the host's own sense of time, that of its stubs, moves alone."""
    monkeypatch.setitem(sys.modules, "shared.clock", None)
    clock = AppClock(None)
    clock.offset = timedelta(days=2)
    clock.restore()
    assert clock.now() - datetime.now(UTC) > timedelta(days=1)


@pytest.mark.parametrize("content", ["", "[]", '{"offsetSeconds": "long"}', '{"offsetSeconds": 1e300}'])
def test_a_damaged_clock_file_is_told(tmp_path: Path, content: str) -> None:
    """A clock file that cannot be read keeps the host from starting, and names itself."""
    path = tmp_path / "clock.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StartError, match=r"clock\.json is damaged"):
        AppClock(path).restore()


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P7D", timedelta(days=7)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("PT36H", timedelta(hours=36)),
        ("P1Y", None),
        ("P1W2D", None),
        ("p7d", None),
        ("P\u0667D", None),
        ("", None),
    ],
)
def test_durations_are_iso_8601(text: str, duration: timedelta | None) -> None:
    """Weeks, days, hours, minutes and seconds are read; years and months, no fixed time, are not."""
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["P0D", "P7D", "PT1H", "P1DT2H3M4.5S"])
def test_durations_are_written_as_they_are_read(text: str) -> None:
    """Writing a duration gives what reading it took."""
    duration = parse_duration(text)
    assert duration is not None
    assert format_duration(duration) == text


DISCOVERY = "/.dev/authority/{}/v2.0/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("domain", "number"),
    [
        ("alpine.example", 1),
        ("birch.example", 2),
        ("CEDAR.example", 3),
        ("dogwood.onmicrosoft.example", 4),
        ("a1a1a1a1-0000-4000-8000-000000000001", 1),
    ],
)
def test_a_domain_leads_to_its_tenant(host: RunningHost, domain: str, number: int) -> None:
    """The discovery document of a sample domain names its tenant as issuer, as the real authority does."""
    answer = host.client.get(DISCOVERY.format(domain))
    tenant = f"a1a1a1a1-0000-4000-8000-00000000000{number}"
    assert answer.json()["issuer"] == f"https://login.microsoftonline.com/{tenant}/v2.0"
    assert tenant in answer.json()["token_endpoint"]


def test_a_domain_may_name_its_tenant_itself(host: RunningHost) -> None:
    """A domain `tenant-HEX.example` belongs to the tenant of that ID, so that tests can have customers of their own."""
    tenant_id = "0f0f0f0f-1111-4222-8333-444444444444"
    answer = host.client.get(DISCOVERY.format(f"tenant-{tenant_id.replace('-', '')}.example"))
    assert answer.json()["issuer"] == f"https://login.microsoftonline.com/{tenant_id}/v2.0"
    assert host.client.get(DISCOVERY.format("tenant-0f0f.example")).status_code == 400


def test_an_unknown_domain_is_refused_as_the_authority_does(host: RunningHost) -> None:
    """A domain of no tenant is a 400 with the authority's code; other paths are not found."""
    answer = host.client.get(DISCOVERY.format("nobody.example"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_tenant")
    assert "AADSTS90002" in answer.json()["error_description"]
    assert host.client.get("/.dev/authority/alpine.example").status_code == 404
    assert host.client.post(DISCOVERY.format("alpine.example")).status_code == 404


def test_the_authority_can_be_down(host: RunningHost) -> None:
    """Switched off it answers 503 until it is switched on again; a bad switch changes nothing."""
    assert host.client.post("/.dev/authority", json={"down": True}).json() == {"down": True}
    assert host.client.get(DISCOVERY.format("alpine.example")).status_code == 503
    assert host.client.post("/.dev/authority", json={"down": "no"}).status_code == 422
    assert host.client.post("/.dev/authority", content="{").status_code == 400
    assert host.client.get("/.dev/authority").json() == {"down": True}
    assert host.client.delete("/.dev/authority").status_code == 405
    assert host.client.post("/.dev/authority", json={"down": False}).json() == {"down": False}
    assert host.client.get(DISCOVERY.format("alpine.example")).status_code == 200


def test_endpoints_tell_the_kinds_of_storage_apart() -> None:
    """Each address in the environment is known by its kind: written out, derived from the account, or by identity."""
    settings = {
        "Emulator": "UseDevelopmentStorage=true",
        "Cloud": "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=x;EndpointSuffix=core.windows.net",
        "Own": "AccountName=a;AccountKey=x;QueueEndpoint=http://127.0.0.1:5001/a",
        "Data__tableServiceUri": "https://data.table.core.windows.net/",
        "Path": "/usr/bin",
    }
    found = endpoints(settings)
    assert found["127.0.0.1:10000"] == "blob"
    assert found["127.0.0.1:10001"] == "queue"
    assert found["127.0.0.1:10002"] == "table"
    assert found["127.0.0.1:5001"] == "queue"
    assert found["acme.table.core.windows.net:443"] == "table"
    assert found["data.table.core.windows.net:443"] == "table"


def test_a_connection_is_a_setting_or_its_prefixed_form() -> None:
    """A binding's connection X means the setting X, else AzureWebJobsX, else nothing."""
    assert connection_string("X", {"X": "AccountName=a", "AzureWebJobsX": "AccountName=b"}) == "AccountName=a"
    assert connection_string("X", {"AzureWebJobsX": "AccountName=b"}) == "AccountName=b"
    assert connection_string("X", {}) is None
    assert "10001" in (connection_string("X", {"X": "UseDevelopmentStorage=true"}) or "")


def test_the_clock_file_holds_the_offset(tmp_path: Path) -> None:
    """The clock file of another tool is understood: seconds under offsetSeconds."""
    path = tmp_path / "clock.json"
    path.write_text(json.dumps({"offsetSeconds": 0}), encoding="utf-8")
    clock = AppClock(path)
    clock.restore()
    assert clock.offset == timedelta()
