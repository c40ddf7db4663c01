"""After `azd deploy`, with SEED_FOLDER: hand the registries' files to the running app, as an admin would.

The folder holds any of partners.csv, customers.csv and subscriptions.csv (docs/registries.md). Each is tried first; a
file with a fault writes nothing. What is there already is left as it is, so that this may run at every deployment.
"""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tools.azd.azure_calls import DeploymentError, needed, setting, token

REGISTRIES = ("partners", "customers", "subscriptions")
_TIMEOUT = 300  # seconds


def seed(base: str, folder: Path, headers: dict[str, str]) -> list[str]:
    """Import what the folder holds; return a sentence for each file. DeploymentError for the first that has a fault."""
    files = [(name, folder / f"{name}.csv") for name in REGISTRIES if (folder / f"{name}.csv").is_file()]
    if not files:
        raise DeploymentError(f"{folder} holds none of {', '.join(f'{name}.csv' for name in REGISTRIES)}.")
    said = []
    for name, path in files:
        address = f"{base}/api/review/registry/{name}"
        content = path.read_bytes()
        tried = _post(f"{address}?dryRun=true&results=errors", content, headers)
        if tried["counts"]["failed"]:
            faults = json.dumps(tried["rows"][:5], indent=2)
            raise DeploymentError(
                f"{path.name} has {tried['counts']['failed']} faulty rows; nothing of it was written:\n{faults}"
            )
        done = _post(f"{address}?results=errors", content, headers)
        said.append(f"{path.name}: " + ", ".join(f"{count} {what}" for what, count in done["counts"].items()) + ".")
    return said


def _post(url: str, content: bytes, headers: dict[str, str]) -> Any:
    request = urllib.request.Request(  # noqa: S310 (the app's own address)
        url, data=content, method="POST", headers={**headers, "Content-Type": "text/csv", "Accept": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        words = error.read().decode(errors="replace")[:500]
        raise DeploymentError(
            f"{url} answered {error.code}; does your account have the role Program.Admin? {words}"
        ) from error


def main() -> None:
    """Seed if a folder is named."""
    folder = setting("SEED_FOLDER")
    if not folder:
        print("No SEED_FOLDER is set: the registries stay as they are (docs/deploying.md, Registries).")
        return
    client_id = setting("AUTH_CLIENT_ID")
    if not client_id:
        raise DeploymentError(
            "SEED_FOLDER needs the sign-in set up first: AUTH_CLIENT_ID (docs/deploying.md, Sign-in)."
        )
    bearer = token(f"api://{client_id}/.default")
    for sentence in seed(needed("APP_URL").rstrip("/"), Path(folder), {"Authorization": f"Bearer {bearer}"}):
        print(sentence)


if __name__ == "__main__":
    try:
        main()
    except DeploymentError as error:
        sys.exit(str(error))
