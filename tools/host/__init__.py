"""The local Functions host: Microsoft's Python runtime engine with the .NET host around it emulated (HOST.md).

A development tool, never deployed. Start it with ``python -m tools.host --app DIR --port N``.
"""
