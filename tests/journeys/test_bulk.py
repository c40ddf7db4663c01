"""Many claims at once: in from a CSV and a zip, safe to send again; out as a CSV that no spreadsheet runs."""

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import httpx

from shared.forms.claim_file import COLUMNS
from tests.journeys.client import CONTOSO_MPN, Customer, Customers, Json, LocalHost, Person, faults_of, wait_for

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
FORMULA = "=HYPERLINK(1)"
COLUMNS_OUT = [
    "number", "claimId", "status", "statusText", "mpnId", "customerName", "customerDomain", "customerTenantId",
    "claimName", "solutionArea", "activities", "productIds", "nextActor", "nextDeadline", "submittedAt", "createdAt",
    "updatedAt",
]  # fmt: skip


def row(customer: Customer, key: str, **cells: str) -> dict[str, str]:
    """A whole claim of the customer's Teams."""
    return {
        "rowKey": key,
        "mpnId": CONTOSO_MPN,
        "customerTenantId": customer.tenant_id,
        "customerDomain": customer.domain,
        "solutionArea": "microsoft-365",
        "activities": "usage",
        "claimName": "Rollout",
        "items": "teams",
        "customerContactName": "Ida Manager",
        "customerContactTitle": "IT manager",
        "customerContactEmail": f"ida@{customer.domain}",
        "partnerContactName": "Pat Partner",
        "partnerContactEmail": "pat@contoso.example",
        **cells,
    }


def table(*rows: Mapping[str, str], separator: str = ",") -> bytes:
    """The rows as a spreadsheet saves them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, delimiter=separator, lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def send(person: Person, claims: bytes, proofs: bytes | None = None, **params: str) -> httpx.Response:
    """Import the file, with its zip where there is one."""
    if proofs is None:
        kind = {"Content-Type": "text/csv; charset=utf-8"}
        return person.http.post("/api/claims/import", content=claims, headers=kind, params=params)
    files = {"claims": ("claims.csv", claims, "text/csv"), "proofs": ("proofs.zip", proofs, "application/zip")}
    return person.http.post("/api/claims/import", files=files, params=params, timeout=120)


def imported(person: Person, claims: bytes, proofs: bytes | None = None, **params: str) -> list[Json]:
    """What became of each row."""
    answer = send(person, claims, proofs, **params)
    assert answer.status_code == 200, answer.text
    rows: list[Json] = answer.json()["rows"]
    return rows


def results(rows: list[Json]) -> list[str]:
    """How the rows ended."""
    return [one["result"] for one in rows]


def exported(person: Person, path: str = "/api/claims.csv", **params: str) -> list[dict[str, str]]:
    """The rows of an export."""
    answer = person.http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True))


def test_claims_with_their_proofs_reach_the_customers_once(contoso: Person, customers: Customers) -> None:
    """A CSV and a zip become verified claims whose customers are asked; sent again, the same claims answer."""
    one, other = customers.new(), customers.new()
    files = zipped({"one/proof.pdf": one.proof()[1], "other.pdf": other.proof("intune")[1], ".DS_Store": b"?"})
    claims = table(
        row(one, f"{one.domain}-1", proofs="one/proof.pdf", claimName="Zażółć"),
        row(other, f"{other.domain}-1", items="intune", proofs="other.pdf"),
        row(one, f"{one.domain}-2", items="exchange-online"),
        separator=";",
    )
    foreseen = imported(contoso, claims, files, dryRun="true")
    assert results(foreseen) == ["created"] * 3
    assert exported(contoso, tenantId=one.tenant_id) == []
    made = imported(contoso, claims, files)
    assert results(made) == ["created"] * 3
    asked = [contoso.wait_asked(made[number]["claimId"]) for number in (0, 1)]
    assert [claim["claimName"] for claim in asked] == ["Zażółć", "Rollout"]
    assert [claim["proofs"][0]["fileName"] for claim in asked] == ["proof.pdf", "other.pdf"]
    assert contoso.read(made[2]["claimId"])["status"] == "Draft"
    again = imported(contoso, claims, files)
    assert results(again) == ["unchanged"] * 3
    assert [one["claimId"] for one in again] == [one["claimId"] for one in made]


def test_each_row_of_a_mixed_file_tells_its_own_faults(contoso: Person, customer: Customer) -> None:
    """Good rows are made, the others say by row and column what is wrong, in the reader's language."""
    key = customer.domain
    claims = table(
        row(customer, f"{key}-1"),
        row(customer, f"{key}-2", mpnId="2000001", proofs="no.pdf|text.pdf"),
        row(customer, f"{key}-3", customerContactEmail="ida"),
        row(customer, f"{key}-1"),
        row(customer, f"{key}-5", customerTenantId="5", items="teams|teams@nothing"),
    )
    answer = send(contoso, claims, zipped({"text.pdf": b"a text"}), results="errors")
    assert answer.json()["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "failed": 4}
    rows = answer.json()["rows"]
    assert [{(fault["pointer"], fault["code"]) for fault in failed["errors"]} for failed in rows] == [
        {("/rows/2/mpnId", "mpn-not-enrolled"), ("/rows/2/proofs/0", "unknown-proof")},
        {("/rows/3/customerContactEmail", "invalid-email")},
        {("/rows/4/rowKey", "duplicate-row")},
        {("/rows/5/customerTenantId", "invalid-guid"), ("/rows/5/items/1", "invalid-guid")},
    ]
    polish = contoso.http.post(
        "/api/claims/import",
        content=claims,
        headers={"Content-Type": "text/csv", "Accept-Language": "pl"},
        params={"dryRun": "true", "results": "errors"},
    )
    messages = [fault["message"] for failed in polish.json()["rows"] for fault in failed["errors"]]
    assert any("wiersz" in message.casefold() for message in messages)


def test_what_cannot_be_read_at_all_is_refused_as_a_whole(contoso: Person, host: LocalHost, customer: Customer) -> None:
    """Another encoding, an unknown column, no zip, too many rows, another type, and people who may not."""
    good = table(row(customer, "a"))
    assert faults_of(send(contoso, "rowKey,mpnId\nż,1".encode("cp1250"))) == {("", "unreadable-file")}
    assert ("/columns/price", "unknown-column") in faults_of(send(contoso, b"rowKey,price\n1,1"))
    assert faults_of(send(contoso, good, b"no zip")) == {("/proofs", "unreadable-file")}
    many = table(*(row(customer, str(number)) for number in range(501)))
    assert faults_of(send(contoso, many)) == {("/rows", "too-many")}
    assert contoso.http.post("/api/claims/import", json={}).status_code == 415
    with host.person("reviewer") as reviewer, host.person("nobody") as nobody:
        assert send(reviewer, good).status_code == send(nobody, good).status_code == 403
    with host.person("contoso-user") as user:
        rows = imported(user, table(row(customer, "user-1"), row(customer, "user-2", submit="yes")))
        assert results(rows) == ["created", "failed"]
        assert [fault["code"] for fault in rows[1]["errors"]] == ["role-missing"]


def test_the_list_comes_out_as_it_is_and_runs_no_formula(contoso: Person, reviewer: Person, customer: Customer) -> None:
    """The export holds the list's claims page by page, and no cell that any spreadsheet would take for a formula."""
    names = [FORMULA, f"x;{FORMULA}", f"\uff0b1+1 {customer.domain}", "@SUM(1)", "-1", "plain, with a comma"]
    claims = table(*(row(customer, f"{customer.domain}-{n}", claimName=name) for n, name in enumerate(names)))
    made = imported(contoso, claims)
    rows = wait_for(
        lambda: exported(contoso, tenantId=customer.tenant_id), lambda rows: len(rows) == 6, what="the list", seconds=10
    )
    assert list(rows[0]) == COLUMNS_OUT
    assert {one["claimId"] for one in rows} == {one["claimId"] for one in made}
    assert {one["status"] for one in rows} == {"Draft"}
    text = contoso.http.get("/api/claims.csv", params={"tenantId": customer.tenant_id}).content.decode("utf-8-sig")
    for separator in ",;\t":
        cells = [cell for line in csv.reader(io.StringIO(text), delimiter=separator) for cell in line]
        assert [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@\uff0b"))] == []
    first = contoso.http.get("/api/claims.csv", params={"tenantId": customer.tenant_id, "top": "4"})
    rest = contoso.http.get(first.links["next"]["url"])
    assert [one.count("\r\n") for one in (first.text, rest.text)] == [5, 3]
    assert "next" not in rest.links
    drafts = exported(reviewer, "/api/review/claims.csv", status="Draft", tenantId=customer.tenant_id)
    assert [one["claimId"] for one in drafts] == [one["claimId"] for one in rows]
    assert {one["organisation"] for one in drafts} == {"c0c0c0c0-0000-4000-8000-000000000001"}
    assert contoso.http.get("/api/review/claims.csv").status_code == 403


def test_the_samples_of_the_documentation_work(contoso: Person) -> None:
    """Whoever tries the sample file is told how each of its rows would end."""
    claims, proofs = (SAMPLES / name for name in ("claims.csv", "proofs.zip"))
    rows = imported(contoso, claims.read_bytes(), proofs.read_bytes(), dryRun="true")
    assert results(rows) == ["created"] * 3
