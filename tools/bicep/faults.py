"""What is wrong, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong; `rule` is a word to search for, `line` counts from 1, 0 means the whole file."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        """Return it as editors understand it."""
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"
