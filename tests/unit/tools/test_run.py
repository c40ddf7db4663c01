"""What `make run` tells the person at the terminal."""

import json
from pathlib import Path

import pytest

from tools import run


def test_the_banner_names_every_place_and_persona(tmp_path: Path) -> None:
    """A newcomer reads where to go, whom to sign in as and where the data is kept."""
    text = run.banner("http://localhost:7071", seconds=1.23, folder=tmp_path)
    for words in ("/.auth/login/aad", "/claims", "/review", "/.dev/mail", "make demo", "1.2 s", str(tmp_path)):
        assert words in text
    for persona in ("contoso", "contoso-user", "fabrikam", "reviewer", "admin", "nobody"):
        assert persona in text


def test_memory_is_said_to_be_gone_at_the_end() -> None:
    """Without a folder the banner says that nothing is kept."""
    assert "in memory, gone at the end" in run.banner("http://localhost:7071", seconds=1, folder=None)


@pytest.mark.parametrize(("seconds", "said"), [(7 * 86400, True), (0, False)])
def test_a_clock_left_moved_is_mentioned(tmp_path: Path, seconds: int, *, said: bool) -> None:
    """A clock that an earlier run moved surprises nobody; one that was not moved is not mentioned."""
    (tmp_path / "clock.json").write_text(json.dumps({"offsetSeconds": seconds}), encoding="utf-8")
    assert ("7.0 days ahead" in run.banner("http://localhost:7071", seconds=1, folder=tmp_path)) is said


def test_the_port_asked_for_is_taken() -> None:
    """A number that can be a port is the port."""
    assert run.port_from("7071") == 7071


@pytest.mark.parametrize("text", ["", "http", "65536", "-1", "7071 "])
def test_what_is_no_port_is_refused(text: str) -> None:
    """Anything that is no TCP port is refused with a sentence."""
    with pytest.raises(run.RunError, match="PORT must be a number"):
        run.port_from(text)
