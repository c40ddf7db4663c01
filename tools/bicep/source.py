"""One Bicep file, parsed: its declarations by name, in the plain subset of the language that this project writes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

from tools.bicep.faults import Fault

TYPES = frozenset({"string", "int", "bool", "object", "array"})
_STATEMENTS = frozenset(
    {
        "target_scope_assignment",
        "parameter_declaration",
        "variable_declaration",
        "resource_declaration",
        "module_declaration",
        "output_declaration",
        "decorators",
        "comment",
    }
)
_WITHOUT_MEANING = frozenset({"comment", "[", "]", "{", "}", "(", ")", ",", ":"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A parameter, variable or output: `type` where it is written, `value` where there is one."""

    name: str
    node: Node
    type: str = ""
    value: Node | None = None
    decorators: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A resource (`type`, `version`) or a module (`path`). `body` is its object, `loop` the `for` that it stands in."""

    name: str
    node: Node
    body: Node
    type: str = ""
    version: str = ""
    path: str = ""
    existing: bool = False
    condition: Node | None = None
    loop: Node | None = None


@dataclass(slots=True)
class BicepFile:
    """What a file declares. With `faults` of its syntax the rest may be incomplete."""

    path: Path
    name: str
    root: Node
    scope: str = "resourceGroup"
    parameters: dict[str, Declaration] = field(default_factory=dict)
    variables: dict[str, Declaration] = field(default_factory=dict)
    outputs: dict[str, Declaration] = field(default_factory=dict)
    resources: dict[str, Made] = field(default_factory=dict)
    modules: dict[str, Made] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, node: Node, rule: str, message: str) -> Fault:
        """A fault at a node of this file."""
        return Fault(self.name, node.start_point[0] + 1, rule, message)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bicep.language()))


def read_bicep(path: Path, *, root: Path) -> BicepFile:
    """Parse a file; its name in faults is relative to `root`."""
    tree = _parser().parse(path.read_bytes())
    made = BicepFile(path=path, name=str(path.relative_to(root)), root=tree.root_node)
    made.faults += [
        made.fault(node, "syntax", f"cannot be read: {text(node)[:60]!r}")
        for node in walk(tree.root_node)
        if node.is_error or node.is_missing
    ]
    decorators: tuple[Node, ...] = ()
    for statement in tree.root_node.children:
        if statement.type == "decorators":
            decorators = tuple(one.named_children[0] for one in statement.named_children)
            continue
        if statement.type != "comment":
            _declare(made, statement, decorators)
            decorators = ()
    return made


def _declare(made: BicepFile, statement: Node, decorators: tuple[Node, ...]) -> None:
    if statement.is_error or statement.is_missing:
        return
    if statement.type not in _STATEMENTS:
        made.faults.append(made.fault(statement, "subset", f"a {statement.type} is not in the subset that is checked"))
        return
    if statement.type == "target_scope_assignment":
        made.scope = literal(statement.named_children[-1]) or ""
        return
    name = text(next(one for one in statement.children if one.type == "identifier"))
    if any(name in known for known in (made.parameters, made.variables, made.resources, made.modules)) and (
        statement.type != "output_declaration"
    ):
        made.faults.append(made.fault(statement, "symbol", f"{name} is declared twice"))
    kind = next((text(one) for one in statement.children if one.type == "type"), "")
    value = _after_equals(statement)
    match statement.type:
        case "parameter_declaration" | "output_declaration" | "variable_declaration":
            where = {"parameter_declaration": made.parameters, "output_declaration": made.outputs}.get(
                statement.type, made.variables
            )
            where[name] = Declaration(name=name, node=statement, type=kind, value=value, decorators=decorators)
            if statement.type != "variable_declaration" and kind not in TYPES:
                made.faults.append(made.fault(statement, "subset", f"the type {kind!r} is not in the subset"))
        case "resource_declaration" | "module_declaration":
            _make(made, statement, name, value)


def _after_equals(statement: Node) -> Node | None:
    seen = False
    for one in statement.children:
        if seen and one.type != "comment":
            return one
        seen = seen or one.type == "="
    return None


def _make(made: BicepFile, statement: Node, name: str, value: Node | None) -> None:
    named = literal(next(one for one in statement.children if one.type == "string")) or ""
    condition = loop = None
    while value is not None and value.type in {"if_statement", "for_statement"}:
        if value.type == "if_statement":
            condition = value.named_children[0]
        else:
            loop = value
        value = value.named_children[-1]
    if value is None or value.type != "object":
        made.faults.append(made.fault(statement, "syntax", f"{name} has no body"))
        return
    kind, _, version = named.partition("@")
    if statement.type == "module_declaration":
        made.modules[name] = Made(name=name, node=statement, body=value, path=named, condition=condition, loop=loop)
        return
    existing = any(one.type == "existing" for one in statement.children)
    made.resources[name] = Made(
        name=name,
        node=statement,
        body=value,
        type=kind,
        version=version,
        existing=existing,
        condition=condition,
        loop=loop,
    )


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the file."""
    left = [node]
    while left:
        one = left.pop()
        yield one
        left.extend(reversed(one.children))


def text(node: Node) -> str:
    """The node as it is written."""
    return (node.text or b"").decode()


def members(node: Node) -> dict[str, Node]:
    """The properties of an object by name; one whose name is computed stands under `*`."""
    found: dict[str, Node] = {}
    for one in node.named_children:
        if one.type == "object_property":
            parts = [part for part in one.children if part.type not in {":", "comment"}]
            name = text(parts[0]) if parts[0].type in {"identifier", "property_identifier"} else literal(parts[0])
            found[name if name is not None else "*"] = parts[-1]
    return found


def repeated(node: Node) -> list[str]:
    """The names that an object holds twice."""
    names = [text(one.children[0]).strip("'") for one in node.named_children if one.type == "object_property"]
    return sorted({name for name in names if names.count(name) > 1})


def items(node: Node) -> list[Node]:
    """The items of an array."""
    return [one for one in node.children if one.type not in _WITHOUT_MEANING]


def literal(node: Node) -> str | None:
    """What a string says, where nothing in it is computed."""
    if node.type != "string" or any(one.type == "interpolation" for one in node.children):
        return None
    return "".join(text(one) for one in node.children if one.type in {"string_content", "escape_sequence"}).replace(
        "\\'", "'"
    )
