"""The templates of mails: one folder per mail, its subject and its body (PAGES.md, Mails).

A body is written once, with the blocks of `layout/`, and rendered twice, as plain text and as HTML: neither can ever
say less than the other. A name that a template does not get is an error, never an empty place in a mail.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared.notifications.mail_facts import plain
from shared.texts import Texts

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parent / "templates"
_WIDTH = 72
_TOO_EMPTY = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTexts:
    """What a mail says: a subject of one line, and its body twice."""

    subject: str
    text: str
    html: str


class MailTemplates:
    """The templates, read once per language."""

    def __init__(self) -> None:
        self._environments: dict[tuple[str, bool], Environment] = {}

    def render(self, kind: str, context: Mapping[str, object], *, language: Texts) -> MailTexts:
        """The mail of that kind. jinja2.UndefinedError where a template needs a name that it does not get."""
        names: dict[str, object] = {**context, "kind": kind, "language": language.language}
        subject = plain(self._rendered(language, f"{kind}/subject.txt", names, html=False))
        names["subject"] = subject
        text = self._rendered(language, "layout/mail.txt", names, html=False)
        html = self._rendered(language, "layout/mail.html", names, html=True)
        return MailTexts(subject=subject, text=_TOO_EMPTY.sub("\n\n", text).strip() + "\n", html=html)

    def _rendered(self, language: Texts, template: str, context: dict[str, object], *, html: bool) -> str:
        key = (language.language, html)
        if key not in self._environments:
            self._environments[key] = _environment(language, html=html)
        return self._environments[key].get_template(template).render(context)


def _environment(language: Texts, *, html: bool) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,  # noqa: S701 - plain text has nothing to escape: it is sent as text/plain
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=True
    )
    environment.filters["wrapped"] = _wrapped
    environment.filters["listing"] = language.listing
    environment.globals["blocks"] = f"layout/blocks.{'html' if html else 'txt'}"
    return environment


def _wrapped(value: str, first: str = "", others: str | None = None) -> str:
    """The text in lines of at most 72 characters, each after its indent; words and links stay whole."""
    return textwrap.fill(
        value,
        width=_WIDTH,
        initial_indent=first,
        subsequent_indent=first if others is None else others,
        break_long_words=False,
        break_on_hyphens=False,
    )
