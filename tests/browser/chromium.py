"""The browser that pages are looked at with: Debian's Chromium, as it is installed, never one that is downloaded."""

import os
import shutil
from collections.abc import Mapping

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "no Chromium, so no page was looked at: "
    "apt-get install chromium fonts-noto-core fonts-liberation (or name one in CHROMIUM)"
)


def installed(environment: Mapping[str, str] = os.environ) -> str | None:
    """The program named by CHROMIUM, or the first that is on PATH."""
    named = environment.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name, path=environment.get("PATH")))), None)


def is_required(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a missing browser is a failure: REQUIRE_BROWSER is set, as the continuous integration does."""
    return bool(environment.get("REQUIRE_BROWSER"))


def chosen(environment: Mapping[str, str] = os.environ) -> str:
    """The program; where there is none, the test is skipped with a word on how to get it, or fails if it must not."""
    program = installed(environment)
    if program is None:
        if is_required(environment):
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    return program
