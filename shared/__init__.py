"""What the functions share: the domain, the use cases, and the adapters to the services."""
