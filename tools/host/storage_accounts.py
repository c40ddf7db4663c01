"""Storage connection strings in the environment: which setting means which account, which host serves what."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

KINDS = ("table", "blob", "queue")
_EMULATOR_ACCOUNT = "devstoreaccount1"
# The emulator's account key is public: printed in its documentation, the same on every machine.
_EMULATOR_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_EMULATOR = (
    f"DefaultEndpointsProtocol=http;AccountName={_EMULATOR_ACCOUNT};AccountKey={_EMULATOR_KEY};"
    f"BlobEndpoint=http://127.0.0.1:10000/{_EMULATOR_ACCOUNT};"
    f"QueueEndpoint=http://127.0.0.1:10001/{_EMULATOR_ACCOUNT};"
    f"TableEndpoint=http://127.0.0.1:10002/{_EMULATOR_ACCOUNT}"
)


def connection_string(setting: str, settings: Mapping[str, str] = os.environ) -> str | None:
    """Return the connection string a binding's ``connection`` means: ``X``, else ``AzureWebJobsX``."""
    text = settings.get(setting) or settings.get(f"AzureWebJobs{setting}")
    return expand(text) if text else None


def expand(text: str) -> str:
    """Write the emulator's short form out, for the SDKs do not all know it."""
    return _EMULATOR if text.replace(" ", "").rstrip(";").lower() == "usedevelopmentstorage=true" else text


def endpoints(settings: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the kind of storage (table, blob, queue) behind each ``host:port`` that any setting names."""
    found: dict[str, str] = {}
    for name, value in settings.items():
        for kind in KINDS:
            if name.endswith(f"__{kind}ServiceUri"):
                found[authority(value)] = kind
        if "AccountName=" in value or value.lower().startswith("usedevelopmentstorage"):
            found |= _of_connection_string(expand(value))
    return found


def _of_connection_string(text: str) -> dict[str, str]:
    parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    found: dict[str, str] = {}
    for kind in KINDS:
        endpoint = parts.get(f"{kind.capitalize()}Endpoint")
        if endpoint is None and parts.get("AccountName"):
            protocol, suffix = (
                parts.get("DefaultEndpointsProtocol", "https"),
                parts.get("EndpointSuffix", "core.windows.net"),
            )
            endpoint = f"{protocol}://{parts['AccountName']}.{kind}.{suffix}"
        if endpoint is not None:
            found[authority(endpoint)] = kind
    return found


def authority(url: str) -> str:
    """Return ``host:port`` of a URL, the port written out."""
    split = urlsplit(url)
    return f"{split.hostname}:{split.port or (443 if split.scheme == 'https' else 80)}"
