// Three accounts, for they have different friends and different lives: the Functions host's own with the deployed package,
// the claims (tables and queues), and the proofs (blobs). None of them takes a key.
param location string
param token string
param tags object
param principalId string
param dataRedundancy string
param proofRetentionDays int
param lockProofRetention bool
param privateNetwork bool

var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var packageContainerName = 'app-package'

// The names that the app knows: shared/storage/keys.py and shared/usecases/records.py.
var tableNames = [
  'Claims'
  'Idempotency'
  'ClaimLists'
  'Deadlines'
  'Partners'
  'Customers'
  'Subscriptions'
  'Usage'
  'MailOperations'
  'DeadLetters'
  'Metrics'
  'MailFailures'
  'WalkPlaces'
  'RateLimits'
  'Audit'
  'EventCursors'
  'Digests'
  'ProofScans'
]
var queueNames = [
  'verify-claims'
  'verify-claims-poison'
  'claim-effects'
  'claim-effects-poison'
  'claim-deadlines'
  'claim-deadlines-poison'
  'delivery-reports'
  'delivery-reports-poison'
  'claim-events'
  'claim-events-poison'
  'scan-results'
  'scan-results-poison'
]
var containerNames = [
  'proofs'
]
var defaultAction = privateNetwork ? 'Deny' : 'Allow'
var publicAccess = privateNetwork ? 'Disabled' : 'Enabled'

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'sthost${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicAccess
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: defaultAction
    }
  }
}

resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: hostAccount
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource packageContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: hostBlobs
  name: packageContainerName
  properties: {
    publicAccess: 'None'
  }
}

// The claims' account stays reachable for Event Grid, which reports deliveries onto a queue: closed to all but trusted
// services in a private network.
resource dataAccount 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'stdata${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: dataRedundancy
  }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: defaultAction
    }
  }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: dataAccount
  name: 'default'
  properties: {}
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [for tableName in tableNames: {
  parent: tableService
  name: tableName
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: dataAccount
  name: 'default'
  properties: {}
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [for queueName in queueNames: {
  parent: queueService
  name: queueName
}]

resource proofAccount 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'stproof${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: dataRedundancy
  }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicAccess
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: defaultAction
    }
    // Every version of a blob is kept for so long from its creation. Unlocked, the rule can be shortened or taken away.
    immutableStorageWithVersioning: {
      enabled: true
      immutabilityPolicy: {
        immutabilityPeriodSinceCreationInDays: proofRetentionDays
        allowProtectedAppendWrites: false
        state: lockProofRetention ? 'Locked' : 'Unlocked'
      }
    }
  }
}

resource proofBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: proofAccount
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: {
      enabled: true
      days: 30
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 30
    }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [for containerName in containerNames: {
  parent: proofBlobs
  name: containerName
  properties: {
    publicAccess: 'None'
  }
}]

// A proof that is deleted, or stored anew, leaves an earlier version behind: it goes once the retention is over.
resource proofLifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: proofAccount
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'forget-earlier-versions'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: proofRetentionDays + 1
                }
              }
            }
          }
        }
      ]
    }
  }
  dependsOn: [
    proofBlobs
  ]
}

resource ownsHostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostAccount.id, principalId, blobDataOwner)
  scope: hostAccount
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataOwner)
  }
}

resource writesTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount.id, principalId, tableDataContributor)
  scope: dataAccount
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableDataContributor)
  }
}

resource writesQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount.id, principalId, queueDataContributor)
  scope: dataAccount
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataContributor)
  }
}

resource writesProofs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(proofAccount.id, principalId, blobDataContributor)
  scope: proofAccount
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
  }
}

output hostAccountId string = hostAccount.id
output hostAccountName string = hostAccount.name
output packageContainerUrl string = '${hostAccount.properties.primaryEndpoints.blob}${packageContainer.name}'
output dataAccountId string = dataAccount.id
output dataAccountName string = dataAccount.name
output tableServiceUri string = dataAccount.properties.primaryEndpoints.table
output queueServiceUri string = dataAccount.properties.primaryEndpoints.queue
output proofAccountId string = proofAccount.id
output proofAccountName string = proofAccount.name
output blobServiceUri string = proofAccount.properties.primaryEndpoints.blob
