"""The product's story, told in the terminal with real calls and real files: `make demo`.

Every sentence is checked as it is told: where the product does otherwise, the story ends there with exit code 1.
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import httpx
from rich.console import Console

from tools.demo_product import DemoProduct, StoryBrokenError
from tools.demo_story import CHAPTERS
from tools.embedded import LocalProduct


def _running(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/health", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _may_move_clock(console: Console, url: str, *, yes: bool) -> bool:
    """The clock of a product that somebody else started is theirs: ask before moving it."""
    if yes:
        return True
    if not sys.stdin.isatty():
        console.print(f"{url} is running, and the story moves its clock by two weeks. Say so with --yes.")
        return False
    return console.input(f"{url} is running. May the story move its clock by two weeks? [y/N] ").strip().lower() == "y"


def main() -> int:
    """Tell the story; 0 where every sentence of it was true."""
    parser = argparse.ArgumentParser(prog="make demo", description="Tell the story of five claims with real calls.")
    parser.add_argument("--url", help="a running product (default: the one on PORT, else one of the story's own)")
    parser.add_argument("--yes", action="store_true", help="move the clock of a running product without asking")
    wanted = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    url = wanted.url or f"http://localhost:{os.environ.get('PORT', '7071')}"
    with ExitStack() as stack:
        if _running(url):
            if not _may_move_clock(console, url, yes=wanted.yes):
                return 1
        elif wanted.url:
            console.print(f"Nothing answers at {url}.")
            return 1
        else:
            console.print("Starting a product of the story's own …")
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cpor-demo-"))
            url = stack.enter_context(LocalProduct(Path(folder))).base_url
        console.print(f"The product runs at {url}\n")
        product = stack.enter_context(DemoProduct(url))
        try:
            for chapter in CHAPTERS:
                chapter(product, console)
        except StoryBrokenError as error:
            console.print(f"\n[bold red]This was not as it should be:[/] {error}", markup=True)
            return 1
    console.print("[bold]That is the whole story.[/] Everything you saw was the product's own answer.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
