"""The reader of the invariants can find what it looks for: each is broken by one planted row, and seen."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.evidence import Evidence, body_of
from tests.faults.flows import tell
from tests.faults.invariants import INVARIANTS, Witness, broken, digest
from tests.faults.product import CONTOSO, FABRIKAM, DrivenProduct
from tests.faults.surroundings import FILE_NAME, token_of
from tests.faults.transport import Fault

Row = dict[str, Any]


@pytest.fixture(scope="module")
async def sound(driven: DrivenProduct) -> Evidence:
    """What is found after an association was superseded: two partners, two claims, nothing broken."""
    _, found, _ = await tell(driven, "supersede", None, Fault.DIE_AFTER)
    return found


def rewrite(row: Row, change: Callable[[Row], object]) -> None:
    """Change the value that a row holds."""
    body = body_of(row)
    change(body)
    row["Body00"] = json.dumps(body)


def claim_row(found: Evidence, status: str) -> Row:
    """The claim's row of that status."""
    return next(row for row in found.rows if row["RowKey"].startswith("claim:") and row["Status"] == status)


def of_kind(found: Evidence, prefix: str, **columns: str) -> Row:
    """The first row of a kind with these columns."""
    rows = found.children(prefix)
    return next(row for row in rows if all(row[name] == value for name, value in columns.items()))


def lose_a_claim(found: Evidence) -> None:
    """An acknowledged claim has no row."""
    found.rows.remove(claim_row(found, "Ended"))


def change_a_proof(found: Evidence) -> None:
    """A proof has other bytes."""
    found.proofs[next(iter(found.proofs))] += b"!"


def hang(found: Evidence) -> None:
    """A claim waits for checks that never run."""
    row = claim_row(found, "Approved")
    row["Status"] = "Submitted"
    rewrite(row, lambda body: body.update(status="Submitted"))


def double_a_key(found: Evidence) -> None:
    """Two keys name one claim."""
    found.tickets.append({**found.tickets[0], "RowKey": "another"})


def answer_two(found: Evidence) -> None:
    """One key was answered with two claims."""
    next(iter(found.promises.claims.values())).add("another")


def hold_twice(found: Evidence) -> None:
    """A slot names the superseded claim too."""
    ended = claim_row(found, "Ended")["ClaimId"]

    def pend(slot: Row) -> None:
        for entry in slot["entries"].values():
            entry["pending"] = {"claim_id": ended, "organisation": CONTOSO, "item_id": "i1"}

    rewrite(of_kind(found, "slot"), pend)


def free_the_slot(found: Evidence) -> None:
    """An official claim's slot does not name it."""

    def release(slot: Row) -> None:
        for entry in slot["entries"].values():
            entry["holder"] = None

    rewrite(of_kind(found, "slot"), release)


def lose_an_event(found: Evidence) -> None:
    """A history row is gone."""
    found.rows.remove(of_kind(found, "history"))


def forge_an_event(found: Evidence) -> None:
    """A history row says something else than it did."""
    rewrite(of_kind(found, "history"), lambda event: event["actor"].update(id="somebody else"))


def go_on_after_the_end(found: Evidence) -> None:
    """An ended claim is approved again, with a row that fits the chain."""
    row = claim_row(found, "Ended")
    body, last = body_of(row), copy.deepcopy(found.history(row["ClaimId"])[-1])
    seq = body["history_seq"] + 1
    last |= {"seq": seq, "from_status": "Ended", "to_status": "Approved", "previous_hash": last["hash"]}
    last |= {"operation_id": "another"}
    last["hash"] = digest(last)
    key = f"history:{row['ClaimId']}:{seq:06}"
    found.rows.append({"RowKey": key, "ClaimId": row["ClaimId"], "Body00": json.dumps(last)})
    rewrite(row, lambda body: body.update(history_seq=seq, history_hash=last["hash"], status="Approved"))
    row["Status"] = "Approved"


def lose_a_no(found: Evidence) -> None:
    """The customer was told that its no is recorded, and the claim is official."""
    found.promises.choices[claim_row(found, "Approved")["ClaimId"]] = "optOut"


def decline_what_was_approved(found: Evidence) -> None:
    """A claim that silence made official is called opted out."""
    rewrite(claim_row(found, "Approved"), lambda body: body.update(status="OptedOut"))


def finalize_early(found: Evidence) -> None:
    """The notice was accepted the day before the association became official."""
    claim_id = claim_row(found, "Approved")["ClaimId"]
    event = next(one for one in found.history(claim_id) if one["event"] == "deadline-passed")
    for row in found.children("mail"):
        if row["ClaimId"] == claim_id and "association-request" in row["RowKey"]:
            rewrite(row, lambda mail: mail.update(sent_at=event["at"]))


def finalize_unnoticed(found: Evidence) -> None:
    """The notice was never accepted."""
    for row in found.children("mail"):
        if "association-request" in row["RowKey"]:
            rewrite(row, lambda mail: mail.update(sent_at=None))


def write_on_get(found: Evidence) -> None:
    """Reading sent a write."""
    found.reads_sent.add("PUT")


def change_on_get(found: Evidence) -> None:
    """A row differs after reading."""
    found.changed_by_reading = True


def leave_a_mail(found: Evidence) -> None:
    """A mail is pending for ever."""
    of_kind(found, "mail", MailStatus="Sent")["MailStatus"] = "Pending"


def send_thrice(found: Evidence) -> None:
    """A mail went out three times."""
    found.mails += [found.mails[0]] * 2


def never_send(found: Evidence) -> None:
    """A mail that is called Sent never went out."""
    found.mails.clear()


def tell_the_rival(found: Evidence) -> None:
    """A partner reads who superseded it."""
    found.answers[CONTOSO] += FABRIKAM


def list_it_twice(found: Evidence) -> None:
    """A claim stands in a list twice."""
    found.lists.append(dict(found.lists[0]))


def list_it_late(found: Evidence) -> None:
    """A list tells of a claim as it was."""
    found.lists[0]["HistorySeq"] = 1


def serve_unscanned(found: Evidence) -> None:
    """A proof was handed out before the scan's word."""
    found.served.append("pending")


def log_a_token(found: Evidence) -> None:
    """The log holds the link of a mail."""
    found.log = next(token for _, mail in found.mails if (token := token_of(mail)))


def log_a_name(found: Evidence) -> None:
    """The log holds a file's name."""
    found.log = f"stored {FILE_NAME}"


def log_an_address(found: Evidence) -> None:
    """The log holds somebody's address."""
    found.log = "sent to somebody@else.example"


PLANTED: list[tuple[int, Callable[[Evidence], None]]] = [
    (1, lose_a_claim), (1, change_a_proof), (1, hang), (2, double_a_key), (2, answer_two), (3, hold_twice),
    (3, free_the_slot), (4, lose_an_event), (4, forge_an_event), (4, go_on_after_the_end), (5, lose_a_no),
    (5, decline_what_was_approved), (6, finalize_early), (6, finalize_unnoticed), (7, write_on_get),
    (7, change_on_get), (8, leave_a_mail), (8, send_thrice), (8, never_send), (9, tell_the_rival),
    (10, list_it_twice), (10, list_it_late), (11, serve_unscanned), (12, log_a_token), (12, log_a_name),
    (12, log_an_address),
]  # fmt: skip


async def test_a_sound_story_breaks_nothing(sound: Evidence) -> None:
    """Without a planted row nothing is found, so that what is found below comes of the row alone."""
    assert broken(sound) == []
    assert any(token_of(mail) for _, mail in sound.mails)


@pytest.mark.parametrize(("number", "plant"), PLANTED, ids=[f"{number}-{plant.__name__}" for number, plant in PLANTED])
async def test_each_invariant_can_fail(sound: Evidence, number: int, plant: Callable[[Evidence], None]) -> None:
    """What was planted is found, under the invariant's own number."""
    found = copy.deepcopy(sound)
    plant(found)
    assert f"invariant {number}:" in " ".join(broken(found))


async def test_every_invariant_has_a_planted_row() -> None:
    """None of the twelve goes without a proof that it can fail."""
    assert set(INVARIANTS) == {number for number, _ in PLANTED} == set(range(1, 13))


async def test_a_witness_sees_what_goes_back() -> None:
    """An epoch or a history that shrinks between two looks, and a final state that is left, are on record."""
    looks = [
        [{"RowKey": "slot:a", "Epoch": 2}, {"RowKey": "claim:1", "HistorySeq": 3, "Status": "Ended"}],
        [{"RowKey": "slot:a", "Epoch": 1}, {"RowKey": "claim:1", "HistorySeq": 2, "Status": "Approved"}],
    ]

    async def read() -> list[Row]:
        return looks.pop(0)

    witness = Witness(read)
    await witness.look()
    assert witness.seen == []
    await witness.look()
    assert len(witness.seen) == 3
