"""Both sides of a contest as reviewers see them, and nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.contest_json import contest_json
from shared.domain.claim import Claim, Scan
from shared.domain.claim_events import EventKind as E
from shared.usecases.callers import Caller, NotFoundError, Role, RoleMissingError
from shared.usecases.comment_on_claim import comment_on_claim
from shared.usecases.read_contest import Contest, Place, ReviewedClaim, read_for_review
from shared.usecases.record_scan import record_scan
from shared.usecases.scan_records import ScanFinding
from tests.claims import CONTOSO, FABRIKAM, a_proof, an_event
from tests.fakes.product import FakeProduct
from tests.unit.usecases.contests import LITWARE, contesting, decided, filed_by, now_of, official, window_end
from tests.unit.usecases.lives import REVIEWER, live


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def seen(product: FakeProduct, claim: Claim) -> ReviewedClaim:
    """The claim as a reviewer sees it."""
    return await read_for_review(product.services, caller=REVIEWER, claim_id=claim.claim_id, now=product.now)


async def contest_of(product: FakeProduct, claim: Claim) -> Contest:
    """Its contest."""
    found = (await seen(product, claim)).contest
    assert found is not None
    return found


async def test_a_claim_that_nobody_contests_has_no_contest(product: FakeProduct) -> None:
    """Before a reviewer for its proof alone, on free slots: there is no other side."""
    alone = await contesting(product, filed_by(product, FABRIKAM), code="poe-no-date")
    assert (await seen(product, alone)).contest is None


async def test_both_sides_are_seen_with_their_dates(product: FakeProduct) -> None:
    """Holder and waiting rival of each item, the proofs of every side, who was told when, what was said since."""
    incumbent = await official(product, filed_by(product, CONTOSO, "teams"))
    await live(product, filed_by(product, LITWARE, "intune"), E.SUBMITTED, E.CHECKS_PASSED)
    waiting = filed_by(product, LITWARE, "intune")
    challenger = await contesting(product, filed_by(product, FABRIKAM, "teams", "intune"))
    before = await contest_of(product, challenger)
    assert (before.noticed_at, before.window, before.window_over) == (None, None, False)
    assert [[(one.claim_id, one.place) for one in item.rivals] for item in before.items] == [
        [(incumbent.claim_id, Place.HOLDER)],
        [(waiting.claim_id, Place.PENDING)],
    ]
    product.now += timedelta(hours=1)
    partner = Caller(organisation=CONTOSO, object_id="o1", name="Pat", roles=frozenset({Role.PARTNER_ADMIN}))
    await _say(product, partner, incumbent, "Before anybody asked.")
    product.now += timedelta(hours=1)
    noticed = await decided(product, challenger, "noticeIncumbent")
    told_at = product.now
    product.now += timedelta(hours=1)
    await _say(product, partner, incumbent, "We work there every day.")
    await live(product, incumbent, an_event(E.PROOF_ADDED, proof=a_proof("p2", uploaded_at=product.now)))
    await live(product, challenger, an_event(E.PROOF_ADDED, proof=a_proof("p3", uploaded_at=product.now)))
    found = await contest_of(product, challenger)
    assert (found.noticed_at, found.window_over) == (told_at, False)
    ours, theirs, other = found.sides
    assert (ours.claim.claim_id, ours.told_at) == (challenger.claim_id, None)
    assert [proof.proof_id for proof in ours.claim.proofs] == ["p1", "p3"]
    assert (theirs.claim.number, theirs.told_at) == (incumbent.number, told_at)
    assert theirs.partner_name == "Contoso Consulting"
    assert [(proof.proof_id, proof.uploaded_at) for proof in theirs.claim.proofs][1:] == [("p2", product.now)]
    assert [one.text for one in theirs.comments] == ["We work there every day."]
    assert theirs.window == found.window == ours.window
    assert (other.claim.claim_id, other.told_at, other.window, other.comments) == (waiting.claim_id, None, None, ())
    product.now = window_end(noticed)
    assert (await contest_of(product, challenger)).window_over


async def test_the_contest_is_that_of_the_moment(product: FakeProduct) -> None:
    """Who was told and has gone is still a side, but stands on no item any more."""
    incumbent = await official(product, filed_by(product, CONTOSO))
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    await decided(product, challenger, "noticeIncumbent")
    await live(product, incumbent, E.REVOKED)
    found = await contest_of(product, challenger)
    assert [item.rivals for item in found.items] == [()]
    assert [(side.claim.claim_id, side.claim.status.value) for side in found.sides] == [
        (challenger.claim_id, "UnderReview"),
        (incumbent.claim_id, "Ended"),
    ]


async def test_each_side_s_proof_is_shown_as_the_scan_sees_it_now(product: FakeProduct) -> None:
    """Malware that was found in a rival's proof later is told, not the word of its filing."""
    product.services = replace(product.services, scanning=True)
    filing = replace(filed_by(product, CONTOSO, "teams"), proofs=(a_proof("p1", scan=Scan.CLEAN),))
    incumbent = await official(product, filing)
    challenger = await contesting(product, filed_by(product, FABRIKAM, "teams"))
    finding = ScanFinding(
        claim_id=incumbent.claim_id, sha256=incumbent.proofs[0].sha256, scan=Scan.INFECTED, at=product.now
    )
    await record_scan(product.services, finding=finding, now=product.now)
    seen = await read_for_review(product.services, caller=REVIEWER, claim_id=challenger.claim_id, now=product.now)
    assert seen.contest is not None
    assert [proof.scan for proof in seen.contest.sides[1].claim.proofs] == [Scan.INFECTED]


async def test_a_contest_is_shown_in_json(product: FakeProduct) -> None:
    """Every name is there, times in UTC, proofs without their bytes."""
    incumbent = await official(product, filed_by(product, CONTOSO))
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    await decided(product, challenger, "noticeIncumbent")
    shown = contest_json(await contest_of(product, challenger))
    assert shown["items"][0]["rivals"] == [
        {
            "claimId": incumbent.claim_id,
            "itemId": "teams-usage",
            "programme": "osu-microsoft-365",
            "place": "holder",
        }
    ]
    assert shown["noticedAt"] == shown["sides"][1]["toldAt"] == shown["window"]["startsAt"]
    assert shown["sides"][1]["partnerName"] == "Contoso Consulting"
    assert shown["sides"][1]["proofs"][0]["proofId"] == "p1"


@pytest.mark.parametrize(("organisation", "error"), [(FABRIKAM, RoleMissingError), (CONTOSO, NotFoundError)])
async def test_partners_never_see_a_contest(product: FakeProduct, organisation: str, error: type[Exception]) -> None:
    """Not even the one whose claim it is."""
    challenger = await contesting(product, filed_by(product, FABRIKAM))
    caller = Caller(organisation=organisation, object_id="o1", name="P", roles=frozenset({Role.PARTNER_ADMIN}))
    with pytest.raises(error):
        await read_for_review(product.services, caller=caller, claim_id=challenger.claim_id, now=product.now)


async def _say(product: FakeProduct, caller: Caller, claim: Claim, text: str) -> None:
    current = await now_of(product, claim)
    await comment_on_claim(
        product.services, caller=caller, claim_id=current.claim_id, text=text, internal=False, now=product.now
    )
