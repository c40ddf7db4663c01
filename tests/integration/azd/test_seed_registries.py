"""Registries are seeded through the app's own import: tried first, then written."""

import json
from pathlib import Path

import pytest

from tests.integration.azd.conftest import DeployedApp
from tools.azd.azure_calls import DeploymentError
from tools.azd.seed_registries import seed

WELL = json.dumps({"counts": {"created": 2, "updated": 0, "unchanged": 0, "failed": 0}, "rows": []}).encode()
FAULTY = json.dumps(
    {"counts": {"created": 1, "updated": 0, "unchanged": 0, "failed": 1}, "rows": [{"row": 2, "result": "failed"}]}
).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files for two registries."""
    (tmp_path / "partners.csv").write_text("mpnId\n1000001\n", encoding="utf-8")
    (tmp_path / "customers.csv").write_text("tenantId\n", encoding="utf-8")
    return tmp_path


def test_each_file_is_tried_and_then_written(app: DeployedApp, folder: Path) -> None:
    """For each file a dry run comes first, with the caller's token; a registry without a file is left alone."""
    for name in ("partners", "customers"):
        app.answers[f"/api/review/registry/{name}"] = (200, WELL)
    said = seed(app.url, folder, {"Authorization": "Bearer token"})
    assert said[0] == "partners.csv: 2 created, 0 updated, 0 unchanged, 0 failed."
    assert [path for _, path, _, _ in app.requests] == [
        "/api/review/registry/partners?dryRun=true&results=errors",
        "/api/review/registry/partners?results=errors",
        "/api/review/registry/customers?dryRun=true&results=errors",
        "/api/review/registry/customers?results=errors",
    ]
    assert all(headers["Authorization"] == "Bearer token" for _, _, headers, _ in app.requests)
    assert app.requests[0][3] == b"mpnId\n1000001\n"


def test_a_faulty_file_writes_nothing(app: DeployedApp, folder: Path) -> None:
    """A dry run with a faulty row ends the seeding before anything is written."""
    app.answers["/api/review/registry/partners"] = (200, FAULTY)
    with pytest.raises(DeploymentError, match=r"partners\.csv has 1 faulty rows"):
        seed(app.url, folder, {})
    assert len(app.requests) == 1


def test_a_missing_role_is_explained(app: DeployedApp, folder: Path) -> None:
    """An account that may not import reads which role it lacks."""
    app.answers["/api/review/registry/partners"] = (403, b"{}")
    with pytest.raises(DeploymentError, match=r"Program\.Admin"):
        seed(app.url, folder, {})


def test_an_empty_folder_is_said(app: DeployedApp, tmp_path: Path) -> None:
    """A folder without any of the files is a mistake, not a success."""
    with pytest.raises(DeploymentError, match=r"partners\.csv, customers\.csv, subscriptions\.csv"):
        seed(app.url, tmp_path, {})
