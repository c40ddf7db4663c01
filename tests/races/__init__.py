"""Races and kills on the real host: many at once, the process killed, two hosts on one storage account."""
