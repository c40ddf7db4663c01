"""The app's settings: what the code reads, what Bicep sets and what the example has are the same."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tree_sitter import Node

from tools.bicep.code_facts import CodeFacts
from tools.bicep.faults import Fault
from tools.bicep.source import BicepFile, literal, members, text, walk

LOCAL_ONLY = frozenset({"DataStorage", "ProofStorage", "EMAIL_ACCESS_KEY"})
"""What a developer's machine alone has: keys. In Azure there are none."""
BY_THE_PLATFORM = frozenset({"WEBSITE_AUTH_ENABLED", "WEBSITE_SITE_NAME"})
"""What Azure sets by itself: the first where sign-in is on, which the rule on fixed values asks for."""
FOR_THE_HOST = frozenset(
    {
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsDisableHomepage",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AzureFunctionsJobHost__telemetryMode",
        "DataStorage__credential",
        "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
    }
)
"""What the Functions host and the platform's sign-in read, and the code does not."""
FOR_CORE_TOOLS = frozenset({"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"})
_ALWAYS_FOR_THE_HOST = FOR_THE_HOST - {"AzureFunctionsJobHost__telemetryMode"}
_SECRET = re.compile(r"@Microsoft\.KeyVault\(SecretUri=.*secrets/([a-z-]+)\)")


def settings_faults(files: Mapping[str, BicepFile], code: CodeFacts) -> Iterator[Fault]:
    """Settings that one side has and the other does not, and secrets that nobody makes or nobody uses."""
    source = "shared/settings.py"
    for name in sorted(code.settings_read - code.settings_listed):
        yield Fault(source, 0, "setting", f"{name} is read, but neither REQUIRED nor OPTIONAL lists it")
    for name in sorted(code.settings_listed - code.settings_read):
        yield Fault(source, 0, "setting", f"{name} is listed, but nothing reads it")
    in_bicep = _set_in_bicep(files)
    for name in sorted(code.settings_listed - LOCAL_ONLY - BY_THE_PLATFORM - in_bicep.keys()):
        yield Fault("infra/settings.bicep", 0, "setting", f"the code reads {name}, Bicep does not set it")
    for name in sorted(_ALWAYS_FOR_THE_HOST - in_bicep.keys()):
        yield Fault("infra/settings.bicep", 0, "setting", f"the host needs {name}, Bicep does not set it")
    for name, (file, node) in sorted(in_bicep.items()):
        if name not in (code.settings_listed - LOCAL_ONLY - BY_THE_PLATFORM) | FOR_THE_HOST:
            yield file.fault(node, "setting", f"Bicep sets {name}, nothing reads it")
    yield from _secret_faults(in_bicep, code)


def _set_in_bicep(files: Mapping[str, BicepFile]) -> dict[str, tuple[BicepFile, Node]]:
    """Every name in the objects that make up the app's settings, in whichever way they are put together."""
    found: dict[str, tuple[BicepFile, Node]] = {}
    for file in files.values():
        for resource in file.resources.values():
            held = members(resource.body)
            if resource.existing or literal(held.get("name", resource.body)) != "appsettings":
                continue
            for node in walk(held.get("properties", resource.body)):
                if node.type == "object":
                    found |= {name: (file, value) for name, value in members(node).items()}
    return found


def _secret_faults(in_bicep: Mapping[str, tuple[BicepFile, Node]], code: CodeFacts) -> Iterator[Fault]:
    used = set()
    for file, node in in_bicep.values():
        for name in _SECRET.findall(text(node)):
            used.add(name)
            if name not in code.secrets:
                yield file.fault(node, "secret", f"no hook makes the secret {name}")
    for name in sorted(code.secrets - used):
        yield Fault("tools/azd/make_secrets.py", 0, "secret", f"no setting refers to the secret {name}")


def example_faults(path: Path, code: CodeFacts) -> Iterator[Fault]:
    """The example of local settings has all that is required, and nothing that is unknown."""
    if not path.is_file():
        yield Fault(path.name, 0, "setting", "there is no example of local settings")
        return
    names = json.loads(path.read_text(encoding="utf-8"))["Values"].keys()
    for name in sorted((code.settings_required | LOCAL_ONLY) - names):
        yield Fault(path.name, 0, "setting", f"the example lacks {name}")
    for name in sorted(names - code.settings_listed - FOR_CORE_TOOLS):
        yield Fault(path.name, 0, "setting", f"nothing reads {name}")
