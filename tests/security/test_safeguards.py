"""Each safeguard is taken out, one at a time, and a named test of this suite fails: it can find what it is for.

With the safeguard in place the same tests pass, in their own modules. The table is printed at the end of the run.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.domain.claim import Status
from tests.security import (
    removals,
    test_access,
    test_csrf,
    test_elsewhere,
    test_hosts,
    test_prefetch,
    test_rate_limits,
    test_tokens,
)
from tests.security.removals import Patch
from tests.security.tally import Record
from tests.security.world import ROUTES, Route, World, name_of

BY_NAME = {name_of(route): route for route in ROUTES}
READ, WITHDRAW = BY_NAME["GET api/claims/{claimId}"], BY_NAME["POST api/claims/{claimId}/withdraw"]
FORM, DECIDE = BY_NAME["POST claims/new"], BY_NAME["POST api/review/claims/{claimId}/decision"]
RESPOND = BY_NAME["POST api/respond/{claimId}"]
LETTERS = BY_NAME["GET api/review/dead-letters"]

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


async def listing(world: World, _patch: Patch, record: Record) -> None:
    """A rival's list."""
    await test_elsewhere.test_lists_hold_one_s_own_alone(world, record, "GET api/claims")


async def remarking(world: World, _patch: Patch, record: Record) -> None:
    """What partners read after a reviewer's remark."""
    await test_elsewhere.test_what_reviewers_say_among_themselves_stays_there(world, record)


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
        take_out=removals.no_site_check,
        test=f"{_CSRF}test_another_site_changes_nothing",
        run=at(test_csrf.test_another_site_changes_nothing, WITHDRAW),
        words="evil.example",
    ),
    Safeguard(
        name="CSRF: form token",
        take_out=removals.no_form_check,
        test=f"{_CSRF}test_a_form_needs_its_reader_s_own_token",
        run=at(test_csrf.test_a_form_needs_its_reader_s_own_token, FORM),
        words="a colleague's: 303",
    ),
    Safeguard(
        name="organisation check",
        take_out=removals.no_organisation_check,
        test=f"{_ACCESS}test_another_organisation_s_claim_is_not_there",
        run=at(test_access.test_another_organisation_s_claim_is_not_there, READ),
        words="Approved: 200",
    ),
    Safeguard(
        name="one answer for not there and not yours",
        take_out=removals.another_word_for_what_is_not_theirs,
        test=f"{_ACCESS}test_another_organisation_s_claim_is_not_there",
        run=at(test_access.test_another_organisation_s_claim_is_not_there, READ),
        words="Approved: 404",
    ),
    Safeguard(
        name="lists of one's own organisation",
        take_out=removals.lists_of_anybody,
        test="test_elsewhere.py::test_lists_hold_one_s_own_alone",
        run=listing,
        words="one's own is missing",
    ),
    Safeguard(
        name="remarks between reviewers",
        take_out=removals.no_secrets_between_reviewers,
        test="test_elsewhere.py::test_what_reviewers_say_among_themselves_stays_there",
        run=remarking,
        words="GET api/claims/{claimId}",
    ),
    Safeguard(
        name="role check",
        take_out=removals.no_role_check,
        test=f"{_ACCESS}test_each_role_opens_what_it_should",
        run=at(test_access.test_each_role_opens_what_it_should, DECIDE),
        words="Partner.IncentivesAdmin: 200",
    ),
    Safeguard(
        name="where a role counts",
        take_out=removals.roles_count_everywhere,
        test=f"{_ACCESS}test_each_role_opens_what_it_should",
        run=at(test_access.test_each_role_opens_what_it_should, DECIDE),
        words="a partner's own programme roles: ",
    ),
    Safeguard(
        name="principal only from the platform",
        take_out=removals.no_sign_in_flag,
        test=f"{_ACCESS}test_no_principal_counts_without_the_platform",
        run=patched(test_access.test_no_principal_counts_without_the_platform, READ),
        words="sign-in is off: 200",
    ),
    Safeguard(
        name="principal read strictly",
        take_out=removals.any_principal_will_do,
        test=f"{_ACCESS}test_a_forged_principal_is_nobody",
        run=at(test_access.test_a_forged_principal_is_nobody, READ),
        words="two tenants: 200",
    ),
    Safeguard(
        name="response token: key",
        take_out=removals.no_key_check,
        test=f"{_TOKENS}test_every_flipped_bit_is_refused",
        run=at(test_tokens.test_every_flipped_bit_is_refused, RESPOND, **FLIPS),
        words=": 200",
    ),
    Safeguard(
        name="response token: claim",
        take_out=removals.no_claim_in_the_signature,
        test=f"{_TOKENS}test_a_token_opens_its_own_claim_alone",
        run=at(test_tokens.test_a_token_opens_its_own_claim_alone, RESPOND),
        words="Submitted at UnderReview, None: 200",
    ),
    Safeguard(
        name="response token: recipient, round",
        take_out=removals.no_recipient_check,
        test=f"{_TOKENS}test_a_token_is_its_recipient_s_and_its_round_s",
        run=at(test_tokens.test_a_token_is_its_recipient_s_and_its_round_s, RESPOND),
        words="round 2, None: 200",
    ),
    Safeguard(
        name="response token: retired key",
        take_out=removals.retired_keys_count,
        test=f"{_TOKENS}test_retired_keys_only_revoke",
        run=patched(test_tokens.test_retired_keys_only_revoke, RESPOND),
        words="key r, confirm: 200, not 401",
    ),
    Safeguard(
        name="signed values: one spelling",
        take_out=removals.other_spellings_count,
        test=f"{_TOKENS}test_a_continuation_is_its_own_list_s",
        run=at(test_tokens.test_a_continuation_is_its_own_list_s, LETTERS),
        words=": 200",
    ),
    Safeguard(
        name="looking is not answering",
        take_out=removals.looking_is_answering,
        test="test_prefetch.py::test_posting_the_token_alone_changes_nothing",
        run=at(test_prefetch.test_posting_the_token_alone_changes_nothing, RESPOND),
        words="something was stored",
    ),
    Safeguard(
        name="no host is taken apart",
        take_out=removals.hosts_are_parsed,
        test="test_hosts.py::test_no_host_is_believed_or_fallen_over",
        run=at(test_hosts.test_no_host_is_believed_or_fallen_over, BY_NAME["GET claims"]),
        words="'[bad': 500",
    ),
    Safeguard(
        name="rate limit",
        take_out=removals.no_limit,
        test="test_rate_limits.py::test_an_organisation_s_burst_is_its_own",
        run=bursting,
        words="over: 200",
    ),
    Safeguard(
        name="rate limit per organisation",
        take_out=removals.one_limit_for_all,
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
