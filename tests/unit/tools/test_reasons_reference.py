"""The page of reasons is the code's."""

import pytest

from shared.domain.reasons import ReasonCode
from tools import reasons_reference as tool


def test_the_reference_is_in_step() -> None:
    """The page has every reason, with its words as the code has them."""
    assert tool.faults() == []
    text = tool.REFERENCE.read_text(encoding="utf-8")
    assert [code for code in ReasonCode if f"| `{code.value}` |" not in text] == []


def test_a_page_that_drifted_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word changed by hand, or a page that is gone, is told."""
    drifted = tool.ROOT / "docs" / "nowhere.md"
    monkeypatch.setattr(tool, "REFERENCE", drifted)
    assert "not in step" in tool.faults()[0]
