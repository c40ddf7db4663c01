"""What was read from a proof."""

import re
import unicodedata
from dataclasses import dataclass

from shared.domain.errors import DomainError

CHARACTERS_AT_MOST = 1_000_000
PAGES_AT_MOST = 500


class UnreadableProofError(DomainError):
    """The file is broken, encrypted, or not what it says it is."""

    code = "poe-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofText:
    """The text (NFC, one space between words, line breaks kept) and what was seen beside it.

    `machine_readable` is false where there is no text at all (a scan, a picture); `active_content` tells of scripts,
    attachments or links to foreign parts; `truncated` that the file holds more than is looked at.
    """

    text: str = ""
    signature_field_filled: bool = False
    active_content: bool = False
    truncated: bool = False

    @property
    def machine_readable(self) -> bool:
        """Whether there is any text to look at."""
        return any(character.isalnum() for character in self.text)


def tidied(text: str) -> str:
    """The text in NFC, with single spaces and no empty lines."""
    normal = unicodedata.normalize("NFC", text).replace("\x00", "")
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in normal.splitlines())
    return "\n".join(line for line in lines if line)
