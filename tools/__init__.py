"""Development tools: the local host, the embedded product, the demo. Never deployed."""
