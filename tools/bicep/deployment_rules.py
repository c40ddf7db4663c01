"""What stands around the templates: parameters, azd's hooks, the sign-in's exceptions, alerts and the workbook."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tools.bicep.code_facts import CodeFacts
from tools.bicep.expressions import allowed_values
from tools.bicep.faults import Fault
from tools.bicep.source import BicepFile, Declaration, items, literal, members, text, walk

OFF_BY_DEFAULT = ("lockProofRetention", "malwareScanning", "privateNetwork", "customMailDomainVerified")
EMPTY_BY_DEFAULT = ("customMailDomain", "authClientId")
ASKED_OF_PEOPLE = frozenset({"AUTH_CLIENT_ID", "REGISTER_SIGN_IN", "SEED_FOLDER"})
"""What people set in the azd environment for the hooks alone, or for a parameter too."""
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?:=([^}]*))?\}")
_MODULE = re.compile(r"-m (tools\.[\w.]+)")
_FRAGMENT = re.compile(r'message (?:startswith|has) "([^"]+)"')
_NAMED = re.compile(r"\bline\.(\w+)")


def parameter_faults(files: Mapping[str, BicepFile], path: Path, name: str) -> Iterator[Fault]:
    """The parameters' file names what main.bicep takes, with the same defaults; what is dear or final is off."""
    main = files["main.bicep"]
    given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["parameters"]
    for one in sorted(given.keys() - main.parameters.keys()):
        yield Fault(name, 0, "parameter", f"main.bicep has no parameter {one}")
    for one in sorted(main.parameters.keys() - given.keys()):
        yield Fault(name, 0, "parameter", f"{one} cannot be set: it is not in the file")
    for one, declared in main.parameters.items():
        if one in given:
            yield from _default_faults(declared, str(given[one]["value"]), name)
    for one in (*OFF_BY_DEFAULT, *EMPTY_BY_DEFAULT):
        wanted = "false" if one in OFF_BY_DEFAULT else "''"
        value = main.parameters[one].value if one in main.parameters else None
        if value is None or text(value) != wanted:
            yield Fault(main.name, 0, "flag", f"{one} must be {wanted} unless it is asked for")


def _default_faults(declared: Declaration, written: str, name: str) -> Iterator[Fault]:
    found = _VARIABLE.fullmatch(written)
    if found is None:
        yield Fault(name, 0, "parameter", f"{declared.name} is not taken from the azd environment: {written}")
        return
    default = None if declared.value is None else literal(declared.value)
    if default is None and declared.value is not None:
        default = text(declared.value)
    if found[2] != default:
        yield Fault(name, 0, "parameter", f"{declared.name} is {found[2]!r} here and {default!r} in main.bicep")
    allowed = allowed_values(declared.decorators)
    if allowed is not None and found[2] is not None and found[2] not in allowed:
        yield Fault(name, 0, "parameter", f"{declared.name} does not take {found[2]!r}")


def hook_faults(files: Mapping[str, BicepFile], root: Path, code: CodeFacts) -> Iterator[Fault]:
    """Each hook runs a module that exists, on both kinds of machines, and reads only what is put out."""
    plan = YAML(typ="safe").load((root / "azure.yaml").read_text(encoding="utf-8"))
    for event, ways in plan["hooks"].items():
        modules = {way: _MODULE.findall(hook["run"]) for way, hook in ways.items()}
        if modules.keys() != {"posix", "windows"} or modules["posix"] != modules["windows"]:
            yield Fault("azure.yaml", 0, "hook", f"{event} does not do the same on every machine")
        for module in modules.get("posix", []):
            if not (root / (module.replace(".", "/") + ".py")).is_file():
                yield Fault("azure.yaml", 0, "hook", f"{event} runs {module}, which is not there")
    tags = {
        literal(members(node)["azd-service-name"])
        for file in files.values()
        for node in walk(file.root)
        if node.type == "object" and "azd-service-name" in members(node)
    }
    for service in plan["services"].keys() ^ tags:
        yield Fault("azure.yaml", 0, "hook", f"the service {service} and the tag azd-service-name do not fit")
    known = files["main.bicep"].outputs.keys() | ASKED_OF_PEOPLE
    for file, name in sorted(code.hook_names):
        if name not in known:
            yield Fault(file, 0, "output", f"the hook reads {name}, main.bicep does not put it out")


def sign_in_faults(files: Mapping[str, BicepFile], code: CodeFacts) -> Iterator[Fault]:
    """The sign-in lets through what the app serves to anyone, and nothing else."""
    for file in files.values():
        for node in walk(file.root):
            if node.type != "object" or "excludedPaths" not in members(node):
                continue
            array = members(node)["excludedPaths"]
            let_through = {literal(one) or text(one) for one in items(array)}
            for path in sorted(code.open_paths - let_through):
                yield file.fault(array, "sign-in", f"{path} is open to anyone, the sign-in is not told")
            for path in sorted(let_through - code.open_paths):
                yield file.fault(array, "sign-in", f"{path} is not open to anyone, the sign-in lets it through")
            return
    yield Fault("infra", 0, "sign-in", "no sign-in says which paths are open")


def watching_faults(files: Mapping[str, BicepFile], workbook: Path, code: CodeFacts) -> Iterator[Fault]:
    """Every query looks for words that the app really logs, and the runbook has a section for each alert."""
    for file in files.values():
        for node in walk(file.root):
            if node.type == "string" and "traces" in text(node):
                yield from (file.fault(node, "log", words) for words in _query_faults(text(node), code))
            if node.type == "object" and {"name", "query"} <= members(node).keys():
                name = literal(members(node)["name"])
                if name not in code.runbook:
                    yield file.fault(node, "runbook", f"docs/runbook.md has no section {name}")
    try:
        queries = list(_queries(json.loads(workbook.read_text(encoding="utf-8"))))
    except ValueError as error:
        yield Fault("infra/workbook.json", 0, "log", f"cannot be read: {error}")
        return
    for query in queries:
        yield from (Fault("infra/workbook.json", 0, "log", words) for words in _query_faults(query, code))


def _queries(part: Any) -> Iterator[str]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    if isinstance(part, dict) and isinstance(part.get("query"), str):
        yield part["query"]
    for one in inner:
        yield from _queries(one)


def _query_faults(query: str, code: CodeFacts) -> Iterator[str]:
    for fragment in _FRAGMENT.findall(query):
        if f"{fragment.strip()} " not in code.log_lines and f'{fragment.strip()}"' not in code.log_lines:
            yield f"nothing logs {fragment!r}"
    for name in sorted(set(_NAMED.findall(query))):
        if f'"{name}"' not in code.log_lines:
            yield f"no log line names {name!r}"
