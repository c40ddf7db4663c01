"""Files that are not what they seem: refused for the right reason, or kept and given back so that they do nothing.

PROCESS.md, At the door; API.md, Partner: the file, as attachment, nosniff.
"""

import json
import re
import time
import tracemalloc
import unicodedata
from dataclasses import replace
from urllib.parse import unquote

import azure.functions as func
import pytest

from shared import wiring
from shared.documents.proof_text import UnreadableProofError
from shared.documents.reading import read
from shared.domain.claim import Claim, Status
from tests.security import hostile_files
from tests.security.hostile_files import EICAR, LIMIT, MEBIBYTE, a_pdf, ends_rightly
from tests.security.right_requests import RIGHT
from tests.security.tally import Record, Tally
from tests.security.world import PARTNER_ADMIN, REVIEWER, ROUTES, Person, World, name_of
from tests.unit.functions.sent_requests import BOUNDARY

BY_NAME = {name_of(route): route for route in ROUTES}
ADD, FILE = BY_NAME["POST api/claims/{claimId}/proofs"], BY_NAME["POST api/claims"]
READ = BY_NAME["GET api/claims/{claimId}/proofs/{proofId}"]
SHOWN = BY_NAME["GET review/{claimId:minlength(20)}/proofs/{proofId}/file"]
SECONDS_AT_MOST = 5.0
"""Far above what any takes, far below what a bomb would."""
MEMORY_AT_MOST = 20 * MEBIBYTE
NAMES = {
    "folders": "../../../etc/passwd.pdf",
    "Windows folders": "..\\..\\Windows\\win.ini.pdf",
    "folder alone": "../",
    "dots": "..",
    "nothing": " ",
    "NUL": "letter.hta\0.pdf",
    "bell and escape": "a\x07\x1b[31m.pdf",
    "lines": "a\r\nSet-Cookie: x=1\r\n.pdf",
    "lines, in one of Unicode's ways": "a\u2028b\u2029c\x85d.pdf",
    "turned around": "letter\u202efdp.exe",
    "isolated": "\u2066letter\u2069\u061c\u200e.pdf",
    "invisible": "a\u200b\ufeff\u00ad.pdf",
    "quotes": 'a"; filename="b.exe',
    "percent": "a%0d%0aSet-Cookie:%20x=1%22.pdf",
    "device": "CON.pdf",
    "stream": "a.pdf::$DATA",
    "page": "letter.html",
    "application": "letter.hta",
    "program behind an ending": "letter.pdf.exe",
    "hidden ending": "letter.exe\u200d",
    "dots at the end": "letter.hta. . .",
    "very long": "x" * 5000 + ".pdf",
    "very long ending": "x." + "y" * 5000,
    "tags": "<img src=x onerror=alert(1)>.pdf",
    "formula": "=HYPERLINK(1).pdf",
    "lone surrogate's place": "a\ufffd\U000e0041.pdf",
}


def multipart(*files: tuple[str, bytes], claim: object = None) -> bytes:
    """The files as parts named proof; the quotes in their names are written as browsers write them."""
    begun = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    parts = [b'name="claim"\r\n\r\n' + json.dumps(claim).encode()] if claim else []
    for name, content in files:
        written = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
        parts.append(f'name="proof"; filename="{written}"\r\n\r\n'.encode() + content)
    return b"".join(begun + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def subject(world: World) -> Claim:
    """A claim that takes proofs."""
    return world.claims[Status.ACTION_REQUIRED]


async def add(world: World, content: bytes, name: str = "proof.pdf") -> func.HttpResponse:
    """The answer to one more proof."""
    headers = {
        "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        "x-ms-client-principal": PARTNER_ADMIN.header,
    }
    return await world.send(
        ADD, segments=world.segments(subject(world)), headers=headers, body=multipart((name, content))
    )


async def fetch(
    world: World, proof_id: str, person: Person = PARTNER_ADMIN, *, shown: bool = False
) -> func.HttpResponse:
    """The file again, or as the reviewer's frame shows it."""
    segments = world.segments(subject(world), proofId=proof_id)
    headers = {"x-ms-client-principal": person.header}
    return await world.send(SHOWN if shown else READ, segments=segments, headers=headers)


def faults_of(answer: func.HttpResponse) -> list[tuple[str, str]]:
    """Where and why."""
    return [(one["pointer"], one["code"]) for one in json.loads(answer.get_body()).get("errors", [])]


def does_nothing(answer: func.HttpResponse, kind: str) -> bool:
    """Whether a browser can only save what it was given, or show it where nothing runs."""
    said = {name.lower(): value for name, value in answer.headers.items()}
    policy = said["content-security-policy"]
    return (
        answer.mimetype == kind
        and said["x-content-type-options"] == "nosniff"
        and "default-src 'none'" in policy
        and "; sandbox;" in policy
        and not {"\r", "\n"} & set("".join(said.values()))
    )


@pytest.mark.parametrize("name", hostile_files.refused())
async def test_what_may_not_pass_leaves_nothing_behind(world: World, record_property: Record, name: str) -> None:
    """The right code at the right place, in little time, and everything that is stored is as it was."""
    tally, (content, code) = Tally("uploads refused", record_property), hostile_files.refused()[name]
    before, began = world.stored(), time.perf_counter()
    answer = await add(world, content)
    took = time.perf_counter() - began
    tally.check(answer.status_code == 422, f"{name}: {answer.status_code}")
    tally.check(faults_of(answer) == [("/proofs/0", code)], f"{name}: {faults_of(answer)}")
    tally.check(world.stored() == before, f"{name}: something is stored")
    tally.check(took < SECONDS_AT_MOST, f"{name}: {took:.1f} s")
    tally.done()


@pytest.mark.parametrize("name", [name for name in hostile_files.refused() if "bomb" in name or "4 GB" in name])
async def test_bombs_do_not_go_off(world: World, record_property: Record, name: str) -> None:
    """What would unfold to much more is refused without unfolding it: little memory."""
    tally, (content, _) = Tally("uploads: memory", record_property), hostile_files.refused()[name]
    tracemalloc.start()
    try:
        await add(world, content)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    tally.check(most < MEMORY_AT_MOST, f"{name}: {most // MEBIBYTE} MiB")
    tally.done()


@pytest.mark.parametrize("name", hostile_files.admitted())
async def test_what_passes_is_given_back_so_that_it_does_nothing(
    world: World, record_property: Record, name: str
) -> None:
    """By its own type, to be saved, in a sandbox, whatever its name said; and active ones are told to be active."""
    tally, (content, kind) = Tally("uploads admitted", record_property), hostile_files.admitted()[name]
    added = await add(world, content, "letter.html")
    proof = json.loads(added.get_body())
    tally.check(added.status_code == 201 and proof["contentType"] == kind, f"{name}: {added.get_body()!r}")
    for person in (PARTNER_ADMIN, REVIEWER):
        answer = await fetch(world, proof["proofId"], person)
        saved = answer.headers["Content-Disposition"]
        tally.check(answer.get_body() == content and does_nothing(answer, kind), f"{name}: {dict(answer.headers)}")
        tally.check(saved.startswith("attachment; "), f"{name}: {saved}")
        tally.check(all(ends_rightly(one, kind) for one in names_in(saved)), f"{name}: {saved}")
    answer = await fetch(world, proof["proofId"], REVIEWER, shown=True)
    seen = answer.status_code == 404 if "word" in kind else does_nothing(answer, kind)
    tally.check(seen, f"{name}, shown: {answer.status_code} {dict(answer.headers)}")
    active = name.startswith(("PDF: ", "Word: "))
    tally.check(read(content, kind).active_content == active, f"{name}: active is not {active}")
    tally.done()


def names_in(said: str) -> tuple[str, str]:
    """Both names of a Content-Disposition: the plain one, and the whole one."""
    found = re.fullmatch(r"""\w+; filename="([^"]*)"; filename\*=UTF-8''([^;"]*)""", said)
    assert found, said
    return found[1], unquote(found[2])


@pytest.mark.parametrize("name", hostile_files.declared_documents())
async def test_declarations_in_documents_are_not_followed(world: World, record_property: Record, name: str) -> None:
    """Nothing is read for them, fetched for them or repeated a billion times: such a document cannot be read."""
    tally, content = Tally("uploads: declarations", record_property), hostile_files.declared_documents()[name]
    began = time.perf_counter()
    answer = await add(world, content)
    tally.check(answer.status_code in {201, 422}, f"{name}: {answer.status_code}")
    with pytest.raises(UnreadableProofError):
        read(content, hostile_files.WORD_TYPE)
    took = time.perf_counter() - began
    tally.check(took < SECONDS_AT_MOST, f"{name}: {took:.1f} s")
    tally.done()


async def test_the_largest_file_passes_and_one_byte_more_does_not(world: World, record_property: Record) -> None:
    """25 MiB to the byte (QUALITY.md, Security)."""
    tally = Tally("uploads: sizes", record_property)
    around = len(a_pdf(stream=bytes(LIMIT))) - LIMIT
    largest = a_pdf(stream=bytes(LIMIT - around))
    assert len(largest) == LIMIT
    for content, status in ((largest, 201), (largest + b"\n", 422)):
        answer = await add(world, content)
        tally.check(answer.status_code == status, f"{len(content)}: {answer.status_code} {faults_of(answer)}")
    tally.check(faults_of(answer) == [("/proofs/0", "poe-too-large")], faults_of(answer))
    tally.done()


async def test_ten_files_pass_and_eleven_do_not(world: World, record_property: Record) -> None:
    """Eleven are refused together, and none of them is stored."""
    tally = Tally("uploads: sizes", record_property)
    said = RIGHT["POST", "api/claims"].said
    contact = {"name": "Ida", "email": "ida@alpine.example", "title": "IT manager"}
    partner = {"name": "Pat", "email": "pat@contoso.example"}
    assert callable(said)
    claim = {**said(world, subject(world)), "customerContact": contact, "partnerContact": partner}
    for count, status in ((11, 422), (10, 202)):
        before = world.stored()
        files = [(f"{number}.pdf", a_pdf(comment=b"%d" % number)) for number in range(count)]
        headers = {
            "content-type": f"multipart/form-data; boundary={BOUNDARY}",
            "x-ms-client-principal": PARTNER_ADMIN.header,
            "Idempotency-Key": f"files-{count}",
        }
        answer = await world.send(FILE, segments={}, headers=headers, body=multipart(*files, claim=claim))
        tally.check(answer.status_code == status, f"{count}: {answer.status_code} {answer.get_body()!r}")
        if status == 422:
            tally.check(faults_of(answer) == [("/proofs", "poe-too-many")], faults_of(answer))
            tally.check(proofs_of(world.stored()) == proofs_of(before), "files are left behind")
        else:
            tally.check(len(json.loads(answer.get_body())["proofs"]) == count, "some are missing")
    tally.done()


def proofs_of(stored: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """What is kept of files."""
    return [one for one in stored if "Proof" in one[0]]


@pytest.mark.parametrize("name", NAMES)
async def test_names_name_nothing_else(world: World, record_property: Record, name: str) -> None:
    """A name is kept without folders and what nobody sees; saved, it ends as the file's kind does."""
    tally = Tally("uploads: names", record_property)
    added = await add(world, a_pdf(comment=b"name"), NAMES[name])
    tally.check(added.status_code == 201, f"{name}: {added.get_body()!r}")
    shown = json.loads(added.get_body())["fileName"]
    plain = [one for one in shown if unicodedata.category(one)[0] != "C" or one in "\u200c\u200d"]
    tally.check("".join(plain) == shown and not {"/", "\\"} & set(shown), f"{name}: {shown!r}")
    tally.check(0 < len(shown) <= 150 and shown.strip(". ") == shown, f"{name}: {shown!r}")
    answer = await fetch(world, json.loads(added.get_body())["proofId"])
    said = answer.headers["Content-Disposition"]
    tally.check(said.isascii() and said.isprintable() and said.count('"') == 2, f"{name}: {said}")
    tally.check(names_in(said)[1].startswith(shown), f"{name}: {said}")
    tally.check(all(ends_rightly(one, "application/pdf") for one in names_in(said)), f"{name}: {said}")
    tally.done()


async def test_nobody_has_a_file_before_the_scan(
    world: World, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """Where malware is scanned for, what hides inside a good file is kept back from everybody until it is clean."""
    tally = Tally("uploads: scan", record_property)
    services = replace(world.product.services, scanning=True)
    monkeypatch.setattr(wiring, "services", lambda: services)
    added = json.loads((await add(world, a_pdf(stream=EICAR))).get_body())
    tally.check(added["scan"] == "pending", added["scan"])
    for person, shown in ((PARTNER_ADMIN, False), (REVIEWER, False), (REVIEWER, True)):
        answer = await fetch(world, added["proofId"], person, shown=shown)
        kept_back = answer.status_code == 409 and EICAR not in answer.get_body()
        tally.check(kept_back, f"{answer.status_code} {answer.get_body()[:200]!r}")
    tally.done()
