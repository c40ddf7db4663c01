"""What people read, in their language (PAGES.md, Mails and Polish)."""

from shared.texts.languages import FALLBACK, LANGUAGES, language_for
from shared.texts.texts import Texts, texts

__all__ = ["FALLBACK", "LANGUAGES", "Texts", "language_for", "texts"]
