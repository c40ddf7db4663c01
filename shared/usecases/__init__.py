"""What people and timers do, one use case a file; services come in through the Protocols of `ports`."""
