"""The settings of the events: whom they may be sent to, and what signs them."""

import base64

import pytest

from shared.settings import Settings, SettingsError, read_settings

KEY = "k" * 40
ENVIRONMENT = {
    "DataStorage": "x",
    "ProofStorage": "x",
    "EMAIL_ENDPOINT": "http://127.0.0.1:1",
    "EMAIL_SENDER": "no-reply@cpor.example",
    "REVIEWER_MAILBOX": "review@cpor.example",
    "PUBLIC_URL": "https://associations.example",
    "OPERATOR_TENANT_ID": "00000000-0000-4000-8000-0000000000aa",
    "RESPONSE_TOKEN_KEYS": KEY,
    "CLAIM_ID_SECRET": KEY,
    "FORM_SECRET": KEY,
}


def signing(key: bytes) -> str:
    """A signing key as it is written."""
    return "whsec_" + base64.b64encode(key).decode()


def settings(**changes: str) -> Settings:
    """The settings with these."""
    return read_settings({**ENVIRONMENT, **changes})


def test_nobody_is_told_unless_said() -> None:
    """Without a receiver there is none, and reviewers read English."""
    plain = settings()
    assert (plain.events_webhook_url, plain.events_topic_endpoint, plain.events_signing_keys) == (None, None, ())
    assert plain.reviewer_language == "en"
    assert settings(REVIEWER_LANGUAGE="pl").reviewer_language == "pl"


def test_a_webhook_comes_with_its_keys() -> None:
    """All keys are read, newest first, as the bytes that they stand for."""
    given = settings(
        EVENTS_WEBHOOK_URL="https://hooks.example/in", EVENTS_SIGNING_KEYS=f"{signing(b'n' * 24)}, {signing(b'o' * 64)}"
    )
    assert given.events_webhook_url == "https://hooks.example/in"
    assert given.events_signing_keys == (b"n" * 24, b"o" * 64)


@pytest.mark.parametrize("url", ["http://localhost:9/in", "http://127.0.0.1/in", "http://[::1]:9/in"])
def test_plain_http_is_for_this_machine(url: str) -> None:
    """Only an address on this machine may do without https."""
    assert settings(EVENTS_WEBHOOK_URL=url, EVENTS_SIGNING_KEYS=signing(b"k" * 32)).events_webhook_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/in",
        "http://localhost.evil.example/in",
        "ftp://hooks.example/in",
        "https://name:word@hooks.example/in",
        "https://hooks.example/in#part",
        "https:///in",
        "https://[::1",
        "hooks.example/in",
    ],
)
@pytest.mark.parametrize("name", ["EVENTS_WEBHOOK_URL", "EVENTS_TOPIC_ENDPOINT"])
def test_an_odd_address_is_refused(name: str, url: str) -> None:
    """Whatever is no https address is a fault that names its setting."""
    with pytest.raises(SettingsError, match=f"{name} must be an https address"):
        settings(**{name: url, "EVENTS_SIGNING_KEYS": signing(b"k" * 32)})


@pytest.mark.parametrize("key", ["k" * 40, "whsec_", "whsec_$$$", signing(b"k" * 23), signing(b"k" * 65)])
def test_a_weak_or_broken_key_is_refused(key: str) -> None:
    """A key that is no base64, too short or too long is a fault, and the message does not repeat it."""
    with pytest.raises(SettingsError, match="EVENTS_SIGNING_KEYS must be") as error:
        settings(EVENTS_WEBHOOK_URL="https://hooks.example/in", EVENTS_SIGNING_KEYS=f"{signing(b'k' * 32)},{key}")
    assert key == "whsec_" or key not in str(error.value)


@pytest.mark.parametrize(("value", "scanning"), [("true", True), ("True", True), ("false", False), ("", False)])
def test_scanning_is_on_or_off(value: str, scanning: bool) -> None:
    """Scanning is on where it is said, and off where nothing is."""
    assert settings(MALWARE_SCANNING=value).malware_scanning is scanning


def test_scanning_is_not_guessed() -> None:
    """Any other word is a fault: taken for a no, it would hand out what was to be scanned."""
    with pytest.raises(SettingsError, match="MALWARE_SCANNING must be true or false"):
        settings(MALWARE_SCANNING="yes")


def test_a_webhook_without_keys_is_refused() -> None:
    """No event leaves unsigned."""
    with pytest.raises(SettingsError, match="EVENTS_SIGNING_KEYS is missing"):
        settings(EVENTS_WEBHOOK_URL="https://hooks.example/in")


def test_two_receivers_are_refused() -> None:
    """A cursor can follow one receiver only."""
    with pytest.raises(SettingsError, match="exclude each other"):
        settings(
            EVENTS_WEBHOOK_URL="https://hooks.example/in",
            EVENTS_SIGNING_KEYS=signing(b"k" * 32),
            EVENTS_TOPIC_ENDPOINT="https://topic.example/api/events",
        )
