// The whole product in one resource group: `azd up` deploys this file, at the level of the subscription.
// Everything that costs more, or that cannot be undone, is off until it is asked for.
targetScope = 'subscription'

@minLength(1)
@maxLength(48)
@description('The azd environment: part of every name.')
param environmentName string

@minLength(1)
@description('The Azure region of everything that has one.')
param location string

@minLength(3)
@maxLength(254)
@description('Where reviewers read their digests.')
param reviewerMailbox string

@maxLength(254)
@description('Whom alerts are mailed to; the reviewers where nobody is named.')
param alertMailbox string = ''

@maxLength(254)
@description('Where customers write when something looks wrong; the reviewers where nobody is named.')
param contactAddress string = ''

@description('The directory (tenant) ID of those who run the programme; this subscription\'s where none is named.')
param operatorTenantId string = ''

@description('The client ID of the app registration that people sign in with. Without it nobody can sign in.')
param authClientId string = ''

@maxLength(200)
@description('The address people know the app by, such as https://claims.example; the platform\'s own where none is named.')
param publicUrl string = ''

@maxLength(200)
@description('What the programme is called on pages and in mails.')
param programmeName string = 'Partner Associations Programme'

@allowed([
  'en'
  'pl'
])
@description('The language of the reviewers\' digests.')
param reviewerLanguage string = 'en'

@minLength(2)
@maxLength(2)
@description('Whose holidays count for the reviewers: ISO 3166-1 alpha-2.')
param policyCountry string = 'US'

@allowed([
  'acrossProgrammes'
  'perProgramme'
])
@description('Whether one subscription has one partner across all programmes, or one in each.')
param policySubscriptionExclusive string = 'acrossProgrammes'

@minValue(1)
@maxValue(100000)
@description('The fewest seats that a Microsoft 365 claim takes.')
param policyMinimumSeats int = 50

@description('Who is told of events by a signed HTTPS request; nobody where it is empty. Excludes eventsTopicEndpoint.')
param eventsWebhookUrl string = ''

@description('The endpoint of an Event Grid topic of yours that is told of events; none where it is empty.')
param eventsTopicEndpoint string = ''

@description('A domain of yours to send mail from. Azure\'s own, for trying out, lets ten mails an hour through.')
param customMailDomain string = ''

@description('Your domain\'s DNS records are in place and Azure has verified them: mail is sent from it from now on.')
param customMailDomainVerified bool = false

@allowed([
  'Africa'
  'Asia Pacific'
  'Australia'
  'Brazil'
  'Canada'
  'Europe'
  'France'
  'Germany'
  'India'
  'Japan'
  'Korea'
  'Norway'
  'Switzerland'
  'UAE'
  'UK'
  'United States'
])
@description('Where mail is kept while it is on its way.')
param mailDataLocation string = 'Europe'

@minLength(1)
@maxLength(64)
@description('The part before the @ of the sender, with a domain of yours.')
param mailSenderName string = 'no-reply'

@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
@description('How often, and where, claims and proofs are kept.')
param dataRedundancy string = 'Standard_ZRS'

@minValue(1)
@maxValue(3650)
@description('For how many days a proof can be neither changed nor deleted once it is stored.')
param proofRetentionDays int = 30

@description('Locks that rule for good: nobody, Microsoft included, can shorten or remove it. Not at the first deployment.')
param lockProofRetention bool = false

@description('Has proofs scanned for malware by Defender for Storage, for a price per gigabyte.')
param malwareScanning bool = false

@description('Closes storage and secrets to the internet: a virtual network and private endpoints.')
param privateNetwork bool = false

@description('Spreads the app over the region\'s zones, where the region has them.')
param zoneRedundant bool = false

@description('Sends traces and logs as OpenTelemetry; otherwise the Functions host sends them.')
param openTelemetry bool = false

@minValue(1)
@maxValue(1000)
@description('The most instances that the app may grow to.')
param maximumInstances int = 100

@allowed([
  512
  2048
  4096
])
@description('The memory of an instance, in megabytes.')
param instanceMemory int = 2048

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module product 'product.bicep' = {
  name: 'product'
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    reviewerMailbox: reviewerMailbox
    alertMailbox: empty(alertMailbox) ? reviewerMailbox : alertMailbox
    contactAddress: empty(contactAddress) ? reviewerMailbox : contactAddress
    operatorTenantId: empty(operatorTenantId) ? tenant().tenantId : operatorTenantId
    authClientId: authClientId
    publicUrl: publicUrl
    programmeName: programmeName
    reviewerLanguage: reviewerLanguage
    policyCountry: policyCountry
    policySubscriptionExclusive: policySubscriptionExclusive
    policyMinimumSeats: policyMinimumSeats
    eventsWebhookUrl: eventsWebhookUrl
    eventsTopicEndpoint: eventsTopicEndpoint
    customMailDomain: customMailDomain
    customMailDomainVerified: customMailDomainVerified
    mailDataLocation: mailDataLocation
    mailSenderName: mailSenderName
    dataRedundancy: dataRedundancy
    proofRetentionDays: proofRetentionDays
    lockProofRetention: lockProofRetention
    malwareScanning: malwareScanning
    privateNetwork: privateNetwork
    zoneRedundant: zoneRedundant
    openTelemetry: openTelemetry
    maximumInstances: maximumInstances
    instanceMemory: instanceMemory
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output APP_NAME string = product.outputs.appName
output APP_URL string = product.outputs.appUrl
output APP_IDENTITY_PRINCIPAL_ID string = product.outputs.identityPrincipalId
output AUTH_REDIRECT_URI string = product.outputs.redirectUri
output SECRETS_VAULT_ID string = product.outputs.vaultId
output EMAIL_SENDER string = product.outputs.emailSender
