"""Function keys: the header before the query, an empty 401 otherwise (HOST.md, Keys)."""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of this host. They are for development: printed in docs/local-host.md, settable by the environment."""

    function: str
    master: str

    @classmethod
    def from_environment(cls) -> "Keys":
        """Read HOST_FUNCTION_KEY and HOST_MASTER_KEY."""
        return cls(
            function=os.environ.get("HOST_FUNCTION_KEY", "local-function-key"),
            master=os.environ.get("HOST_MASTER_KEY", "local-master-key"),
        )

    def admit(self, level: str, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        """Tell whether the request's key opens the level. A key in the header hides the one in the query."""
        if level == "ANONYMOUS":
            return True
        given = headers.get("x-functions-key") or query.get("code") or ""
        accepted = [self.master] if level == "ADMIN" else [self.function, self.master]
        return any(hmac.compare_digest(given.encode(), key.encode()) for key in accepted)
