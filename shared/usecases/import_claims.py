"""A partner files many claims and drafts at once (API.md, POST /api/claims/import).

Each row stands for itself: it is done once for its key, whatever becomes of the others, and what stops the import
half-way is finished by sending the file again. At any time a few rows are worked on, with no more bytes of proofs in
memory than one request may have.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.domain.errors import DomainError, Fault, InvalidClaimError
from shared.domain.reasons import ReasonCode
from shared.domain.sayings import say
from shared.usecases.callers import PARTNERS, Caller, Role
from shared.usecases.claim_rows import ClaimRow, ProofArchive
from shared.usecases.create_draft import create_draft
from shared.usecases.filing import location_faults
from shared.usecases.import_results import RowOutcome, RowResult
from shared.usecases.records import ConflictError, KeyReusedError
from shared.usecases.services import Services
from shared.usecases.submit_new_claim import submit_new_claim
from shared.usecases.uploads import Upload, admit

AT_ONCE = 8
_MIB = 1024 * 1024
HELD_AT_MOST = 90 * _MIB
READ_AT_MOST = 500 * _MIB
_OF_PROOFS = "/proofs"
_KEY_OF_ROW = "row "  # no key in a header may hold a space, so that no request can meet a row's key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Import:
    """What every row of one import is worked on with."""

    services: Services
    caller: Caller
    archive: ProofArchive
    payload_hash: Callable[[object, Iterable[str]], str]
    dry_run: bool
    now: datetime
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


async def import_claims(
    services: Services,
    *,
    caller: Caller,
    rows: Iterable[ClaimRow],
    archive: ProofArchive,
    payload_hash: Callable[[object, Iterable[str]], str],
    cell_of: Callable[[str], str],
    in_time: Callable[[], bool],
    dry_run: bool,
    now: datetime,
) -> AsyncGenerator[RowResult]:
    """The end of each row, in the file's order; a dry run makes nothing, uses no key up, and answers the same.

    `payload_hash` gives what a row's key stands for, of its request and its proofs' hashes; `cell_of` the cell that a
    pointer into a claim request is about. Once `in_time` says no, the rows left are told to be sent again.
    RoleMissingError; a submitted row needs Partner.IncentivesAdmin.
    """
    caller.needs(*PARTNERS)
    work = _Import(
        services=services, caller=caller, archive=archive, payload_hash=payload_hash, dry_run=dry_run, now=now
    )
    first: dict[str, int] = {}
    under_way: deque[tuple[asyncio.Task[RowResult], int]] = deque()
    held = read = 0
    try:
        for row in rows:
            size, faults = _files(work, row, left=READ_AT_MOST - read)
            faults = (*_twice(row, first), *faults)
            read += size
            while under_way and (len(under_way) >= AT_ONCE or held + size > HELD_AT_MOST):
                yield _placed(await under_way[0][0], cell_of)
                held -= under_way.popleft()[1]
            held += size
            end = _end_of(work, replace(row, faults=(*row.faults, *faults))) if in_time() else _left_over(row)
            under_way.append((asyncio.create_task(end), size))
        while under_way:
            yield _placed(await under_way[0][0], cell_of)
            under_way.popleft()
    finally:
        for task, _ in under_way:
            task.cancel()
        await asyncio.gather(*(task for task, _ in under_way), return_exceptions=True)


def _twice(row: ClaimRow, first: dict[str, int]) -> tuple[Fault, ...]:
    if not row.key or (before := first.setdefault(row.key, row.row)) == row.row:
        return ()
    message = say("Row %(first)d of this file has “%(name)s” already.", first=before, name=row.key)
    return (Fault(pointer=f"/rows/{row.row}/rowKey", code="duplicate-row", message=message),)


def _files(work: _Import, row: ClaimRow, *, left: int) -> tuple[int, tuple[Fault, ...]]:
    """How many bytes the row's proofs may have, 0 where they are not to be read, and what is wrong with them."""
    most = work.services.policy.proof_max_count
    if len(row.files) > most:
        message = say("A claim takes at most %(most)s proofs of execution.", most=most)
        return 0, (Fault(pointer="/proofs", code=ReasonCode.POE_TOO_MANY, message=message),)
    size, faults = 0, list[Fault]()
    for index, name in enumerate(row.files):
        try:
            size += work.archive.size_of(name)
        except InvalidClaimError as error:
            faults += _of_file(index, error)
    if size > HELD_AT_MOST:
        message = say("The proofs of a row may have at most %(most)d MB. Add the others later.", most=90)
        faults.append(Fault(pointer="/proofs", code="too-large", message=message))
    elif size > left:
        message = say("The files of this zip are too large together. Send the rows left with a zip of their own.")
        faults.append(Fault(pointer="/proofs", code="too-large", message=message))
    return (0 if faults else size), tuple(faults)


def _of_file(index: int, error: InvalidClaimError) -> tuple[Fault, ...]:
    return tuple(replace(fault, pointer=f"/proofs/{index}") for fault in error.faults)


async def _left_over(row: ClaimRow) -> RowResult:
    message = say("There was no time left for this row. Send the file again: what is done stays done.")
    return _failed(row, (Fault(pointer="", code="out-of-time", message=message),))


async def _end_of(work: _Import, row: ClaimRow) -> RowResult:
    """The row's end, whatever happens to it; pointers are still into the claim request."""
    try:
        work.caller.needs(*({Role.PARTNER_ADMIN} if row.submits else PARTNERS))
        outcome, claim_id = await _done(work, row)
    except KeyReusedError:
        message = say("A row with this key was imported before with other values. Give this row a new key.")
        return _failed(row, (Fault(pointer=f"/rows/{row.row}/rowKey", code=KeyReusedError.code, message=message),))
    except DomainError as error:
        return _failed(row, error.faults or (Fault(pointer="", code=error.code, message=error.saying),))
    return RowResult(row=row.row, key=row.key, outcome=outcome, claim_id=claim_id)


def _failed(row: ClaimRow, faults: tuple[Fault, ...]) -> RowResult:
    return RowResult(row=row.row, key=row.key, outcome=RowOutcome.FAILED, faults=faults)


def _placed(result: RowResult, cell_of: Callable[[str], str]) -> RowResult:
    """The result with its pointers into the file, each fault of a cell once."""
    placed: dict[Fault, None] = {}
    for fault in result.faults:
        cell = f"/rows/{result.row}/{cell_of(fault.pointer)}".removesuffix("/")
        placed[fault if fault.pointer.startswith("/rows/") else replace(fault, pointer=cell)] = None
    return replace(result, faults=tuple(placed))


async def _done(work: _Import, row: ClaimRow) -> tuple[RowOutcome, str | None]:
    services, organisation = work.services, work.caller.organisation
    if row.fields is None or row.faults:
        raise InvalidClaimError((*row.faults, *await _further_faults(work, row)))
    proofs = await _proofs(work, row)
    digest = await asyncio.to_thread(lambda: work.payload_hash(row.request, [proof.sha256 for proof in proofs]))
    key = _KEY_OF_ROW + row.key
    known = await services.idempotency.look(organisation=organisation, key=key)
    if known is not None and known.payload_hash != digest:
        raise KeyReusedError(say("This Idempotency-Key was used for another request. Use a new key."))
    if known is not None and known.made:
        if await services.claims.get(known.claim_id) is None:
            raise ConflictError(say("The draft that this row made has been discarded. Give the row a new key."))
        return RowOutcome.UNCHANGED, known.claim_id
    if work.dry_run:
        await _foresee(work, row, proofs)
        return RowOutcome.CREATED, None
    if not row.submits:
        made = await create_draft(
            services,
            caller=work.caller,
            fields=row.fields,
            idempotency_key=key,
            payload_hash=digest,
            now=work.now,
        )
    else:
        made = await submit_new_claim(
            services,
            caller=work.caller,
            fields=row.fields,
            mpn_id=row.mpn_id,
            faults=(),
            proofs=proofs,
            idempotency_key=key,
            payload_hash=digest,
            now=work.now,
        )
    return RowOutcome.CREATED, made.claim_id


async def _proofs(work: _Import, row: ClaimRow) -> tuple[Upload, ...]:
    """The row's files, read one after the other. InvalidClaimError with every one that is damaged."""
    proofs, faults = list[Upload](), list[Fault]()
    for index, name in enumerate(row.files):
        try:
            async with work.reading:
                content = await asyncio.to_thread(work.archive.content, name)
        except InvalidClaimError as error:
            faults += _of_file(index, error)
        else:
            proofs.append(Upload(file_name=work.archive.shown_name(name), content=content))
    if faults:
        raise InvalidClaimError(tuple(faults))
    return tuple(proofs)


async def _foresee(work: _Import, row: ClaimRow, proofs: tuple[Upload, ...]) -> None:
    """InvalidClaimError with what the door would say of a row whose values are fine."""
    if faults := await _door(work, row, proofs):
        raise InvalidClaimError(faults)


async def _further_faults(work: _Import, row: ClaimRow) -> tuple[Fault, ...]:
    """What else the door would say of a faulty row, so that everything is told at once."""
    if any(fault.pointer.startswith(_OF_PROOFS) for fault in row.faults):
        return await _door(work, row, ())
    try:
        return await _door(work, row, await _proofs(work, row))
    except InvalidClaimError as error:
        return (*await _door(work, row, ()), *error.faults)


async def _door(work: _Import, row: ClaimRow, proofs: tuple[Upload, ...]) -> tuple[Fault, ...]:
    services = work.services
    _, faults = await admit(
        services.reader, proofs, policy=services.policy, scanning=services.scanning, first=0, now=work.now
    )
    return (*await location_faults(services, work.caller, row.mpn_id), *faults)
