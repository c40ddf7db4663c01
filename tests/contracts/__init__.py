"""What each port promises: one suite, run on the fake and on the adapter against Azurite."""
