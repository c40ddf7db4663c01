"""Where the browser comes from, and what is said where there is none."""

from pathlib import Path

import pytest

from tests.browser import chromium


def test_a_missing_browser_skips_with_a_word_or_fails_where_one_is_required(tmp_path: Path) -> None:
    """Nothing is skipped silently: the reason says what to install; REQUIRE_BROWSER makes it a failure."""
    nowhere = {"PATH": str(tmp_path)}
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        chromium.chosen(nowhere)
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium.chosen({**nowhere, "REQUIRE_BROWSER": "1"})
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium.chosen({"CHROMIUM": str(tmp_path / "none"), "REQUIRE_BROWSER": "1"})


def test_a_browser_may_be_named(tmp_path: Path) -> None:
    """CHROMIUM names one that is not on PATH, and goes before those that are."""
    for name in ("mine", "chromium"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n", encoding="utf-8")
        program.chmod(0o755)
    assert chromium.chosen({"PATH": str(tmp_path)}) == str(tmp_path / "chromium")
    assert chromium.chosen({"PATH": str(tmp_path), "CHROMIUM": str(tmp_path / "mine")}) == str(tmp_path / "mine")
