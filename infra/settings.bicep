// All that the app is told from outside: every name that shared/settings.py reads, and what the Functions host needs.
// Secrets are references into the vault. The sign-in's own names are set by the platform.
param appName string
param identityClientId string
param hostAccountName string
param tableServiceUri string
param queueServiceUri string
param blobServiceUri string
param vaultUri string
param insightsConnectionString string
param emailEndpoint string
param emailSender string
param reviewerMailbox string
param contactAddress string
param operatorTenantId string
param publicUrl string
param programmeName string
param reviewerLanguage string
param policyCountry string
param policySubscriptionExclusive string
param policyMinimumSeats int
param eventsWebhookUrl string
param eventsTopicEndpoint string
param malwareScanning bool
param openTelemetry bool

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union({
    AzureWebJobsStorage__accountName: hostAccountName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    AzureWebJobsDisableHomepage: 'true'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: openTelemetry ? 'true' : 'false'
    OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identityClientId
    DataStorage__tableServiceUri: tableServiceUri
    DataStorage__queueServiceUri: queueServiceUri
    DataStorage__credential: 'managedidentity'
    DataStorage__clientId: identityClientId
    ProofStorage__blobServiceUri: blobServiceUri
    EMAIL_ENDPOINT: emailEndpoint
    EMAIL_SENDER: emailSender
    REVIEWER_MAILBOX: reviewerMailbox
    CONTACT_ADDRESS: contactAddress
    REVIEWER_LANGUAGE: reviewerLanguage
    TENANT_AUTHORITY: environment().authentication.loginEndpoint
    OPERATOR_TENANT_ID: operatorTenantId
    PUBLIC_URL: publicUrl
    PROGRAMME_NAME: programmeName
    POLICY_COUNTRY: policyCountry
    POLICY_SUBSCRIPTION_EXCLUSIVE: policySubscriptionExclusive
    POLICY_MINIMUM_SEATS: string(policyMinimumSeats)
    MALWARE_SCANNING: malwareScanning ? 'true' : 'false'
    EVENTS_WEBHOOK_URL: eventsWebhookUrl
    EVENTS_TOPIC_ENDPOINT: eventsTopicEndpoint
    EVENTS_SIGNING_KEYS: empty(eventsWebhookUrl) ? '' : '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/events-signing-keys)'
    RESPONSE_TOKEN_KEYS: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/response-token-keys)'
    CLAIM_ID_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/claim-id-secret)'
    FORM_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/form-secret)'
  }, openTelemetry ? {
    AzureFunctionsJobHost__telemetryMode: 'OpenTelemetry'
  } : {})
}
