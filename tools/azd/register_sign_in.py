"""After `azd provision`, with REGISTER_SIGN_IN=true: register the app with Entra ID, roles and all, without a secret.

This needs a right in the directory that a subscription does not give, so it is off unless asked for. Whoever has a
registration already sets AUTH_CLIENT_ID instead; docs/deploying.md says what it must have.
"""

import subprocess
import sys
import uuid
from typing import Any

from tools.azd.azure_calls import GRAPH, DeploymentError, Send, needed, sender, setting

_CREATED = 201
_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"  # the public client that Azure's command lines, azd too, sign in with
_SCOPE = str(uuid.uuid5(uuid.NAMESPACE_URL, "cpor/access"))
_ROLES = {
    "Partner.IncentivesAdmin": "Files claims for its organisation's locations and acts on them",
    "Partner.IncentivesUser": "Reads its organisation's claims and prepares drafts",
    "Program.Reviewer": "Decides on claims that need a person",
    "Program.Admin": "Keeps the registries and operates the programme",
}


def registration(redirect_uri: str) -> dict[str, Any]:
    """What is registered: people of any organisation sign in, with the app's four roles (API.md, Sign-in)."""
    return {
        "displayName": "CPOR",
        "signInAudience": "AzureADMultipleOrgs",
        "api": {
            "requestedAccessTokenVersion": 2,
            "oauth2PermissionScopes": [
                {
                    "id": _SCOPE,
                    "value": "access",
                    "type": "User",
                    "adminConsentDisplayName": "Use CPOR as yourself",
                    "adminConsentDescription": "Calls the API with the roles of whoever is signed in",
                    "isEnabled": True,
                }
            ],
        },
        "web": {"redirectUris": [redirect_uri], "implicitGrantSettings": {"enableIdTokenIssuance": True}},
        "appRoles": [
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"cpor/{name}")),
                "allowedMemberTypes": ["User", "Application"],
                "displayName": name,
                "description": description,
                "value": name,
                "isEnabled": True,
            }
            for name, description in _ROLES.items()
        ],
    }


def register(send: Send, *, redirect_uri: str, tenant_id: str, principal_id: str) -> str:
    """Register, let the app's identity vouch for the registration, and return its client ID. DeploymentError."""
    made = _created(send, f"{GRAPH}/v1.0/applications", registration(redirect_uri))
    address = f"{GRAPH}/v1.0/applications/{made['id']}"
    api = registration(redirect_uri)["api"] | {
        "preAuthorizedApplications": [{"appId": _CLI, "delegatedPermissionIds": [_SCOPE]}]
    }
    status, answer = send("PATCH", address, {"identifierUris": [f"api://{made['appId']}"], "api": api})
    if status >= 300:  # noqa: PLR2004 (beyond is no success)
        raise DeploymentError(f"Entra ID refused the registration's address: {status} {answer}")
    _created(send, f"{GRAPH}/v1.0/servicePrincipals", {"appId": made["appId"]})
    _created(
        send,
        f"{address}/federatedIdentityCredentials",
        {
            "name": "app-identity",
            "issuer": f"https://login.microsoftonline.com/{tenant_id}/v2.0",
            "subject": principal_id,
            "audiences": ["api://AzureADTokenExchange"],
        },
    )
    return str(made["appId"])


def _created(send: Send, url: str, body: dict[str, Any]) -> dict[str, Any]:
    status, answer = send("POST", url, body)
    if status != _CREATED or not isinstance(answer, dict):
        raise DeploymentError(f"Entra ID did not make {url.rpartition('/')[2]}: {status} {answer}")
    return answer


def main() -> None:
    """Register if it is asked for and nothing is registered yet."""
    if setting("AUTH_CLIENT_ID"):
        return
    if setting("REGISTER_SIGN_IN").lower() != "true":
        print("Nobody can sign in yet: set AUTH_CLIENT_ID, or REGISTER_SIGN_IN=true (docs/deploying.md, Sign-in).")
        return
    client_id = register(
        sender(GRAPH),
        redirect_uri=needed("AUTH_REDIRECT_URI"),
        tenant_id=needed("AZURE_TENANT_ID"),
        principal_id=needed("APP_IDENTITY_PRINCIPAL_ID"),
    )
    subprocess.run(["azd", "env", "set", "AUTH_CLIENT_ID", client_id], check=True)
    print("Registered. Run `azd provision` once more, so that the app's sign-in uses it.")


if __name__ == "__main__":
    try:
        main()
    except DeploymentError as error:
        sys.exit(str(error))
