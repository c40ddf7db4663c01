"""The reference of settings says what the code reads, and the example is enough to start with."""

import json
import re
from pathlib import Path

import pytest

from shared.settings import OPTIONAL, REQUIRED, read_settings
from tools import settings_reference as tool

SETTINGS = tool.ROOT / "shared" / "settings.py"


def test_the_reference_is_in_step() -> None:
    """Every setting has its words, nothing else has, and both drawn files are those of the code."""
    assert tool.faults() == []


def test_the_code_reads_no_other_setting() -> None:
    """Whatever name the settings' module asks the environment for is listed, and what is listed is asked for."""
    source = SETTINGS.read_text(encoding="utf-8")
    read = set(re.findall(r"""values(?:\.get\(|\[)"(\w+)\"""", source))
    listed = {*REQUIRED, *OPTIONAL}
    assert read <= listed
    assert {name for name in listed if source.count(f'"{name}"') < 2} <= {"DataStorage__clientId"} - read


def test_the_example_starts_the_app() -> None:
    """With secrets of one's own in their places, the example's settings are complete."""
    values = json.loads(tool.EXAMPLE.read_text(encoding="utf-8"))["Values"]
    assert read_settings(values).auth_enabled


@pytest.mark.parametrize("name", ["CONTACT_ADDRESS", "EMAIL_ENDPOINT"])
def test_a_setting_without_words_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that is read and not described is named."""
    monkeypatch.setattr(tool, "WORDS", {one: words for one, words in tool.WORDS.items() if one != name})
    assert any(name in fault for fault in tool.faults())


def test_a_page_out_of_step_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page edited by hand is refused."""
    page = tool.ROOT / "docs" / "settings.md"
    monkeypatch.setattr(tool, "reference", lambda: page.read_text(encoding="utf-8") + "by hand\n")
    assert any("docs/settings.md" in fault for fault in tool.faults())
