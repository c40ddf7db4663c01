// What the product is made of, and how its parts are given to each other. Each part is a module of its own.
param location string
param token string
param tags object
param reviewerMailbox string
param alertMailbox string
param contactAddress string
param operatorTenantId string
param authClientId string
param publicUrl string
param programmeName string
param reviewerLanguage string
param policyCountry string
param policySubscriptionExclusive string
param policyMinimumSeats int
param eventsWebhookUrl string
param eventsTopicEndpoint string
param customMailDomain string
param customMailDomainVerified bool
param mailDataLocation string
param mailSenderName string
param dataRedundancy string
param proofRetentionDays int
param lockProofRetention bool
param malwareScanning bool
param privateNetwork bool
param zoneRedundant bool
param openTelemetry bool
param maximumInstances int
param instanceMemory int

// The app's only identity: it reads and writes with this one and has no key of anything.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${token}'
  location: location
  tags: tags
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    token: token
    tags: tags
    principalId: identity.properties.principalId
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    location: location
    token: token
    tags: tags
    principalId: identity.properties.principalId
    dataRedundancy: dataRedundancy
    proofRetentionDays: proofRetentionDays
    lockProofRetention: lockProofRetention
    privateNetwork: privateNetwork
  }
}

module scanning 'scanning.bicep' = if (malwareScanning) {
  name: 'scanning'
  params: {
    location: location
    token: token
    tags: tags
    proofAccountName: storage.outputs.proofAccountName
    dataAccountName: storage.outputs.dataAccountName
    scanQueueName: 'scan-results'
  }
}

module secrets 'secrets.bicep' = {
  name: 'secrets'
  params: {
    location: location
    token: token
    tags: tags
    principalId: identity.properties.principalId
    privateNetwork: privateNetwork
  }
}

module mail 'mail.bicep' = {
  name: 'mail'
  params: {
    token: token
    tags: tags
    principalId: identity.properties.principalId
    customMailDomain: customMailDomain
    customMailDomainVerified: customMailDomainVerified
    mailDataLocation: mailDataLocation
    mailSenderName: mailSenderName
    dataAccountName: storage.outputs.dataAccountName
    deliveryQueueName: 'delivery-reports'
  }
}

module network 'network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    location: location
    token: token
    tags: tags
    hostAccountId: storage.outputs.hostAccountId
    dataAccountId: storage.outputs.dataAccountId
    proofAccountId: storage.outputs.proofAccountId
    vaultId: secrets.outputs.vaultId
  }
}

module app 'app.bicep' = {
  name: 'app'
  params: {
    location: location
    token: token
    tags: tags
    identityId: identity.id
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    packageContainerUrl: storage.outputs.packageContainerUrl
    zoneRedundant: zoneRedundant
    maximumInstances: maximumInstances
    instanceMemory: instanceMemory
  }
}

module settings 'settings.bicep' = {
  name: 'settings'
  params: {
    appName: app.outputs.appName
    identityClientId: identity.properties.clientId
    hostAccountName: storage.outputs.hostAccountName
    tableServiceUri: storage.outputs.tableServiceUri
    queueServiceUri: storage.outputs.queueServiceUri
    blobServiceUri: storage.outputs.blobServiceUri
    vaultUri: secrets.outputs.vaultUri
    insightsConnectionString: monitoring.outputs.connectionString
    emailEndpoint: mail.outputs.endpoint
    emailSender: mail.outputs.sender
    reviewerMailbox: reviewerMailbox
    contactAddress: contactAddress
    operatorTenantId: operatorTenantId
    publicUrl: empty(publicUrl) ? app.outputs.appUrl : publicUrl
    programmeName: programmeName
    reviewerLanguage: reviewerLanguage
    policyCountry: policyCountry
    policySubscriptionExclusive: policySubscriptionExclusive
    policyMinimumSeats: policyMinimumSeats
    eventsWebhookUrl: eventsWebhookUrl
    eventsTopicEndpoint: eventsTopicEndpoint
    malwareScanning: malwareScanning
    openTelemetry: openTelemetry
  }
}

module signIn 'sign-in.bicep' = {
  name: 'sign-in'
  params: {
    appName: app.outputs.appName
    authClientId: authClientId
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    token: token
    tags: tags
    insightsId: monitoring.outputs.insightsId
    alertMailbox: alertMailbox
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  params: {
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
  }
}

output appName string = app.outputs.appName
output appUrl string = app.outputs.appUrl
output redirectUri string = '${app.outputs.appUrl}/.auth/login/aad/callback'
output identityPrincipalId string = identity.properties.principalId
output vaultId string = secrets.outputs.vaultId
output emailSender string = mail.outputs.sender
