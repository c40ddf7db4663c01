"""Every reason code has words, and every code used anywhere is one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.checks import PASSED
from shared.domain.claim_events import EventKind
from shared.domain.deadlines import ClockKind
from shared.domain.reason_texts import N_, TEXTS
from shared.domain.reasons import DISASSOCIATION_REASONS, REVIEWER_REASONS, ReasonCode, all_reasons, reason

SOURCE = Path(__file__).parents[3]
OF_THE_PROCESS = [
    "co-op-claim",
    "duplicate-item",
    "mpn-not-enrolled",
    "contact-is-partner",
    "poe-missing",
    "poe-type",
    "poe-empty",
    "poe-too-large",
    "poe-unreadable",
    "tenant-domain-mismatch",
    "product-not-in-area",
    "activity-not-allowed",
    "subscription-required",
    "subscription-unknown",
    "subscription-other-tenant",
    "subscription-other-product",
    "subscription-csp",
    "subscription-inactive",
    "already-associated-to-you",
    "contested",
    "poe-infected",
    "poe-active-content",
    "poe-older-than-12-months",
    "poe-no-date",
    "poe-no-customer-name",
    "poe-no-product-mentioned",
    "poe-no-signature-found",
    "poe-not-machine-readable",
    "contact-domain-not-customer",
    "seats-below-minimum",
    "contact-unreachable",
    "wrong-contact",
    "no-partner-response",
    "notice-not-delivered",
    "slot-pending",
    "slot-held",
    "supersede-required",
    "incumbent-window-open",
    "too-many-incumbents",
]


def codes_in_the_source() -> Iterator[tuple[str, str]]:
    """What the product's own code names as a reason: `poe-…` and the like in quotes, and `reasons=("…",)`."""
    for folder in ("shared", "functions"):
        for path in sorted((SOURCE / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            families = re.findall(r'"((?:poe|subscription|contact)-[a-z0-9-]+)"', text)
            given = [
                code for group in re.findall(r"reasons=\(([^()]*)\)", text) for code in re.findall(r'"([^"]+)"', group)
            ]
            yield from ((str(path.relative_to(SOURCE)), code) for code in (*families, *given))


def test_the_codes_of_the_process_are_all_there() -> None:
    """Each code that PROCESS.md writes is one of ours."""
    assert set(OF_THE_PROCESS) <= set(ReasonCode)


def test_every_code_has_words_and_every_word_a_code() -> None:
    """The texts and the codes are the same set, so that nobody is ever told a bare code."""
    assert set(TEXTS) == set(ReasonCode)
    assert [known.code for known in all_reasons()] == list(ReasonCode)


def test_every_code_used_anywhere_has_words() -> None:
    """Codes that are written out in the source, rather than taken from the enum, are known too."""
    not_reasons = {*EventKind, *ClockKind}
    used = {code: path for path, code in codes_in_the_source() if code not in not_reasons}
    assert "poe-missing" in used
    assert {code: path for code, path in used.items() if code not in set(ReasonCode)} == {}


@pytest.mark.parametrize("code", list(ReasonCode))
def test_the_words_are_sentences(code: ReasonCode) -> None:
    """A short title, an explanation and something to do, each ending as it should and holding no placeholder."""
    known = reason(code.value)
    assert 5 <= len(known.title) <= 70
    assert not known.title.endswith(".")
    for sentence in (known.explanation, known.what_to_do):
        assert sentence.endswith(".")
        assert sentence[0].isupper()
        assert not set("{}%<>") & set(sentence)
    assert known.code is code


def test_no_title_is_used_twice() -> None:
    """Two reasons are told apart by their titles alone."""
    titles = [known.title for known in all_reasons()]
    assert len(set(titles)) == len(titles)


def test_an_unknown_code_is_an_error() -> None:
    """A code without words is not passed on."""
    with pytest.raises(ValueError, match="no-such-reason"):
        reason("no-such-reason")


def test_the_lists_to_choose_from_offer_each_reason_once() -> None:
    """Reviewers and partners choose from known codes, with Other as the last."""
    for offered in (REVIEWER_REASONS, DISASSOCIATION_REASONS):
        assert len(set(offered)) == len(offered)
        assert offered[-1] is ReasonCode.OTHER


def test_every_check_has_a_reason() -> None:
    """What a check can find, a person can be told."""
    assert set(PASSED) <= set(ReasonCode)


def test_marking_a_message_leaves_it_as_it_is() -> None:
    """The mark is for extraction only."""
    assert N_("A message.") == "A message."
