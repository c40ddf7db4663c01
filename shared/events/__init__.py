"""Telling the outside what happened to claims: CloudEvents to a webhook or an Event Grid topic (docs/events.md)."""

from shared.events.event_grid import EventGridPublisher
from shared.events.webhook import WebhookPublisher

__all__ = ["EventGridPublisher", "WebhookPublisher"]
