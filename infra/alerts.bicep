// What somebody must look at, even at night. Each alert reads lines that the app writes; a test holds the two together.
param location string
param token string
param tags object
param insightsId string
param alertMailbox string

var rules = [
  {
    name: 'poison-messages'
    title: 'Messages failed for good'
    description: 'A message failed ten times and is kept as a dead letter: some work on a claim is not done. See docs/runbook.md, poison-messages.'
    severity: 1
    frequency: 'PT5M'
    window: 'PT5M'
    query: '''
      traces
      | where message has "failed for good"
    '''
  }
  {
    name: 'overdue-reviews'
    title: 'Reviews are overdue'
    description: 'Claims have been under review beyond their five business days. See docs/runbook.md, overdue-reviews.'
    severity: 2
    frequency: 'PT1H'
    window: 'PT1H'
    query: '''
      traces
      | where message startswith "take_metrics "
      | extend line = parse_json(extract("\\{.*\\}$", 0, message))
      | summarize arg_max(timestamp, line)
      | where toint(line.reviews_overdue) > 0
    '''
  }
  {
    name: 'mail-failures'
    title: 'Mails fail'
    description: 'Five mails or more were refused by the provider, or reported as undelivered, within an hour. See docs/runbook.md, mail-failures.'
    severity: 2
    frequency: 'PT15M'
    window: 'PT1H'
    query: '''
      traces
      | where message startswith "take_metrics "
      | extend line = parse_json(extract("\\{.*\\}$", 0, message))
      | summarize fewest = min(toint(line.mail_failures)), most = max(toint(line.mail_failures))
      | where most - fewest >= 5
    '''
  }
  {
    name: 'finalization-lag'
    title: 'Deadlines are not acted upon'
    description: 'A deadline passed more than fifteen minutes ago and nothing happened: the timer or the queue stands still. See docs/runbook.md, finalization-lag.'
    severity: 1
    frequency: 'PT15M'
    window: 'PT30M'
    query: '''
      traces
      | where message startswith "take_metrics "
      | extend line = parse_json(extract("\\{.*\\}$", 0, message))
      | summarize arg_max(timestamp, line)
      | where toint(line.finalization_lag_seconds) > 900
    '''
  }
  {
    name: 'timers-silent'
    title: 'The timers are silent'
    description: 'No figures were taken for an hour: the app does not run, or its log does not arrive. See docs/runbook.md, timers-silent.'
    severity: 1
    frequency: 'PT15M'
    window: 'PT1H'
    query: '''
      traces
      | where message startswith "take_metrics "
      | summarize lines = count()
      | where lines == 0
    '''
  }
  {
    name: 'malware-found'
    title: 'Malware was found in a proof'
    description: 'The scan found malware in a file that a partner filed. Nobody is shown it. See docs/runbook.md, malware-found.'
    severity: 2
    frequency: 'PT15M'
    window: 'PT15M'
    query: '''
      traces
      | where message startswith "record_scan_results infected"
    '''
  }
  {
    name: 'unexpected-errors'
    title: 'The app fails in ways nobody foresaw'
    description: 'Requests ended in errors that the app does not know. See docs/runbook.md, unexpected-errors.'
    severity: 2
    frequency: 'PT15M'
    window: 'PT15M'
    query: '''
      traces
      | where message startswith "unexpected "
    '''
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'cpor'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: alertMailbox
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: rule.name
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.title
    description: rule.description
    severity: rule.severity
    enabled: true
    evaluationFrequency: rule.frequency
    windowSize: rule.window
    scopes: [
      insightsId
    ]
    // At the first deployment there is no log yet that a query could be tried on.
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        people.id
      ]
    }
  }
}]
