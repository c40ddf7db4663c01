// Mail out, and the reports of what became of it: Communication Services, and Event Grid that puts reports onto a queue.
param token string
param tags object
param principalId string
param customMailDomain string
param customMailDomainVerified bool
param mailDataLocation string
param mailSenderName string
param dataAccountName string
param deliveryQueueName string

var emailServiceOwner = '09976791-48a7-449e-bb21-39d1a415f350'
var queueMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
var namesOwnDomain = !empty(customMailDomain)
var usesOwnDomain = namesOwnDomain && customMailDomainVerified

resource emailService 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: 'email-${token}'
  location: 'global'
  tags: tags
  properties: {
    dataLocation: mailDataLocation
  }
}

// Azure's own domain, for trying out: five mails a minute and ten an hour.
resource managedDomain 'Microsoft.Communication/emailServices/domains@2025-09-01' = {
  parent: emailService
  name: 'AzureManagedDomain'
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'AzureManaged'
    userEngagementTracking: 'Disabled'
  }
}

// Your own: made first, so that it says which DNS records prove it; used once it is verified, for no other can be linked.
resource ownDomain 'Microsoft.Communication/emailServices/domains@2025-09-01' = if (namesOwnDomain) {
  parent: emailService
  name: namesOwnDomain ? customMailDomain : 'none'
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'CustomerManaged'
    userEngagementTracking: 'Disabled'
  }
}

resource ownSender 'Microsoft.Communication/emailServices/domains/senderUsernames@2025-09-01' = if (usesOwnDomain) {
  parent: ownDomain
  name: mailSenderName
  properties: {
    username: mailSenderName
    displayName: mailSenderName
  }
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: 'acs-${token}'
  location: 'global'
  tags: tags
  properties: {
    dataLocation: mailDataLocation
    disableLocalAuth: true
    linkedDomains: [
      usesOwnDomain ? ownDomain.id : managedDomain.id
    ]
  }
}

resource sendsMail 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, principalId, emailServiceOwner)
  scope: communication
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', emailServiceOwner)
  }
}

resource reports 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${token}'
  location: 'global'
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: communication.id
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: dataAccountName
}

// Event Grid may add messages to the claims' queues, and nothing else.
resource reportsDeliveries 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount.id, reports.id, queueMessageSender)
  scope: dataAccount
  properties: {
    principalId: reports.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueMessageSender)
  }
}

resource deliveryReports 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: reports
  name: 'delivery-reports'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Communication.EmailDeliveryReportReceived'
      ]
      // No report counts as delivered, so that good news would only cost: two requests for each mail.
      advancedFilters: [
        {
          operatorType: 'StringNotIn'
          key: 'data.status'
          values: [
            'Delivered'
            'Expanded'
          ]
        }
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
          queueName: deliveryQueueName
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
    reportsDeliveries
  ]
}

output endpoint string = 'https://${communication.properties.hostName}'
output sender string = usesOwnDomain ? '${mailSenderName}@${customMailDomain}' : 'DoNotReply@${managedDomain.properties.fromSenderDomain}'
