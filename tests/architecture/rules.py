"""The rules that import-linter and ruff cannot tell (STYLE.md, The house). Each returns the breaches it finds."""

import ast
import builtins
import re
from collections.abc import Callable, Iterator, Sequence

from tests.architecture.source import Module, dotted

type Rule = Callable[[Module], Iterator[str]]

# What a service's library may be imported by. The longest matching name decides.
OWNERS = {
    "azure.data": ("shared/storage/",),
    "azure.storage": ("shared/storage/",),
    "azure.communication": ("shared/notifications/",),
    "azure.functions": ("functions/", "function_app.py"),
    "azure.identity": (
        "shared/storage/",
        "shared/notifications/",
        "shared/events/",
        "shared/wiring/",
    ),
    "opentelemetry": ("shared/wiring/",),
    "azure.core": ("shared/storage/", "shared/notifications/", "shared/events/"),
    "aiohttp": ("shared/directory/", "shared/directory.py", "shared/events/"),
    "pypdf": ("shared/documents/",),
    "docx": ("shared/documents/",),
    "reportlab": ("shared/documents/",),
}
# Loaded by the function that needs them: at the top of a module they would slow every cold start.
HEAVY = ("pypdf", "docx", "reportlab", "font_roboto", "holidays", "babel", "azure.communication")
UNKNOWN_TO_THE_DOMAIN = ("azure", "aiohttp", "asyncio", "logging", "os", "random", "secrets", "socket", "time")
CHANCE = ("uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4")
ADAPTERS = ("shared.storage", "shared.notifications", "shared.documents", "shared.directory", "shared.events")
ENVIRONMENT = ("os.environ", "os.environb", "os.getenv", "os.getenvb", "environ", "getenv")
CLOCKS = re.compile(r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "constants", "consts", "manager", "managers", "misc"}
MOST_LINES = 300
FILTER_BUILDER = "shared/storage/odata.py"
ODATA = re.compile(r"(?<![\w-])(eq|ne|gt|ge|lt|le)\s*('|\{|%s|$)")
FILTER_ARGUMENTS = ("query_filter", "filter")
# What these say is read by engineers, or is a stand-in that nobody sees.
PLAIN_WORDS = (
    "shared/documents/",
    "shared/events/",
    "shared/notifications/",
    "shared/storage/upgrades.py",
    "functions/delivery_reports.py",
    "functions/event_grid.py",
    "functions/scan_results.py",
)
BUILT_IN_ERRORS = frozenset(name for name in dir(builtins) if name.endswith("Error"))
FOR_ENGINEERS = BUILT_IN_ERRORS | {
    "SettingsError",
    "UnsafeKeyError",
    "BadMessageError",
    "InvalidIdentifierError",
    "WorkFailedError",
}


def _belongs(name: str, library: str) -> bool:
    return name == library or name.startswith(f"{library}.")


def only_owners_import_services(module: Module) -> Iterator[str]:
    """Each service's library is imported by its adapter alone, so that it can be replaced in one place."""
    for node, name in module.imports():
        owners = next((OWNERS[library] for library in OWNERS if _belongs(name, library)), None)
        if owners is not None and not module.path.startswith(owners):
            yield f"{module.at(node)} imports {name}, which belongs to {' or '.join(owners)}"


def heavy_libraries_load_late(module: Module) -> Iterator[str]:
    """Heavy libraries are imported inside the function that uses them."""
    for node, name in module.imports(top_level_only=True):
        if any(_belongs(name, library) for library in HEAVY):
            yield f"{module.at(node)} imports {name} at the top of the module"


def functions_know_no_adapter(module: Module) -> Iterator[str]:
    """Functions reach storage, mails, documents and the directory through the wiring alone."""
    if module.path.startswith("functions/") or module.path == "function_app.py":
        for node, name in module.imports():
            if any(_belongs(name, adapter) for adapter in ADAPTERS):
                yield f"{module.at(node)} imports {name}"


def domain_is_pure(module: Module) -> Iterator[str]:
    """The domain knows no service, no clock, no chance and no log."""
    if module.path.startswith("shared/domain/"):
        for node, name in module.imports():
            if any(_belongs(name, library) for library in UNKNOWN_TO_THE_DOMAIN) or name in CHANCE:
                yield f"{module.at(node)} imports {name}"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and dotted(node) in CHANCE:
                yield f"{module.at(node)} leaves it to chance by {dotted(node)}"


def one_clock(module: Module) -> Iterator[str]:
    """The time is read in shared/clock.py alone; everything else is handed `now`."""
    if module.path != "shared/clock.py":
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and CLOCKS.fullmatch(dotted(node)):
                yield f"{module.at(node)} asks for the time by {dotted(node)}"


def one_reader_of_the_environment(module: Module) -> Iterator[str]:
    """The environment is read in shared/settings.py alone."""
    if module.path != "shared/settings.py":
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in ENVIRONMENT:
                yield f"{module.at(node)} reads the environment"
        for node, name in module.imports():
            if name in ENVIRONMENT:
                yield f"{module.at(node)} imports {name}"


def filters_are_built(module: Module) -> Iterator[str]:
    """OData filters are made by the builder alone: a filter put together as text can be injected into."""
    if module.path == FILTER_BUILDER:
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.JoinedStr(values=parts) if _reads_as_filter(parts):
                yield f"{module.at(node)} writes an OData filter as an f-string"
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=ast.Constant(value=str(text))) if ODATA.search(text):
                yield f"{module.at(node)} puts an OData filter together"
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")) if ODATA.search(text):
                yield f"{module.at(node)} formats an OData filter"
            case ast.keyword(arg=str(name), value=ast.JoinedStr()) if name in FILTER_ARGUMENTS:
                yield f"{module.at(node.value)} hands over an f-string as {name}"


def _reads_as_filter(parts: Sequence[ast.expr]) -> bool:
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{" for part in parts)
    return ODATA.search(text) is not None


def names_say_something(module: Module) -> Iterator[str]:
    """No module is named after what it is not: utils, helpers, common, constants, manager."""
    for part in module.path.removesuffix(".py").split("/"):
        if VAGUE_NAMES & set(part.split("_")):
            yield f"{module.path} is named {part}"


def modules_stay_small(module: Module) -> Iterator[str]:
    """A module has 300 lines at most (200 as a rule)."""
    lines = module.text.count("\n")
    if lines > MOST_LINES:
        yield f"{module.path} has {lines} lines"


def sentences_can_be_translated(module: Module) -> Iterator[str]:
    """What people are told is a saying: a literal or an f-string in its place could only ever be said in English."""
    if module.path.startswith(PLAIN_WORDS):
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Name(id="Fault"), keywords=keywords):
                said = [keyword.value for keyword in keywords if keyword.arg == "message"]
            case ast.Call(func=ast.Name(id="fail" | "flag"), args=[_, sentence, *_]):
                said = [sentence]
            case ast.Call(func=ast.Name(id=str(name)), args=[sentence, *_]) if _tells_people(name):
                said = [sentence]
            case ast.Assign(targets=[ast.Name(id="message" | "sentence")], value=sentence):
                said = [sentence]
            case _:
                continue
        for sentence in said:
            if isinstance(sentence, ast.JoinedStr) or (
                isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)
            ):
                yield f"{module.at(sentence)} tells people something that is no saying"


def _tells_people(name: str) -> bool:
    return name.endswith("Error") and name not in FOR_ENGINEERS


def annotations_can_be_read(module: Module) -> Iterator[str]:
    """Where pydantic or the Functions worker reads annotations at run time, they are not postponed."""
    names = [name for _, name in module.imports()]
    reads = any(_belongs(name, library) for name in names for library in ("pydantic", "azure.functions"))
    if reads and "__future__.annotations" in names:
        yield f"{module.path} postpones its annotations"


def every_test_says_what_it_proves(module: Module) -> Iterator[str]:
    """Every test has a sentence (subject, verb, object and a little more) that says what it proves."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            sentence = ast.get_docstring(node) or ""
            if len(sentence.split()) < 4:
                yield f"{module.at(node)} {node.name} does not say what it proves"


PRODUCT_RULES: tuple[Rule, ...] = (
    only_owners_import_services,
    heavy_libraries_load_late,
    functions_know_no_adapter,
    domain_is_pure,
    one_clock,
    one_reader_of_the_environment,
    filters_are_built,
    names_say_something,
    modules_stay_small,
    sentences_can_be_translated,
    annotations_can_be_read,
)
EVERYWHERE_RULES: tuple[Rule, ...] = (names_say_something, modules_stay_small)
TEST_RULES: tuple[Rule, ...] = (names_say_something, every_test_says_what_it_proves)
