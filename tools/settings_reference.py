"""Draws docs/settings.md and local.settings.example.json from the settings that the code reads.

`python -m tools.settings_reference` writes them; with `--check` nothing is written, and the exit code is 1 where the
committed files are not in step. Which settings there are is shared/settings.py's to say; the words are here.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.settings import OPTIONAL, REQUIRED

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "settings.md"
EXAMPLE = ROOT / "local.settings.example.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a setting is for; what holds without it; whether it is a secret; what a developer's machine has."""

    what: str
    without: str = "must be set"
    secret: bool = False
    local: str | None = None


_STORAGE = "UseDevelopmentStorage=true"
_SECRET = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"  # noqa: S105 - how to make one
WORDS: Mapping[str, Words] = {
    "EMAIL_ENDPOINT": Words(
        what="The address of the Communication Services resource that sends the mails.", local="http://127.0.0.1:7071"
    ),
    "EMAIL_SENDER": Words(what="The address that mails come from.", local="no-reply@cpor.example"),
    "REVIEWER_MAILBOX": Words(
        what="Where the reviewers' digests go, and where customers write.", local="review@cpor.example"
    ),
    "PUBLIC_URL": Words(
        what="The site's own address, as links in mails have it. A slash at its end is left out.",
        local="http://localhost:7071",
    ),
    "OPERATOR_TENANT_ID": Words(
        what="The directory ID of the organisation that runs the programme: its reviewers and admins come from there.",
        local="00000000-0000-4000-8000-0000000000aa",
    ),
    "RESPONSE_TOKEN_KEYS": Words(
        what="Signs the customers' links. Comma separated, the newest first: it signs, all verify; a key that begins "
        "with `retired:` verifies revocations only. Each has at least 32 characters.",
        secret=True,
        local=_SECRET,
    ),
    "CLAIM_ID_SECRET": Words(
        what="What claim IDs are made with, so that nobody guesses one. At least 32 characters; never change it.",
        secret=True,
        local=_SECRET,
    ),
    "FORM_SECRET": Words(
        what="Signs the pages' forms and the lists' continuations. At least 32 characters.", secret=True, local=_SECRET
    ),
    "DataStorage": Words(
        what="The connection string of the storage of tables and queues. On a developer's machine only.",
        without="the addresses below, by managed identity",
        local=_STORAGE,
    ),
    "DataStorage__tableServiceUri": Words(
        what="The address of the table service.", without="needed unless `DataStorage` is set"
    ),
    "DataStorage__queueServiceUri": Words(
        what="The address of the queue service.", without="needed unless `DataStorage` is set"
    ),
    "DataStorage__clientId": Words(
        what="The client ID of the managed identity that the app uses towards every service.",
        without="the system's own identity",
    ),
    "ProofStorage": Words(
        what="The connection string of the storage of proofs. On a developer's machine only.",
        without="the address below, by managed identity",
        local=_STORAGE,
    ),
    "ProofStorage__blobServiceUri": Words(
        what="The address of the blob service of the proofs.", without="needed unless `ProofStorage` is set"
    ),
    "EMAIL_ACCESS_KEY": Words(
        what="The access key of the e-mail service. On a developer's machine only.",
        without="managed identity",
        secret=True,
        local=_SECRET,
    ),
    "TENANT_AUTHORITY": Words(
        what="The identity platform that is asked which directory a domain belongs to.",
        without="`https://login.microsoftonline.com`",
        local="http://127.0.0.1:7071/.dev/authority",
    ),
    "PROGRAMME_NAME": Words(
        what="What the programme calls itself, on pages and in mails.", without="`Partner Associations Programme`"
    ),
    "CONTACT_ADDRESS": Words(what="Where customers write when something looks wrong.", without="`REVIEWER_MAILBOX`"),
    "POLICY_COUNTRY": Words(
        what="The country of the programme, as ISO 3166 has it: its holidays are no business days.", without="`US`"
    ),
    "POLICY_SUBSCRIPTION_EXCLUSIVE": Words(
        what="Whether one subscription may have one partner in all (`acrossProgrammes`) or one per programme "
        "(`perProgramme`).",
        without="`acrossProgrammes`",
    ),
    "POLICY_MINIMUM_SEATS": Words(
        what="How many seats a Microsoft 365 subscription needs to be claimed.", without="`50`"
    ),
    "EVENTS_WEBHOOK_URL": Words(
        what="Where outbound events are posted, an https address (docs/events.md).", without="no webhook is told"
    ),
    "EVENTS_SIGNING_KEYS": Words(
        what="Sign the webhook's events: `whsec_` and base64, comma separated, the newest first; all of them sign.",
        without="needed where `EVENTS_WEBHOOK_URL` is set",
        secret=True,
    ),
    "EVENTS_TOPIC_ENDPOINT": Words(
        what="The Event Grid topic that outbound events go to, instead of a webhook.", without="no topic is told"
    ),
    "MALWARE_SCANNING": Words(
        what="`true` where the proofs' account is scanned for malware: the checks wait for the scan, and nobody is "
        "shown what it did not find clean.",
        without="`false`: nothing is scanned",
    ),
    "REVIEWER_LANGUAGE": Words(what="The language of the reviewers' digests: `en` or `pl`.", without="`en`"),
    "WEBSITE_AUTH_ENABLED": Words(
        what="Set by the platform where App Service Authentication is on. The app does not start in Azure without it.",
        without="nobody is signed in",
        local="true",
    ),
    "WEBSITE_SITE_NAME": Words(
        what="Set by the platform: the app knows by it that it runs in Azure.", without="the app runs elsewhere"
    ),
    "APPLICATIONINSIGHTS_CONNECTION_STRING": Words(
        what="Where logs and traces go.", without="they go to the console alone"
    ),
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": Words(
        what="`true`: the platform's runtime sends OpenTelemetry, and the app adds its own spans (decision 0006).",
        without="no spans",
    ),
}

INTRODUCTION = """\
# Settings

Drawn from `shared/settings.py` and `tools/settings_reference.py` by `make settings`; do not edit this file by hand. The
app reads them once, at its first call, and refuses to work with every missing or wrong one named at once. In Azure,
secrets are references to Key Vault. On a developer's machine `make run` sets all that is needed;
`local.settings.example.json` is for those who start the app with Azure Functions Core Tools: copy it to
`local.settings.json`, which is never committed.

The platform's own settings, such as `AzureWebJobsStorage`, are in the infrastructure's templates; the local host's are
in [local-host.md](local-host.md).
"""


def reference() -> str:
    """The page: every setting, what for, and what holds without it."""
    lines = [INTRODUCTION, "| setting | what for | without it |", "| --- | --- | --- |"]
    for name in (*REQUIRED, *OPTIONAL):
        words = WORDS[name]
        secret = " **Secret.**" if words.secret else ""
        lines.append(f"| `{name}` | {words.what}{secret} | {words.without} |")
    return "\n".join(lines) + "\n"


def example() -> str:
    """The example of local settings: what a developer's machine needs, and nothing that is really secret."""
    local = {name: WORDS[name].local for name in (*REQUIRED, *OPTIONAL) if WORDS[name].local is not None}
    values = {"FUNCTIONS_WORKER_RUNTIME": "python", "AzureWebJobsStorage": _STORAGE, **local}
    return json.dumps({"IsEncrypted": False, "Values": values}, indent=2) + "\n"


def faults() -> list[str]:
    """What is not in step, as sentences."""
    names = {*REQUIRED, *OPTIONAL}
    found = [f"{name} has no words in tools/settings_reference.py." for name in sorted(names - WORDS.keys())]
    found += [f"{name} is described, but the code does not read it." for name in sorted(WORDS.keys() - names)]
    if not found:
        for path, text in ((REFERENCE, reference()), (EXAMPLE, example())):
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                found.append(f"{path.relative_to(ROOT)} is not in step with the code: run `make settings`.")
    return found


def main(arguments: list[str]) -> int:
    """Write, or check; the exit code is 1 where the check finds something."""
    if arguments != ["--check"]:
        REFERENCE.write_text(reference(), encoding="utf-8")
        EXAMPLE.write_text(example(), encoding="utf-8")
    found = faults()
    print("\n".join(found) or "The settings are described.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
