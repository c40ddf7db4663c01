"""What the malware scan says of proofs, as Event Grid puts it on a queue (STORAGE.md, Invariants, 11)."""

import logging
from collections.abc import Mapping
from datetime import datetime

import azure.functions as func

from functions.event_grid import Data, UnreadableEventError, events_of, time_of
from functions.messages import CONNECTION, text_of, without_words
from functions.routing import new_blueprint
from shared import wiring
from shared.clock import CLOCK
from shared.domain.claim import Scan
from shared.usecases.record_scan import record_scan
from shared.usecases.records import Queue
from shared.usecases.scan_records import ScanFinding

_LOG = logging.getLogger("cpor")
blueprint = new_blueprint()
RESULT = "Microsoft.Security.MalwareScanningResult"
_WORDS: Mapping[str, Scan] = {"no threats found": Scan.CLEAN, "malicious": Scan.INFECTED}
"""Any other word, of which there are several, says that the file was not looked at."""
_NAMES_AT_MOST, _NAME_LENGTH = 20, 200


@blueprint.queue_trigger(arg_name="message", queue_name=Queue.SCANS.value, connection=CONNECTION)
async def record_scan_results(message: func.QueueMessage) -> None:
    """Record each result of the message; events of other kinds, and results of other files, are none of ours."""
    now = CLOCK.now()
    for finding in read_findings(text_of(message), now=now):
        extra = {"function": "record_scan_results", "claim": finding.claim_id}
        if finding.scan is Scan.INFECTED:
            _LOG.warning("record_scan_results infected", extra=extra)  # an alert looks for it
        else:
            _LOG.info("record_scan_results %s", finding.scan.value, extra=extra)
        with without_words():
            await record_scan(wiring.services(), finding=finding, now=now)


def read_findings(body: str, *, now: datetime) -> tuple[ScanFinding, ...]:
    """The results of one message that are about proofs. `now` stands in for a time untold. UnreadableEventError."""
    found = (_finding(event, data, now) for event, data in events_of(body, kind=RESULT))
    return tuple(finding for finding in found if finding is not None)


def _finding(event: Data, data: Data, now: datetime) -> ScanFinding | None:
    uri, word = data.get("blobUri"), data.get("scanResultType")
    if not isinstance(uri, str) or not isinstance(word, str):
        raise UnreadableEventError("The result does not say which file it is about, and what was found.")
    place = wiring.proof_at(uri)
    if place is None:
        return None
    return ScanFinding(
        claim_id=place[0],
        sha256=place[1],
        scan=_WORDS.get(word.strip().lower(), Scan.NOT_SCANNED),
        at=time_of(event, data.get("scanFinishedTimeUtc")) or now,
        names=_names(data.get("scanResultDetails")),
    )


def _names(details: object) -> tuple[str, ...]:
    """What malware was recognised, as far as it is told in short."""
    found = details.get("malwareNamesFound") if isinstance(details, dict) else None
    names = found if isinstance(found, list) else []
    return tuple(name[:_NAME_LENGTH] for name in names[:_NAMES_AT_MOST] if isinstance(name, str))
