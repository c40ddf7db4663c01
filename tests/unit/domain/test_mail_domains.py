"""Whose mail address it is."""

import pytest

from shared.domain.claim import Contact
from shared.domain.mail_domains import FREE_MAIL_DOMAINS, contact_is_partner, domain_of, is_free_mail, is_on


def contact(email: str) -> Contact:
    """A contact with that address."""
    return Contact(name="Anna", email=email)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("anna@Alpine.Example", "alpine.example"),
        ("anna@żółw.pl", "xn--w-uga1v8h.pl"),
        ('"a@b"@alpine.example', "alpine.example"),
        ("anna@LOCALHOST", "localhost"),
        ("no address", "no address"),
    ],
)
def test_the_domain_of_an_address(address: str, domain: str) -> None:
    """Case and Unicode make no difference; what is no domain stays as it is, in lower case."""
    assert domain_of(address) == domain


@pytest.mark.parametrize(
    ("domain", "on"),
    [
        ("alpine.example", True),
        ("mail.alpine.example", True),
        ("notalpine.example", False),
        ("alpine.example.net", False),
        ("example", False),
    ],
)
def test_subdomains_count(domain: str, *, on: bool) -> None:
    """A domain is on itself and on those above it, and never on one whose name merely ends alike."""
    assert is_on(domain, ("cedar.example", "alpine.example")) is on


def test_nothing_is_on_no_domains() -> None:
    """An organisation whose domains are not known owns no address."""
    assert not is_on("alpine.example", ())


def test_free_mail_is_known_by_canonical_domains() -> None:
    """The data set holds canonical domains only, the usual ones among them."""
    assert {domain_of(f"a@{domain}") for domain in FREE_MAIL_DOMAINS} == FREE_MAIL_DOMAINS
    assert is_free_mail("gmail.com")
    assert not is_free_mail("alpine.example")


@pytest.mark.parametrize(
    ("customer", "partner", "own"),
    [
        ("anna@contoso.example", None, True),
        ("anna@uk.contoso.example", "piet@gmail.com", True),
        ("anna@alpine.example", None, False),
        ("anna@alpine.example", "piet@contoso.example", False),
        ("ANNA@gmail.com", "anna@gmail.com", True),
        ("anna@gmail.com", "piet@gmail.com", False),
        ("anna@other-name.example", "piet@other-name.example", True),
        ("anna@sub.other-name.example", "piet@other-name.example", True),
        ("anna@other-name.example", "piet@sub.other-name.example", False),
    ],
)
def test_when_the_customers_contact_is_the_partners(customer: str, partner: str | None, *, own: bool) -> None:
    """By the partner's domains, by the very address, or by the partner contact's domain unless it is free mail."""
    assert (
        contact_is_partner(
            contact(customer),
            partner_contact=contact(partner) if partner else None,
            partner_domains=("contoso.example",),
        )
        is own
    )
