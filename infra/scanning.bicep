// Malware scanning of proofs, for a price per gigabyte. Defender puts its results onto a topic, and Event Grid from there
// onto a queue; the app hands out no proof before it was found clean.
param location string
param token string
param tags object
param proofAccountName string
param dataAccountName string
param scanQueueName string

var queueMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'

resource proofAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: proofAccountName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: dataAccountName
}

// Defender reaches the topic over the public network, wherever the accounts stand, and writes Event Grid's own schema.
resource results 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: 'evgt-scan-${token}'
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    inputSchema: 'EventGridSchema'
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

// Event Grid may add messages to the claims' queues, and nothing else.
resource reportsScans 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount.id, results.id, queueMessageSender)
  scope: dataAccount
  properties: {
    principalId: results.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueMessageSender)
  }
}

resource scanResults 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = {
  parent: results
  name: 'scan-results'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Security.MalwareScanningResult'
      ]
    }
    deliveryWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: dataAccount.id
          queueName: scanQueueName
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
  }
  dependsOn: [
    reportsScans
  ]
}

resource scanning 'Microsoft.Security/defenderForStorageSettings@2025-06-01' = {
  name: 'current'
  scope: proofAccount
  properties: {
    isEnabled: true
    overrideSubscriptionLevelSettings: true
    malwareScanning: {
      onUpload: {
        isEnabled: true
        capGBPerMonth: 500
      }
      scanResultsEventGridTopicResourceId: results.id
    }
    sensitiveDataDiscovery: {
      isEnabled: false
    }
  }
  dependsOn: [
    scanResults
  ]
}
