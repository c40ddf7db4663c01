"""The lock files pin what they name, and name no place to fetch it from but the standard one."""

import json
import re

from tests.architecture.source import ROOT


def test_azurites_lock_file_names_no_registry() -> None:
    """Every package has a version and a hash, and comes from whichever registry the machine uses."""
    lock = json.loads((ROOT / "tools" / "azurite" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 100
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [name for name, package in packages.items() if not package.get("integrity") or not package["version"]]


def test_requirements_are_pinned_and_hashed() -> None:
    """Every requirement has one exact version and hashes; there is no index, link or other option line."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    pinned = re.compile(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+( ; .+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert len(lines) > 20
    assert not [line for line in lines if not pinned.fullmatch(line)]
