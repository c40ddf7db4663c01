"""The sample proofs are what they say, so that a test that uses one proves something."""

import sys
from datetime import date
from pathlib import Path

import pytest

from shared.documents.findings import codes, find
from shared.documents.inspection import inspect
from shared.documents.reading import read
from tools import sample_proofs

TODAY = date(2026, 11, 20)
LIMIT = 25 * 1024 * 1024
FAULTS = {
    "password.pdf": "poe-unreadable",
    "broken.pdf": "poe-unreadable",
    "bomb.docx": "poe-unreadable",
    "program.pdf": "poe-type",
    "macros.docx": "poe-type",
    "empty.pdf": "poe-empty",
}
AGAINST = {
    "good.pdf": (),
    "good.docx": (),
    "signed-field.pdf": (),
    "unsigned.pdf": ("poe-no-signature-found",),
    "old.pdf": ("poe-older-than-12-months",),
    "scan.pdf": ("poe-not-machine-readable",),
    "scan.png": ("poe-not-machine-readable",),
    "scan.jpg": ("poe-not-machine-readable",),
    "script.pdf": ("poe-active-content",),
    "dobry.pdf": ("poe-no-customer-name", "poe-no-product-mentioned"),
}


@pytest.fixture(scope="module")
def samples() -> dict[str, bytes]:
    """The whole set, made once."""
    return sample_proofs.everything(TODAY)


def test_every_sample_has_a_verdict_here(samples: dict[str, bytes]) -> None:
    """A sample that nobody judges proves nothing."""
    assert set(samples) == FAULTS.keys() | AGAINST.keys()


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_sample_is_refused_for_its_one_reason(name: str, samples: dict[str, bytes]) -> None:
    """Each bad file is wrong in the one way that it is meant to be."""
    assert inspect(samples[name], max_bytes=LIMIT).faults == (FAULTS[name],)


@pytest.mark.parametrize("name", AGAINST)
def test_the_others_hold_what_they_are_meant_to(name: str, samples: dict[str, bytes]) -> None:
    """Against a claim for Alpine Outfitters the good files pass, and each other one lacks its one thing."""
    content = samples[name]
    seen = inspect(content, max_bytes=LIMIT)
    assert seen.faults == ()
    assert seen.content_type is not None
    products = {"teams": ("Microsoft Teams",), "exchange-online": ("Exchange Online",)}
    found = find(
        read(content, seen.content_type), customer_names=("alpine.example",), product_names=products, submitted_on=TODAY
    )
    assert codes(found, products=tuple(products), submitted_on=TODAY, age_months=12) == AGAINST[name]


def test_the_font_draws_every_polish_letter() -> None:
    """A letter that the font lacks would be a box on the page, though the text layer had it."""
    from font_roboto import Roboto  # type: ignore[import-untyped]
    from reportlab.pdfbase.ttfonts import TTFontFile  # type: ignore[import-untyped]

    drawn = TTFontFile(Roboto).charToGlyph
    assert [letter for letter in "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ" if ord(letter) not in drawn] == []


@pytest.mark.parametrize("size", [20_000, 1_000_003, LIMIT, LIMIT + 1])
def test_a_proof_of_a_size_has_that_size(size: int) -> None:
    """The size is met to the byte, and the file is a good one."""
    content = sample_proofs.pdf_of_size(size, customer="Alpine Outfitters", products=["Teams"])
    assert len(content) == size
    assert inspect(content, max_bytes=size).faults == ()


def test_a_proof_cannot_be_smaller_than_it_is() -> None:
    """A size that cannot be met is told."""
    with pytest.raises(ValueError, match="at least"):
        sample_proofs.pdf_of_size(100, customer="Alpine Outfitters", products=["Teams"])


def test_the_command_writes_the_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m tools.sample_proofs DIR` leaves every file in the folder, which it makes."""
    monkeypatch.setattr(sys, "argv", ["sample_proofs", str(tmp_path / "new")])
    sample_proofs.main()
    assert {path.name for path in (tmp_path / "new").iterdir()} == FAULTS.keys() | AGAINST.keys()
