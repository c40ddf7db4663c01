"""A second opinion on the infrastructure, by checkov: `make infra-scan`.

It is heavy (190 MB, half a minute) and knows few of the faults that `make infra` knows, so it is no part of
`make check`: the workflow runs it. What it says is read as JSON, for its exit code is 0 over files it could not parse.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.bootstrap import child_environment, find_uv

ROOT = Path(__file__).parents[2]
CHECKOV = "checkov==3.3.30"
ACCEPTED = {
    "CKV_AZURE_13": "is about the older sign-in settings; make infra holds authsettingsV2 to be on",
    "CKV_AZURE_17": "people and customers have no client certificates",
    "CKV_AZURE_35": "closed with privateNetwork; without it identity alone opens",
    "CKV_AZURE_43": "cannot read names that are computed; they have 19 or 20 lower-case letters and digits",
    "CKV_AZURE_59": "Event Grid puts reports onto a queue of this account; closed to others with privateNetwork",
    "CKV_AZURE_63": "is about App Service plans; the log goes to Application Insights",
    "CKV_AZURE_65": "is about App Service plans; the log goes to Application Insights",
    "CKV_AZURE_66": "is about App Service plans; the log goes to Application Insights",
    "CKV_AZURE_80": "is about .NET",
    "CKV_AZURE_88": "Flex Consumption has no file share",
    "CKV_AZURE_109": "closed with privateNetwork; without it identity alone opens",
    "CKV_AZURE_206": "a parameter, dataRedundancy; the host's own account holds what a deployment makes again",
    "CKV_AZURE_212": "Flex Consumption grows and shrinks by itself",
    "CKV_AZURE_213": "Flex Consumption has no health check; the alert on silent timers stands in",
    "CKV_AZURE_222": "partners and customers come from the internet",
    "CKV_AZURE_225": "a parameter, zoneRedundant",
}
"""Checks that are not followed, and why."""


def scan_faults(answer: Any) -> Iterator[str]:
    """What is wrong in checkov's answer: files it could not parse, nothing looked at, and findings nobody accepted."""
    reports = answer if isinstance(answer, list) else [answer]
    looked_at = 0
    found: set[str] = set()
    for report in reports:
        summary, results = report.get("summary", {}), report.get("results", {})
        looked_at += summary.get("resource_count", 0)
        for path in results.get("parsing_errors") or []:
            yield f"{path} could not be parsed"
        if summary.get("parsing_errors") and not results.get("parsing_errors"):
            yield f"{summary['parsing_errors']} files could not be parsed"
        for one in results.get("failed_checks", []):
            found.add(one["check_id"])
            if one["check_id"] not in ACCEPTED:
                yield f"{one['file_path']}: {one['check_id']} {one['check_name']}: {one['resource']}"
    if not looked_at:
        yield "checkov looked at nothing"
    else:
        yield from (f"{name} is accepted, but not found any more" for name in sorted(ACCEPTED.keys() - found))


def main() -> int:
    """Run checkov and print what is wrong; the exit code is 1 where anything is."""
    uv = find_uv()
    if uv is None:
        print("uv is missing: run `make setup`.")
        return 1
    command = [uv, "tool", "run", "--quiet", CHECKOV, "--directory", str(ROOT / "infra"), "--framework", "bicep"]
    command += ["--output", "json", "--compact", "--quiet", "--skip-download"]
    done = subprocess.run(command, env=child_environment(), capture_output=True, text=True, check=False)
    try:
        found = list(scan_faults(json.loads(done.stdout)))
    except ValueError:
        found = [f"checkov gave no answer: {done.stderr.strip()[-500:]}"]
    print("\n".join(found) or f"checkov found nothing that {len(ACCEPTED)} reasons do not explain.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
