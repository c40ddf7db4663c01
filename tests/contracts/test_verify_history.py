"""Tampering with the stored history shows: rows are changed past the app, in the table itself."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.claim_events import Event
from shared.domain.claim_events import EventKind as E
from shared.settings import Settings
from shared.storage import keys
from shared.storage.clients import Clients
from shared.storage.keys import Table
from shared.usecases.transition import carry_out
from shared.usecases.verify_history import verify_history
from shared.wiring import composition
from tests.claims import NOW, an_event
from tests.contracts.sample_claims import fresh
from tests.fakes.product import FakeProduct
from tests.unit.usecases.lives import REVIEWER, new_claim

Row = dict[str, Any]


def _forged(row: Row) -> Row:
    return {**row, "Body00": row["Body00"].replace('"checks-passed"', '"checks-failed"')}


def _by_another(row: Row) -> Row:
    body = json.loads(row["Body00"])
    return {**row, "Body00": json.dumps({**body, "actor": {"kind": "reviewer", "id": "somebody else"}})}


def _earlier(row: Row) -> Row:
    body = json.loads(row["Body00"])
    return {**row, "Body00": json.dumps({**body, "at": "2020-01-01T00:00:00Z"})}


@pytest.mark.parametrize("tamper", [_forged, _by_another, _earlier])
async def test_a_tampered_row_shows(storage: Settings, clients: Clients, tamper: Callable[[Row], Row]) -> None:
    """An event, an actor or a time that was changed in the table shows when the chain is recomputed, and where."""
    services = composition.build(storage, clients)
    new = new_claim(FakeProduct(now=NOW), fresh())
    events: tuple[Event, ...] = (an_event(E.SUBMITTED), an_event(E.CHECKS_PASSED), an_event(E.NOTICE_ACCEPTED))
    for event in events:
        current = await services.claims.get(new.claim_id)
        await carry_out(services, current, event, now=NOW, new=None if current else new)
    verdict = await verify_history(services, caller=REVIEWER, claim_id=new.claim_id)
    assert (verdict.intact, verdict.rows, verdict.head_matches) == (True, 3, True)

    table = clients.table(Table.CLAIMS)
    row = await table.get_entity(new.customer.tenant_id, keys.history_row(new.claim_id, 2))
    changed = tamper(dict(row))
    assert changed["Body00"] != row["Body00"]
    await table.upsert_entity(changed)
    verdict = await verify_history(services, caller=REVIEWER, claim_id=new.claim_id)
    assert not verdict.intact
    assert [(one.seq, one.what) for one in verdict.breaks] == [(2, "was changed after it was written")]
