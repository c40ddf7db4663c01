"""The environment of the product on this machine: development secrets, made once and kept, and local addresses."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

ACCOUNT_NAME = "devstoreaccount1"
# The emulator's account key, public and the same everywhere.
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
OPERATOR_TENANT_ID = "00000000-0000-4000-8000-0000000000aa"
SECRET_NAMES = ("RESPONSE_TOKEN_KEYS", "CLAIM_ID_SECRET", "FORM_SECRET", "EMAIL_ACCESS_KEY")


def connection_string(*, blob: str, queue: str, table: str) -> str:
    """Return the emulator's connection string for the three services' addresses (`http://host:port`)."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT_NAME};AccountKey={ACCOUNT_KEY};"
        f"BlobEndpoint={blob}/{ACCOUNT_NAME};QueueEndpoint={queue}/{ACCOUNT_NAME};TableEndpoint={table}/{ACCOUNT_NAME};"
    )


def written_out(storage: str) -> str:
    """Return a connection string the Python SDKs understand: they do not know `UseDevelopmentStorage=true`."""
    if storage.strip().rstrip(";").lower() != "usedevelopmentstorage=true":
        return storage
    return connection_string(
        blob="http://127.0.0.1:10000", queue="http://127.0.0.1:10001", table="http://127.0.0.1:10002"
    )


def development_secrets(folder: Path) -> dict[str, str]:
    """Return the signing keys kept in `folder`, making the missing ones: links in mails survive a restart."""
    path = folder / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = {name: secrets.token_urlsafe(32) for name in SECRET_NAMES if name not in kept}
    if "EMAIL_ACCESS_KEY" in missing:
        missing["EMAIL_ACCESS_KEY"] = secrets.token_bytes(32).hex()  # the e-mail client decodes it as base64
    if missing:
        kept |= missing
        draft = path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=2)
        draft.replace(path)
    return kept


def local_environment(*, storage: str, port: int, folder: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the local host on `port`; what `base` already names wins over the local defaults.

    `storage` is a connection string, `folder` keeps the secrets and the moved clock.
    """
    own_url = f"http://127.0.0.1:{port}"
    storage = written_out(storage)
    local = {
        "DataStorage": storage,
        "ProofStorage": storage,
        "EMAIL_ENDPOINT": own_url,
        "EMAIL_SENDER": "no-reply@cpor.example",
        "REVIEWER_MAILBOX": "review@cpor.example",
        "TENANT_AUTHORITY": f"{own_url}/.dev/authority",
        "PUBLIC_URL": f"http://localhost:{port}",
        "OPERATOR_TENANT_ID": OPERATOR_TENANT_ID,
        "WEBSITE_AUTH_ENABLED": "true",
        "HOST_CLOCK_FILE": str(folder / "clock.json"),
        **development_secrets(folder),
    }
    return {**local, **{name: value for name, value in base.items() if value}, "AzureWebJobsStorage": storage}
