"""What guards content is taken out, one safeguard at a time, and a named test fails: it can find what it is for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from functions import proofs
from shared.documents.inspection import PDF, Inspection
from shared.documents.proof_reader import DocumentProofReader
from tests.security import test_uploads
from tests.security.tally import Record
from tests.security.world import World

type Patch = pytest.MonkeyPatch
type Run = Callable[[World, Patch, Record], Awaitable[None]]


def everything_is_a_pdf(patch: Patch) -> None:
    """The door looks at no content."""
    patch.setattr(DocumentProofReader, "inspect", lambda *_, **__: Inspection(content_type=PDF))


def names_are_believed(patch: Patch) -> None:
    """A file is saved as whoever sent it called it."""
    patch.setattr(proofs, "saved_name", lambda proof: proof.file_name)


def names_are_written_as_they_are(patch: Patch) -> None:
    """A name may end its own header."""
    patch.setattr(proofs, "disposition", lambda name: f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}")


async def refusing(world: World, _patch: Patch, record: Record) -> None:
    """A page sent as a proof."""
    await test_uploads.test_what_may_not_pass_leaves_nothing_behind(world, record, "page")


async def saving(world: World, _patch: Patch, record: Record) -> None:
    """A PDF that is called a page."""
    await test_uploads.test_names_name_nothing_else(world, record, "page")


async def naming(world: World, _patch: Patch, record: Record) -> None:
    """A name with a quote in it."""
    await test_uploads.test_names_name_nothing_else(world, record, "quotes")


@dataclass(frozen=True, slots=True)
class Safeguard:
    """A safeguard, how it is taken out, the test that fails then, and what it says."""

    name: str
    take_out: Callable[[Patch], None]
    test: str
    run: Run
    words: str


SAFEGUARDS = [
    Safeguard(
        "files judged by their content",
        everything_is_a_pdf,
        "test_uploads.py::test_what_may_not_pass_leaves_nothing_behind",
        refusing,
        "page: 201",
    ),
    Safeguard(
        "files saved under their own ending",
        names_are_believed,
        "test_uploads.py::test_names_name_nothing_else",
        saving,
        'filename="letter.html"',
    ),
    Safeguard(
        "names that cannot end their header",
        names_are_written_as_they_are,
        "test_uploads.py::test_names_name_nothing_else",
        naming,
        '"; filename="b.exe',
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
