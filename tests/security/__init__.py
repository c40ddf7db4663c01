"""Faults put under the real SDKs, and what must hold whatever fails."""
