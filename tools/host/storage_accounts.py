"""Storage connection strings in the environment: which setting means which account, which host serves what."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from tools.local_environment import written_out

KINDS = ("table", "blob", "queue")


def connection_string(setting: str, settings: Mapping[str, str] = os.environ) -> str | None:
    """Return the connection string a binding's ``connection`` means: ``X``, else ``AzureWebJobsX``."""
    text = settings.get(setting) or settings.get(f"AzureWebJobs{setting}")
    return written_out(text) if text else None


def endpoints(settings: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the kind of storage (table, blob, queue) behind each ``host:port`` that any setting names."""
    found: dict[str, str] = {}
    for name, value in settings.items():
        for kind in KINDS:
            if name.endswith(f"__{kind}ServiceUri"):
                found[authority(value)] = kind
        if "AccountName=" in value or value.lower().startswith("usedevelopmentstorage"):
            found |= _of_connection_string(written_out(value))
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
