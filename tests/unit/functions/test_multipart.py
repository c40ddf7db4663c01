"""Multipart requests: what is taken, what is refused, and how files are named."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.multipart import MOST_BYTES, NAME_LENGTH, filed_claim, filed_rows, shown_name, uploaded_proof
from functions.request_errors import MalformedRequestError, TooLargeError, UnsupportedTypeError
from shared.domain.errors import InvalidClaimError
from shared.forms.json_body import JsonTooLargeError, MalformedJsonError
from tests.unit.functions.sent_requests import BOUNDARY, multipart_request, request

KIND = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.mark.parametrize("file_name", [None, "claim.json"])
async def test_claim_and_proofs_are_read_in_order(file_name: str | None) -> None:
    """The claim may come as a field or as a file; the proofs keep their order and bytes."""
    body = bytes(range(256))
    filed = await filed_claim(
        multipart_request([("proof", "b.pdf", body), ("claim", file_name, b'{"a": 1}'), ("proof", "a.pdf", b"")])
    )
    assert filed.data == {"a": 1}
    assert [(proof.file_name, proof.content) for proof in filed.proofs] == [("b.pdf", body), ("a.pdf", b"")]
    assert filed.faults == ()


@pytest.mark.parametrize(
    "parts",
    [
        [("proof", "a.pdf", b"x")],
        [("claim", None, b"{}"), ("claim", None, b"{}")],
        [("claim", None, b"{}"), ("claim", "c.json", b"{}")],
        [],
    ],
)
async def test_claim_is_needed_once(parts: list[tuple[str, str | None, bytes]]) -> None:
    """A request without one claim part cannot be read."""
    with pytest.raises(MalformedRequestError):
        await filed_claim(multipart_request(parts))


async def test_broken_claim_part_is_malformed() -> None:
    """The claim part must be JSON, and not endless."""
    with pytest.raises(MalformedJsonError):
        await filed_claim(multipart_request([("claim", None, b"{")]))
    with pytest.raises(JsonTooLargeError):
        await filed_claim(multipart_request([("claim", "c.json", b" " * (1024 * 1024 + 1))]))


async def test_unknown_parts_are_faults() -> None:
    """A part under another name is told, so that no proof is lost in silence."""
    filed = await filed_claim(
        multipart_request([("claim", None, b"{}"), ("files", "a.pdf", b"x"), ("proof", None, b"x"), ("a/b", None, b"")])
    )
    assert [(fault.pointer, fault.code) for fault in filed.faults] == [
        ("/files", "unknown-field"),
        ("/a~1b", "unknown-field"),
        ("/proofs", "wrong-type"),
    ]


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/json"}])
async def test_other_types_are_refused(headers: dict[str, str]) -> None:
    """Files come as multipart/form-data or not at all."""
    with pytest.raises(UnsupportedTypeError):
        await uploaded_proof(request("POST", body=b"{}", headers=headers))


async def test_length_is_looked_at_before_anything_is_parsed() -> None:
    """A request that says, or has, more than 90 MiB is refused as too large, whatever it holds."""
    with pytest.raises(TooLargeError):
        await filed_claim(request("POST", headers={**KIND, "content-length": str(MOST_BYTES + 1)}))
    with pytest.raises(TooLargeError):
        await filed_claim(request("POST", body=bytes(MOST_BYTES + 1), headers=KIND))


async def test_thousands_of_parts_are_refused() -> None:
    """More parts than anybody needs are too large a request."""
    with pytest.raises(TooLargeError):
        await filed_claim(multipart_request([("x", None, b"")] * 1500))


@pytest.mark.parametrize("headers", [{"content-type": "multipart/form-data"}, KIND, {**KIND, "content-length": "x"}])
@pytest.mark.parametrize("body", [b"", b"no parts here", b"--" + BOUNDARY.encode(), b"\x00" * 100])
async def test_broken_bodies_are_malformed(headers: dict[str, str], body: bytes) -> None:
    """A body that has no parts, or no boundary, is malformed and never an error of ours."""
    with pytest.raises(MalformedRequestError):
        await filed_claim(request("POST", body=body, headers=headers))


@given(body=st.binary(max_size=200))
async def test_any_body_is_answered(body: bytes) -> None:
    """No bytes make the reading fail in any other way than its own."""
    start = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="claim"\r\n\r\n'.encode()
    with pytest.raises((MalformedRequestError, MalformedJsonError, TooLargeError)):
        await filed_claim(request("POST", body=start[: len(body)] + body, headers=KIND))


async def test_one_file_is_uploaded() -> None:
    """A single proof is taken with its shown name."""
    upload = await uploaded_proof(multipart_request([("proof", "C:\\\\docs\\\\poe.pdf", b"x")]))
    assert (upload.file_name, upload.content) == ("poe.pdf", b"x")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("proof", None, b"x")], "required"),
        ([("other", "a.pdf", b"x")], "required"),
        ([("proof", "a.pdf", b"x"), ("proof", "b.pdf", b"x")], "too-many"),
    ],
)
async def test_exactly_one_file_is_needed(parts: list[tuple[str, str | None, bytes]], code: str) -> None:
    """None, or several, are told at the part's pointer."""
    with pytest.raises(InvalidClaimError) as refused:
        await uploaded_proof(multipart_request(parts))
    assert ("/proof", code) in [(fault.pointer, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("poe.pdf", "poe.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\poe.pdf", "poe.pdf"),
        ("folder/", "folder"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("Zo\u0308e.pdf", "Z\u00f6e.pdf".replace("Z\u00f6e", "Z\u00f6e")),
        ("", "proof"),
        ("...", "proof"),
        ("/", "proof"),
        ("x" * 200 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_are_fit_to_be_shown(name: str, shown: str) -> None:
    """Folders, control characters and tricks go; the ending stays."""
    assert shown_name(name) == shown


@given(st.text(max_size=400))
def test_any_name_is_fit_to_be_shown(name: str) -> None:
    """Whatever the caller calls the file, its shown name is short, on one line, without folders, and stable."""
    shown = shown_name(name)
    assert 0 < len(shown) <= NAME_LENGTH
    assert not set("/\\\r\n\x00") & set(shown)
    assert unicodedata.is_normalized("NFC", shown)
    assert shown_name(shown) == shown


async def test_rows_and_their_zip_are_read_as_they_are() -> None:
    """The CSV may come as a field or as a file; a zip that was left out, or an empty input, is none."""
    claims, proofs = ("claims", "c.csv", b"\xff\xfea"), ("proofs", "p.zip", b"PK")
    both = await filed_rows(multipart_request([proofs, claims]))
    assert (both.claims, both.proofs) == (b"\xff\xfea", b"PK")
    for parts in ([("claims", None, b"a,b")], [("claims", None, b"a,b"), ("proofs", None, b"")]):
        alone = await filed_rows(multipart_request(parts))
        assert (alone.claims, alone.proofs) == (b"a,b", None)


async def test_rows_are_needed_once_and_nothing_else() -> None:
    """Without one CSV, with two zips, or with a part under another name, nothing is imported."""
    claims, proofs = ("claims", "c.csv", b"a"), ("proofs", "p.zip", b"PK")
    for parts in ([proofs], [claims, claims], [claims, proofs, proofs]):
        with pytest.raises(MalformedRequestError):
            await filed_rows(multipart_request(parts))
    with pytest.raises(InvalidClaimError) as caught:
        await filed_rows(multipart_request([claims, ("proof", "p.pdf", b"x")]))
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [("/proof", "unknown-field")]
    with pytest.raises(UnsupportedTypeError):
        await filed_rows(request("POST", body=b"a", headers={"content-type": "text/csv"}))
