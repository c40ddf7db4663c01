"""The signed links of the customer's page."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.claim import Contact
from shared.notifications.response_tokens import GenuineToken, SignedResponseTokens
from tests.unit.notifications.sample_claims import CLAIM_ID, claim

NEW, OLD, RETIRED = "n" * 40, "o" * 40, "r" * 40
RECIPIENT_KEY = b"k" * 32
TOKENS = SignedResponseTokens(keys=(NEW, OLD), retired_keys=(RETIRED,), recipient_key=RECIPIENT_KEY)
OTHER_CLAIM = CLAIM_ID[:-1] + ("a" if CLAIM_ID[-1] != "a" else "b")


def signed_with(key: str) -> str:
    """A token as an app with that key alone would issue it."""
    return SignedResponseTokens(keys=(key,), recipient_key=RECIPIENT_KEY).issue(claim(round=3))


def test_token_says_whom_it_was_written_to() -> None:
    """A token tells its recipient, its round and that its key is in use."""
    genuine = TOKENS.verify(TOKENS.issue(claim(round=3)), claim_id=CLAIM_ID)
    assert genuine == GenuineToken(recipient=TOKENS.recipient("anna@birch.example"), round=3, retired=False)


def test_token_is_the_same_every_time() -> None:
    """The same claim, contact and round give the same token, so that a mail sent again carries the same link."""
    assert TOKENS.issue(claim()) == TOKENS.issue(claim())
    assert TOKENS.issue(claim()) != TOKENS.issue(claim(round=2))


@pytest.mark.parametrize(("key", "retired"), [(NEW, False), (OLD, False), (RETIRED, True)])
def test_all_keys_verify(key: str, retired: bool) -> None:
    """Links of the previous key go on working, and those of a retired one say that it is retired."""
    genuine = TOKENS.verify(signed_with(key), claim_id=CLAIM_ID)
    assert genuine is not None
    assert genuine.retired is retired


def test_newest_key_signs() -> None:
    """New links are signed with the first key."""
    assert TOKENS.issue(claim(round=3)) == signed_with(NEW)


def test_unknown_key_is_refused() -> None:
    """A token of a key that is not listed is not genuine."""
    assert TOKENS.verify(signed_with("x" * 40), claim_id=CLAIM_ID) is None


def test_other_claim_is_refused() -> None:
    """A token opens the claim that it was written for and no other."""
    assert TOKENS.verify(TOKENS.issue(claim()), claim_id=OTHER_CLAIM) is None


def test_every_flipped_bit_is_refused() -> None:
    """Whichever single bit of a token is turned over, it is not genuine any more."""
    token = TOKENS.issue(claim()).encode()
    for position in range(len(token) * 8):
        damaged = bytearray(token)
        damaged[position // 8] ^= 1 << position % 8
        assert TOKENS.verify(damaged.decode("latin-1"), claim_id=CLAIM_ID) is None, position


def test_second_spelling_of_the_signature_is_refused() -> None:
    """Letters that decode to the very same signature bytes are refused: a token has one spelling."""
    token = TOKENS.issue(claim())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    signature = token.rpartition(".")[2]
    decoded = base64.urlsafe_b64decode(signature + "=")
    twins = [
        token[:-1] + letter
        for letter in alphabet
        if letter != token[-1] and base64.urlsafe_b64decode(signature[:-1] + letter + "=") == decoded
    ]
    assert len(twins) == 3
    assert all(TOKENS.verify(twin, claim_id=CLAIM_ID) is None for twin in twins)


@pytest.mark.parametrize("change", ["{}=", "{}\n", " {}", "{}.", ".{}", "{}%3D", "{}\0", "{0}{0}", ""])
def test_decorated_token_is_refused(change: str) -> None:
    """Padding, white space and other additions are refused."""
    assert TOKENS.verify(change.format(TOKENS.issue(claim())), claim_id=CLAIM_ID) is None


def test_upper_case_and_zeros_are_refused() -> None:
    """The recipient in upper case, or the round with a leading zero, is another spelling and refused."""
    recipient, round_, signature = TOKENS.issue(claim()).split(".")
    assert TOKENS.verify(f"{recipient.upper()}.{round_}.{signature}", claim_id=CLAIM_ID) is None
    assert TOKENS.verify(f"{recipient}.0{round_}.{signature}", claim_id=CLAIM_ID) is None
    assert TOKENS.verify(f"{recipient}.\N{ARABIC-INDIC DIGIT ONE}.{signature}", claim_id=CLAIM_ID) is None


def test_other_round_is_refused() -> None:
    """The round is signed: it cannot be raised."""
    recipient, _, signature = TOKENS.issue(claim()).split(".")
    assert TOKENS.verify(f"{recipient}.2.{signature}", claim_id=CLAIM_ID) is None


@given(st.text(max_size=200))
def test_any_text_is_refused_calmly(text: str) -> None:
    """Whatever a stranger posts is refused without an error."""
    assert TOKENS.verify(text, claim_id=CLAIM_ID) is None


def test_recipient_is_the_same_for_every_spelling() -> None:
    """Case, white space around it and the form of its letters do not make another recipient."""
    assert TOKENS.recipient("ANNA@Birch.Example ") == TOKENS.recipient("anna@birch.example")
    assert TOKENS.recipient("zoe\N{COMBINING DIAERESIS}@a.example") == TOKENS.recipient("zo\xeb@a.example")
    assert TOKENS.recipient("anna@birch.example") != TOKENS.recipient("hanna@birch.example")


def test_recipient_needs_the_key() -> None:
    """The digest cannot be made without the key, and does not show the address."""
    digest = TOKENS.recipient("anna@birch.example")
    other = SignedResponseTokens(keys=(NEW,), recipient_key=b"z" * 32)
    assert other.recipient("anna@birch.example") != digest
    assert len(digest) == 32
    assert set(digest) <= set("0123456789abcdef")


def test_recipient_outlives_the_signing_keys() -> None:
    """A change of the signing keys leaves the recipients in old links and in the history as they were."""
    assert SignedResponseTokens(keys=("q" * 40,), recipient_key=RECIPIENT_KEY).recipient("a@b.example") == (
        TOKENS.recipient("a@b.example")
    )


def test_new_contact_gets_another_token() -> None:
    """The token of another contact names another recipient."""
    contact = Contact(name="Jan Lipa", email="jan@birch.example")
    other = TOKENS.verify(TOKENS.issue(replace(claim(), customer_contact=contact)), claim_id=CLAIM_ID)
    assert other is not None
    assert other.recipient == TOKENS.recipient("jan@birch.example")


def test_token_needs_a_contact_and_a_key() -> None:
    """Without a contact, or without a key, there is nothing to issue."""
    with pytest.raises(ValueError, match="contact"):
        TOKENS.issue(claim(customer_contact=None))
    with pytest.raises(ValueError, match="key"):
        SignedResponseTokens(keys=(), recipient_key=RECIPIENT_KEY)


def test_token_fits_in_a_link() -> None:
    """The token needs no escaping in the fragment of a link and is short enough to paste."""
    token = TOKENS.issue(claim())
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum()
    assert len(token) < 100
