"""The contract of MailOperations."""

import pytest

from shared.domain.mails import MailKind
from shared.storage.keys import UnsafeKeyError
from shared.storage.mail_operations import TableMailOperations
from shared.usecases.ports import MailOperations
from shared.usecases.records import MailOperation
from tests.contracts.conftest import BOTH
from tests.contracts.sample_claims import claim, fresh
from tests.fakes.mail_operations import FakeMailOperations


@pytest.fixture(params=BOTH)
def operations(request: pytest.FixtureRequest) -> MailOperations:
    """The fake, then the adapter."""
    if request.param == "fake":
        return FakeMailOperations()
    return TableMailOperations(request.getfixturevalue("clients"))


def operation(operation_id: str, *, n: int | None = None) -> MailOperation:
    """A mail's operation."""
    return MailOperation(
        operation_id=operation_id,
        claim_id=claim().claim_id,
        kind=MailKind.ASSOCIATION_REQUEST,
        round=3,
        n=n,
    )


@pytest.mark.parametrize("n", [None, 0, 7])
async def test_an_operation_leads_to_its_mail(operations: MailOperations, n: int | None) -> None:
    """An operation's ID finds claim, kind, round and number, none being another than nought."""
    sent = operation(fresh(), n=n)
    assert await operations.find(sent.operation_id) is None
    await operations.put(sent)
    await operations.put(sent)
    assert await operations.find(sent.operation_id) == sent


async def test_the_case_of_an_id_says_nothing(operations: MailOperations) -> None:
    """A provider that writes the GUID in capitals means the same operation."""
    sent = operation(fresh())
    await operations.put(sent)
    assert await operations.find(sent.operation_id.upper()) == sent


async def test_an_odd_id_finds_nothing(operations: MailOperations) -> None:
    """A report may name anything: what cannot be a key finds nothing when read, and cannot be written."""
    for odd in ("a/b", "#", "?", "\\", "", "x\n", "y" * 3000):
        assert await operations.find(odd) is None
        with pytest.raises(UnsafeKeyError):
            await operations.put(operation(odd))
