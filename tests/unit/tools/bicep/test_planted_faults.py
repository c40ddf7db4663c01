# ruff: noqa: E501 (a table of faults reads as a table)
"""Every kind of fault that the checker of the infrastructure is there for is found when it is planted."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.tools.bicep.conftest import Plant, faults_of
from tools.bicep.code_facts import CodeFacts

STORAGE, APP, MAIL, SETTINGS = ("infra/storage.bicep", "infra/app.bicep", "infra/mail.bicep", "infra/settings.bicep")
LANGUAGE = {
    "a bracket left open": (APP, "sku: {", "sku: {{", "syntax", "cannot be read"),
    "two properties on a line": (APP, "name: 'FC1'\n", "name: 'FC1' ", "syntax", ""),
    "a keyword of a wider language": (APP, "param location string", "type place = string", "", ""),
    "a misspelt property": (
        STORAGE,
        "allowSharedKeyAccess:",
        "allowSharedKeysAccess:",
        "property",
        "allowSharedKeyAccess",
    ),
    "a misspelt property deep inside": (
        APP,
        "perInstanceConcurrency",
        "perInstanceConcurency",
        "property",
        "Concurency",
    ),
    "a property of another place": (
        APP,
        "httpsOnly: true",
        "httpsOnly: true\n    minTlsVersion: '1.2'",
        "property",
        "minTls",
    ),
    "a wrong enumeration value": (STORAGE, "'TLS1_2'", "'TLS1.2'", "value", "TLS1_2"),
    "a wrong value by a variable": (STORAGE, "'Deny' : 'Allow'", "'Reject' : 'Allow'", "value", "Reject"),
    "a wrong value among a parameter's": (
        "infra/main.bicep",
        "  'Standard_GZRS'\n",
        "  'Standard_XRS'\n",
        "value",
        "Standard_XRS",
    ),
    "text for a number": (APP, "perInstanceConcurrency: 16", "perInstanceConcurrency: '16'", "type", "int, not string"),
    "a number for text": (APP, "version: '3.13'", "version: 3", "type", "string, not int"),
    "text for a switch": (STORAGE, "allowBlobPublicAccess: false", "allowBlobPublicAccess: 'false'", "type", "bool"),
    "an object for a list": (STORAGE, "rules: [", "rules: {", "", ""),
    "what Azure says itself": (APP, "httpsOnly: true", "httpsOnly: true\n    state: 'Running'", "read-only", "state"),
    "what is required is missing": ("infra/monitoring.bicep", "  kind: 'web'\n", "", "required", "kind"),
    "a property written twice": (APP, "httpsOnly: true", "httpsOnly: true\n    httpsOnly: true", "property", "twice"),
    "a wrong kind among several": (MAIL, "'StorageQueue'", "'StorageQue'", "value", "StorageQueue"),
    "a type nobody mapped": (APP, "Microsoft.Web/serverfarms@", "Microsoft.Web/serverfarm@", "unmapped", ""),
    "a version that is not the models'": (APP, "serverfarms@2025-03-01", "serverfarms@2022-03-01", "version", ""),
    "a parent of the wrong type": (STORAGE, "  parent: tableService", "  parent: queueService", "parent", ""),
    "no parent": (STORAGE, "  parent: tableService\n", "", "parent", ""),
    "a name that nothing declares": (APP, "serverFarmId: plan.id", "serverFarmId: plans.id", "symbol", "plans"),
    "a name declared twice": (APP, "param token string", "param token string\nparam token string", "symbol", "twice"),
    "a parameter for nothing": (APP, "param token string", "param token string\nparam more string", "unused", "more"),
    "a variable for nothing": (MAIL, "var namesOwn", "var idle = true\nvar namesOwn", "unused", "idle"),
    "an unknown function": (APP, "union(tags", "merge(tags", "function", "merge"),
    "a decorator that does nothing": ("infra/main.bicep", "@minLength(1)", "@minimumLength(1)", "function", "minimum"),
    "a module without a parameter": ("infra/product.bicep", "    alertMailbox: alertMailbox\n", "", "", "alertMailbox"),
    "a module with one too many": (
        "infra/product.bicep",
        "    zoneRedundant: zone",
        "    zones: 3\n    zoneRedundant: zone",
        "parameter",
        "zones",
    ),
    "a module's parameter of another type": (
        "infra/product.bicep",
        "    zoneRedundant: zoneRedundant",
        "    zoneRedundant: token",
        "",
        "bool",
    ),
    "a module that is not there": ("infra/product.bicep", "'alerts.bicep'", "'alarms.bicep'", "module", "alarms"),
    "an output that a module lacks": (
        "infra/product.bicep",
        "outputs.vaultUri",
        "outputs.vaultUrl",
        "property",
        "vaultUrl",
    ),
    "a property that is read and not there": (
        "infra/secrets.bicep",
        "properties.vaultUri",
        "properties.uri",
        "property",
        "uri",
    ),
    "a loop's item without a property": ("infra/network.bicep", "door.target", "door.goal", "property", "goal"),
    "an output of another type": (APP, "output appName string", "output appName int", "type", "appName"),
    "a module without a scope": ("infra/main.bicep", "  scope: group\n", "", "module", "scope"),
    "a dependency on nothing": (STORAGE, "    proofBlobs\n  ]", "    proofsBlob\n  ]", "symbol", "proofsBlob"),
}
PROJECT = {
    "a setting that the code reads": (SETTINGS, "    FORM_SECRET:", "    FROM_SECRET:", "setting", "the code reads FORM_SECRET"),
    "a setting that nothing reads": (SETTINGS, "    EMAIL_SENDER:", "    EMAIL_REPLY: 'x'\n    EMAIL_SENDER:", "setting", "EMAIL_REPLY"),
    "a setting that the host needs": (SETTINGS, "    DataStorage__credential: 'managedidentity'\n", "", "setting", "DataStorage__credential"),
    "a key where there must be none": (SETTINGS, "    EMAIL_SENDER:", "    EMAIL_ACCESS_KEY: 'x'\n    EMAIL_SENDER:", "setting", "EMAIL_ACCESS_KEY"),
    "a secret that no hook makes": (SETTINGS, "secrets/form-secret", "secrets/page-secret", "secret", "page-secret"),
    "a setting of the example": ("local.settings.example.json", '"FORM_SECRET"', '"OTHER_SECRET"', "setting", "FORM_SECRET"),
    "a queue nobody creates": (STORAGE, "  'claim-deadlines'\n", "", "queue", "claim-deadlines"),
    "a poison queue nobody creates": (STORAGE, "  'claim-effects-poison'\n", "", "queue", "claim-effects-poison"),
    "a table nobody creates": (STORAGE, "  'Deadlines'\n", "", "table", "Deadlines"),
    "a table nobody uses": (STORAGE, "  'Deadlines'\n", "  'Deadlines'\n  'Leftovers'\n", "table", "Leftovers"),
    "a container nobody creates": (STORAGE, "  'proofs'\n", "  'prooves'\n", "container", "proofs"),
    "reports onto another queue": ("infra/product.bicep", "'delivery-reports'", "'delivered'", "queue", "delivered"),
    "scans onto another queue": ("infra/product.bicep", "'scan-results'", "'scanned'", "queue", "scanned"),
    "events of another type": ("infra/scanning.bicep", "MalwareScanningResult", "MalwareScanned", "queue", "nobody puts Microsoft.Security.MalwareScanningResult"),
    "a topic of events that cannot write": ("infra/scanning.bicep", "principalId: results.identity.principalId", "principalId: results.id", "role", "results.identity.principalId lacks"),
    "tables in the wrong account": (STORAGE, "'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {\n  parent: dataAccount", "'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {\n  parent: hostAccount", "table", "Claims"),
    "a role on the wrong thing": (STORAGE, "guid(proofAccount.id, principalId, blobDataContributor)\n  scope: proofAccount", "guid(proofAccount.id, principalId, blobDataContributor)\n  scope: dataAccount", "role", "lacks Storage Blob Data Contributor"),
    "another role's ID": (STORAGE, "ba92f5b4-2d11-453d-a403-e96b0029c9fe", "b24988ac-6180-42a0-ab88-20f7382dd24c", "role", "none of the roles"),
    "more than is needed": (STORAGE, "var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'", "var blobDataContributor = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'", "role", "needs no"),
    "shared keys on": (STORAGE, "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "fixed", "allowSharedKeyAccess"),
    "public blobs": (STORAGE, "allowBlobPublicAccess: false", "allowBlobPublicAccess: true", "fixed", "allowBlobPublicAccess"),
    "shared keys left to the default": (STORAGE, "    allowSharedKeyAccess: false\n", "", "fixed", "allowSharedKeyAccess"),
    "local keys of mail": (MAIL, "disableLocalAuth: true", "disableLocalAuth: false", "fixed", "disableLocalAuth"),
    "sign-in switched off": ("infra/sign-in.bicep", "enabled: true", "enabled: false", "fixed", "platform.enabled"),
    "deploying by password": (APP, "    allow: false", "    allow: true", "fixed", "allow"),
    "one password left open": (APP, "  name: 'ftp'", "  name: 'scm'", "fixed", "ftp"),
    "no https": (APP, "httpsOnly: true", "httpsOnly: false", "fixed", "httpsOnly"),
    "another Python": (APP, "version: '3.13'", "version: '3.12'", "fixed", "3.13"),
    "a setting that Flex refuses": (SETTINGS, "    EMAIL_SENDER:", "    FUNCTIONS_WORKER_RUNTIME: 'python'\n    EMAIL_SENDER:", "flex", "FUNCTIONS_WORKER_RUNTIME"),
    "the final flag on": ("infra/main.bicep", "lockProofRetention bool = false", "lockProofRetention bool = true", "flag", "lockProofRetention"),
    "a default that drifted": ("infra/main.parameters.json", "${POLICY_MINIMUM_SEATS=50}", "${POLICY_MINIMUM_SEATS=5}", "parameter", "policyMinimumSeats"),
    "a parameter that nobody can set": ("infra/main.parameters.json", '    "zoneRedundant": { "value": "${ZONE_REDUNDANT=false}" },\n', "", "parameter", "zoneRedundant"),
    "a hook that reads what is not put out": ("infra/main.bicep", "output APP_URL string", "output APP_ADDRESS string", "output", "APP_URL"),
    "a hook that is not there": ("azure.yaml", "-m tools.azd.smoke_test", "-m tools.azd.smoke", "hook", "tools.azd.smoke"),
    "a service without its tag": (APP, "'azd-service-name': 'app'", "'azd-service-name': 'api'", "hook", "api"),
    "an open path that the sign-in closes": ("infra/sign-in.bicep", "        '/respond/*'\n", "", "sign-in", "/respond/*"),
    "a closed path that it opens": ("infra/sign-in.bicep", "'/health'", "'/review'", "sign-in", "/review"),
    "an alert on what is never logged": ("infra/alerts.bicep", 'has "failed for good"', 'has "failed forever"', "log", "failed forever"),
    "an alert on a figure that is not logged": ("infra/alerts.bicep", "line.reviews_overdue", "line.overdue_reviews", "log", "overdue_reviews"),
    "an alert that nobody knows": ("infra/alerts.bicep", "name: 'timers-silent'", "name: 'timers-asleep'", "runbook", "timers-asleep"),
    "a chart of what is never logged": ("infra/workbook.json", "finalize_due_claims handed out", "finalise_due_claims handed out", "log", "finalise"),
}  # fmt: skip
WITHOUT_ROLE = """resource writesQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount.id, principalId, queueDataContributor)
  scope: dataAccount
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataContributor)
  }
}
"""


def test_as_it_stands_it_is_sound(copy: Path, code: CodeFacts) -> None:
    """The infrastructure in this working copy has no fault."""
    assert faults_of(copy, code) == []


@pytest.mark.parametrize("name", [*LANGUAGE, *PROJECT])
def test_planted_fault_is_found(name: str, plant: Plant) -> None:
    """A planted fault is found, under its rule, with the words that lead to it."""
    file, old, new, rule, words = (LANGUAGE | PROJECT)[name]
    found = plant(file, old, new)
    assert any(rule in fault.rule and words in fault.message for fault in found), found


def test_missing_role_is_found(plant: Plant) -> None:
    """Where the app may not write its queues, the checker says so by the role's name, and that its ID is idle."""
    found = plant(STORAGE, WITHOUT_ROLE, "")
    assert [fault.rule for fault in found] == ["unused"]
    found = plant(STORAGE, "var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'\n", "")
    assert [str(fault) for fault in found] == [
        "infra:0: role: principalId lacks Storage Queue Data Contributor on dataAccount"
    ]


def test_key_that_is_read_is_found(plant: Plant) -> None:
    """An output that lists an account's keys is refused, as a function and as a key."""
    found = plant(
        STORAGE,
        "output hostAccountId string = hostAccount.id",
        "output hostAccountId string = listKeys(hostAccount.id, '2025-06-01').keys[0].value",
    )
    assert "function" in {fault.rule for fault in found}
    found = plant("infra/mail.bicep", "'https://${communication", "'AccountKey=;https://${communication")
    assert found


def test_reading_a_key_of_a_resource_is_found(plant: Plant) -> None:
    """A key among a resource's own answers is refused as well."""
    found = plant(
        MAIL,
        "output endpoint string = 'https://${communication.properties.hostName}'",
        "output endpoint string = 'AccountKey=${communication.properties.hostName}'",
    )
    assert [fault.rule for fault in found] == ["key"]


def test_code_that_asks_for_more_is_found(copy: Path, code: CodeFacts) -> None:
    """A new setting, table, queue, trigger, open route or secret in the code is asked for by its name."""
    wider = replace(
        code,
        settings_listed=code.settings_listed | {"NEW_SETTING"},
        settings_read=code.settings_read | {"NEW_SETTING", "UNLISTED_SETTING"},
        tables=code.tables | {"NewTable"},
        queues=code.queues | {"new-queue"},
        triggers=code.triggers | {"new-trigger"},
        open_paths=code.open_paths | {"/new"},
        secrets=code.secrets | {"new-secret"},
    )
    found = "\n".join(str(fault) for fault in faults_of(copy, wider))
    for name in (
        "reads NEW_SETTING",
        "UNLISTED_SETTING is read",
        "NewTable",
        "new-queue",
        "new-trigger",
        "/new",
        "new-secret",
    ):
        assert name in found
    assert len(found.splitlines()) == 7
