"""The mails: their texts, the signed link they carry, and the provider that takes them (PROCESS.md, Mails)."""
