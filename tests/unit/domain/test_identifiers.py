"""Canonical identifiers, claim IDs and slot keys."""

import base64
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.identifiers import (
    InvalidIdentifierError,
    SlotKind,
    canonical_claim_number,
    canonical_domain,
    canonical_mpn_id,
    canonical_subscription_id,
    canonical_tenant_id,
    claim_id,
    claim_number,
    slot_resource,
    tenant_of,
)

TENANT = "a1a1a1a1-0000-4000-8000-000000000001"
SECRET = b"a secret of the test"
KEY_FORBIDDEN = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")

guids = st.uuids().map(str)
keys = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=255)


def made(tenant_id: str = TENANT, organisation: str = "contoso", key: str = "key", secret: bytes = SECRET) -> str:
    """A claim's ID."""
    return claim_id(tenant_id=tenant_id, organisation=organisation, key=key, secret=secret)


@given(guids)
def test_a_guid_has_one_spelling(guid: str) -> None:
    """Upper case and surrounding blanks lead to the same tenant and subscription ID."""
    assert canonical_tenant_id(f" {guid.upper()}\n") == guid
    assert canonical_subscription_id(guid) == guid


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a1a1a1a1",
        f"{{{TENANT}}}",
        f"urn:uuid:{TENANT}",
        TENANT.replace("-", ""),
        TENANT + "0",
        TENANT[:-1] + "g",
        TENANT[:-1] + "٣",
        TENANT.replace("-", "/"),
    ],
)
def test_what_is_no_guid_is_refused(text: str) -> None:
    """Braces, URNs, missing hyphens, foreign digits and wrong lengths are no GUIDs; the error says whose they were."""
    with pytest.raises(InvalidIdentifierError) as tenant:
        canonical_tenant_id(text)
    with pytest.raises(InvalidIdentifierError) as subscription:
        canonical_subscription_id(text)
    assert (tenant.value.kind, subscription.value.kind) == ("tenantId", "subscriptionId")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Alpine.Example", "alpine.example"),
        (" alpine.example. ", "alpine.example"),
        ("żółw.pl", "xn--w-uga1v8h.pl"),
        ("ŻÓŁW.PL", "xn--w-uga1v8h.pl"),
        ("XN--W-UGA1V8H.pl", "xn--w-uga1v8h.pl"),
        ("faß.de", "xn--fa-hia.de"),
        ("alpine。example", "alpine.example"),
        ("a.b.c.example", "a.b.c.example"),
        ("3com.example", "3com.example"),
    ],
)
def test_a_domain_has_one_spelling(written: str, canonical: str) -> None:
    """Case, a final dot, and Unicode against Punycode do not make two domains of one."""
    assert canonical_domain(written) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "localhost",
        "https://alpine.example",
        "alpine.example/path",
        "alpine.example:443",
        "anna@alpine.example",
        "10.0.0.1",
        "[::1]",
        "*.alpine.example",
        "_dmarc.alpine.example",
        "-a.example",
        "a..example",
        "a b.example",
        "a\0.example",
        "xn--a.example",
        "☃.example",
        "\ud800.example",
        "a" * 64 + ".example",
        ".".join(["a" * 49] * 6),
        "a." * 2000 + "example",
    ],
)
def test_what_is_no_domain_is_refused(text: str) -> None:
    """Schemes, paths, ports, mailboxes, addresses, wildcards, bad labels and overlong names are refused."""
    with pytest.raises(InvalidIdentifierError) as refused:
        canonical_domain(text)
    assert refused.value.kind == "domain"


def test_the_longest_domain() -> None:
    """A name of 253 characters is one, with or without its final dot; one more is too long."""
    longest = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])
    assert canonical_domain(longest + ".") == longest
    with pytest.raises(InvalidIdentifierError):
        canonical_domain("a" + longest)


@given(st.text(max_size=80) | st.from_regex(r"[\w.-]{1,40}\.[\w-]{1,20}", fullmatch=True))
def test_any_text_is_a_canonical_domain_or_refused(text: str) -> None:
    """Nothing else is ever raised; what comes out is stable, short, plain ASCII, and fit for a key."""
    try:
        domain = canonical_domain(text)
    except InvalidIdentifierError:
        return
    assert canonical_domain(domain) == domain
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain)
    assert len(domain) <= 253


@given(st.integers(1, 9_999_999_999))
def test_an_mpn_id_is_a_number_of_up_to_ten_digits(number: int) -> None:
    """Blanks around it are dropped, and it stays a text."""
    assert canonical_mpn_id(f" {number} ") == str(number)


@pytest.mark.parametrize("text", ["", "0", "01000001", "12345678901", "1000 001", "+1", "1e3", "१२३", "1000001\n2"])
def test_what_is_no_mpn_id_is_refused(text: str) -> None:
    """Leading zeros would give a location two spellings; foreign digits are not digits here."""
    with pytest.raises(InvalidIdentifierError) as refused:
        canonical_mpn_id(text)
    assert refused.value.kind == "mpnId"


@given(guids, keys)
def test_a_claim_id_tells_its_tenant(tenant: str, key: str) -> None:
    """The tenant comes back out of the ID, however it was written, and the ID is fit for table and blob keys."""
    identity = made(tenant.upper(), key=key)
    assert tenant_of(identity) == tenant
    assert re.fullmatch(r"[a-z2-7]{48}", identity)
    assert not KEY_FORBIDDEN.search(identity)


@given(st.lists(st.tuples(guids, st.uuids().map(str), keys), unique=True, min_size=2, max_size=8))
def test_each_organisation_and_key_has_its_own_claim_id(parts: list[tuple[str, str, str]]) -> None:
    """Two IDs are the same only where tenant, organisation and key are; asking again gives the same."""
    identities = [made(*part) for part in parts]
    assert len(set(identities)) == len(parts)
    assert identities == [made(*part) for part in parts]


def test_the_parts_of_a_claim_id_cannot_be_shifted() -> None:
    """An organisation's end and a key's beginning are told apart, and another secret makes other IDs."""
    assert made(organisation="ab", key="c") != made(organisation="a", key="bc")
    assert made(secret=b"one") != made(secret=b"two")


def test_a_claim_id_of_record() -> None:
    """One frozen ID: claims are found by it for ever, so its making must never change."""
    identity = made(organisation="c0c0c0c0-0000-4000-8000-000000000001", key="frozen")
    assert identity == "ugq2diiaabaabaaaaaaaaaaaaenaljm3553sfsjd4hfeiip7"
    assert claim_number(identity) == "CPOR-382T-B6ZF"


def test_a_claim_id_needs_a_tenant() -> None:
    """A tenant ID that is no GUID makes no claim ID."""
    with pytest.raises(InvalidIdentifierError):
        made("alpine.example")


@given(guids, keys, st.integers(0, 47), st.sampled_from("ABCZ0189=-_/# é\n"))
def test_a_claim_id_has_one_encoding(tenant: str, key: str, place: int, letter: str) -> None:
    """A letter outside the alphabet, upper case and padding included, is refused wherever it stands."""
    identity = made(tenant, key=key)
    for broken in (identity[:place] + letter + identity[place + 1 :], identity + letter, identity[:-1]):
        for look in (tenant_of, claim_number):
            with pytest.raises(InvalidIdentifierError) as refused:
                look(broken)
            assert refused.value.kind == "claimId"


@given(guids, guids, keys)
def test_the_number_is_of_the_claims_own_part(tenant: str, other: str, key: str) -> None:
    """The number has two groups without I, L, O and U, hides the tenant, and is read from bytes 16 to 20."""
    identity = made(tenant, key=key)
    number = claim_number(identity)
    assert re.fullmatch(r"CPOR-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", number)
    assert number == claim_number(made(other, key=key))
    own = base64.b32decode(identity.upper())[16:21]
    to_base32 = str.maketrans("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert base64.b32decode(number.replace("-", "")[4:].translate(to_base32)) == own


@given(guids, keys)
def test_a_number_is_known_however_it_is_typed(tenant: str, key: str) -> None:
    """Small letters, spaces, no hyphens, no prefix, and letters that look like digits make no difference."""
    number = claim_number(made(tenant, key=key))
    bare = number.replace("-", "")[4:]
    misread = number.replace("0", "o").replace("1", "l")
    for typed in (number, number.lower(), f" {number[:9]} {number[10:]} ", bare, f"{bare[:4]} {bare[4:]}", misread):
        assert canonical_claim_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "CPOR", "CPOR-7K3M-0QZ", "CPOR-7K3M-0QZXX", "CPOR-7K3M-0QZU", "7K3M/0QZX", "ß" * 8]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    """Too short, too long, or with letters that no number has."""
    with pytest.raises(InvalidIdentifierError) as refused:
        canonical_claim_number(typed)
    assert refused.value.kind == "number"


@pytest.mark.parametrize(
    ("kind", "product", "subscription", "resource"),
    [
        (SlotKind.WORKLOAD, "teams", None, "workload~teams"),
        (SlotKind.WORKLOAD, "teams", TENANT, "workload~teams"),
        (SlotKind.WORKLOAD, None, TENANT, None),
        (SlotKind.SUBSCRIPTION, "power-bi", TENANT, f"subscription~{TENANT}"),
        (SlotKind.SUBSCRIPTION, "power-bi", None, None),
        (SlotKind.NONE, "power-bi", TENANT, None),
    ],
)
def test_what_a_slot_is_keyed_by(
    kind: SlotKind, product: str | None, subscription: str | None, resource: str | None
) -> None:
    """A workload's slot is keyed by product, a subscription's by its ID, and a revenue association has none."""
    assert slot_resource(kind, product_id=product, subscription_id=subscription) == resource
    assert resource is None or not KEY_FORBIDDEN.search(resource)


def test_the_nil_guid_is_kept_as_it_is() -> None:
    """The nil GUID is well-formed; that nobody's directory has it is for the checks to find."""
    assert canonical_tenant_id(str(uuid.UUID(int=0))) == "00000000-0000-0000-0000-000000000000"
