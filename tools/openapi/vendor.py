"""Takes the viewer of /api/docs in from npm: `python -m tools.openapi.vendor VERSION`."""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from base64 import b64encode
from pathlib import Path

VIEWER = Path(__file__).parents[2] / "shared" / "openapi" / "viewer"
VENDORED = VIEWER / "vendored.json"
PACKAGE = "swagger-ui-dist"
FILES = {
    "swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui.css",
    "LICENSE.txt": "LICENSE",
    "NOTICE.txt": "NOTICE",
    "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
}
"""Our name of each file, and the package's: what is named LICENSE alone is not deployed (.funcignore)."""


def vendor(version: str) -> None:
    """Replace the files by those of the version, and write down what they are."""
    with tempfile.TemporaryDirectory() as folder:
        npm = ["npm", "pack", "--silent", "--pack-destination", folder, f"{PACKAGE}@{version}"]
        subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)
        packed = next(Path(folder).glob("*.tgz"))
        integrity = "sha512-" + b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        with tarfile.open(packed) as archive:
            for name, packed_name in FILES.items():
                member = archive.extractfile(f"package/{packed_name}")
                if member is None:
                    raise LookupError(packed_name)
                (VIEWER / name).write_bytes(member.read())
    told = {
        "package": PACKAGE,
        "version": version,
        "licence": "Apache-2.0",
        "integrity": integrity,
        "files": {name: digest(VIEWER / name) for name in FILES},
    }
    VENDORED.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def digest(path: Path) -> str:
    """The file's SHA-256, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    vendor(sys.argv[1])
