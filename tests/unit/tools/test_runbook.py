"""Whoever is woken by an alert finds what to do."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_alert_has_a_section_and_no_other_has() -> None:
    """The sections are the infrastructure's alerts; each says what it means, how to see more, what to do."""
    alerts = re.findall(r"^    name: '([a-z-]+)'", (ROOT / "infra" / "alerts.bicep").read_text("utf-8"), re.MULTILINE)
    text = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    part = text.partition("## Alerts\n")[2].partition("\n## ")[0]
    sections = dict(re.findall(r"^### (\S+)\n(.*?)(?=^### |\Z)", part, re.MULTILINE | re.DOTALL))
    assert alerts
    assert sorted(sections) == sorted(alerts)
    for name, section in sections.items():
        assert re.findall(r"^\*\*(\w+)\.\*\*", section, re.MULTILINE) == ["Means", "See", "Do"], name
