"""The message catalogues are complete, and the tool that says so is able to find each fault."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from shared.texts.texts import LOCALE
from tools import texts as tool


def test_catalogues_are_complete() -> None:
    """Nothing is untranslated, fuzzy, left over or out of step, and the compiled files are those of the texts."""
    assert tool.faults() == []


def test_extraction_reads_every_kind_of_source() -> None:
    """Messages come from Python, from templates of both kinds and from the catalogue, and product names do not."""
    messages = {tool._key(message) for message in tool.extracted() if message.id}
    assert "The customer said no" in messages
    assert "Claim received: %(number)s" in messages
    assert "What to do:" in messages
    assert "Pre-sales" in messages
    assert "Exchange Online" not in messages


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the catalogues to plant faults in; gives the Polish .po."""
    for file in LOCALE.rglob("messages.*"):
        target = tmp_path / file.relative_to(LOCALE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    monkeypatch.setattr(tool, "LOCALE", tmp_path)
    return tmp_path / "pl" / "LC_MESSAGES" / "messages.po"


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ('msgstr "Numer: %(number)s"', 'msgstr "Numer: %(numer)s"', "the placeholders differ: 'Number: %(number)s'"),
        ('msgstr "Numer: %(number)s"', 'msgstr ""', "untranslated: 'Number: %(number)s'"),
        ('msgstr[2] "%(num)d produktów"', 'msgstr[2] ""', "untranslated: '%(num)d product'"),
        ('msgstr[2] "%(num)d produktów"', 'msgstr[2] "produktów"', "the placeholders differ: '%(num)d product'"),
        ('msgid "Sunday"', '#, fuzzy\nmsgid "Sunday"', "fuzzy: 'Sunday'"),
        ('msgid "Sunday"', 'msgid "Sun"', "not extracted yet: 'Sunday'"),
        ('msgid "Sunday"', 'msgid "Sun"', "not in the source any more: 'Sun'"),
        ('msgstr "niedziela"', 'msgstr "Niedziela"', "messages.mo is not compiled from messages.po"),
    ],
)
def test_planted_fault_is_found(copy: Path, good: str, bad: str, fault: str) -> None:
    """A fault planted in a catalogue is found and named."""
    text = copy.read_text(encoding="utf-8")
    assert good in text
    copy.write_text(text.replace(good, bad), encoding="utf-8")
    assert any(f"pl: {fault}" in found for found in tool.faults())


def test_compiling_brings_the_catalogues_in_step(copy: Path) -> None:
    """A changed translation makes the compiled file stale, and compiling makes it fresh again."""
    stale = "pl: messages.mo is not compiled from messages.po"
    tool.compile_all()
    assert stale not in tool.faults()
    copy.write_text(copy.read_text(encoding="utf-8").replace("niedziela", "Niedziela"), encoding="utf-8")
    assert stale in tool.faults()
    tool.compile_all()
    assert stale not in tool.faults()


def test_extracting_again_changes_nothing(copy: Path) -> None:
    """The same source makes the same files, byte for byte and without dates, so that they can be compared."""
    tool.extract()
    tool.compile_all()
    once = copy.read_bytes(), copy.with_suffix(".mo").read_bytes()
    tool.extract()
    tool.compile_all()
    assert (copy.read_bytes(), copy.with_suffix(".mo").read_bytes()) == once
    assert b"-Date" not in once[0]


def test_extracting_keeps_what_is_translated(copy: Path) -> None:
    """Extraction adds what is new untranslated, drops what is gone, and keeps all the rest."""
    text = copy.read_text(encoding="utf-8")
    copy.write_text(text.replace('msgid "Sunday"', 'msgid "Sun"'), encoding="utf-8")
    tool.extract()
    after = tool.stored("pl")
    assert after.get("Sun") is None
    assert after["Sunday"].string == ""
    assert after["Saturday"].string == "sobota"


def test_missing_language_starts_empty(copy: Path) -> None:
    """A language without a catalogue gets one with everything still to translate."""
    copy.unlink()
    assert isinstance(tool.stored("pl"), Catalog)
    assert any("not extracted yet" in found for found in tool.faults())
