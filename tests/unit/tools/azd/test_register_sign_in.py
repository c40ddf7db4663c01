"""The registration of the app with Entra ID, where it is asked for."""

from typing import Any

import pytest

from shared.usecases.callers import Role
from tools.azd.azure_calls import DeploymentError
from tools.azd.register_sign_in import register, registration


def test_the_roles_are_the_apps() -> None:
    """What is registered has exactly the roles that the app knows, each with an ID that stays the same."""
    roles = registration("https://cpor.example/.auth/login/aad/callback")["appRoles"]
    assert {role["value"] for role in roles} == {role.value for role in Role}
    assert roles == registration("https://other.example")["appRoles"]


def test_the_identity_vouches_and_no_secret_is_made() -> None:
    """The app's own identity is trusted in place of a password; nothing asks for a secret."""
    sent: list[tuple[str, str, Any]] = []

    def send(method: str, url: str, body: Any) -> tuple[int, Any]:
        sent.append((method, url, body))
        return (204, None) if method == "PATCH" else (201, {"id": "object", "appId": "client"})

    assert (
        register(send, redirect_uri="https://cpor.example/cb", tenant_id="tenant", principal_id="principal") == "client"
    )
    assert [url.rpartition("/v1.0/")[2] for _, url, _ in sent] == [
        "applications",
        "applications/object",
        "servicePrincipals",
        "applications/object/federatedIdentityCredentials",
    ]
    scope = sent[0][2]["api"]["oauth2PermissionScopes"][0]["id"]
    assert sent[1][2]["identifierUris"] == ["api://client"]
    assert sent[1][2]["api"]["preAuthorizedApplications"][0]["delegatedPermissionIds"] == [scope]
    assert sent[3][2]["subject"] == "principal"
    assert sent[3][2]["issuer"] == "https://login.microsoftonline.com/tenant/v2.0"
    assert "addPassword" not in str(sent)
    assert "passwordCredentials" not in str(sent)


def test_a_refusal_is_said() -> None:
    """Who lacks the right in the directory reads what was refused."""
    with pytest.raises(DeploymentError, match="applications: 403"):
        register(lambda *_: (403, "Insufficient privileges"), redirect_uri="x", tenant_id="t", principal_id="p")
