"""The only place that knows Azure's storage: tables, blobs and queues behind the ports of the use cases."""
