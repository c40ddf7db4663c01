"""A page's form is taken from the person it was made for, and from nobody else."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.form_tokens import FormRefusedError, form_token, subject_of
from functions.page_forms import TOKEN, posted_form
from shared.usecases.callers import Caller, Role
from tests.unit.functions.sent_requests import request

SECRET = "a secret of at least thirty-two characters"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CASEY = Caller(organisation="contoso", object_id="casey", name="Casey", roles=frozenset({Role.PARTNER_ADMIN}))
HERE = subject_of(request().url)


def call(**fields: str) -> Any:
    """Casey sends a form."""
    sent = request(
        "POST", body=urlencode(fields).encode(), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    return SimpleNamespace(request=sent, caller=CASEY, now=NOW, settings=SimpleNamespace(form_secret=SECRET))


async def test_a_form_that_the_page_did_not_make_is_refused() -> None:
    """A form without its token, or with somebody else's, or another subject's is refused; the page's own is read."""
    posted = await posted_form(call(**{TOKEN: form_token(SECRET, CASEY, about=HERE, now=NOW), "name": "x"}))
    assert posted.one("name") == "x"
    other = Caller(organisation="contoso", object_id="robin", name="Robin", roles=frozenset())
    elsewhere = form_token(SECRET, CASEY, about="claims/another", now=NOW)
    for forged in ({}, {TOKEN: form_token(SECRET, other, about=HERE, now=NOW)}, {TOKEN: elsewhere}):
        with pytest.raises(FormRefusedError):
            await posted_form(call(**forged, name="x"))
