"""What the code asks of the infrastructure: settings, tables, queues, containers, open paths, secrets, log lines."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.azd.make_secrets import SECRETS

_SETTING = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|(Data|Proof)Storage(__\w+)?")
_SEGMENT = re.compile(r"\{[^}]*\}")
_EMPTY_PATH = "{ignored:maxlength(0)?}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """Names as the code has them.

    `settings_listed` is what shared/settings.py says that it reads, `settings_read` what its functions name;
    `triggers` the queues that functions listen to, `told_by_events` those that Event Grid fills, by the event's type;
    `open_paths` the routes that anyone may call, as the sign-in's
    exceptions have them; `log_lines` the source of the functions, in which an alert's words must be found;
    `hook_names` what azd's hooks read of the environment, by the file that reads it; `runbook` its sections.
    """

    settings_required: frozenset[str]
    settings_listed: frozenset[str]
    settings_read: frozenset[str]
    tables: frozenset[str]
    queues: frozenset[str]
    containers: frozenset[str]
    triggers: frozenset[str]
    told_by_events: Mapping[str, str]
    open_paths: frozenset[str]
    secrets: frozenset[str]
    log_lines: str
    hook_names: frozenset[tuple[str, str]]
    runbook: frozenset[str]


def code_facts(root: Path) -> CodeFacts:
    """Read them from the code of this working copy."""
    import azure.functions as func

    from functions.delivery_reports import REPORT
    from functions.registration import register_functions
    from functions.routing import ANYONE, DECLARED
    from functions.scan_results import RESULT
    from shared.settings import OPTIONAL, REQUIRED
    from shared.storage.keys import POISON_SUFFIX, PROOFS_CONTAINER, Table
    from shared.usecases.records import Queue

    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    register_functions(app)
    triggers = [function.get_trigger() for function in app.get_functions()]
    described = [trigger.get_dict_repr() for trigger in triggers if trigger is not None]
    return CodeFacts(
        settings_required=frozenset(REQUIRED),
        settings_listed=frozenset((*REQUIRED, *OPTIONAL)),
        settings_read=settings_read((root / "shared" / "settings.py").read_text(encoding="utf-8")),
        tables=frozenset(table.value for table in Table),
        queues=frozenset(queue.value + suffix for queue in Queue for suffix in ("", POISON_SUFFIX)),
        containers=frozenset({PROOFS_CONTAINER}),
        triggers=frozenset(one["queueName"] for one in described if one["type"] == "queueTrigger"),
        told_by_events={REPORT: Queue.DELIVERY.value, RESULT: Queue.SCANS.value},
        open_paths=frozenset(open_path(one.path) for one in DECLARED.values() if one.roles == ANYONE),
        secrets=frozenset(SECRETS),
        log_lines="\n".join(path.read_text(encoding="utf-8") for path in sorted((root / "functions").glob("*.py"))),
        hook_names=frozenset(
            (str(path.relative_to(root)), name)
            for path in sorted((root / "tools" / "azd").glob("*.py"))
            for name in hook_names(path.read_text(encoding="utf-8"))
        ),
        runbook=frozenset(
            re.findall(r"^### (.+)$", (root / "docs" / "runbook.md").read_text(encoding="utf-8"), re.MULTILINE)
        ),
    )


def settings_read(source: str) -> frozenset[str]:
    """The settings that the functions of shared/settings.py name, whatever its lists say."""
    found = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            found |= {
                node.value
                for node in ast.walk(statement)
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SETTING.fullmatch(node.value)
            }
    return frozenset(str(name) for name in found)


def hook_names(source: str) -> frozenset[str]:
    """The names of the azd environment that a hook reads: by `setting("X")` or `needed("X")`."""
    return frozenset(
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"setting", "needed"}
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    )


def open_path(route: str) -> str:
    """A route as the sign-in's exceptions have it: `respond/{claimId}` is `/respond/*`."""
    return "/" if route == _EMPTY_PATH else "/" + _SEGMENT.sub("*", route)
