"""Every route, tried by every kind of person: who is let in, who is not, and that nobody is told what is not theirs.

The routes are those that the app declares; a new one is in each of these tests without being named here.
"""

import azure.functions as func
import pytest

from functions.routing import ANYONE
from shared.domain.claim import Status
from shared.domain.identifiers import claim_id
from shared.usecases.callers import PARTNERS, PROGRAMME, Role
from tests.claims import CONTOSO
from tests.security.forgeries import garbled_headers
from tests.security.right_requests import LOOKS, RIGHT, Right, ask, one_who_may, right
from tests.security.tally import Record, Tally, told
from tests.security.world import (
    IN_THEIR_PLACE,
    KEY,
    PARTNER_ADMIN,
    PROGRAM_ADMIN,
    RIVAL,
    ROUTES,
    STRANGERS,
    Person,
    Route,
    World,
    each,
    name_of,
    opened,
    settings,
)
from tests.unit.usecases.contests import tenant_named
from tests.unit.usecases.lives import OPERATOR

PRINCIPAL = "x-ms-client-principal"
CLOSED = [route for route in ROUTES if route.declared.roles != ANYONE]
OPEN = [route for route in ROUTES if route.declared.roles == ANYONE]
CHANGING = [route for route in ROUTES if route.changes]
ABOUT_A_CLAIM = [route for route in ROUTES if "claimId" in route.named]
PARTNERS_CLAIM = [route for route in ABOUT_A_CLAIM if route.declared.roles & PARTNERS]
PROGRAMMES_CLAIM = [route for route in ABOUT_A_CLAIM if route.declared.roles & PROGRAMME]
NOBODY_S = claim_id(tenant_id=tenant_named("nobody"), organisation=CONTOSO, key="none", secret=KEY.encode())
"""The ID of a claim that there is not."""
_DRAFTS_ALONE = (
    "POST api/claims/{claimId}/proofs",
    "DELETE api/claims/{claimId}/proofs/{proofId}",
    "POST claims/{claimId:minlength(4)}/edit",
    "POST claims/{claimId:minlength(4)}/proofs",
    "POST claims/{claimId:minlength(4)}/proofs/{proofId}/remove",
)
NARROWER = {(Role.PARTNER_USER, name) for name in _DRAFTS_ALONE}
"""Who prepares drafts uses these too, but not on a claim that was submitted (PROCESS.md, Who may do what)."""
MISPLACED = {
    "no role": Person(organisation=CONTOSO, roles=()),
    "an unknown organisation's every role": Person(organisation=STRANGERS, roles=tuple(Role)),
    "a partner's own programme roles": Person(organisation=CONTOSO, roles=(Role.REVIEWER, Role.PROGRAM_ADMIN)),
    "the operator's own partner roles": Person(organisation=OPERATOR, roles=(Role.PARTNER_ADMIN, Role.PARTNER_USER)),
}
"""Roles that some tenant's administrator handed out, where they do not count."""


@each(*ROUTES)
async def test_the_right_request_is_carried_out(world: World, record_property: Record, route: Route) -> None:
    """What the other tests send is right: sent by the right person it is carried out, and stores what it should.

    So each refusal has one reason. A new route that changes something, or needs more than an ID, is given its request
    in right_requests.
    """
    tally, before = Tally("routes, rightly asked", record_property), world.stored()
    answer = await ask(world, route, one_who_may(route))
    tally.check(answer.status_code < 400, f"{answer.status_code} {answer.get_body()[:300]!r}")
    changes = (route.changes and right(route).changes) or route.declared.path in LOOKS
    tally.check((world.stored() != before) == changes, f"changed something: {not changes}")
    tally.done()


def test_every_right_request_is_a_route_s() -> None:
    """Nothing is kept here for a route that is gone."""
    assert RIGHT.keys() <= {(route.method, route.declared.path) for route in ROUTES}


@each(*CLOSED)
async def test_a_forged_principal_is_nobody(world: World, record_property: Record, route: Route) -> None:
    """Without a principal, or with one that cannot be read, one is not signed in: pages lead to the sign-in."""
    tally, before = Tally("forged principals by routes", record_property), world.stored()
    others = {
        "no header": {},
        "another header": {"x-ms-client-principal-id": STRANGERS, "x-ms-client-principal-name": "admin"},
        "a bearer token": {"authorization": "Bearer " + PROGRAM_ADMIN.header},
        "a cookie": {"cookie": "AppServiceAuthSession=" + PROGRAM_ADMIN.header},
    }
    headers = {name: {PRINCIPAL: value} for name, value in garbled_headers().items()} | others
    for name, sent in headers.items():
        answer = await ask(world, route, None, headers=sent)
        _not_signed_in(tally, route, answer, name)
    tally.check(world.stored() == before, "something was stored")
    tally.done()


def _not_signed_in(tally: Tally, route: Route, answer: func.HttpResponse, case: str) -> None:
    if route.is_page and not route.changes:
        at = answer.headers.get("Location", "")
        tally.check(answer.status_code == 302 and at.startswith("/.auth/login/aad?"), f"{case}: {answer.status_code}")
    else:
        tally.refused(answer, 401, "not-signed-in", case=case, page=route.is_page)


@each(*CLOSED)
async def test_no_principal_counts_without_the_platform(
    world: World, record_property: Record, monkeypatch: pytest.MonkeyPatch, route: Route
) -> None:
    """Where the platform does not strip and write the header, the best one is a forged one."""
    opened(monkeypatch, world, settings(WEBSITE_AUTH_ENABLED="false"))
    tally = Tally("forged principals by routes", record_property)
    _not_signed_in(tally, route, await ask(world, route, one_who_may(route)), "sign-in is off")
    tally.done()


@each(*OPEN)
async def test_a_forged_principal_opens_nothing_more(world: World, record_property: Record, route: Route) -> None:
    """Where no sign-in is needed a forged principal gets the very answer that nobody gets."""
    tally = Tally("forged principals by routes", record_property)
    put_back = world.checkpoint()
    wanted = told(await ask(world, route, None))
    for name, header in garbled_headers().items():
        put_back()
        tally.check(told(await ask(world, route, None, headers={PRINCIPAL: header})) == wanted, name)
    tally.done()


@each(*CLOSED)
async def test_each_role_opens_what_it_should(world: World, record_property: Record, route: Route) -> None:
    """Who has a role that the route is for is let in; everybody else is told 403, and nothing is stored."""
    tally, before = Tally("roles by routes", record_property), world.stored()
    put_back = world.checkpoint()
    for role, person in IN_THEIR_PLACE.items():
        answer = await ask(world, route, person)
        if (role, name_of(route)) in NARROWER:
            tally.refused(answer, 403, "role-missing", case=role.value, page=route.is_page)
        elif role in route.declared.roles:
            tally.check(answer.status_code not in {401, 403}, f"{role.value} is kept out: {answer.status_code}")
            put_back()
        else:
            tally.refused(answer, 403, "role-missing", case=role.value, page=route.is_page)
    for name, person in MISPLACED.items():
        tally.refused(await ask(world, route, person), 403, "role-missing", case=name, page=route.is_page)
    for word in ("program.admin", "Program.Admin ", "Program.*", "*", "Partner.IncentivesAdmin,Program.Admin"):
        forged = Person(organisation=OPERATOR, roles=(word,))
        tally.refused(await ask(world, route, forged), 403, "role-missing", case=word, page=route.is_page)
    tally.check(world.stored() == before, "something was stored")
    tally.done()


@each(*PARTNERS_CLAIM)
async def test_another_organisation_s_claim_is_not_there(world: World, record_property: Record, route: Route) -> None:
    """Whatever the state of the claim, a rival is answered letter for letter as about a claim that there is not."""
    tally, before = Tally("organisations by routes", record_property), world.stored()
    for person in (RIVAL, *(Person(organisation=RIVAL.organisation, roles=(role,)) for role in PARTNERS)):
        if not set(person.roles) & route.declared.roles:
            continue
        nothing = await ask(world, route, person, claim_id=NOBODY_S)
        tally.refused(nothing, 404, "not-found", case="a claim that there is not", page=route.is_page)
        for status, claim in world.claims.items():
            theirs = await ask(world, route, person, claim_id=claim.claim_id)
            tally.check(told(theirs, claim.claim_id) == told(nothing, NOBODY_S), f"{status}: {theirs.status_code}")
    tally.check(world.stored() == before, "something was stored")
    tally.done()


@each(*PROGRAMMES_CLAIM)
async def test_the_programme_s_claims_are_no_partner_s(world: World, record_property: Record, route: Route) -> None:
    """A partner's 403 at the programme's routes says nothing of whether there is such a claim, nor do IDs of no sense.

    The programme's own people are told 404 for what is not there.
    """
    tally, before = Tally("organisations by routes", record_property), world.stored()
    person = PROGRAM_ADMIN
    for named in (NOBODY_S, "a" * 48, "claim-that-never-was", "x" * 300, "%2e%2e%2fclaims", "'; drop"):
        answer = await ask(world, route, person, claim_id=named)
        tally.refused(answer, 404, "not-found", case=named, page=route.is_page)
    if not route.declared.roles & PARTNERS:
        theirs = await ask(world, route, PARTNER_ADMIN)
        nothing = await ask(world, route, PARTNER_ADMIN, claim_id=NOBODY_S)
        here = world.claims[right(route).status].claim_id
        tally.check(told(theirs, here) == told(nothing, NOBODY_S), "403 tells of a claim")
    tally.check(world.stored() == before, "something was stored")
    tally.done()


@each(*(route for route in PARTNERS_CLAIM if "proofId" in route.named))
async def test_proofs_are_found_in_their_own_claim_alone(world: World, record_property: Record, route: Route) -> None:
    """A proof's ID is looked for in the claim that the path names: no other claim's proof is found by it."""
    tally, before = Tally("organisations by routes", record_property), world.stored()
    for proof_id in ("p9", world.claims[Status.APPROVED].claim_id, "../p1", "", "p1/", "P1"):
        answer = await ask(world, route, PARTNER_ADMIN, proofId=proof_id)
        tally.refused(answer, 404, "not-found", case=proof_id, page=route.is_page)
    tally.check(world.stored() == before, "something was stored")
    tally.done()


@each(*(route for route in OPEN if "claimId" in route.named and route.changes))
async def test_a_stranger_does_not_learn_which_claims_there_are(
    world: World, record_property: Record, route: Route
) -> None:
    """With a link that is not genuine a claim and none are answered alike, in whatever state the claim is."""
    tally, before = Tally("organisations by routes", record_property), world.stored()
    token = world.product.tokens.issue(world.claims[Status.APPROVED])
    for forged in ("", "a.1.b", token, token[:-1]):
        wanted = Right(said={"token": forged})
        nothing = await ask(world, route, None, claim_id=NOBODY_S, wanted=wanted)
        for status, claim in world.claims.items():
            if status is not Status.APPROVED:
                answer = await ask(world, route, None, claim_id=claim.claim_id, wanted=wanted)
                alike = told(answer, claim.claim_id) == told(nothing, NOBODY_S)
                tally.check(alike and answer.status_code in {401, 422}, f"{status}: {answer.status_code}")
    tally.check(world.stored() == before, "something was stored")
    tally.done()
