"""What a request's address asks for. Its host is whatever the caller's Host header says: nothing here looks at it."""

import re

_PARTS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)


def path_and_query(url: str) -> tuple[str, str]:
    """The path and the query, "" for what is not there. Never an error: not even for a host that cannot be one."""
    found = _PARTS.match(url)
    return (found[1], found[2] or "") if found else ("", "")
