"""The programme's admins keep the registries: in and out as CSV, with what follows from it for claims."""

import csv
import io
import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.client import Customer, Json, LocalHost, Person, faults_of, filed
from tools.sample_registry import CONTOSO

REGISTRIES = ("partners", "customers", "subscriptions")
HEADERS = {
    "partners": "organisation,organisationName,mpnId,name,programmes,domains,active",
    "customers": "tenantId,name,domains,country,zone,language",
    "subscriptions": "subscriptionId,tenantId,productId,status,channel,seats,endsAt",
}


@pytest.fixture(scope="module")
def admin(host: LocalHost) -> Iterator[Person]:
    """The programme's admin."""
    with host.person("admin") as person:
        yield person


def send(person: Person, registry: str, content: str | bytes, **params: str) -> httpx.Response:
    """Import a file."""
    path, kind = f"/api/review/registry/{registry}", {"Content-Type": "text/csv; charset=utf-8"}
    return person.http.post(path, content=content, headers=kind, params=params)


def imported(person: Person, registry: str, *lines: str, **params: str) -> Json:
    """Import these lines under the registry's header; what became of them."""
    answer = send(person, registry, "\n".join((HEADERS[registry], *lines)), **params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def results(answer: Json) -> list[str]:
    """How the rows ended."""
    return [row["result"] for row in answer["rows"]]


def new_customer() -> Customer:
    """A customer that nobody has registered yet."""
    tenant = uuid.uuid4()
    return Customer(str(tenant), f"tenant-{tenant.hex}.example", f"Company {tenant.hex[:10]}")


def customer_line(customer: Customer, domain: str | None = None) -> str:
    """The customer's row."""
    return f"{customer.tenant_id},{customer.name},{domain or customer.domain},PL,Europe/Warsaw,pl"


def rows_of(answer: httpx.Response) -> list[Json]:
    """The rows of an export."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_what_is_imported_can_be_claimed(host: LocalHost, admin: Person, contoso: Person) -> None:
    """A location, a customer and a subscription come in by CSV, and a claim with them passes its checks."""
    customer, mpn_id, subscription = new_customer(), str(1_100_000_000 + uuid.uuid4().int % 10**8), str(uuid.uuid4())
    location = f"{CONTOSO},Contoso Consulting,{mpn_id},Contoso Gdańsk,osu-business-applications,contoso.example,true"
    bought = f"{subscription},{customer.tenant_id},power-bi,active,volume-licensing,120,2031-01-31"
    claim = customer.dynamics({"productId": "power-bi"}, mpnId=mpn_id)
    early = contoso.submit(claim, [customer.proof("Power BI")])
    assert faults_of(early) == {("/mpnId", "mpn-not-enrolled")}
    assert results(imported(admin, "partners", location)) == ["created"]
    assert results(imported(admin, "customers", customer_line(customer))) == ["created"]
    assert results(imported(admin, "subscriptions", bought)) == ["created"]
    taken = contoso.wait_asked(filed(contoso, claim, customer.proof("Power BI"))["claimId"])
    assert taken["mpnId"] == mpn_id
    assert [item["subscriptionId"] for item in taken["items"]] == [subscription]
    receipt = contoso.read(taken["claimId"], "deadline")
    assert "Europe/Warsaw" in str(receipt)


def test_wrong_rows_are_told_and_the_others_are_taken(admin: Person) -> None:
    """Each row has its own end: wrong cells by their pointers, a domain that another has, a key that comes twice."""
    first, second, third = new_customer(), new_customer(), new_customer()
    answer = imported(
        admin,
        "customers",
        customer_line(first),
        f"{second.tenant_id},{second.name},no domain,QQ,Warsaw,pl",
        customer_line(third, "birch.example"),
        customer_line(first),
        customer_line(third),
    )
    assert results(answer) == ["created", "failed", "failed", "failed", "failed"]
    assert answer["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "failed": 4}
    faults = {(fault["pointer"], fault["code"]) for row in answer["rows"] for fault in row.get("errors", [])}
    assert faults == {
        ("/rows/2/domains", "invalid-domain"),
        ("/rows/2/country", "invalid-country"),
        ("/rows/2/zone", "invalid-choice"),
        ("/rows/3/domains", "domain-taken"),
        ("/rows/4/tenantId", "duplicate-row"),
        ("/rows/4/domains", "duplicate-row"),
        ("/rows/5/tenantId", "duplicate-row"),
    }
    assert [row["key"] for row in answer["rows"]][1] == second.tenant_id
    again = imported(admin, "customers", customer_line(first), customer_line(third), results="errors")
    assert again["counts"] == {"created": 1, "updated": 0, "unchanged": 1, "failed": 0}
    assert again["rows"] == []


def test_another_organisation_s_location_is_not_given_away(admin: Person, fabrikam: Person) -> None:
    """A row that would give Contoso's location to Fabrikam fails, and names who has it."""
    answer = imported(
        admin,
        "partners",
        "fabfabfa-0000-4000-8000-000000000002,Fabrikam Partners,1000001,Fabrikam,osu-microsoft-365,,true",
    )
    (row,) = answer["rows"]
    assert (row["result"], row["errors"][0]["code"]) == ("failed", "location-taken")
    assert CONTOSO in row["errors"][0]["message"]


def test_a_dry_run_tells_and_writes_nothing(admin: Person) -> None:
    """What a dry run would create is still created by the run after it."""
    line = customer_line(new_customer())
    dry = imported(admin, "customers", line, dryRun="true")
    assert (dry["dryRun"], results(dry)) == (True, ["created"])
    wet = imported(admin, "customers", line)
    assert (wet["dryRun"], results(wet)) == (False, ["created"])
    assert results(imported(admin, "customers", line, dryRun="true")) == ["unchanged"]


@pytest.mark.parametrize("registry", REGISTRIES)
def test_an_export_is_an_import_that_changes_nothing(admin: Person, registry: str) -> None:
    """Whatever is exported can be sent back as it is: every row is recognised, none is changed."""
    exported = admin.http.get(f"/api/review/registry/{registry}")
    rows = rows_of(exported)
    assert f'filename="{registry}.csv"' in exported.headers["content-disposition"]
    assert list(rows[0]) == HEADERS[registry].split(",")
    answer = send(admin, registry, exported.content)
    assert answer.status_code == 200, answer.text
    assert answer.json()["counts"] == {"created": 0, "updated": 0, "unchanged": len(rows), "failed": 0}


def test_the_sample_registry_is_exported(admin: Person) -> None:
    """Partners, customers and subscriptions of the sample stand in the exports, cell by cell."""
    partners = {row["mpnId"]: row for row in rows_of(admin.http.get("/api/review/registry/partners"))}
    assert partners["1000002"]["name"] == "Contoso Kraków"
    assert partners["1000002"]["programmes"].split("|")[0] == "osa-sell"
    customers = {row["tenantId"]: row for row in rows_of(admin.http.get("/api/review/registry/customers"))}
    assert customers["a1a1a1a1-0000-4000-8000-000000000002"]["domains"] == "birch.example|birch.onmicrosoft.example"
    subscriptions = {
        row["subscriptionId"]: row for row in rows_of(admin.http.get("/api/review/registry/subscriptions"))
    }
    assert subscriptions["5b5b5b5b-0000-4000-8000-000000000032"]["status"] == "suspended"
    assert subscriptions["5b5b5b5b-0000-4000-8000-000000000031"]["channel"] == "csp"


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        ("tenantId", "application/json", 415, "unsupported-type"),
        ("tenantId", "", 415, "unsupported-type"),
        ("", "text/csv", 422, "invalid-claim"),
        ("tenantId,name\n", "text/csv", 422, "invalid-claim"),
        (b"tenantId,name,domains,country,zone,language\n\xff\xfex", "text/csv", 422, "invalid-claim"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    admin: Person, content: str | bytes, kind: str, status: int, code: str
) -> None:
    """Another media type, an empty file, missing columns, or bytes that are no text: nothing of it is imported."""
    answer = admin.http.post("/api/review/registry/customers", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_file_beyond_the_limit_is_refused(admin: Person) -> None:
    """A file of more than 50 MB is told so."""
    answer = send(admin, "customers", b"x" * (50 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_foreign_continuation_is_refused(admin: Person) -> None:
    """An export goes on only from where another export of the same registry stopped."""
    answer = admin.http.get("/api/review/registry/partners", params={"continuation": "nonsense"})
    assert faults_of(answer) == {("/continuation", "invalid-continuation")}


@pytest.mark.parametrize("registry", REGISTRIES)
@pytest.mark.parametrize("persona", ["reviewer", "contoso", "contoso-user", "nobody", None])
def test_registries_are_the_admin_s(host: LocalHost, persona: str | None, registry: str) -> None:
    """Nobody but a programme admin reads or writes a registry: 403 for the others, 401 for strangers."""
    status = 401 if persona is None else 403
    person = Person(host.base_url, persona)
    with person:
        assert person.http.get(f"/api/review/registry/{registry}").status_code == status
        assert send(person, registry, HEADERS[registry]).status_code == status
