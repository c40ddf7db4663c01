"""Values that are handed out signed."""

import pytest

from shared.signing import signed, value_of

SECRET, PURPOSE = "s" * 40, "cpor.test"


@pytest.mark.parametrize("value", [["a", 1, None], {"ł": "ż"}, "x" * 500, None])
def test_what_was_signed_comes_back(value: object) -> None:
    """Short, long and empty values come back as they were."""
    assert value_of(SECRET, purpose=PURPOSE, token=signed(SECRET, purpose=PURPOSE, value=value)) == value


def test_another_purpose_or_secret_is_refused() -> None:
    """A token counts for what it was made for, under the secret that it was made with."""
    token = signed(SECRET, purpose=PURPOSE, value=["a"])
    for secret, purpose in ((SECRET, "cpor.other"), ("t" * 40, PURPOSE)):
        with pytest.raises(ValueError, match="not signed by us"):
            value_of(secret, purpose=purpose, token=token)


@pytest.mark.parametrize("value", [["a", 1], "x" * 500])
def test_every_flipped_bit_is_refused(value: object) -> None:
    """Whichever single bit is turned over, also one that no decoder looks at, the token does not count."""
    token = signed(SECRET, purpose=PURPOSE, value=value).encode()
    for position in range(len(token) * 8):
        damaged = bytearray(token)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(ValueError, match="sign"):
            value_of(SECRET, purpose=PURPOSE, token=damaged.decode("latin-1"))


@pytest.mark.parametrize("change", [" {}", "{}=", "{}\n", "{}A", ".{}", "{}.", "{}{}", ""])
def test_other_spellings_are_refused(change: str) -> None:
    """Blanks and padding that a decoder skips make another text, which was never signed."""
    token = signed(SECRET, purpose=PURPOSE, value=["a"])
    with pytest.raises(ValueError, match="sign"):
        value_of(SECRET, purpose=PURPOSE, token=change.format(token, token))
