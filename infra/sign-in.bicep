// Sign-in by the platform (Easy Auth) with Entra ID: people of any organisation, told apart by their app roles.
// No secret: the app's identity vouches for the registration (a federated identity credential).
param appName string
param authClientId string

var signInIsSetUp = !empty(authClientId)

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource signIn 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
      runtimeVersion: '~1'
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: signInIsSetUp ? 'RedirectToLoginPage' : 'Return401'
      redirectToProvider: 'azureactivedirectory'
      // What the app serves to anyone; it decides on roles for everything else once more, by itself.
      excludedPaths: [
        '/'
        '/check'
        '/health'
        '/respond/*'
        '/static/*'
        '/api/docs'
        '/api/docs/*'
        '/api/health'
        '/api/openapi.json'
        '/api/respond/*'
      ]
    }
    httpSettings: {
      requireHttps: true
      routes: {
        apiPrefix: '/.auth'
      }
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: signInIsSetUp
        registration: signInIsSetUp ? {
          clientId: authClientId
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
          openIdIssuer: '${environment().authentication.loginEndpoint}organizations/v2.0'
        } : {}
        validation: signInIsSetUp ? {
          allowedAudiences: [
            authClientId
            'api://${authClientId}'
          ]
        } : {}
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
      preserveUrlFragmentsForLogins: false
    }
  }
}
