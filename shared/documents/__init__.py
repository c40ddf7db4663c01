"""Proofs of execution as files: what they are, and what they say. Bytes in, plain values out; no service."""
