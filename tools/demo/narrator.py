"""How the demo speaks: chapters, steps that are checked, mails as people get them. Plain text where nobody watches."""

import contextlib
import time
from collections.abc import Iterator
from typing import Self

from rich.console import Console
from rich.text import Text

from tools.local_client import Mail


class NotAsToldError(Exception):
    """The product did not do what the story says."""


class Narrator:
    """Tells the story on a console and holds the product to it. Rich leaves colours out where NO_COLOR says so."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._began = time.monotonic()
        self.checked = 0

    def chapter(self, title: str) -> None:
        """Begin a new part of the story."""
        self._console.print()
        self._line(Text(title, style="bold"))
        self._line(Text("─" * len(title), style="dim"))

    def say(self, words: str) -> None:
        """Say what happens now."""
        self._line(Text(f"  {words}"))

    def detail(self, words: str) -> None:
        """Add to what was said."""
        self._line(Text(f"      {words}", style="dim"))

    def told(self, words: str, *, so: bool, seen: object = None) -> None:
        """Say what is true, if it is. NotAsToldError with what was seen where it is not."""
        if not so:
            self._line(Text(f"  ✗ {words}", style="red"))
            raise NotAsToldError(f"{words}: it is not so." + (f" Seen instead: {seen}" if seen is not None else ""))
        self.checked += 1
        line = Text("  ✓ ", style="green")
        self._line(line.append(words, style="default"))

    def mail(self, mail: Mail) -> None:
        """Show a mail as its recipient gets it."""
        self._console.print()
        for name, value in (("To", mail.to), ("Subject", mail.subject)):
            self._line(Text("    │ ", style="dim").append(f"{name}: {value}", style="bold"))
        for line in ("", *mail.text.strip().splitlines()):
            self._line(Text("    │ ", style="dim").append(line, style="default"))
        self._console.print()

    @contextlib.contextmanager
    def waiting(self, words: str) -> Iterator[Self]:
        """Show that something is being waited for, where somebody watches."""
        if self._console.is_terminal:
            with self._console.status(words):
                yield self
        else:
            yield self

    def end(self) -> None:
        """Say that everything was as told."""
        self._console.print()
        seconds = time.monotonic() - self._began
        self._line(Text(f"All as told: {self.checked} things checked in {seconds:.0f} s.", style="bold green"))

    def _line(self, text: Text) -> None:
        # Unwrapped: a link in a mail must stay whole, and a pipe has no width.
        self._console.print(text, soft_wrap=True)
