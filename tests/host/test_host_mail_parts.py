"""Send requests and Accept headers, read without a server (API.md, The local host's own endpoints)."""

import json
from typing import Any

import pytest

from tools.host.email_message import EmailMessageError, parse_message
from tools.host.mailbox import prefers_html

MESSAGE = {
    "senderAddress": "no-reply@cpor.example",
    "content": {"subject": "Hello", "plainText": "Hello"},
    "recipients": {"to": [{"address": "a@b.example"}]},
}


def test_a_whole_message_is_read() -> None:
    """Sender, all kinds of recipients, subject and parts come out of a well-formed request."""
    recipients = {kind: [{"address": f"{kind}@b.example"}] for kind in ("to", "cc", "bcc")}
    message = parse_message(json.dumps({**MESSAGE, "recipients": recipients}).encode())
    assert message.recipients == ("to@b.example", "cc@b.example", "bcc@b.example")
    assert (message.sender, message.subject, message.text) == ("no-reply@cpor.example", "Hello", "Hello")


@pytest.mark.parametrize(
    ("change", "target"),
    [
        ({"senderAddress": ""}, "senderAddress"),
        ({"senderAddress": 7}, "senderAddress"),
        ({"content": None}, "content"),
        ({"content": {"subject": "x"}}, "content"),
        ({"content": {"plainText": "x"}}, "subject"),
        ({"recipients": {}}, "recipients"),
        ({"recipients": {"to": [{"address": "nobody"}]}}, "recipients.to"),
        ({"recipients": {"to": "a@b.example"}}, "recipients.to"),
        ({"headers": {"a": 1}}, "headers"),
    ],
)
def test_a_malformed_message_names_its_field(change: dict[str, Any], target: str) -> None:
    """A message the service would refuse is refused, with the field named."""
    with pytest.raises(EmailMessageError) as caught:
        parse_message(json.dumps({**MESSAGE, **change}).encode())
    assert caught.value.target == target


def test_a_body_that_is_no_message_is_refused() -> None:
    """What is not a JSON object is refused, not crashed on."""
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(EmailMessageError):
            parse_message(body)


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("text/html", True),
        ("text/html;q=0.5, application/json", False),
        ("application/json;q=0.5, text/html;q=0.9", True),
        ("text/html;q=nonsense", False),
        ("application/xhtml+xml", True),
    ],
)
def test_only_a_wish_for_html_gets_the_page(accept: str, page: bool) -> None:
    """The Accept header decides between list and page; without a wish it is the list."""
    assert prefers_html(accept) is page
