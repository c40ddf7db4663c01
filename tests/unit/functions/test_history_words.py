"""What a history row tells is said in words, and an old row's oddities are left as they are."""

from functions.history_words import detail_words
from tests.claims import a_proof
from tests.unit.notifications.sample_claims import claim


def test_items_proofs_checks_and_deadlines_are_named() -> None:
    """Names stand for IDs, and a deadline carries its zone and calendar."""
    told = claim()
    item = told.items[0].item_id
    detail = {
        "items": [item],
        "proofs": [told.proofs[0].sha256 if told.proofs else a_proof().sha256],
        "checks": {"poe-no-date": "flag", "poe-unreadable": "pass", "poe-missing": "pass"},
        "deadlines": {
            "review": {"deadlineAt": "2026-12-01T23:59:59+00:00", "zone": "UTC", "calendar": "holidays 0.1 US"}
        },
        "mpnFrom": "1000001",
        "dropped": [],
    }
    words = dict(detail_words(detail, told, language="en"))
    assert words["Products"] != item
    assert words["Checks"] == "No date was found in the proof (a person must look); 2 checks passed"
    assert words["Reviewers answer until"] == "Tue 1 Dec 2026, 23:59 (UTC); holidays 0.1 US"
    assert words["MPN ID before"] == "1000001"
    assert "Dropped" not in words


def test_what_has_no_words_is_left_as_it_is_stored() -> None:
    """A name or a shape that nobody foresaw breaks no page."""
    assert detail_words({"renews": "x", "checks": "odd", "items": 5}, claim(), language="pl") == [
        ("renews", "x"),
        ("Kontrole", "odd"),
        ("Produkty", "5"),
    ]
