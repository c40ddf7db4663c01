"""Signatures that a receiver can check (Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime


def signature_headers(event_id: str, body: bytes, *, at: datetime, keys: Iterable[bytes]) -> Mapping[str, str]:
    """The headers that sign the body: one signature per key, so that a receiver may know the old key or the new one.

    What is signed is `{webhook-id}.{webhook-timestamp}.{body}`; the timestamp is in seconds since 1970.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in keys),
    }


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
