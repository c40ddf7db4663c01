"""The message catalogues: collect what people read, compile what was translated, check that all is in step.

python -m tools.texts extract    write new messages into shared/locale/*/LC_MESSAGES/messages.po
python -m tools.texts compile    write the .mo beside each .po
python -m tools.texts check      say what is missing, out of step or wrong; 1 where anything is
"""

import argparse
import io
import re
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from shared.texts import LANGUAGES
from shared.texts.texts import DOMAIN, LOCALE

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "en"
_UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
"""Instead of the time of the run: the same source makes the same files."""
_KEYWORDS = {"_": None, "N_": None, "say": None, "gettext": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
_VOLATILE = tuple(
    f'"{name}:'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
        "Report-Msgid-Bugs-To",
        "Project-Id-Version",
    )
)
_HEADER = "# The words of the product. English is the source: its translations are the messages themselves."


def extracted() -> Catalog:
    """Every message of the source."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = Catalog(charset="utf-8")
    for root in ("functions", "shared"):
        for name, _line, message, comments, _context in extract_from_dir(
            ROOT / root,
            [(pattern.removeprefix(f"{root}/"), method) for pattern, method in methods if pattern.startswith(root)],
            {pattern.removeprefix(f"{root}/"): option for pattern, option in options.items()},
            keywords=_KEYWORDS,
        ):
            found.add(message, None, [(f"{root}/{name}", 0)], auto_comments=comments)
    return found


def stored(language: str) -> Catalog:
    """The language's catalogue as it is; an empty one where there is none yet."""
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    catalogue.creation_date = catalogue.revision_date = _UNDATED
    return catalogue


def updated(language: str, source: Catalog) -> Catalog:
    """The catalogue with the source's messages and no others; the source language translates itself."""
    old = stored(language)
    new = Catalog(
        locale=language,
        domain=DOMAIN,
        charset="utf-8",
        fuzzy=False,
        header_comment=_HEADER,
        creation_date=_UNDATED,
        revision_date=_UNDATED,
    )
    for message in sorted((one for one in source if one.id), key=_sort_key):
        known = old.get(message.id)
        string = message.id if language == SOURCE else (known.string if known else "")
        new.add(message.id, string, sorted({(name, 0) for name, _ in message.locations}), flags=_flags(message))
    return new


def extract() -> None:
    """Bring every .po in step with the source, keeping what is translated."""
    source = extracted()
    for language in LANGUAGES:
        _path(language).parent.mkdir(parents=True, exist_ok=True)
        _path(language).write_bytes(_po(updated(language, source)))


def compile_all() -> None:
    """Write each .mo from its .po."""
    for language in LANGUAGES:
        _path(language).with_suffix(".mo").write_bytes(_mo(stored(language)))


def faults() -> list[str]:
    """What is wrong: messages missing, left over, untranslated or fuzzy, placeholders that differ, stale .mo files."""
    wrong: list[str] = []
    source = extracted()
    for language in LANGUAGES:
        catalogue = stored(language)
        for message in (one for one in catalogue if one.id):
            wrong += [f"{language}: {fault}: {_key(message)!r}" for fault in _message_faults(message, catalogue)]
        wanted = {_key(message) for message in source if message.id}
        there = {_key(message) for message in catalogue if message.id}
        wrong += [f"{language}: not extracted yet: {key!r}" for key in sorted(wanted - there)]
        wrong += [f"{language}: not in the source any more: {key!r}" for key in sorted(there - wanted)]
        compiled = _path(language).with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != _mo(catalogue):
            wrong.append(f"{language}: {compiled.name} is not compiled from {_path(language).name}")
    return wrong


def _message_faults(message: Message, catalogue: Catalog) -> list[str]:
    wrong: list[str] = []
    strings = list(message.string) if isinstance(message.string, tuple | list) else [message.string]
    if message.pluralizable and len(strings) != catalogue.num_plurals:
        wrong.append(f"{catalogue.num_plurals} plural forms are needed")
    if not all(string and string.strip() for string in strings):
        wrong.append("untranslated")
    if message.fuzzy:
        wrong.append("fuzzy")
    wanted = [set(_PLACEHOLDER.findall(identifier)) for identifier in _identifiers(message)]
    for number, string in enumerate(strings):
        # Only the form for one may do without the number, as in "the reason" and "2 reasons".
        allowed = wanted if number == 0 else wanted[-1:]
        if string and set(_PLACEHOLDER.findall(string)) not in allowed:
            wrong.append("the placeholders differ")
    return wrong


def _identifiers(message: Message) -> tuple[str, ...]:
    """The message, or its singular and plural."""
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def _key(message: Message) -> str:
    return _identifiers(message)[0]


def _sort_key(message: Message) -> tuple[str, str]:
    return min(name for name, _ in message.locations), _key(message)


def _flags(message: Message) -> list[str]:
    return ["python-format"] if any(_PLACEHOLDER.search(one) for one in _identifiers(message)) else []


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _po(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, width=120, include_lineno=False, omit_header=False)
    return _undated(out.getvalue())


def _undated(text: bytes) -> bytes:
    """Without the header's dates and names: they would differ at every run."""
    return b"".join(line for line in text.splitlines(keepends=True) if not line.startswith(_VOLATILE))


def _mo(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="tools.texts", description="Keep the message catalogues in step.")
    parser.add_argument("command", choices=("extract", "compile", "check"))
    command = parser.parse_args().command
    if command == "extract":
        extract()
    elif command == "compile":
        compile_all()
    wrong = faults() if command == "check" else []
    print("\n".join(wrong) if wrong else f"{command}: done")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
