"""An offline checker of the infrastructure: Bicep's syntax and names, Azure's properties, the project's own rules.

No Bicep compiler comes from the package registries. This one knows a plain subset of the
language and fails on the rest.
"""
