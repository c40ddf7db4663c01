"""Recompute a claim's hash chain: tampering shows (PROCESS.md, History)."""

from dataclasses import dataclass

from shared.domain.claim import Claim
from shared.domain.history import ChainBreak, HistoryRow, breaks
from shared.domain.sayings import say
from shared.usecases.callers import PROGRAMME, Caller, NotFoundError
from shared.usecases.reading import stored_claim
from shared.usecases.records import ConflictError
from shared.usecases.services import Services

LOOKS = 5
UNREADABLE = ChainBreak(seq=0, what="a row cannot be read")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryVerdict:
    """What a recomputed history says.

    `rows` is how many there are (null where one cannot even be read), `head_matches` whether the last of them is the
    one that the claim's own row names, `breaks` every place that is not as it was written (`seq` 0: somewhere).
    """

    claim_id: str
    rows: int | None
    head_matches: bool
    breaks: tuple[ChainBreak, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing was changed, taken away or added."""
        return not self.breaks


async def verify_history(services: Services, *, caller: Caller, claim_id: str) -> HistoryVerdict:
    """The verdict on the claim's history. NotFoundError; ConflictError where the claim never stands still.

    Claim and rows are read one after the other; a claim that moved in between is looked at again, for a row that was
    written meanwhile is no breach.
    """
    caller.needs(*PROGRAMME)
    claim = await stored_claim(services, claim_id)
    for _ in range(LOOKS):
        if claim is None:
            raise NotFoundError(say("There is no such claim."))
        try:
            rows = await services.claims.history(claim_id)
        except ValueError:  # a body that is no history row any more, whatever it was made into
            return HistoryVerdict(claim_id=claim_id, rows=None, head_matches=False, breaks=(UNREADABLE,))
        again = await stored_claim(services, claim_id)
        if again is not None and again.history_seq == claim.history_seq:
            last = (rows[-1].seq, rows[-1].hash) if rows else (0, "")
            return HistoryVerdict(
                claim_id=claim_id,
                rows=len(rows),
                head_matches=last == (claim.history_seq, claim.history_hash),
                breaks=(
                    *breaks(rows, last_seq=claim.history_seq, last_hash=claim.history_hash),
                    *_status_breaks(claim, rows),
                ),
            )
        claim = again
    raise ConflictError(say("The claim is being changed by others at this moment. Try again."))


def _status_breaks(claim: Claim, rows: tuple[HistoryRow, ...]) -> tuple[ChainBreak, ...]:
    """The claim's own row is not in the chain; but its status must be the one that its last event led to."""
    if not rows or rows[-1].to_status == claim.status.value:
        return ()
    return (ChainBreak(seq=rows[-1].seq, what="led to another status than the claim's"),)
