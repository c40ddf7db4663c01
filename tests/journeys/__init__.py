"""Whole stories, through the host."""
