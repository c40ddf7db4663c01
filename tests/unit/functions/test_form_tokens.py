"""The token that binds a form to the person it was made for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.form_tokens import FormRefusedError, check_form_token, form_token, subject_of
from shared.signing import signed
from shared.usecases.callers import Caller, Role

SECRET = "a secret of at least thirty-two characters"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CASEY = Caller(organisation="contoso", object_id="casey", name="Casey", roles=frozenset({Role.PARTNER_ADMIN}))
CLAIM = "claims/one"


@pytest.mark.parametrize(
    ("url", "subject"),
    [
        ("https://cpor.example/claims/abc/draft/proofs/p1/remove", "claims/abc"),
        ("https://cpor.example/Claims/abc?saved=1#x", "claims/abc"),
        ("/claims/new/", "claims/new"),
        ("https://cpor.example/review", "review"),
        ("https://cpor.example", ""),
    ],
)
def test_a_page_and_its_forms_have_one_subject(url: str, subject: str) -> None:
    """A claim's pages and what they post to are about the claim, however the address is written."""
    assert subject_of(url) == subject


def test_own_form_is_accepted() -> None:
    """A person's own form is accepted at once, a month later, and with other roles by then."""
    token = form_token(SECRET, CASEY, about=CLAIM, now=NOW)
    later = replace(CASEY, name="Cas", roles=frozenset({Role.PARTNER_USER}))
    check_form_token(SECRET, token, CASEY, about=CLAIM, now=NOW)
    check_form_token(SECRET, token, later, about=CLAIM, now=NOW + timedelta(days=30))


@pytest.mark.parametrize(
    ("secret", "caller", "about", "after"),
    [
        (SECRET, replace(CASEY, object_id="robin"), CLAIM, timedelta()),
        (SECRET, replace(CASEY, organisation="fabrikam"), CLAIM, timedelta()),
        (SECRET, CASEY, "claims/another", timedelta()),
        (SECRET + "!", CASEY, CLAIM, timedelta()),
        (SECRET, CASEY, CLAIM, timedelta(days=30, seconds=1)),
    ],
    ids=["another person", "another organisation", "another subject", "another secret", "too old"],
)
def test_other_form_is_refused(secret: str, caller: Caller, about: str, after: timedelta) -> None:
    """A form of somebody else, about something else, of another site's secret, or older than a month is refused."""
    token = form_token(SECRET, CASEY, about=CLAIM, now=NOW)
    with pytest.raises(FormRefusedError):
        check_form_token(secret, token, caller, about=about, now=NOW + after)


@pytest.mark.parametrize("data", [None, 7, "casey", [], ["contoso", "casey"], {"a": 1, "b": 2, "c": 3}, [1, 2, 3, "x"]])
def test_signed_nonsense_is_refused(data: object) -> None:
    """What is signed but is no form token of ours is refused, and never an error of another kind."""
    token = signed(SECRET, purpose="cpor.page-form", value=data)
    with pytest.raises(FormRefusedError):
        check_form_token(SECRET, token, CASEY, about=CLAIM, now=NOW)


@pytest.mark.parametrize("token", ["", ".", "x", "é", "a.b.c", "\x00", "W10." + "A" * 5000])
def test_unsigned_nonsense_is_refused(token: str) -> None:
    """A missing, cut or invented token is refused."""
    with pytest.raises(FormRefusedError):
        check_form_token(SECRET, token, CASEY, about=CLAIM, now=NOW)
