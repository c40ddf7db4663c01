"""Who is calling, by what the platform injects."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.principal import read_principal
from functions.request_errors import NotSignedInError
from tests.unit.functions.sent_requests import principal

CONTOSO = "c0c0c0c0-0000-4000-8000-000000000001"
OBJECT = "0b0b0b0b-0000-4000-8000-000000000001"


def encoded(data: object) -> str:
    """Any JSON as the header's base64."""
    return base64.b64encode(json.dumps(data).encode()).decode()


def test_principal_is_read() -> None:
    """Tenant, person, name and every role are taken from the claims, identifiers in canonical form."""
    found = read_principal(principal(CONTOSO.upper(), "Partner.IncentivesAdmin", "Other"))
    assert (found.tenant_id, found.object_id, found.name) == (CONTOSO, OBJECT, "Casey")
    assert found.roles == {"Partner.IncentivesAdmin", "Other"}


def test_long_claim_types_are_read() -> None:
    """The platform may write claim types as URIs, and say which type roles have."""
    claims = [
        {"typ": "http://schemas.microsoft.com/identity/claims/tenantid", "val": CONTOSO},
        {"typ": "http://schemas.microsoft.com/identity/claims/objectidentifier", "val": OBJECT},
        {"typ": "http://schemas.example/role", "val": "Program.Admin"},
    ]
    found = read_principal(encoded({"role_typ": "http://schemas.example/role", "claims": claims}))
    assert (found.tenant_id, found.roles, found.name) == (CONTOSO, {"Program.Admin"}, "")


@pytest.mark.parametrize(
    "header",
    [
        "not base64!",
        "e30",
        encoded([]),
        encoded({}),
        encoded({"claims": "x"}),
        encoded({"claims": [1]}),
        encoded({"claims": [{"typ": "tid"}]}),
        encoded({"claims": [{"typ": "tid", "val": 5}]}),
        encoded({"claims": [{"typ": "tid", "val": CONTOSO}]}),
        encoded({"claims": [{"typ": "tid", "val": "x"}, {"typ": "oid", "val": OBJECT}]}),
        encoded(
            {
                "claims": [
                    {"typ": "tid", "val": CONTOSO},
                    {"typ": "tid", "val": OBJECT},
                    {"typ": "oid", "val": OBJECT},
                ]
            }
        ),
        base64.b64encode(b"[" * 40_000).decode(),
        base64.b64encode(b"\xff\xfe{}").decode(),
        "A" * 70_000,
    ],
)
def test_what_cannot_be_read_signs_nobody_in(header: str) -> None:
    """A header that is broken, incomplete or contradicts itself is nobody's."""
    with pytest.raises(NotSignedInError):
        read_principal(header)


@pytest.mark.parametrize("changes", [{"role_typ": []}, {"name_typ": {}}, {"role_typ": None, "extra": 1}])
def test_odd_types_fall_back_to_the_usual_ones(changes: dict[str, Any]) -> None:
    """What the header says of claim types is not needed, and not believed where it is no text."""
    found = read_principal(principal(CONTOSO, "Program.Reviewer", **changes))
    assert found.roles == {"Program.Reviewer"}


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["claims", "typ", "val", "role_typ"]), inner),
        max_leaves=10,
    )
)
def test_no_header_does_harm(data: object) -> None:
    """Whatever JSON the header holds, it is a person with both IDs or nobody."""
    with pytest.raises(NotSignedInError):
        read_principal(encoded(data))
