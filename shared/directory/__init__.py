"""The identity platform's public tenant discovery (PROCESS.md, Checks, 2)."""

from shared.directory.openid_discovery import OpenIdDirectory

__all__ = ["OpenIdDirectory"]
