"""The product without one of its safeguards, for the tests that must notice."""

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from itsdangerous import Signer

from functions import answers, page_forms, page_rendering, presenters, principal, respond, routing
from functions.principal import Principal
from functions.request_errors import NotSignedInError
from shared import signing
from shared.notifications import response_tokens
from shared.notifications.response_tokens import GenuineToken, SignedResponseTokens
from shared.usecases import customer_response, reading
from shared.usecases.callers import Caller, NotFoundError, Role, check_may_see
from shared.usecases.customer_response import AlreadyDecidedError, Choice, RequestView, TooLateError, answer_request
from shared.usecases.records import ListPage, ListQuery
from shared.usecases.services import Services
from tests.claims import CONTOSO
from tests.fakes.rate_limits import FakeRateLimits
from tests.security.world import PROGRAM_ADMIN

type Patch = pytest.MonkeyPatch


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


def hosts_are_parsed(patch: Patch) -> None:
    """A request's address is taken apart with its host."""

    def strict(url: str) -> tuple[str, str]:
        parts = urlsplit(url)
        return parts.path, parts.query

    patch.setattr(page_rendering, "path_and_query", strict)


def lists_of_anybody(patch: Patch) -> None:
    """A list is read without asking whose it is."""

    async def listed(services: Services, *, caller: Caller, query: ListQuery) -> ListPage:
        return await services.lists.page(replace(query, organisation=CONTOSO))

    patch.setattr(reading, "list_claims", listed)


def no_secrets_between_reviewers(patch: Patch) -> None:
    """Partners are shown what reviewers are shown."""
    shown = presenters.claim_json
    patch.setattr(answers, "claim_json", lambda claim, **said: shown(claim, **{**said, "for_programme": True}))
