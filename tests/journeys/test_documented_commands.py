"""What the pages of the documentation tell people to type, typed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from azure.storage.queue import QueueClient

from shared.usecases.records import Queue
from tools.embedded import ROOT, LocalProduct
from tools.local_client import LocalHost, wait_for

PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("**/*.md")),
    *sorted((ROOT / ".github").glob("**/*.md")),
    *sorted((ROOT / "shared").glob("**/*.md")),
]
WORDS = {"README.md": "Approved", "docs/tutorial.md": "official", "docs/how-to": '"intact": true'}
"""Pages whose commands are typed, and what is then read; a folder's pages are typed in turn, by one newcomer."""
NEEDS_AZURE = "# needs Azure"
REFUSED = "# answers 422"
"""The last call of such a block is refused, as the page says."""
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MAKE = re.compile(r"^(?:[A-Z_]+=\S+ )*make ([a-z-]+)", re.MULTILINE)
_MINUTES = 4
_RECOVERED = 90
"""Seconds: a customer who answers amid the checks may leave a recovery message, which comes after a minute."""


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Language and text of each block of commands."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield found[1], found[2]


def typed_blocks(name: str) -> Iterator[tuple[str, str]]:
    """The blocks of a page, or of all pages of a folder, that can be typed here."""
    pages = sorted((ROOT / name).glob("*.md")) if (ROOT / name).is_dir() else [ROOT / name]
    for page in pages:
        yield from (
            (kind, block)
            for kind, block in blocks(page)
            if not block.startswith(NEEDS_AZURE) and not is_for_make(block)
        )


def is_for_make(block: str) -> bool:
    """Whether every line calls make: those targets have tests of their own."""
    return all(_MAKE.match(line) for line in block.splitlines() if line.strip() and not line.startswith("#"))


def settle(base_url: str, storage: str) -> None:
    """Wait until every message is worked off, and what was filed is asked for, as a person's typing does."""
    waiting = [QueueClient.from_connection_string(storage, queue.value) for queue in Queue]
    with ExitStack() as open_ones:
        for queue in waiting:
            open_ones.enter_context(queue)
        wait_for(
            lambda: sum(queue.get_queue_properties().approximate_message_count or 0 for queue in waiting),
            lambda left: left == 0,
            what="empty queues",
            seconds=_RECOVERED,
        )
    with LocalHost(base_url) as host, host.person("contoso") as contoso:
        for claim in contoso.listed():
            contoso.wait_until(
                claim["claimId"],
                lambda one: one["status"] != "Submitted" and one["nextActor"] != "system",
                what="the checks and the notice",
            )


@pytest.fixture
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProduct]:
    """A product of its own: what the pages file must not be in anybody's way."""
    with LocalProduct(tmp_path_factory.mktemp("documented")) as running:
        yield running


@pytest.mark.parametrize("name", WORDS)
def test_what_a_page_says_works(name: str, product: LocalProduct, tmp_path: Path) -> None:
    """Every command of the page succeeds, one after the other, as a newcomer types them."""
    for entry in ROOT.iterdir():
        if entry.name not in {".git", ".local"}:
            (tmp_path / entry.name).symlink_to(entry)
    script = ["set -euo pipefail", 'curl() { command curl --fail-with-body "$@"; }']
    for language, block in typed_blocks(name):
        if block.startswith(REFUSED):
            block = f"{{\n{block}}} || test $? -eq 22\n"  # noqa: PLW2901 - what curl says of an answer that is an error
        script.append(block if language == "sh" else f"{sys.executable} - <<'PYTHON'\n{block}\nPYTHON")
        asked = f'"{product.base_url}", "{product.storage}"'
        script.append(f"{sys.executable} -c 'from {__name__} import settle; settle({asked})'")
    text = "\n".join(script).replace("http://localhost:7071", product.base_url)
    assert text.count(product.base_url) > 3
    done = subprocess.run(
        ["bash", "-c", text], cwd=tmp_path, capture_output=True, text=True, timeout=60 * _MINUTES, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert WORDS[name] in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_target_that_a_page_names_exists(page: Path) -> None:
    """`make` knows each of them."""
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    named = {target for _, block in blocks(page) for target in _MAKE.findall(block)}
    named |= set(re.findall(r"`make ([a-z-]+)`", text))
    assert named <= known


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_resolves(page: Path) -> None:
    """Each link to a file of the repository leads to one, and each anchor to a heading."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_anchor(one) for one in headings}, f"{page.name}: {target}"
