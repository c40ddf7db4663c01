"""What a proof's text says of what check 6 looks for, and what stands against several together."""

import time
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.documents.findings import ProofFindings, codes, find, merge, months_before
from shared.documents.proof_text import ProofText, tidied
from shared.documents.signature_lines import signer
from shared.documents.written_dates import written_dates
from shared.documents.written_names import SearchedText, folded

TODAY = date(2026, 11, 20)
CUSTOMER = ("Alpine Outfitters", "alpine.example")
PRODUCTS = {"teams": ("Microsoft Teams", "Teams"), "power-bi": ("Power BI",)}
GOOD = "For Alpine Outfitters\nTeams and Power BI\nSigned by: Ann Example\nDate: 2026-11-01"


def found(text: str, **seen: Any) -> ProofFindings:
    """What a proof with that text holds."""
    return find(ProofText(text=text, **seen), customer_names=CUSTOMER, product_names=PRODUCTS, submitted_on=TODAY)


def against(*findings: ProofFindings) -> tuple[str, ...]:
    """The codes against these proofs together."""
    return codes(merge(findings), products=tuple(PRODUCTS), submitted_on=TODAY, age_months=12)


def test_a_good_proof_has_nothing_against_it() -> None:
    """A text with all that PROCESS.md names passes, and what was found is told."""
    good = found(GOOD)
    assert against(good) == ()
    assert (good.signed_by, good.newest_date, good.dates) == ("Ann Example", date(2026, 11, 1), (date(2026, 11, 1),))


@pytest.mark.parametrize(
    ("lost", "code"),
    [
        ("For Alpine Outfitters", "poe-no-customer-name"),
        ("Power BI", "poe-no-product-mentioned"),
        ("Ann Example", "poe-no-signature-found"),
        ("2026-11-01", "poe-no-date"),
    ],
)
def test_each_thing_that_is_missing_has_its_own_code(lost: str, code: str) -> None:
    """Taking one thing out of a good proof gives that one code."""
    assert against(found(GOOD.replace(lost, "____"))) == (code,)


def test_everything_missing_is_told_at_once_and_in_order() -> None:
    """The codes come in the order of PROCESS.md, all of them."""
    assert against(found("Lorem ipsum", active_content=True)) == (
        "poe-active-content",
        "poe-no-date",
        "poe-no-customer-name",
        "poe-no-product-mentioned",
        "poe-no-signature-found",
    )


def test_a_scan_has_the_single_code() -> None:
    """Where there is no text, what the text lacks is not told one by one; a script in it still is."""
    assert against(found("")) == ("poe-not-machine-readable",)
    assert against(found(" _ . ")) == ("poe-not-machine-readable",)
    assert against(found("", active_content=True)) == ("poe-active-content", "poe-not-machine-readable")
    assert against() == ("poe-not-machine-readable",)


def test_a_claim_without_products_needs_none() -> None:
    """A revenue claim may name no product."""
    text = "alpine.example\nSigned by: Ann Example\n2026-11-01"
    assert codes(found(text), products=(), submitted_on=TODAY, age_months=12) == ()


def test_proofs_complete_each_other() -> None:
    """One letter per product, one signed paper and a scan are enough together, whatever their order."""
    parts = [
        found("Alpine Outfitters"),
        found("Teams\nPower BI"),
        found("Signed by: Ann Example\n2026-11-01"),
        found(""),
    ]
    assert against(*parts) == ()
    assert against(*reversed(parts)) == ()
    assert against(*parts[:2]) == ("poe-no-date", "poe-no-signature-found")


def test_one_active_proof_counts_for_all() -> None:
    """A good proof does not hide the script in another."""
    assert against(found(GOOD), found("", active_content=True)) == ("poe-active-content",)


def test_a_signature_field_signs() -> None:
    """A filled field needs no line."""
    assert against(found(GOOD.replace("Signed by: Ann Example", ""), signature_field_filled=True)) == ()


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2025, 11, 20), None),
        (date(2025, 11, 19), "poe-older-than-12-months"),
        (TODAY + timedelta(days=1), None),
        (TODAY + timedelta(days=2), "poe-no-date"),
    ],
)
def test_the_edges_of_the_year(day: date, code: str | None) -> None:
    """Twelve months to the day pass, tomorrow passes for the sake of zones, a later date is none."""
    assert against(found(GOOD.replace("2026-11-01", day.isoformat()))) == ((code,) if code else ())


def test_the_newest_date_counts() -> None:
    """An old contract's date beside the new one does no harm; a future date does not make an old proof new."""
    assert against(found(f"{GOOD}\ncontract of 2019-01-01")) == ()
    old = GOOD.replace("2026-11-01", "2019-01-01")
    assert against(found(f"{old}\nvalid until 2027-12-31")) == ("poe-older-than-12-months",)


@given(st.dates(min_value=date(2, 1, 1)), st.integers(1, 12))
def test_months_before_is_the_same_day_or_the_last(day: date, months: int) -> None:
    """The same day of the month, or the month's last where it has no such day."""
    earlier = months_before(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day == day.day or (earlier.day < day.day and (earlier + timedelta(days=1)).day == 1)


# Names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("we use TEAMS daily", "Teams"),
        ("Power\nBI", "Power BI"),
        ("Power-BI", "Power BI"),
        ("Power\u00a0BI", "Power BI"),
        ("Share-\nPoint Online", "SharePoint Online"),
        ("Share\u00adPoint Online", "SharePoint Online"),
        ("Supply-\nChain", "Supply Chain"),
        ("ZAZOLC Sp. z o.o.", "Zażółć Sp. z o.o."),
        ("Zaz\u0307o\u0301łc\u0301", "zażółć"),
        ("STRASSE 7", "Straße 7"),
        ("株式会社アルパイン様", "アルパイン"),
        ("write to ann@alpine.example.", "alpine.example"),
        ("https://www.ALPINE.example/about", "alpine.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, name: str) -> None:
    """Case, accents, line breaks, hyphens and invisible characters do not matter."""
    assert SearchedText(text).holds(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the teamster", "Teams"),
        ("steams", "Teams"),
        ("Powerful BI", "Power BI"),
        ("alpine.example.com", "alpine.example"),
        ("not-alpine.example", "alpine.example"),
        ("alpine.examples", "alpine.example"),
        ("alpine example", "alpine.example"),
        ("xn--zzzzzzzzzzzzzz-.example x", "xn--99999999999.example"),
        ("anything", ""),
        ("anything", " . "),
    ],
)
def test_a_part_of_a_word_or_domain_is_not(text: str, name: str) -> None:
    """Only whole words and whole domains count, and an empty name is found nowhere."""
    assert not SearchedText(text).holds(name)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=20), st.text(), st.text())
def test_a_name_between_blanks_is_always_found(name: str, before: str, behind: str) -> None:
    """Whatever surrounds it, a word that stands alone is found; a lone accent that counts as a letter is no word."""
    assume(folded(name))
    assert SearchedText(f"{before} {name} {behind}").holds(name)


# Signatures


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Signed by: Ann Example", "Ann Example"),
        ("SIGNED BY :Ann", "Ann"),
        ("Podpisał(a): Józef Żółć", "Józef Żółć"),
        ("Podpisała: Anna Nowak", "Anna Nowak"),
        ("Podpisał: Jan Łoś", "Jan Łoś"),
        ("Podpisal(a): Jan", "Jan"),
        ("Signed by:\nAnn Example", "Ann Example"),
        ("Signed by:\nJan van der Berg\nChief", "Jan van der Berg"),
        ("Signed by: Ann Example, CTO Date: 2026-11-01", "Ann Example, CTO"),
        ("Signed by: __Ann Example__", "Ann Example"),
        ("Signed by: Datar Singh", "Datar Singh"),
        ("Signed by: ____\nSigned by: Ann Example", "Ann Example"),
        ("Signed by:\nSigned by: Ann Example", "Ann Example"),
    ],
)
def test_a_name_on_the_line_signs(text: str, name: str) -> None:
    """A name behind the label signs, in both languages, also on the line below an empty one."""
    assert signer(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "Signed by:",
        "Signed by: ________",
        "Signed by: . . . . .",
        "Signed by: …………",
        "Signed by: NAME",
        "Signed by: [Your name]",
        "Podpisał(a): (imię i nazwisko)",
        "Signed by: ____ Date: 2026-11-01",
        "Signed by: Date: 2026-11-01",
        "Signed by:\nDate: 2026-11-01",
        "Signed by:\nWe confirm that all is well",
        "Signed by:\n12 Main Street",
        "Signed by:\nCustomer: Alpine Outfitters",
        "Signed by: ____\nAlpine Outfitters",
        "Designed by: Ann Example",
        "It was signed by Ann Example",
        "Signed by: X",
    ],
)
def test_an_empty_line_does_not(text: str) -> None:
    """Rows of dots, placeholders, the next label and the next sentence are no names."""
    assert signer(text) is None


# Dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on 2026-11-12, here", date(2026, 11, 12)),
        ("2026-11-12T10:00:00Z", date(2026, 11, 12)),
        ("Date: 12 November 2026", date(2026, 11, 12)),
        ("DATE : 12th Nov. 2026", date(2026, 11, 12)),
        ("Date: November 12, 2026", date(2026, 11, 12)),
        ("Date:\n12.11.2026", date(2026, 11, 12)),
        ("Data: 12 listopada 2026 r.", date(2026, 11, 12)),
        ("Data: 3 PAŹDZIERNIKA 2026", date(2026, 10, 3)),
        ("Data: 3.1.2026", date(2026, 1, 3)),
        ("Data podpisania: 12.11.2026", date(2026, 11, 12)),
        ("Date: ____ Date: 12.11.2026", date(2026, 11, 12)),
        ("Date: 13/12/2025", date(2025, 12, 13)),
        ("Date: 12/13/2025", date(2025, 12, 13)),
        ("Date: 11/12/2025", date(2025, 11, 12)),
        ("Date: 12/11/2025", date(2025, 11, 12)),
        ("Data: 11/12/2025", date(2025, 12, 11)),
    ],
)
def test_a_date_is_read(text: str, day: date) -> None:
    """ISO anywhere, other spellings behind a label; with slashes the older reading, in Polish the day first."""
    assert written_dates(text) == (day,)


@pytest.mark.parametrize(
    "text",
    [
        "12.11.2026",
        "12 November 2026",
        "Update: 12.11.2026",
        "Date: 31.02.2026",
        "2026-13-01",
        "0000-01-01",
        "12026-11-12",
        "2026-11-123",
        "1-2026-11-12",
        "Date: 12 Brumaire 2026",
        "Date: 1/2/3/2026",
        "Date: soon",
    ],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    """Days that do not exist, numbers inside longer ones and unlabelled spellings do not count."""
    assert written_dates(text) == ()


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_iso_date_is_read_back(day: date) -> None:
    """Any date written by the standard is found between words."""
    assert written_dates(f"on {day.isoformat()}, we") == (day,)


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    """No text makes the analysis fail, and the same text gives the same answer."""
    said = tidied(text)
    assert tidied(said) == said
    assert found(said) == found(said)


@pytest.mark.parametrize(
    "piece",
    [
        "Signed by: ",
        "Signed by:\n",
        "Date: ",
        "date data ",
        "1/1/",
        "2026-",
        "1.",
        "a-\n",
        " ",
        "_",
        "xn--.",
        "\u0301",
        "ł",
        "﷽",
    ],
)
def test_no_text_is_slow(piece: str) -> None:
    """A million characters of the worst repetition take time in proportion, not for ever."""
    text = tidied((piece * 300_000)[:300_000])
    began = time.perf_counter()
    found(text)
    assert time.perf_counter() - began < 10
