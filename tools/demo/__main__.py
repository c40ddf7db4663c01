"""Tell the story: `make demo`, or `python -m tools.demo`.

Against the product at `--url`, else at PORT on this machine where one answers, else against its own.
Exit code 0: all was as told. 1: something was not. 2: it could not be told.
"""

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from tools.children import PartNotStartedError
from tools.demo.cast import NothingFreeError
from tools.demo.narrator import Narrator, NotAsToldError
from tools.demo.stories import tell_all
from tools.embedded import LocalProduct, is_healthy
from tools.local_client import LocalHost, NotInTimeError

NOT_AS_TOLD, NOT_TOLD = 1, 2


class CannotTellError(Exception):
    """The story cannot be told here; the message is for the person at the terminal."""


def main(arguments: list[str] | None = None) -> int:
    """Tell the story and return the exit code."""
    parser = argparse.ArgumentParser(prog="make demo", description="Tell the story of five claims, with real calls.")
    parser.add_argument("--url", help="a running local host, such as http://localhost:7071")
    parser.add_argument("--own", action="store_true", help="start a product for it alone, even where one is running")
    parser.add_argument("--yes", action="store_true", help="move the running host's clock without asking")
    wishes = parser.parse_args(arguments)
    tell = Narrator()
    try:
        with product(wishes.url, own=wishes.own, yes=wishes.yes, tell=tell) as base_url, LocalHost(base_url) as host:
            tell_all(host, tell)
    except (CannotTellError, NothingFreeError, PartNotStartedError) as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return NOT_TOLD
    except (NotAsToldError, NotInTimeError, LookupError, RuntimeError, httpx.HTTPError) as problem:
        print(f"demo: not as told. {problem}", file=sys.stderr)
        return NOT_AS_TOLD
    except KeyboardInterrupt:
        return 130
    tell.end()
    return 0


@contextlib.contextmanager
def product(url: str | None, *, own: bool, yes: bool, tell: Narrator) -> Iterator[str]:
    """Yield the address of the product to use, after asking whether its clock may be moved. CannotTellError."""
    if url is not None:
        url = url.rstrip("/")
        if not is_healthy(url):
            raise CannotTellError(f"No product answers at {url}.")
    elif not own and (port := os.environ.get("PORT")) and is_healthy(f"http://127.0.0.1:{port}"):
        url = f"http://127.0.0.1:{port}"
    if url is None:
        with tempfile.TemporaryDirectory(prefix="cpor-demo-") as folder, contextlib.ExitStack() as running:
            with tell.waiting("Starting a product for the demo: storage emulator, host, sample registry"):
                started = running.enter_context(LocalProduct(Path(folder)))
            tell.say(f"A product of its own runs at {started.base_url}.")
            yield started.base_url
        return
    if httpx.get(f"{url}/.dev/clock").status_code != httpx.codes.OK:
        raise CannotTellError(f"What runs at {url} is no local host: its clock cannot be moved.")
    tell.say(f"Using the product that runs at {url}.")
    if not yes:
        ask(url)
    yield url


def ask(url: str) -> None:
    """Ask whether the clock of a running host may be moved. CannotTellError where it may not."""
    why = (
        f"The story moves the clock of {url} on by about a week, for good: other claims' deadlines pass as well "
        "(POST /.dev/clock sets it back)."
    )
    if not sys.stdin.isatty():
        raise CannotTellError(f"{why} Say --yes if it may (make demo ARGS=--yes), or --own for a product of its own.")
    if input(f"  {why} Go on? [y/N] ").strip().casefold() not in {"y", "yes"}:
        raise CannotTellError("Nothing was done. With ARGS=--own the demo starts a product of its own.")


if __name__ == "__main__":
    sys.exit(main())
