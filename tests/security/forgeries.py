"""Principal headers that no sign-in has written."""

import base64
import json

from shared.usecases.callers import Role
from tests.claims import CONTOSO
from tests.security.world import PROGRAM_ADMIN, STRANGERS
from tests.unit.usecases.lives import OPERATOR


def garbled_headers() -> dict[str, str]:
    """Principal headers that nobody signed in has sent, by what is wrong with them."""
    good = json.loads(base64.b64decode(PROGRAM_ADMIN.header))

    def written(data: object) -> str:
        return base64.b64encode(json.dumps(data).encode()).decode()

    def claims(*pairs: tuple[object, object]) -> str:
        return written({**good, "claims": [{"typ": kind, "val": value} for kind, value in pairs]})

    roles: list[tuple[object, object]] = [("roles", role) for role in Role]
    tenant, person = ("tid", OPERATOR), ("oid", PROGRAM_ADMIN.object_id)
    return {
        "empty": "",
        "words": "admin",
        "plain JSON": json.dumps(good),
        "not base64": PROGRAM_ADMIN.header[:-3] + "!==",
        "cut off": PROGRAM_ADMIN.header[: len(PROGRAM_ADMIN.header) // 2],
        "URL-safe spelling": "_-" + PROGRAM_ADMIN.header,
        "two, joined by a comma": f"{PROGRAM_ADMIN.header},{PROGRAM_ADMIN.header}",
        "not UTF-8": base64.b64encode(b"\xff\xfe{").decode(),
        "nested too deeply": base64.b64encode(b"[" * 40_000).decode(),
        "a list": written([good]),
        "a number": written(7),
        "no claims": written({"auth_typ": "aad"}),
        "claims of no shape": written({**good, "claims": ["roles"]}),
        "a role that is a list": claims(tenant, person, ("roles", list(Role))),
        "no tenant": claims(person, *roles),
        "no person": claims(tenant, *roles),
        "two tenants": claims(tenant, ("tid", CONTOSO), person, *roles),
        "a tenant that is none": claims(("tid", "' or 1 eq 1"), person, *roles),
        "a tenant that is empty": claims(("tid", ""), person, *roles),
        "two people": claims(tenant, person, ("oid", STRANGERS), *roles),
        "too long": base64.b64encode(json.dumps({**good, "more": "x" * 70_000}).encode()).decode(),
    }
