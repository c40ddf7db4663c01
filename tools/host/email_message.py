"""The body of a send request, checked as the e-mail service checks it."""

import json
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any


@dataclass(frozen=True, slots=True)
class EmailMessage:
    """What was asked to be sent."""

    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)


class EmailMessageError(Exception):
    """The service would refuse this body; ``target`` names the field."""

    def __init__(self, target: str, message: str) -> None:
        super().__init__(message)
        self.target = target


def parse_message(body: bytes) -> EmailMessage:
    """Read a send request; EmailMessageError for the first field that is wrong."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise EmailMessageError("body", "The request body is not JSON.") from error
    if not isinstance(content, dict):
        raise EmailMessageError("body", "The request body must be an object.")
    mail = _object(content, "content")
    recipients = _object(content, "recipients")
    addresses = [address for kind in ("to", "cc", "bcc") for address in _addresses(recipients, kind)]
    if not addresses:
        raise EmailMessageError("recipients", "There must be at least one recipient.")
    text, html = _text(mail, "plainText"), _text(mail, "html")
    if not text and not html:
        raise EmailMessageError("content", "Either plainText or html is needed.")
    headers = content.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise EmailMessageError("headers", "Headers must be texts.")
    return EmailMessage(
        sender=_needed(content, "senderAddress"),
        recipients=tuple(addresses),
        subject=_needed(mail, "subject"),
        text=text,
        html=html,
        headers=headers,
    )


def _object(content: dict[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    if not isinstance(value, dict):
        raise EmailMessageError(name, f"{name} is required.")
    return value


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name) or ""
    if not isinstance(value, str):
        raise EmailMessageError(name, f"{name} must be a text.")
    return value


def _needed(content: dict[str, Any], name: str) -> str:
    value = _text(content, name)
    if not value:
        raise EmailMessageError(name, f"{name} is required.")
    return value


def _addresses(recipients: dict[str, Any], kind: str) -> list[str]:
    entries = recipients.get(kind) or []
    if not isinstance(entries, list):
        raise EmailMessageError(f"recipients.{kind}", "Recipients must be a list.")
    return [_address(entry, kind) for entry in entries]


def _address(entry: object, kind: str) -> str:
    address = entry.get("address") if isinstance(entry, dict) else None
    if not isinstance(address, str) or "@" not in parseaddr(address)[1]:
        raise EmailMessageError(f"recipients.{kind}", "Each recipient needs a valid address.")
    return address
