"""The look at a fresh deployment: it passes what is well, and names each thing that is not."""

import pytest

from tests.integration.azd.conftest import DeployedApp
from tools.azd.azure_calls import DeploymentError
from tools.azd.smoke_test import smoke_faults, wait_for_health


def test_a_good_app_has_no_faults(app: DeployedApp) -> None:
    """Healthy, described, closed to strangers and open to customers: nothing is said."""
    wait_for_health(app.url)
    assert smoke_faults(app.url) == []


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("/api/openapi.json", (200, b"<html>Your app is up</html>"), "is this the app?"),
        ("/api/claims", (200, b"[]"), "/api/claims answered 200 to a stranger"),
        ("/api/review/dead-letters", (500, b""), "answered 500 to a forged principal"),
        ("/respond/no-such-claim", (401, b""), "the page must be open"),
        ("/respond/no-such-claim", (500, b""), "the page must be open"),
    ],
)
def test_each_fault_is_named(app: DeployedApp, path: str, answer: tuple[int, bytes], words: str) -> None:
    """An app of somebody else's, an open door, a closed customer's page: each is a sentence."""
    app.answers[path] = answer
    assert any(words in fault for fault in smoke_faults(app.url))


def test_lost_headers_are_named(app: DeployedApp) -> None:
    """An app in front of which somebody takes the safety headers away is not well."""
    app.headers.clear()
    assert smoke_faults(app.url) == ["/api/openapi.json came without the app's headers."]


def test_health_is_waited_for(app: DeployedApp) -> None:
    """While roles are not yet known everywhere the app answers 503; that is waited for, not failed upon."""
    well = app.answers["/api/health"]
    app.answers["/api/health"] = (503, b'{"code": "storage-unavailable"}')
    waits = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            app.answers["/api/health"] = well

    wait_for_health(app.url, pause=pause)
    assert len(waits) == 2


def test_patience_ends(app: DeployedApp) -> None:
    """An app that never gets well fails with its last answer."""
    app.answers["/api/health"] = (503, b"storage-unavailable")
    with pytest.raises(DeploymentError, match="503 storage-unavailable"):
        wait_for_health(app.url, patience=30, pause=lambda _: None)
