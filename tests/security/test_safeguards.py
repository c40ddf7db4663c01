"""Each safeguard is taken out, one at a time, and a named test of this suite fails: it can find what it is for.

With the safeguard in place the same tests pass, in their own modules. The table is printed at the end of the run.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from itsdangerous import Signer

from functions import page_forms, principal, respond, routing
from functions.principal import Principal
from functions.request_errors import NotSignedInError
from shared import signing
from shared.domain.claim import Status
from shared.notifications import response_tokens
from shared.notifications.response_tokens import GenuineToken, SignedResponseTokens
from shared.usecases import customer_response, reading
from shared.usecases.callers import Caller, NotFoundError, Role, check_may_see
from shared.usecases.customer_response import AlreadyDecidedError, Choice, RequestView, TooLateError, answer_request
from shared.usecases.services import Services
from tests.fakes.rate_limits import FakeRateLimits
from tests.security import test_access, test_csrf, test_prefetch, test_rate_limits, test_tokens
from tests.security.tally import Record
from tests.security.world import PROGRAM_ADMIN, ROUTES, Route, World, name_of

type Patch = pytest.MonkeyPatch
BY_NAME = {name_of(route): route for route in ROUTES}
READ, WITHDRAW = BY_NAME["GET api/claims/{claimId}"], BY_NAME["POST api/claims/{claimId}/withdraw"]
FORM, DECIDE = BY_NAME["POST claims/new"], BY_NAME["POST api/review/claims/{claimId}/decision"]
RESPOND = BY_NAME["POST api/respond/{claimId}"]
LETTERS = BY_NAME["GET api/review/dead-letters"]


def no_site_check(patch: Patch) -> None:
    """Another site's page may do it."""
    patch.setattr(routing, "check_same_site", lambda *_, **__: None)


def no_form_check(patch: Patch) -> None:
    """A form counts, whoever made it."""
    patch.setattr(page_forms, "check_form_token", lambda *_, **__: None)


def no_organisation_check(patch: Patch) -> None:
    """Every claim is everybody's."""
    patch.setattr(Caller, "owns", lambda *_: True)


def another_word_for_what_is_not_theirs(patch: Patch) -> None:
    """A rival is told that the claim is not theirs: so there is one."""

    def telling(claim: Any, caller: Caller) -> Any:
        if claim is not None and not caller.is_programme and not caller.owns(claim):
            raise NotFoundError("This claim is not yours.")
        return check_may_see(claim, caller)

    patch.setattr(reading, "check_may_see", telling)


def no_role_check(patch: Patch) -> None:
    """Whoever is signed in may do everything."""
    patch.setattr(Caller, "needs", lambda *_: None)


def roles_count_everywhere(patch: Patch) -> None:
    """What any tenant's administrator hands out is believed."""

    async def believing(_registry: object, **said: Any) -> Caller:
        roles = frozenset(role for role in Role if role in said["roles"])
        return Caller(organisation=said["tenant_id"], object_id=said["object_id"], name="", roles=roles)

    patch.setattr(principal, "recognise", believing)


def no_sign_in_flag(patch: Patch) -> None:
    """The principal's header is believed, whoever wrote it."""
    caller_of = principal.caller_of

    async def believing(headers: Any, *, services: Any, settings: Any) -> Caller:
        return await caller_of(headers, services=services, settings=replace(settings, auth_enabled=True))

    patch.setattr(routing, "caller_of", believing)


def any_principal_will_do(patch: Patch) -> None:
    """Of a principal that says two things, or none, something is believed."""
    read = principal.read_principal

    def guessing(header: str) -> Principal:
        try:
            return read(header)
        except NotSignedInError:
            roles = frozenset(PROGRAM_ADMIN.roles)
            who = PROGRAM_ADMIN
            return Principal(tenant_id=who.organisation, object_id=who.object_id, name="", roles=roles)

    patch.setattr(principal, "read_principal", guessing)


def no_key_check(patch: Patch) -> None:
    """A link that looks like one is one."""

    def believing(_self: object, token: str, *, claim_id: str) -> GenuineToken | None:
        match = response_tokens._TOKEN.fullmatch(token)
        return GenuineToken(recipient=match["recipient"], round=int(match["round"]), retired=False) if match else None

    patch.setattr(SignedResponseTokens, "verify", believing)


def no_claim_in_the_signature(patch: Patch) -> None:
    """A link is signed for its recipient and round alone."""

    def written(signer: Signer, _claim_id: str, recipient: str, round_: int) -> str:
        said = f"{recipient}.{round_}"
        return f"{said}.{signer.get_signature(said).decode()}"

    patch.setattr(response_tokens, "_written", written)


def no_recipient_check(patch: Patch) -> None:
    """A link counts for whoever was once asked."""
    patch.setattr(customer_response, "_check_recipient", lambda *_: None)


def retired_keys_count(patch: Patch) -> None:
    """A retired key's links do what every link does."""
    verify = SignedResponseTokens.verify

    def forgetting(self: SignedResponseTokens, token: str, *, claim_id: str) -> GenuineToken | None:
        found = verify(self, token, claim_id=claim_id)
        return replace(found, retired=False) if found else None

    patch.setattr(SignedResponseTokens, "verify", forgetting)


def other_spellings_count(patch: Patch) -> None:
    """A token counts however its signature is spelled."""

    class Lenient:
        compare_digest = staticmethod(lambda *_: True)

    patch.setattr(signing, "hmac", Lenient)


def looking_is_answering(patch: Patch) -> None:
    """Who opens the request has confirmed it."""
    look = customer_response.view_request

    async def confirmed(services: Services, *, claim_id: str, token: str) -> RequestView:
        with suppress(AlreadyDecidedError, TooLateError):
            return await answer_request(
                services,
                claim_id=claim_id,
                token=token,
                choice=Choice.CONFIRM,
                item_ids=frozenset(),
                reason=None,
                now=services.clock(),
            )
        return await look(services, claim_id=claim_id, token=token)

    patch.setattr(respond, "view_request", confirmed)


def no_limit(patch: Patch) -> None:
    """Everybody may ask as often as they like."""

    async def never(*_: object, **__: object) -> None:
        return None

    patch.setattr(FakeRateLimits, "take", never)


def one_limit_for_all(patch: Patch) -> None:
    """All organisations count together."""
    take = FakeRateLimits.take

    async def together(self: FakeRateLimits, **said: Any) -> None:
        await take(self, **{**said, "subject": "all"})

    patch.setattr(FakeRateLimits, "take", together)


type Run = Callable[[World, Patch, Record], Awaitable[None]]


def at(test: Callable[..., Awaitable[None]], route: Route, **more: Any) -> Run:
    """The suite's test at that route."""

    async def run(world: World, _patch: Patch, record: Record) -> None:
        await test(world, record_property=record, route=route, **more)

    return run


def patched(test: Callable[..., Awaitable[None]], route: Route) -> Run:
    """The same for a test that patches something itself."""

    async def run(world: World, patch: Patch, record: Record) -> None:
        await test(world, monkeypatch=patch, record_property=record, route=route)

    return run


async def bursting(world: World, _patch: Patch, record: Record) -> None:
    """An organisation's burst."""
    await test_rate_limits.test_an_organisation_s_burst_is_its_own(world, record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """A safeguard, how it is taken out, the test that fails then, and what it says."""

    name: str
    take_out: Callable[[Patch], None]
    test: str
    run: Run
    words: str


FLIPS = {"status": Status.PENDING_CUSTOMER, "choice": "confirm"}
_ACCESS, _CSRF, _TOKENS = "test_access.py::", "test_csrf.py::", "test_tokens.py::"
SAFEGUARDS = [
    Safeguard(
        name="CSRF: other sites",
        take_out=no_site_check,
        test=f"{_CSRF}test_another_site_changes_nothing",
        run=at(test_csrf.test_another_site_changes_nothing, WITHDRAW),
        words="evil.example",
    ),
    Safeguard(
        name="CSRF: form token",
        take_out=no_form_check,
        test=f"{_CSRF}test_a_form_needs_its_reader_s_own_token",
        run=at(test_csrf.test_a_form_needs_its_reader_s_own_token, FORM),
        words="a colleague's: 303",
    ),
    Safeguard(
        name="organisation check",
        take_out=no_organisation_check,
        test=f"{_ACCESS}test_another_organisation_s_claim_is_not_there",
        run=at(test_access.test_another_organisation_s_claim_is_not_there, READ),
        words="Approved: 200",
    ),
    Safeguard(
        name="one answer for not there and not yours",
        take_out=another_word_for_what_is_not_theirs,
        test=f"{_ACCESS}test_another_organisation_s_claim_is_not_there",
        run=at(test_access.test_another_organisation_s_claim_is_not_there, READ),
        words="Approved: 404",
    ),
    Safeguard(
        name="role check",
        take_out=no_role_check,
        test=f"{_ACCESS}test_each_role_opens_what_it_should",
        run=at(test_access.test_each_role_opens_what_it_should, DECIDE),
        words="Partner.IncentivesAdmin: 200",
    ),
    Safeguard(
        name="where a role counts",
        take_out=roles_count_everywhere,
        test=f"{_ACCESS}test_each_role_opens_what_it_should",
        run=at(test_access.test_each_role_opens_what_it_should, DECIDE),
        words="a partner's own programme roles: ",
    ),
    Safeguard(
        name="principal only from the platform",
        take_out=no_sign_in_flag,
        test=f"{_ACCESS}test_no_principal_counts_without_the_platform",
        run=patched(test_access.test_no_principal_counts_without_the_platform, READ),
        words="sign-in is off: 200",
    ),
    Safeguard(
        name="principal read strictly",
        take_out=any_principal_will_do,
        test=f"{_ACCESS}test_a_forged_principal_is_nobody",
        run=at(test_access.test_a_forged_principal_is_nobody, READ),
        words="two tenants: 200",
    ),
    Safeguard(
        name="response token: key",
        take_out=no_key_check,
        test=f"{_TOKENS}test_every_flipped_bit_is_refused",
        run=at(test_tokens.test_every_flipped_bit_is_refused, RESPOND, **FLIPS),
        words=": 200",
    ),
    Safeguard(
        name="response token: claim",
        take_out=no_claim_in_the_signature,
        test=f"{_TOKENS}test_a_token_opens_its_own_claim_alone",
        run=at(test_tokens.test_a_token_opens_its_own_claim_alone, RESPOND),
        words="Submitted at UnderReview, None: 200",
    ),
    Safeguard(
        name="response token: recipient, round",
        take_out=no_recipient_check,
        test=f"{_TOKENS}test_a_token_is_its_recipient_s_and_its_round_s",
        run=at(test_tokens.test_a_token_is_its_recipient_s_and_its_round_s, RESPOND),
        words="round 2, None: 200",
    ),
    Safeguard(
        name="response token: retired key",
        take_out=retired_keys_count,
        test=f"{_TOKENS}test_retired_keys_only_revoke",
        run=patched(test_tokens.test_retired_keys_only_revoke, RESPOND),
        words="key r, confirm: 200, not 401",
    ),
    Safeguard(
        name="signed values: one spelling",
        take_out=other_spellings_count,
        test=f"{_TOKENS}test_a_continuation_is_its_own_list_s",
        run=at(test_tokens.test_a_continuation_is_its_own_list_s, LETTERS),
        words=": 200",
    ),
    Safeguard(
        name="looking is not answering",
        take_out=looking_is_answering,
        test="test_prefetch.py::test_posting_the_token_alone_changes_nothing",
        run=at(test_prefetch.test_posting_the_token_alone_changes_nothing, RESPOND),
        words="something was stored",
    ),
    Safeguard(
        name="rate limit",
        take_out=no_limit,
        test="test_rate_limits.py::test_an_organisation_s_burst_is_its_own",
        run=bursting,
        words="over: 200",
    ),
    Safeguard(
        name="rate limit per organisation",
        take_out=one_limit_for_all,
        test="test_rate_limits.py::test_an_organisation_s_burst_is_its_own",
        run=bursting,
        words="the rival, 0: 429",
    ),
]


@pytest.mark.parametrize("safeguard", SAFEGUARDS, ids=lambda one: one.name)
async def test_the_suite_fails_without_the_safeguard(
    world: World, monkeypatch: pytest.MonkeyPatch, record_property: Record, safeguard: Safeguard
) -> None:
    """Without the safeguard the named test fails, and for that reason."""
    safeguard.take_out(monkeypatch)
    with pytest.raises(AssertionError) as failure:
        await safeguard.run(world, monkeypatch, lambda *_: None)
    assert safeguard.words in str(failure.value), "the test fails for another reason"
    record_property("safeguard", f"{safeguard.name:40} tests/security/{safeguard.test}")
