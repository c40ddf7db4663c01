"""Names: every one that is used is declared, every parameter and variable that is declared is used."""

from collections.abc import Iterator
from itertools import pairwise

from tree_sitter import Node

from tools.bicep.expressions import FUNCTIONS, loop_names
from tools.bicep.faults import Fault
from tools.bicep.source import BicepFile, text, walk

_DECORATORS = frozenset({"description", "allowed", "minLength", "maxLength", "minValue", "maxValue", "secure"})
_SEPARATED = frozenset({"array", "object", "arguments"})


def symbol_faults(file: BicepFile) -> Iterator[Fault]:
    """Names that nothing declares, functions outside the subset, and what is declared for nothing."""
    used: set[str] = set()
    for statement in file.root.children:
        if statement.type == "decorators":
            yield from _decorator_faults(file, statement)
            continue
        for node, loops in _names(statement):
            name = text(node)
            if node.parent is not None and node.parent.type == "call_expression" and _is_first(node):
                if name not in FUNCTIONS:
                    yield file.fault(node, "function", f"{name}() is not a function of the subset that is checked")
            elif name not in loops:
                used.add(name)
                if not _is_declared(file, name):
                    yield file.fault(node, "symbol", f"nothing declares {name}")
    for name, declared in {**file.parameters, **file.variables}.items():
        if name not in used:
            yield file.fault(declared.node, "unused", f"nothing uses {name}")
    yield from _separator_faults(file)


def _decorator_faults(file: BicepFile, decorators: Node) -> Iterator[Fault]:
    for one in decorators.named_children:
        call = one.named_children[0]
        name = text(call.named_children[0]) if call.type == "call_expression" else text(call)
        if name not in _DECORATORS:
            yield file.fault(one, "function", f"@{name} is not a decorator of the subset that is checked")


def _is_declared(file: BicepFile, name: str) -> bool:
    return any(name in known for known in (file.parameters, file.variables, file.resources, file.modules))


def _is_first(node: Node) -> bool:
    return node.parent is not None and node.parent.children[0] == node


def _names(
    node: Node, loops: frozenset[str] = frozenset(), *, top: bool = True
) -> Iterator[tuple[Node, frozenset[str]]]:
    """Every name that is read below a statement, with the loops' names that hold there."""
    skipped: Node | None = None
    if top:
        skipped = next((one for one in node.children if one.type == "identifier"), None)
    elif node.type == "object_property":
        skipped = node.children[0] if node.children[0].type == "identifier" else None
    elif node.type == "for_statement":
        loops = loops | set(loop_names(node))
        skipped = next(one for one in node.named_children)
    if node.type == "identifier":
        yield node, loops
    for one in node.children:
        if one != skipped:
            yield from _names(one, loops, top=False)


def _separator_faults(file: BicepFile) -> Iterator[Fault]:
    """Items stand on lines of their own, or with commas between them: the grammar at hand does not ask for either."""
    for node in walk(file.root):
        if node.type not in _SEPARATED:
            continue
        inner = [one for one in node.children if one.type != "comment"][1:-1]
        for before, after in pairwise(inner):
            if "," not in {before.type, after.type} and before.end_point[0] == after.start_point[0]:
                yield file.fault(after, "syntax", "a comma or a new line is missing")
