"""After `azd provision`: make the app's signing keys, once, inside the vault.

A key that is there is never read, changed or made again: links in mails and claim IDs depend on them. The keys pass
through the memory of this process alone, never through a file or a template's parameters.
"""

import base64
import secrets
import sys

from tools.azd.azure_calls import ARM, DeploymentError, Send, needed, sender

VERSION = "2024-11-01"
_OK = 200
_CREATED = 201
_NOT_FOUND = 404


def _text() -> str:
    return secrets.token_urlsafe(48)


def _webhook_key() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


SECRETS = {
    "response-token-keys": _text,
    "claim-id-secret": _text,
    "form-secret": _text,
    "events-signing-keys": _webhook_key,
}
"""The vault's secrets, as infra/settings.bicep refers to them, and what makes each."""


def make_secrets(vault_id: str, send: Send) -> list[str]:
    """Make whichever is missing in the vault (its resource ID); return their names. DeploymentError."""
    made = []
    for name, make in SECRETS.items():
        url = f"{ARM}{vault_id}/secrets/{name}?api-version={VERSION}"
        status, answer = send("GET", url, None)
        if status == _OK:
            continue
        if status != _NOT_FOUND:
            raise DeploymentError(f"The vault could not be asked for {name}: {status} {answer}")
        status, answer = send("PUT", url, {"properties": {"value": make(), "contentType": "text/plain"}})
        if status not in {_OK, _CREATED}:
            raise DeploymentError(f"The vault did not take {name}: {status}")
        made.append(name)
    return made


def main() -> None:
    """Make the secrets of the environment's vault."""
    made = make_secrets(needed("SECRETS_VAULT_ID"), sender(ARM))
    print(f"Secrets made: {', '.join(made)}." if made else "Every secret is there.")


if __name__ == "__main__":
    try:
        main()
    except DeploymentError as error:
        sys.exit(str(error))
