"""Whose mail address is this: the customer's, the partner's, or anybody's (PROCESS.md, Checks, 7)."""

from collections.abc import Iterable

from shared.domain.claim import Contact
from shared.domain.identifiers import InvalidIdentifierError, canonical_domain

FREE_MAIL_DOMAINS = frozenset(
    {
        "aol.com",
        "fastmail.com",
        "free.fr",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "interia.pl",
        "laposte.net",
        "libero.it",
        "live.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "o2.pl",
        "onet.pl",
        "op.pl",
        "orange.fr",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "t-online.de",
        "tuta.com",
        "tutanota.com",
        "web.de",
        "wp.pl",
        "yahoo.co.uk",
        "yahoo.com",
        "yandex.com",
        "ymail.com",
        "zoho.com",
    }
)
"""Where anybody can have an address, so that it shows nobody's employer."""


def domain_of(address: str) -> str:
    """The address's domain in canonical form; as it is, in lower case, where it is no proper domain."""
    domain = address.rpartition("@")[2].strip()
    try:
        return canonical_domain(domain)
    except InvalidIdentifierError:
        return domain.lower()


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address on the (canonical) domain."""
    return domain in FREE_MAIL_DOMAINS


def is_on(domain: str, domains: Iterable[str]) -> bool:
    """Whether the (canonical) domain is one of these, or below one of them."""
    return any(domain == own or domain.endswith(f".{own}") for own in domains)


def contact_is_partner(contact: Contact, *, partner_contact: Contact | None, partner_domains: Iterable[str]) -> bool:
    """Whether the customer's contact is the partner's own.

    So it is with an address on one of the partner's domains, with the partner contact's very address, and with one on
    that address's domain, unless anybody can have one there.
    """
    domain = domain_of(contact.email)
    if is_on(domain, partner_domains):
        return True
    if partner_contact is None:
        return False
    if contact.email.strip().casefold() == partner_contact.email.strip().casefold():
        return True
    partner_domain = domain_of(partner_contact.email)
    return not is_free_mail(partner_domain) and is_on(domain, (partner_domain,))
