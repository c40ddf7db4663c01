"""The malware scan's results, as Event Grid writes them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.event_grid import UnreadableEventError
from functions.scan_results import RESULT, read_findings
from shared.domain.claim import Scan
from shared.usecases.scan_records import ScanFinding

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = datetime(2026, 11, 22, 10, 0, 1, 127986, tzinfo=UTC)
CLAIM, SHA = "a" * 48, "0" * 64
URI = f"https://stproofx.blob.core.windows.net/proofs/{CLAIM}/{SHA}"


def event(**data: Any) -> dict[str, Any]:
    """A result as the scan writes it."""
    said = {
        "correlationId": "ec667a90-0359-4948-accd-6b237adceb3a",
        "blobUri": URI,
        "eTag": "0x8DCE730957D80DE",
        "scanFinishedTimeUtc": "2026-11-22T10:00:01.1279867Z",
        "scanResultType": "No threats found",
        "scanResultDetails": None,
    }
    return {
        "id": "1",
        "subject": f"storageAccounts/stproofx/containers/proofs/blobs/{CLAIM}/{SHA}",
        "eventType": RESULT,
        "eventTime": "2026-11-22T11:00:00Z",
        "dataVersion": "1.0",
        "data": {**said, **data},
    }


def read(data: object) -> tuple[ScanFinding, ...]:
    """The findings of a message."""
    return read_findings(json.dumps(data), now=NOW)


def test_a_result_is_read_in_every_form() -> None:
    """One event, a list of them, and a CloudEvent say the same."""
    expected = ScanFinding(claim_id=CLAIM, sha256=SHA, scan=Scan.CLEAN, at=AT)
    cloud = {**event(), "type": RESULT, "specversion": "1.0"}
    del cloud["eventType"]
    assert read(event()) == (expected,)
    assert read([event(), event()]) == (expected, expected)
    assert read(cloud) == (expected,)


@pytest.mark.parametrize(
    ("word", "scan"),
    [
        ("No threats found", Scan.CLEAN),
        ("no threats found ", Scan.CLEAN),
        ("Malicious", Scan.INFECTED),
        ("Not Scanned", Scan.NOT_SCANNED),
        ("Scan failed - internal service error.", Scan.NOT_SCANNED),
        ("Clean", Scan.NOT_SCANNED),
    ],
)
def test_only_what_is_said_to_be_clean_is(word: str, scan: Scan) -> None:
    """Two words are known; whatever else the scan says, it did not find the file clean."""
    assert [found.scan for found in read(event(scanResultType=word))] == [scan]


def test_malware_is_named_in_short() -> None:
    """The names of what was found are kept, as many and as long as fit; what is no name is left out."""
    names = ["Virus:DOS/EICAR_Test_File", 5, "x" * 500, *(f"n{number}" for number in range(50))]
    (found,) = read(event(scanResultType="Malicious", scanResultDetails={"malwareNamesFound": names}))
    assert found.names[:2] == ("Virus:DOS/EICAR_Test_File", "x" * 200)
    assert len(found.names) == 19
    for details in (None, [], {"malwareNamesFound": "x"}, {}):
        assert read(event(scanResultDetails=details))[0].names == ()


@pytest.mark.parametrize(
    "uri",
    [
        f"https://stproofx.blob.core.windows.net/other/{CLAIM}/{SHA}",
        f"https://stproofx.blob.core.windows.net/proofs/{CLAIM}",
        f"https://stproofx.blob.core.windows.net/proofs/{CLAIM}/{SHA}/more",
        f"https://stproofx.blob.core.windows.net/proofs/{CLAIM}/../{SHA}",
        f"ftp://stproofx.blob.core.windows.net/proofs/{CLAIM}/{SHA}",
        "",
    ],
)
def test_other_files_are_left_alone(uri: str) -> None:
    """A result of a file that can be no proof changes nothing."""
    assert read(event(blobUri=uri)) == ()


def test_the_emulator_s_addresses_are_known() -> None:
    """Locally the account's name stands in the path."""
    (found,) = read(event(blobUri=f"http://127.0.0.1:10000/devstoreaccount1/proofs/{CLAIM}/{SHA}"))
    assert (found.claim_id, found.sha256) == (CLAIM, SHA)


def test_a_time_that_is_not_told() -> None:
    """The event's own time stands in for the scan's, and the present for both."""
    assert read(event(scanFinishedTimeUtc=None))[0].at == datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert read({**event(scanFinishedTimeUtc="soon"), "eventTime": 5})[0].at == NOW
    assert read(event(scanFinishedTimeUtc="0001-06-01T00:00:00Z"))[0].at == datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.mark.parametrize("changes", [{"blobUri": None}, {"scanResultType": 1}, {"blobUri": ["x"]}])
def test_what_does_not_say_enough_goes_to_the_dead_letters(changes: dict[str, Any]) -> None:
    """A result without its file or its word is unreadable; so is one without data."""
    with pytest.raises(UnreadableEventError):
        read(event(**changes))
    with pytest.raises(UnreadableEventError):
        read({"eventType": RESULT})


@given(st.text() | st.binary().map(lambda raw: raw.decode(errors="replace")))
def test_any_message_is_read_or_refused(body: str) -> None:
    """No message of whatever kind raises anything else."""
    try:
        read_findings(body, now=NOW)
    except UnreadableEventError:
        return
