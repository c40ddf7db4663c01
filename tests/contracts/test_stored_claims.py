"""What the bench stores by the thousand is what the product would have stored."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

from shared.domain.claim import Status
from shared.domain.claim_events import EventKind as E
from shared.domain.history import breaks
from shared.domain.identifiers import tenant_of
from shared.storage.claim_lists import TableClaimLists
from shared.storage.claims import TableClaimStore
from shared.storage.clients import Clients
from shared.usecases.records import ListQuery
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import live, new_claim
from tools.bench import stored_claims

COUNT = 230


async def test_each_copy_is_a_whole_claim_of_its_own(clients: Clients) -> None:
    """Over several customers, each with its own ID, number, sound history and mails, and a row in its lists."""
    product = FakeProduct()
    new = new_claim(product, "bench", organisation=str(uuid.uuid4()))
    claim = await live(product, new, E.SUBMITTED, E.CHECKS_PASSED, timedelta(days=1), E.WITHDRAWN)
    mails = tuple(one.value for one in await product.claims.mails(claim.claim_id))
    assert mails
    whole = stored_claims.Whole(claim=claim, history=await product.claims.history(claim.claim_id), mails=mails)
    await stored_claims.load(clients, whole, COUNT)
    store, seen = TableClaimStore(clients), SimpleNamespace(ids=set(), numbers=set(), tenants=set())
    for number in range(0, COUNT, 23):
        made = stored_claims.copy(whole, number)
        found = await stored_claims.read(clients, made.claim.claim_id)
        assert found == made
        assert tenant_of(found.claim.claim_id) == found.claim.customer.tenant_id
        last = found.claim
        assert not breaks(found.history, last_seq=last.history_seq, last_hash=last.history_hash)
        assert await store.numbered(last.customer.tenant_id, last.number) == (last,)
        seen.ids.add(last.claim_id)
        seen.numbers.add(last.number)
        seen.tenants.add(last.customer.tenant_id)
    assert (len(seen.ids), len(seen.numbers), len(seen.tenants)) == (10, 10, 3)
    lists = TableClaimLists(clients, secret="s" * 40)
    page = await lists.page(ListQuery(organisation=claim.organisation, status=Status.WITHDRAWN, top=50))
    assert len(page.items) == 50
    assert page.items[0].claim_id == stored_claims.copy(whole, 0).claim.claim_id
