"""A person goes from a claim that is over, and the chain still verifies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.claim_events import EventKind as E
from shared.usecases.audit_records import AuditAction
from shared.usecases.callers import NotFoundError, RoleMissingError
from shared.usecases.erase_person import ERASED, ContactNeededError, Erasure, erase_person
from shared.usecases.verify_history import verify_history
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import ADMIN, REVIEWER, live, new_claim

OPTED_OUT = (E.SUBMITTED, E.CHECKS_PASSED, E.NOTICE_ACCEPTED, E.OPTED_OUT)
REJECTED = (E.SUBMITTED, E.CHECKS_FAILED)


@pytest.fixture
def product() -> FakeProduct:
    """A product on the fakes."""
    return FakeProduct()


async def erase(product: FakeProduct, claim_id: str, email: str, *, comments: bool = False) -> Erasure:
    """Erase whoever has that address."""
    return await erase_person(
        product.services, caller=ADMIN, claim_id=claim_id, email=email, comments=comments, now=product.now
    )


async def test_the_person_goes_and_the_chain_stays(product: FakeProduct) -> None:
    """Name, title and address are blanked wherever they stand, nothing else changes, and the history verifies."""
    claim = await live(product, new_claim(product, "a claim"), *OPTED_OUT)
    contact = claim.customer_contact
    assert contact
    erasure = await erase(product, claim.claim_id, contact.email.upper())
    assert erasure.places == ("customerContact",)
    stored = await product.claims.get(claim.claim_id)
    assert stored
    blank = replace(contact, name=ERASED, email=ERASED, title=ERASED if contact.title else None)
    assert stored.value == replace(claim, customer_contact=blank, revision=claim.revision + 1)
    verdict = await verify_history(product.services, caller=ADMIN, claim_id=claim.claim_id)
    assert verdict.intact
    (entry,) = await product.services.audit.of_claim(claim.claim_id)
    assert (entry.action, entry.detail) == (AuditAction.PERSON_ERASED, {"places": ["customerContact"]})
    assert contact.email not in str(entry)


async def test_asking_again_finds_nobody(product: FakeProduct) -> None:
    """The second time nothing is there, nothing changes, and it is a success; a stranger's address is nobody's."""
    claim = await live(product, new_claim(product, "a claim"), *OPTED_OUT)
    assert claim.customer_contact
    for email in (claim.customer_contact.email, "nobody@elsewhere.example"):
        await erase(product, claim.claim_id, email)
        before = await product.claims.get(claim.claim_id)
        assert (await erase(product, claim.claim_id, email)).places == ()
        assert await product.claims.get(claim.claim_id) == before


async def test_comments_go_where_that_is_wanted(product: FakeProduct) -> None:
    """Free text is blanked on request only."""
    claim = await live(product, new_claim(product, "a claim"), E.SUBMITTED, E.COMMENTED, *OPTED_OUT[1:])
    assert claim.partner_contact
    assert claim.comments
    erasure = await erase(product, claim.claim_id, claim.partner_contact.email, comments=True)
    assert erasure.places == ("partnerContact", "comments")
    assert {one.text for one in erasure.claim.comments} == {ERASED}


@pytest.mark.parametrize("life", [(E.DRAFTED,), (E.SUBMITTED,), OPTED_OUT[:3], REJECTED], ids=lambda life: life[-1])
async def test_a_claim_that_runs_keeps_its_contact(product: FakeProduct, life: tuple[E, ...]) -> None:
    """As long as somebody may have to be written to, it is refused and nothing changes."""
    claim = await live(product, new_claim(product, "a claim"), *life)
    assert claim.customer_contact
    with pytest.raises(ContactNeededError):
        await erase(product, claim.claim_id, claim.customer_contact.email)
    stored = await product.claims.get(claim.claim_id)
    assert stored
    assert stored.value == claim


async def test_a_rejection_is_over_after_its_thirty_days(product: FakeProduct) -> None:
    """Once nobody can dispute it, the person may go."""
    claim = await live(product, new_claim(product, "a claim"), *REJECTED)
    assert claim.customer_contact
    product.now += timedelta(days=32)
    assert (await erase(product, claim.claim_id, claim.customer_contact.email)).places == ("customerContact",)


async def test_only_admins_may(product: FakeProduct) -> None:
    """Reviewers may not erase."""
    claim = await live(product, new_claim(product, "a claim"), *OPTED_OUT)
    with pytest.raises(RoleMissingError):
        await erase_person(
            product.services,
            caller=REVIEWER,
            claim_id=claim.claim_id,
            email="x@y.example",
            comments=False,
            now=product.now,
        )


@pytest.mark.parametrize("claim_id", ["a" * 48, "no-claim-s-id", ""])
async def test_what_names_no_claim_is_not_there(product: FakeProduct, claim_id: str) -> None:
    """An ID of no claim, and one that cannot be any claim's, are told the same: there is no such claim."""
    with pytest.raises(NotFoundError):
        await erase(product, claim_id, "anna@alpine.example")
