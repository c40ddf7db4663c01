"""Which model each resource type is held against. A type that is not listed here is a fault: nothing passes unseen."""

from dataclasses import dataclass

from tools.bicep.model_shapes import Shape, shape
from tools.bicep.source import Made, literal, members


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type at one API version; `written` is the model of what is sent, `read` of what comes back.

    `models_of` is the API version that the package's models are of, where it is not the same.
    """

    package: str
    version: str
    written: str
    read: str = ""
    models_of: str = ""

    def shape_written(self) -> Shape:
        """The shape of what may be written."""
        return shape(self.package, self.written)

    def shape_read(self) -> Shape:
        """The shape of what may be read."""
        return shape(self.package, self.read or self.written)


_STORAGE = ("azure.mgmt.storage", "2025-06-01")
_WEB = ("azure.mgmt.web", "2025-03-01")
_MAIL = ("azure.mgmt.communication", "2025-09-01")
_EVENTS = ("azure.mgmt.eventgrid", "2025-02-15")
_NETWORK = ("azure.mgmt.network", "2024-07-01")
_ZONES = ("azure.mgmt.privatedns", "2024-06-01")

RESOURCE_TYPES: dict[str, ResourceType] = {
    "Microsoft.Resources/resourceGroups": ResourceType("azure.mgmt.resource.resources", "2025-04-01", "ResourceGroup"),
    "Microsoft.ManagedIdentity/userAssignedIdentities": ResourceType(
        "azure.mgmt.msi.v2024_11_30", "2024-11-30", "Identity"
    ),
    "Microsoft.Authorization/roleAssignments": ResourceType(
        "azure.mgmt.authorization.v2022_04_01", "2022-04-01", "RoleAssignmentCreateParameters", "RoleAssignment"
    ),
    "Microsoft.OperationalInsights/workspaces": ResourceType("azure.mgmt.loganalytics", "2025-07-01", "Workspace"),
    "Microsoft.Insights/components": ResourceType(
        "azure.mgmt.applicationinsights.v2020_02_02", "2020-02-02", "ApplicationInsightsComponent"
    ),
    "Microsoft.Insights/workbooks": ResourceType(
        "azure.mgmt.applicationinsights.v2023_06_01", "2023-06-01", "Workbook"
    ),
    "Microsoft.Insights/actionGroups": ResourceType("azure.mgmt.monitor", "2023-01-01", "ActionGroupResource"),
    "Microsoft.Insights/scheduledQueryRules": ResourceType(
        "azure.mgmt.monitor", "2023-12-01", "ScheduledQueryRuleResource"
    ),
    "Microsoft.KeyVault/vaults": ResourceType(
        "azure.mgmt.keyvault", "2024-11-01", "VaultCreateOrUpdateParameters", "Vault"
    ),
    "Microsoft.Storage/storageAccounts": ResourceType(*_STORAGE, "StorageAccountCreateParameters", "StorageAccount"),
    "Microsoft.Storage/storageAccounts/blobServices": ResourceType(*_STORAGE, "BlobServiceProperties"),
    "Microsoft.Storage/storageAccounts/blobServices/containers": ResourceType(*_STORAGE, "BlobContainer"),
    "Microsoft.Storage/storageAccounts/queueServices": ResourceType(*_STORAGE, "QueueServiceProperties"),
    "Microsoft.Storage/storageAccounts/queueServices/queues": ResourceType(*_STORAGE, "StorageQueue"),
    "Microsoft.Storage/storageAccounts/tableServices": ResourceType(*_STORAGE, "TableServiceProperties"),
    "Microsoft.Storage/storageAccounts/tableServices/tables": ResourceType(*_STORAGE, "Table"),
    "Microsoft.Storage/storageAccounts/managementPolicies": ResourceType(*_STORAGE, "ManagementPolicy"),
    "Microsoft.Security/defenderForStorageSettings": ResourceType(
        "azure.mgmt.security", "2025-06-01", "DefenderForStorageSetting", models_of="2025-02-01-preview"
    ),
    "Microsoft.Communication/emailServices": ResourceType(*_MAIL, "EmailServiceResource"),
    "Microsoft.Communication/emailServices/domains": ResourceType(*_MAIL, "DomainResource"),
    "Microsoft.Communication/emailServices/domains/senderUsernames": ResourceType(*_MAIL, "SenderUsernameResource"),
    "Microsoft.Communication/communicationServices": ResourceType(*_MAIL, "CommunicationServiceResource"),
    "Microsoft.EventGrid/topics": ResourceType(*_EVENTS, "Topic"),
    "Microsoft.EventGrid/topics/eventSubscriptions": ResourceType(*_EVENTS, "EventSubscription"),
    "Microsoft.EventGrid/systemTopics": ResourceType(*_EVENTS, "SystemTopic"),
    "Microsoft.EventGrid/systemTopics/eventSubscriptions": ResourceType(*_EVENTS, "EventSubscription"),
    "Microsoft.Network/virtualNetworks": ResourceType(*_NETWORK, "VirtualNetwork"),
    "Microsoft.Network/privateEndpoints": ResourceType(*_NETWORK, "PrivateEndpoint"),
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": ResourceType(*_NETWORK, "PrivateDnsZoneGroup"),
    "Microsoft.Network/privateDnsZones": ResourceType(*_ZONES, "PrivateZone"),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": ResourceType(*_ZONES, "VirtualNetworkLink"),
    "Microsoft.Web/serverfarms": ResourceType(*_WEB, "AppServicePlan"),
    "Microsoft.Web/sites": ResourceType(*_WEB, "Site"),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": ResourceType(
        *_WEB, "CsmPublishingCredentialsPoliciesEntity"
    ),
}
NAMED_TYPES: dict[tuple[str, str], ResourceType] = {
    ("Microsoft.Web/sites/config", "appsettings"): ResourceType(*_WEB, "StringDictionary"),
    ("Microsoft.Web/sites/config", "authsettingsV2"): ResourceType(*_WEB, "SiteAuthSettingsV2"),
}
"""Types whose shape depends on the resource's name."""


def resource_type(resource: Made) -> ResourceType | None:
    """The model of a declared resource; null for a type that is not mapped."""
    name = members(resource.body).get("name")
    named = NAMED_TYPES.get((resource.type, (literal(name) or "") if name else ""))
    return named or RESOURCE_TYPES.get(resource.type)
