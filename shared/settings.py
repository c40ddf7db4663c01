"""The product's settings: one frozen value, read once, that names every missing one together.

This is the only module that reads the environment (STYLE.md, The house).
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.domain.policy import Policy, SubscriptionExclusive


class SettingsError(Exception):
    """Settings are missing or wrong; the message names all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the app is told from outside.

    Storage is reached by connection string (local) or by service URI and managed identity (Azure). Secrets are bytes of
    at least 32 characters; `response_token_keys` is newest first, `retired_token_keys` verify revocations only.
    `events_signing_keys` is newest first too; all of them sign. `contact_address` is where customers write when
    something looks wrong: the reviewers' mailbox unless said.
    """

    data_storage: str | None
    proof_storage: str | None
    table_service_uri: str | None
    queue_service_uri: str | None
    blob_service_uri: str | None
    identity_client_id: str | None
    email_endpoint: str
    email_access_key: str | None
    email_sender: str
    reviewer_mailbox: str
    contact_address: str
    tenant_authority: str
    public_url: str
    operator_tenant_id: str
    programme_name: str
    response_token_keys: tuple[str, ...]
    retired_token_keys: tuple[str, ...]
    claim_id_secret: bytes
    form_secret: str
    auth_enabled: bool
    events_webhook_url: str | None
    events_signing_keys: tuple[bytes, ...]
    events_topic_endpoint: str | None
    reviewer_language: str
    malware_scanning: bool
    policy: Policy


REQUIRED = (
    "EMAIL_ENDPOINT",
    "EMAIL_SENDER",
    "REVIEWER_MAILBOX",
    "PUBLIC_URL",
    "OPERATOR_TENANT_ID",
    "RESPONSE_TOKEN_KEYS",
    "CLAIM_ID_SECRET",
    "FORM_SECRET",
)
OPTIONAL = (
    "DataStorage",
    "DataStorage__tableServiceUri",
    "DataStorage__queueServiceUri",
    "DataStorage__clientId",
    "ProofStorage",
    "ProofStorage__blobServiceUri",
    "EMAIL_ACCESS_KEY",
    "TENANT_AUTHORITY",
    "PROGRAMME_NAME",
    "CONTACT_ADDRESS",
    "POLICY_COUNTRY",
    "POLICY_SUBSCRIPTION_EXCLUSIVE",
    "POLICY_MINIMUM_SEATS",
    "EVENTS_WEBHOOK_URL",
    "EVENTS_SIGNING_KEYS",
    "EVENTS_TOPIC_ENDPOINT",
    "REVIEWER_LANGUAGE",
    "MALWARE_SCANNING",
    "WEBSITE_AUTH_ENABLED",
    "WEBSITE_SITE_NAME",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
)
_RETIRED = "retired:"
_SECRET_LENGTH = 32
_WEBHOOK_KEY = "whsec_"
_WEBHOOK_KEY_BYTES = range(24, 65)
_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_PUBLIC_AUTHORITY = "https://login.microsoftonline.com"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment (the process's own by default). SettingsError names everything that is wrong."""
    values = os.environ if environment is None else environment
    wrong = [f"{name} is missing" for name in REQUIRED if not values.get(name)]
    wrong += _storage_faults(values)
    keys = [key.strip() for key in values.get("RESPONSE_TOKEN_KEYS", "").split(",") if key.strip()]
    current = tuple(key for key in keys if not key.startswith(_RETIRED))
    retired = tuple(key.removeprefix(_RETIRED) for key in keys if key.startswith(_RETIRED))
    if keys and not current:
        wrong.append("RESPONSE_TOKEN_KEYS holds retired keys only")
    secrets = [("RESPONSE_TOKEN_KEYS", key) for key in (*current, *retired)]
    secrets += [(name, values.get(name, "")) for name in ("CLAIM_ID_SECRET", "FORM_SECRET") if values.get(name)]
    wrong += [
        f"{name} is shorter than {_SECRET_LENGTH} characters" for name, key in secrets if len(key) < _SECRET_LENGTH
    ]
    auth_enabled = values.get("WEBSITE_AUTH_ENABLED", "").lower() == "true"
    if values.get("WEBSITE_SITE_NAME") and not auth_enabled:
        wrong.append("WEBSITE_AUTH_ENABLED must be true in Azure: the app trusts the sign-in that the platform injects")
    scanning = values.get("MALWARE_SCANNING", "").lower()
    if scanning not in {"", "true", "false"}:
        wrong.append("MALWARE_SCANNING must be true or false")
    policy, policy_faults = _policy(values)
    wrong += policy_faults
    signing_keys, event_faults = _events(values)
    wrong += event_faults
    if wrong:
        raise SettingsError("The settings are not complete: " + "; ".join(wrong) + ".")
    return Settings(
        data_storage=values.get("DataStorage"),
        proof_storage=values.get("ProofStorage"),
        table_service_uri=values.get("DataStorage__tableServiceUri"),
        queue_service_uri=values.get("DataStorage__queueServiceUri"),
        blob_service_uri=values.get("ProofStorage__blobServiceUri"),
        identity_client_id=values.get("DataStorage__clientId"),
        email_endpoint=values["EMAIL_ENDPOINT"],
        email_access_key=values.get("EMAIL_ACCESS_KEY"),
        email_sender=values["EMAIL_SENDER"],
        reviewer_mailbox=values["REVIEWER_MAILBOX"],
        contact_address=values.get("CONTACT_ADDRESS") or values["REVIEWER_MAILBOX"],
        tenant_authority=values.get("TENANT_AUTHORITY", _PUBLIC_AUTHORITY).rstrip("/"),
        public_url=values["PUBLIC_URL"].rstrip("/"),
        operator_tenant_id=values["OPERATOR_TENANT_ID"].lower(),
        programme_name=values.get("PROGRAMME_NAME", "Partner Associations Programme"),
        response_token_keys=current,
        retired_token_keys=retired,
        claim_id_secret=values["CLAIM_ID_SECRET"].encode(),
        form_secret=values["FORM_SECRET"],
        auth_enabled=auth_enabled,
        events_webhook_url=values.get("EVENTS_WEBHOOK_URL") or None,
        events_signing_keys=signing_keys,
        events_topic_endpoint=values.get("EVENTS_TOPIC_ENDPOINT") or None,
        reviewer_language=values.get("REVIEWER_LANGUAGE") or "en",
        malware_scanning=scanning == "true",
        policy=policy,
    )


def tracing_wanted(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the platform's runtime sends OpenTelemetry to Application Insights: then the app adds its own spans.

    Asked apart from the other settings, for it must not matter to an app whose settings are not complete.
    """
    values = os.environ if environment is None else environment
    switched_on = values.get("PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY", "").lower() in {
        "1",
        "true",
        "t",
        "y",
        "yes",
    }
    return switched_on and bool(values.get("APPLICATIONINSIGHTS_CONNECTION_STRING"))


def _storage_faults(values: Mapping[str, str]) -> list[str]:
    wrong: list[str] = []
    if not values.get("DataStorage") and not (
        values.get("DataStorage__tableServiceUri") and values.get("DataStorage__queueServiceUri")
    ):
        wrong.append("DataStorage, or DataStorage__tableServiceUri and DataStorage__queueServiceUri, is missing")
    if not values.get("ProofStorage") and not values.get("ProofStorage__blobServiceUri"):
        wrong.append("ProofStorage or ProofStorage__blobServiceUri is missing")
    return wrong


def _policy(values: Mapping[str, str]) -> tuple[Policy, list[str]]:
    """The policy with what the environment overrides, and what cannot be read of it."""
    wrong: list[str] = []
    standard = Policy()
    exclusive, seats = standard.subscription_exclusive, standard.minimum_seats
    if name := values.get("POLICY_SUBSCRIPTION_EXCLUSIVE"):
        try:
            exclusive = SubscriptionExclusive(name)
        except ValueError:
            wrong.append(f"POLICY_SUBSCRIPTION_EXCLUSIVE must be one of {', '.join(SubscriptionExclusive)}")
    if figure := values.get("POLICY_MINIMUM_SEATS"):
        if figure.isdecimal():
            seats = int(figure)
        else:
            wrong.append("POLICY_MINIMUM_SEATS must be a whole number")
    policy = Policy(
        subscription_exclusive=exclusive,
        minimum_seats=seats,
        country=values.get("POLICY_COUNTRY", standard.country).upper(),
    )
    return policy, wrong


def _events(values: Mapping[str, str]) -> tuple[tuple[bytes, ...], list[str]]:
    """The keys that sign events, and what is wrong with who is to be told of them (docs/events.md)."""
    wrong: list[str] = []
    webhook, topic = values.get("EVENTS_WEBHOOK_URL"), values.get("EVENTS_TOPIC_ENDPOINT")
    if webhook and topic:
        wrong.append("EVENTS_WEBHOOK_URL and EVENTS_TOPIC_ENDPOINT exclude each other")
    wrong += [
        f"{name} must be an https address without a name, a password or a fragment"
        for name, address in (("EVENTS_WEBHOOK_URL", webhook), ("EVENTS_TOPIC_ENDPOINT", topic))
        if address and not _may_be_told(address)
    ]
    names = [name.strip() for name in values.get("EVENTS_SIGNING_KEYS", "").split(",") if name.strip()]
    keys = [_signing_key(name) for name in names]
    if None in keys:
        wrong.append("EVENTS_SIGNING_KEYS must be whsec_ and the base64 of 24 to 64 bytes each")
    if webhook and not keys:
        wrong.append("EVENTS_SIGNING_KEYS is missing: a webhook's events are signed")
    return tuple(key for key in keys if key is not None), wrong


def _may_be_told(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _OWN_HOSTS)


def _signing_key(name: str) -> bytes | None:
    if not name.startswith(_WEBHOOK_KEY):
        return None
    try:
        key = base64.b64decode(name.removeprefix(_WEBHOOK_KEY), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) in _WEBHOOK_KEY_BYTES else None
