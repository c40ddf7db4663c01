"""Triggers only, one blueprint per subject: parse, one use case, present. No branch on a claim's state."""
