"""Old rows brought up to date as they are read."""

from typing import Any

import pytest

from shared.storage import upgrades
from shared.storage.upgrades import SCHEMA_VERSION, UnknownVersionError, upgraded


def test_old_data_goes_through_every_step_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of version 1 read by a release of version 3 passes both steps of its kind, one of version 2 the last."""

    def renamed(data: dict[str, Any]) -> dict[str, Any]:
        return {"second": data["first"]}

    def doubled(data: dict[str, Any]) -> dict[str, Any]:
        return {"second": data["second"] * 2}

    monkeypatch.setattr(upgrades, "SCHEMA_VERSION", 3)
    monkeypatch.setattr(upgrades, "STEPS", {("claim", 1): renamed, ("claim", 2): doubled})
    assert upgraded("claim", {"first": 21}, 1) == {"second": 42}
    assert upgraded("claim", {"second": 21}, 2) == {"second": 42}
    assert upgraded("claim", {"second": 42}, 3) == {"second": 42}
    assert upgraded("slot", {"first": 21}, 1) == {"first": 21}


@pytest.mark.parametrize("version", [0, -1, SCHEMA_VERSION + 1])
def test_a_version_that_never_was_is_refused(version: int) -> None:
    """Only versions from 1 to this release's own are known; a later one is not read as far as it goes."""
    with pytest.raises(UnknownVersionError):
        upgraded("claim", {}, version)
