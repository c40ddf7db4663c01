"""What the API answers, as strict models: the document's schemas, and what every answer in the journeys is held to."""
