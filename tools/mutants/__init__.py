"""Mutation testing: what is changed in the code must make a test fail (docs/mutation.md)."""
