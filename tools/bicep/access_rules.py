"""Who may do what: no keys, the roles that the app needs and no others, and the values that safety stands on."""

import re
from collections.abc import Iterator, Mapping

from tools.bicep.expressions import Surroundings, said
from tools.bicep.faults import Fault
from tools.bicep.source import BicepFile, Made, literal, members, text, walk

ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "Storage Queue Data Message Sender",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "09976791-48a7-449e-bb21-39d1a415f350": "Communication and Email Service Owner",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
}
NEEDED = frozenset(
    {
        ("Storage Blob Data Owner", "hostAccount", "principalId"),
        ("Storage Table Data Contributor", "dataAccount", "principalId"),
        ("Storage Queue Data Contributor", "dataAccount", "principalId"),
        ("Storage Blob Data Contributor", "proofAccount", "principalId"),
        ("Key Vault Secrets User", "vault", "principalId"),
        ("Monitoring Metrics Publisher", "insights", "principalId"),
        ("Communication and Email Service Owner", "communication", "principalId"),
        ("Storage Queue Data Message Sender", "dataAccount", "reports.identity.principalId"),
        ("Storage Queue Data Message Sender", "dataAccount", "results.identity.principalId"),
    }
)
"""Role, on what, to whom: the app's identity (`principalId`) and Event Grid's."""
FIXED: dict[str, dict[str, str]] = {
    "Microsoft.Storage/storageAccounts": {
        "properties.allowSharedKeyAccess": "false",
        "properties.allowBlobPublicAccess": "false",
        "properties.defaultToOAuthAuthentication": "true",
        "properties.supportsHttpsTrafficOnly": "true",
        "properties.minimumTlsVersion": "'TLS1_2'",
    },
    "Microsoft.Communication/communicationServices": {"properties.disableLocalAuth": "true"},
    "Microsoft.Insights/components": {"properties.DisableLocalAuth": "true"},
    "Microsoft.KeyVault/vaults": {
        "properties.enableRbacAuthorization": "true",
        "properties.enablePurgeProtection": "true",
    },
    "Microsoft.Web/serverfarms": {"sku.name": "'FC1'", "sku.tier": "'FlexConsumption'", "properties.reserved": "true"},
    "Microsoft.Web/sites": {
        "kind": "'functionapp,linux'",
        "properties.httpsOnly": "true",
        "properties.functionAppConfig.runtime.name": "'python'",
        "properties.functionAppConfig.runtime.version": "'3.13'",
    },
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"properties.allow": "false"},
    "Microsoft.Web/sites/config:authsettingsV2": {"properties.platform.enabled": "true"},
    "Microsoft.Storage/storageAccounts/blobServices": {"properties.deleteRetentionPolicy.enabled": "true"},
}
"""Values that must stand there as they are, computed from nothing."""
_KEYS = re.compile(
    r"\blist[A-Z]\w*\s*\(|AccountKey=|SharedAccessSignature|\b(primary|secondary)(Key|ConnectionString)\b"
)
_NEVER = ("FUNCTIONS_WORKER_RUNTIME", "linuxFxVersion", "WEBSITE_TIME_ZONE", "FUNCTIONS_EXTENSION_VERSION")
_WORDS = frozenset({"call_expression", "identifier", "property_identifier", "string"})
_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"


def access_faults(files: Mapping[str, BicepFile]) -> Iterator[Fault]:
    """Keys, missing and superfluous roles, and values that are not as they must be."""
    yield from _role_faults(files)
    seen: set[str] = set()
    for file in files.values():
        yield from _key_faults(file)
        for resource in file.resources.values():
            if not resource.existing:
                name = literal(members(resource.body).get("name", resource.body))
                kind = resource.type if resource.type in FIXED else f"{resource.type}:{name}"
                seen.add(kind)
                yield from _fixed_faults(file, resource, FIXED.get(kind, {}))
    for kind in sorted(FIXED.keys() - seen):
        yield Fault("infra", 0, "fixed", f"there is no {kind}")
    closed = {
        literal(members(resource.body)["name"])
        for file in files.values()
        for resource in file.resources.values()
        if resource.type.endswith("/basicPublishingCredentialsPolicies")
    }
    for name in sorted({"scm", "ftp"} - closed):
        yield Fault("infra/app.bicep", 0, "fixed", f"deploying by password ({name}) is not closed")


def _role_faults(files: Mapping[str, BicepFile]) -> Iterator[Fault]:
    given = set()
    for file in files.values():
        for resource in file.resources.values():
            if resource.type != _ASSIGNMENT:
                continue
            properties = members(members(resource.body)["properties"])
            around = Surroundings(file, {})
            identities = [
                one
                for node in walk(properties["roleDefinitionId"])
                if node.type in {"identifier", "string"}
                for one in said(node, around) or ()
                if one in ROLES or re.fullmatch(r"[0-9a-f-]{36}", one)
            ]
            for identity in set(identities) - ROLES.keys():
                yield file.fault(resource.node, "role", f"{identity} is none of the roles that are given here")
            if not identities:
                yield file.fault(resource.node, "role", f"{resource.name} names no role")
            scope = members(resource.body).get("scope")
            what = text(scope) if scope is not None else "everything"
            whom = text(properties["principalId"])
            for identity in set(identities) & ROLES.keys():
                given.add((ROLES[identity], what, whom))
                if (ROLES[identity], what, whom) not in NEEDED:
                    yield file.fault(resource.node, "role", f"{whom} needs no {ROLES[identity]} on {what}")
    for role, what, whom in sorted(NEEDED - given):
        yield Fault("infra", 0, "role", f"{whom} lacks {role} on {what}")


def _key_faults(file: BicepFile) -> Iterator[Fault]:
    for node in walk(file.root):
        if node.type in _WORDS and _KEYS.search(text(node)):
            yield file.fault(node, "key", f"no key is read or handed on: {text(node)[:60]}")
        if node.type in _WORDS and text(node) in _NEVER:
            yield file.fault(node, "flex", f"Flex Consumption does not take {text(node)}")


def _fixed_faults(file: BicepFile, resource: Made, values: Mapping[str, str]) -> Iterator[Fault]:
    for path, wanted in values.items():
        node = resource.body
        for step in path.split("."):
            held = members(node) if node.type == "object" else {}
            if step not in held:
                yield file.fault(node, "fixed", f"{resource.name} must say {path}: {wanted}")
                break
            node = held[step]
        else:
            if text(node) != wanted:
                yield file.fault(node, "fixed", f"{resource.name}.{path} must be {wanted}, not {text(node)[:40]}")
