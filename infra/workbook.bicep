// One page for operators: what comes in, how it goes, and what stands still.
param location string
param tags object
param insightsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(insightsId, 'operations')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'CPOR operations'
    category: 'workbook'
    sourceId: insightsId
    serializedData: replace(loadTextContent('workbook.json'), '{insightsId}', insightsId)
  }
}
