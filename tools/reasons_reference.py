"""`make reasons`: every reason that a person may be given, as a page (docs/reasons.md), drawn from the code."""

import sys
from pathlib import Path

from shared.domain.reason_texts import TEXTS

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reasons.md"
_INTRODUCTION = """# Reasons

Whatever is refused, flagged or ended has one of these codes, in answers, mails, pages and tables. Codes never change.
Pages and mails say the same sentences, in the reader's language. Drawn from the code by `make reasons`.

| code | what it says | why | what to do |
| --- | --- | --- | --- |
"""


def reference() -> str:
    """The page: a row for each code, in the order of the checks."""
    rows = (f"| `{code}` | {' | '.join(text.replace('|', '/') for text in texts)} |\n" for code, texts in TEXTS.items())
    return _INTRODUCTION + "".join(rows)


def faults() -> list[str]:
    """What is not in step, as sentences."""
    if not REFERENCE.exists() or REFERENCE.read_text(encoding="utf-8") != reference():
        return [f"{REFERENCE.relative_to(ROOT)} is not in step with the code: run `make reasons`."]
    return []


def main() -> int:
    """Write the page."""
    REFERENCE.write_text(reference(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
