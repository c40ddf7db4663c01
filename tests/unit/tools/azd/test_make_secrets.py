"""The signing keys of a deployment are made once, inside the vault."""

import base64
from typing import Any

import pytest

from shared.settings import read_settings
from tools.azd.azure_calls import DeploymentError
from tools.azd.make_secrets import SECRETS, make_secrets

VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"


class FakeVault:
    """The vault by its resource manager's API; `refusal` is the status that it answers everything with."""

    def __init__(self, refusal: int | None = None) -> None:
        self.values: dict[str, str] = {}
        self.puts = 0
        self.refusal = refusal

    def send(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        """Answer as Azure does: a secret's value never comes back."""
        assert url.startswith(f"https://management.azure.com{VAULT}/secrets/")
        name = url.partition("?")[0].rpartition("/")[2]
        if self.refusal:
            return self.refusal, "no"
        if method == "GET":
            return (200, {"name": name}) if name in self.values else (404, "absent")
        self.puts += 1
        self.values[name] = body["properties"]["value"]
        return 201, {"name": name}


def test_made_once() -> None:
    """The first deployment makes every key; the next one finds them and changes nothing."""
    vault = FakeVault()
    assert make_secrets(VAULT, vault.send) == list(SECRETS)
    before = dict(vault.values)
    assert make_secrets(VAULT, vault.send) == []
    assert vault.values == before
    assert vault.puts == len(SECRETS)


def test_the_app_takes_them() -> None:
    """The made keys are such as the app's settings accept."""
    vault = FakeVault()
    make_secrets(VAULT, vault.send)
    settings = read_settings(
        {
            "DataStorage": "x",
            "ProofStorage": "x",
            "EMAIL_ENDPOINT": "https://mail.example",
            "EMAIL_SENDER": "no-reply@cpor.example",
            "REVIEWER_MAILBOX": "review@cpor.example",
            "PUBLIC_URL": "https://cpor.example",
            "OPERATOR_TENANT_ID": "00000000-0000-4000-8000-0000000000aa",
            "RESPONSE_TOKEN_KEYS": vault.values["response-token-keys"],
            "CLAIM_ID_SECRET": vault.values["claim-id-secret"],
            "FORM_SECRET": vault.values["form-secret"],
            "EVENTS_WEBHOOK_URL": "https://events.example",
            "EVENTS_SIGNING_KEYS": vault.values["events-signing-keys"],
        }
    )
    assert len(set(vault.values.values())) == len(SECRETS)
    assert len(settings.events_signing_keys[0]) == 32
    assert base64.b64encode(settings.events_signing_keys[0]).decode() in vault.values["events-signing-keys"]


@pytest.mark.parametrize("status", [403, 500])
def test_a_refusal_ends_it(status: int) -> None:
    """Where the vault cannot be asked nothing is made: a key that may be there must not be replaced."""
    vault = FakeVault(refusal=status)
    with pytest.raises(DeploymentError, match=str(status)):
        make_secrets(VAULT, vault.send)
    assert vault.puts == 0
