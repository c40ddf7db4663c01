"""The rules of the programme: pure, no service, no clock, no logging."""
