"""The OpenAPI 3.1 document, and what is drawn from it: docs/api.http and the client in tools/client.

For development only: the app serves the committed document as a file. `python -m tools.openapi` writes everything anew,
`--check` tells what is not in step.
"""
