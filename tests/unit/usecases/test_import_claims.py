"""Many claims at once: each row for itself, once for its key, and finished by sending the file again."""

import asyncio
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.claim import Status
from shared.forms.claim_file import cell_of, claim_rows
from shared.forms.json_body import payload_hash
from shared.forms.proof_archive import NoProofs, ZippedProofs
from shared.usecases.callers import Caller, RoleMissingError
from shared.usecases.import_claims import AT_ONCE, READ_AT_MOST, import_claims
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.records import Queue, ServiceUnavailableError
from tests.fakes.product import FakeProduct
from tests.unit.usecases.test_partner_steps import PARTNER, REVIEWER, RIVAL, USER
from tools.sample_proofs import pdf_proof
from tools.sample_registry import tenant

MIB = 1024 * 1024
CREATED, UNCHANGED, FAILED = RowOutcome.CREATED, RowOutcome.UNCHANGED, RowOutcome.FAILED
COLUMNS = (
    "rowKey,mpnId,customerTenantId,customerDomain,solutionArea,activities,claimName,items,"
    "customerContactName,customerContactTitle,customerContactEmail,partnerContactName,partnerContactEmail,proofs"
)
PRODUCTS = {"teams": "Microsoft Teams", "exchange-online": "Exchange Online", "intune": "Microsoft Intune"}


def line(key: str, *, product: str = "teams", proofs: str = "", mpn_id: str = "1000001", name: str = "Rollout") -> str:
    """A whole claim of a product for Alpine."""
    return (
        f"{key},{mpn_id},{tenant(1)},alpine.example,microsoft-365,usage,{name},{product},"
        f"Ida,IT manager,ida@alpine.example,Pat,pat@contoso.example,{proofs}"
    )


def table(*lines: str) -> bytes:
    """The file of these rows."""
    return "\n".join((COLUMNS, *lines)).encode()


def a_proof(product: FakeProduct, *products: str) -> bytes:
    """A proof that every check is pleased with."""
    named = [PRODUCTS[one] for one in products or ("teams",)]
    return pdf_proof(customer="Alpine Outfitters", products=named, dated=product.now.date())


def zipped(files: Mapping[str, bytes]) -> ZippedProofs:
    """The files as a zip that was sent."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return ZippedProofs(buffer.getvalue(), most_bytes=25 * MIB, shown=lambda name: name.rpartition("/")[2])


@pytest.fixture
async def product() -> FakeProduct:
    """A product with the sample registry."""
    made = FakeProduct()
    await made.seed()
    return made


async def imported(
    product: FakeProduct,
    content: bytes,
    archive: ZippedProofs | NoProofs | None = None,
    *,
    caller: Caller = PARTNER,
    dry_run: bool = False,
    steps: int | None = None,
) -> list[RowResult]:
    """What became of each row; there is time to begin so many of them."""
    left = iter(range(steps)) if steps is not None else None
    results = import_claims(
        product.services,
        caller=caller,
        rows=claim_rows(content, catalogue=product.services.catalogue),
        archive=archive or NoProofs(),
        payload_hash=payload_hash,
        cell_of=cell_of,
        in_time=lambda: left is None or next(left, None) is not None,
        dry_run=dry_run,
        now=product.now,
    )
    return [result async for result in results]


def ends(results: Sequence[RowResult]) -> list[RowOutcome]:
    """How the rows ended."""
    return [result.outcome for result in results]


def faults(result: RowResult) -> set[tuple[str, str]]:
    """Pointer and code of each fault."""
    return {(fault.pointer, fault.code) for fault in result.faults}


def stored(product: FakeProduct) -> tuple[object, ...]:
    """Everything that an import could write."""
    messages = tuple(product.queue.waiting(queue) for queue in Queue)
    return dict(product.claims.rows.stored), dict(product.idempotency.rows.stored), dict(product.proofs.blobs), messages


async def status_of(product: FakeProduct, result: RowResult) -> Status:
    """Where the row's claim stands."""
    assert result.claim_id is not None
    found = await product.claims.get(result.claim_id)
    assert found is not None
    return found.value.status


async def test_a_row_with_proofs_is_filed_and_one_without_becomes_a_draft(product: FakeProduct) -> None:
    """What has its proofs goes to the customer; what has none waits as a draft."""
    files = zipped({"alpine/teams.pdf": a_proof(product)})
    filed, draft = await imported(
        product, table(line("a", proofs="alpine/teams.pdf"), line("b", product="intune")), files
    )
    assert ends([filed, draft]) == [CREATED, CREATED]
    await product.drain()
    assert await status_of(product, filed) is Status.PENDING_CUSTOMER
    assert await status_of(product, draft) is Status.DRAFT
    found = await product.claims.get(filed.claim_id or "")
    assert found is not None
    assert [proof.file_name for proof in found.value.proofs] == ["teams.pdf"]


async def test_the_same_file_again_makes_nothing_twice(product: FakeProduct) -> None:
    """Sent again, also in another order of columns and rows, each row answers with the claim it made."""
    files, lines = zipped({"p.pdf": a_proof(product)}), (line("a", proofs="p.pdf"), line("b", product="intune"))
    first = await imported(product, table(*lines), files)
    await product.drain()
    again = await imported(product, table(*reversed(lines)), files)
    assert ends(again) == [UNCHANGED, UNCHANGED]
    assert [result.claim_id for result in reversed(again)] == [result.claim_id for result in first]


async def test_another_payload_under_a_known_key_is_refused(product: FakeProduct) -> None:
    """A row's key stands for its values and its proofs: whatever changes, nothing is overwritten in silence."""
    files = zipped({"p.pdf": a_proof(product), "q.pdf": a_proof(product, "teams", "intune")})
    await imported(product, table(line("a", proofs="p.pdf")), files)
    for changed in (
        line("a", proofs="q.pdf"),
        line("a"),
        line("a", proofs="p.pdf", name="Other"),
    ):
        (result,) = await imported(product, table(changed), files)
        assert (result.outcome, faults(result)) == (FAILED, {("/rows/1/rowKey", "idempotency-key-reused")})


async def test_a_bad_row_stops_no_other(product: FakeProduct) -> None:
    """Each faulty row tells all that is wrong with it, by column; the good ones are done."""
    content = table(
        line("a", mpn_id="2000001", product="nothing", proofs="none.pdf"),
        line("b"),
        line("b"),
        line(""),
        "e,1000001,no-guid,alpine.example",
        line("f").replace("ida@alpine.example", "ida"),
    )
    results = await imported(product, content, zipped({}))
    assert ends(results) == [FAILED, CREATED, FAILED, FAILED, FAILED, FAILED]
    assert [faults(result) for result in results] == [
        {
            ("/rows/1/mpnId", "mpn-not-enrolled"),
            ("/rows/1/items/0", "product-not-in-area"),
            ("/rows/1/proofs/0", "unknown-proof"),
        },
        set(),
        {("/rows/3/rowKey", "duplicate-row")},
        {("/rows/4/rowKey", "required")},
        {("/rows/5/customerTenantId", "invalid-guid")},
        {("/rows/6/customerContactEmail", "invalid-email")},
    ]


async def test_a_row_to_submit_tells_of_fields_location_and_file_at_once(product: FakeProduct) -> None:
    """A file that is no proof is told beside what is wrong with the values."""
    content = table(line("a", mpn_id="2000001", proofs="p.pdf").replace("IT manager", ""))
    (result,) = await imported(product, content, zipped({"p.pdf": b"not a proof"}))
    assert faults(result) == {
        ("/rows/1/customerContactTitle", "required"),
        ("/rows/1/mpnId", "mpn-not-enrolled"),
        ("/rows/1/proofs/0", "poe-type"),
    }


async def test_a_dry_run_makes_nothing_and_uses_nothing_up(product: FakeProduct) -> None:
    """It answers as the import would, and leaves no claim, no key, no proof and no message."""
    files = zipped({"p.pdf": a_proof(product), "bad.pdf": b"no"})
    await imported(product, table(line("known")))
    before = stored(product)
    content = table(
        line("a", proofs="p.pdf"), line("known"), line("known2", mpn_id="2000001"), line("c", proofs="bad.pdf")
    )
    foreseen = await imported(product, content, files, dry_run=True)
    assert ends(foreseen) == [CREATED, UNCHANGED, FAILED, FAILED]
    assert foreseen[0].claim_id is None
    assert faults(foreseen[2]) == {("/rows/3/mpnId", "mpn-not-enrolled")}
    assert faults(foreseen[3]) == {("/rows/4/proofs/0", "poe-type")}
    assert stored(product) == before
    done = await imported(product, content, files)
    assert [(one.outcome, one.faults) for one in done] == [(one.outcome, one.faults) for one in foreseen]


async def test_who_may_not_submit_may_prepare(product: FakeProduct) -> None:
    """Without the admin's role drafts are made, and rows to submit fail alone; reviewers may neither."""
    files = zipped({"p.pdf": a_proof(product)})
    results = await imported(product, table(line("a"), line("b", proofs="p.pdf")), files, caller=USER)
    assert ends(results) == [CREATED, FAILED]
    assert faults(results[1]) == {("/rows/2", "role-missing")}
    with pytest.raises(RoleMissingError):
        await imported(product, table(line("c")), caller=REVIEWER)


async def test_keys_belong_to_an_organisation(product: FakeProduct) -> None:
    """Another organisation's rows may have the same keys."""
    mine = await imported(product, table(line("a")))
    theirs = await imported(product, table(line("a", mpn_id="2000001")), caller=RIVAL)
    assert ends(mine) == ends(theirs) == [CREATED]
    assert mine[0].claim_id != theirs[0].claim_id


async def test_what_no_time_is_left_for_is_done_by_sending_again(product: FakeProduct) -> None:
    """Rows that could not be begun say so; the second time they are done, and the others are unchanged."""
    content = table(*(line(f"row-{number}") for number in range(5)))
    first = await imported(product, content, steps=3)
    assert ends(first) == [CREATED, CREATED, CREATED, FAILED, FAILED]
    assert faults(first[3]) == {("/rows/4", "out-of-time")}
    assert ends(await imported(product, content)) == [UNCHANGED, UNCHANGED, UNCHANGED, CREATED, CREATED]


@pytest.mark.parametrize("calls", [1, 4, 9])
@pytest.mark.parametrize("step", ["begin", "commit", "finish"])
async def test_an_import_that_is_cut_off_is_finished_by_sending_it_again(
    product: FakeProduct, monkeypatch: pytest.MonkeyPatch, step: str, calls: int
) -> None:
    """Cancelled behind any write of any row: in the end each row has made one claim, and no claim is there twice."""
    content = table(*(line(f"row-{number}") for number in range(12)))
    owner = product.claims if step == "commit" else product.idempotency
    original, seen = getattr(owner, step), 0

    async def cut_off(*args: Any, **kwargs: Any) -> object:
        nonlocal seen
        seen += 1
        mine = seen
        done = await original(*args, **kwargs)
        if mine == calls:
            whole.cancel()
            await asyncio.sleep(0)
        return done

    with monkeypatch.context() as patched:
        patched.setattr(owner, step, cut_off)
        whole = asyncio.create_task(imported(product, content))
        with pytest.raises(asyncio.CancelledError):
            await whole
    product.now += timedelta(seconds=61)
    again = await imported(product, content)
    assert FAILED not in ends(again)
    drafts = [key for key in product.claims.rows.stored if key[1].startswith("claim:")]
    assert len({result.claim_id for result in again}) == len(drafts) == 12
    assert ends(await imported(product, content)) == [UNCHANGED] * 12


async def test_a_discarded_draft_is_not_made_again(product: FakeProduct) -> None:
    """A row whose draft was discarded says so, rather than to answer with a claim that is not there."""
    (made,) = await imported(product, table(line("a")))
    stored = await product.claims.get(made.claim_id or "")
    assert stored is not None
    product.now += timedelta(days=31)
    await product.tick()
    await product.drain()
    (again,) = await imported(product, table(line("a")))
    assert faults(again) == {("/rows/1", "state-conflict")}


class HugeProofs:
    """Proofs that say they are large; how many bytes of them are held at once is counted."""

    def __init__(self, size: int) -> None:
        self.size, self.asked = size, list[str]()

    def size_of(self, name: str) -> int:
        """The same for each."""
        return self.size

    def shown_name(self, name: str) -> str:
        """As it is."""
        return name

    def content(self, name: str) -> bytes:
        """Nothing much; only the asking counts."""
        self.asked.append(name)
        return b"x"


async def test_what_a_zip_may_grow_to_is_bounded(product: FakeProduct) -> None:
    """Neither one row's proofs nor all of a file's may grow beyond their bounds; what is too large is never read."""
    proofs = HugeProofs(25 * MIB)
    four, three = "|".join("abcd"), "|".join("abc")
    rows = [line("big", proofs=four), *(line(f"row-{number}", proofs=three) for number in range(8))]
    results = await imported(product, table(*rows), proofs)  # type: ignore[arg-type]
    assert faults(results[0]) == {("/rows/1/proofs", "too-large")}
    within = READ_AT_MOST // (75 * MIB)
    assert len(proofs.asked) == within * 3
    assert {code for result in results[within + 1 :] for _, code in faults(result)} == {"too-large"}


async def test_few_rows_are_under_way_at_once(product: FakeProduct) -> None:
    """However long the file, only some rows are worked on at a time."""
    running = most = 0
    before = product.services.registry.location

    async def location(organisation: str, mpn_id: str) -> object:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return await before(organisation, mpn_id)

    product.registry.location = location  # type: ignore[method-assign,assignment]
    results = await imported(product, table(*(line(f"row-{number}") for number in range(40))))
    assert ends(results) == [CREATED] * 40
    assert 1 < most <= AT_ONCE


async def test_too_many_files_in_a_row_are_not_even_looked_for(product: FakeProduct) -> None:
    """A claim takes ten proofs; a row that names more is told so at once."""
    proofs = HugeProofs(1)
    content = table(line("a", proofs="|".join(f"{number}.pdf" for number in range(11))))
    (result,) = await imported(product, content, proofs)  # type: ignore[arg-type]
    assert faults(result) == {("/rows/1/proofs", "poe-too-many")}
    assert proofs.asked == []


async def test_a_service_that_fails_for_one_row_fails_no_other(
    product: FakeProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The storage's silence is one row's end, told as such; sent again, the row is done."""
    original, asked = product.idempotency.begin, 0

    async def begin(**named: Any) -> object:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise ServiceUnavailableError("The storage did not answer.")
        return await original(**named)

    content = table(line("a"), line("b"), line("c"))
    with monkeypatch.context() as patched:
        patched.setattr(product.idempotency, "begin", begin)
        results = await imported(product, content)
    (failed,) = [result for result in results if result.outcome is FAILED]
    assert faults(failed) == {(f"/rows/{failed.row}", "service-unavailable")}
    assert sorted(ends(await imported(product, content))) == [CREATED, UNCHANGED, UNCHANGED]
