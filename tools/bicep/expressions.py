"""What an expression may be: the nodes it can come down to, and the kind of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from tools.bicep.model_shapes import Kind, Shape
from tools.bicep.resource_types import resource_type
from tools.bicep.source import BicepFile, Made, items, literal, members, text

FUNCTIONS: Mapping[str, str] = {
    "contains": "bool",
    "empty": "bool",
    "environment": "any",
    "guid": "string",
    "length": "int",
    "loadTextContent": "string",
    "replace": "string",
    "resourceGroup": "any",
    "string": "string",
    "subscription": "any",
    "subscriptionResourceId": "string",
    "tenant": "any",
    "toLower": "string",
    "union": "any",
    "uniqueString": "string",
}
"""The functions of the subset, and the kind of what they answer."""
ENVELOPE = {name: Kind("string") for name in ("id", "name", "type", "apiVersion")}
_ANY = Kind("any")
_LITERALS = {
    "string": "string",
    "number": "int",
    "boolean": "bool",
    "null": "null",
    "object": "object",
    "array": "array",
    "for_statement": "array",
}
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
Outputs = Mapping[str, Mapping[str, str]]
"""The kinds of each module's outputs, by the module's path and the output's name."""


class UnknownPropertyError(Exception):
    """Something is read that the thing does not have."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an expression stands: its file, what modules put out, what the loops around it run over.

    `given` has the strings that callers hand to the file's parameters, null where one of them cannot be foreseen.
    """

    file: BicepFile
    outputs: Outputs
    loops: Mapping[str, Node | None] = field(default_factory=dict)
    given: Mapping[str, frozenset[str] | None] = field(default_factory=dict)

    def inside(self, loop: Node | None) -> "Surroundings":
        """The same, inside a loop as well."""
        if loop is None:
            return self
        names = loop_names(loop)
        over = next(one for one in reversed(loop.named_children[:-1]))
        return replace(self, loops={**self.loops, names[0]: over, **dict.fromkeys(names[1:])})


def loop_names(loop: Node) -> list[str]:
    """The names that a `for` declares: the item's, and the index's if it has one."""
    first = loop.named_children[0]
    return [text(one) for one in first.named_children] if first.type == "for_loop_parameters" else [text(first)]


def alternatives(node: Node, around: Surroundings) -> Iterator[Node]:
    """The nodes that an expression may come down to: both ways of a choice, and what a variable stands for."""
    match node.type:
        case "parenthesized_expression":
            yield from alternatives(node.named_children[0], around)
        case "ternary_expression":
            for way in node.named_children[1:]:
                yield from alternatives(way, around)
        case "binary_expression" if any(one.type == "??" for one in node.children):
            for way in node.named_children:
                yield from alternatives(way, around)
        case "identifier" if text(node) in around.file.variables and text(node) not in around.loops:
            value = around.file.variables[text(node)].value
            if value is not None:
                yield from alternatives(value, around)
        case "identifier" if (over := around.loops.get(text(node))) is not None:
            for array in alternatives(over, around):
                yield from items(array) if array.type == "array" else [node]
        case _:
            yield node


def kind_of(node: Node, around: Surroundings) -> Kind:
    """The kind of a node that `alternatives` came down to. UnknownPropertyError."""
    match node.type:
        case "member_expression":
            return _member(node, around)
        case "identifier":
            parameter = around.file.parameters.get(text(node))
            name = parameter.type if parameter and text(node) not in around.loops else "any"
        case "call_expression":
            name = FUNCTIONS.get(text(node.named_children[0]), "any")
        case "binary_expression":
            name = "int" if any(one.type in _ARITHMETIC for one in node.children) else "bool"
        case "unary_expression":
            name = "bool" if text(node).startswith("!") else "int"
        case other:
            name = _LITERALS.get(other, "any")
    return Kind(name)


def _member(node: Node, around: Surroundings) -> Kind:
    """Follow `a.b.c` through resources, modules and objects as far as they are known."""
    steps: list[str] = []
    while node.type in {"member_expression", "subscript_expression"}:
        if node.type == "member_expression":
            steps.insert(0, text(node.named_children[-1]))
        node = node.named_children[0]
    if node.type != "identifier":
        return _ANY
    name = text(node)
    if name in around.file.resources:
        return _follow(_readable(around.file.resources[name]), steps, name)
    if name in around.file.modules:
        return _output(around.file.modules[name], steps, around.outputs)
    found = [one for one in alternatives(node, around) if one.type == "object"]
    kinds = {_in_object(one, steps, name, around).name for one in found}
    return Kind(kinds.pop()) if len(kinds) == 1 else _ANY


def _readable(resource: Made) -> Kind:
    found = resource_type(resource)
    return Kind("object", model=found.shape_read()) if found else _ANY


def _follow(kind: Kind, steps: list[str], name: str) -> Kind:
    for place, step in enumerate(steps):
        if place == 0 and step in ENVELOPE:
            kind = ENVELOPE[step]
        elif kind.name == "object" and kind.model is not None and _has_properties(kind.model):
            found = kind.model.properties.get(step)
            if found is None:
                raise UnknownPropertyError(f"{name} has no {step}")
            kind = found.kind
        elif kind.name == "map":
            kind = kind.item or _ANY
        elif kind.name in {"any", "object"}:
            return _ANY
        else:
            raise UnknownPropertyError(f"{name} is a {kind.name} and has no {step}")
        name = f"{name}.{step}"
    return kind


def _has_properties(model: Shape) -> bool:
    return bool(model.properties)


def _output(module: Made, steps: list[str], outputs: Outputs) -> Kind:
    match steps:
        case ["outputs", name]:
            known = outputs.get(module.path, {})
            if name not in known:
                raise UnknownPropertyError(f"the module {module.path} has no output {name}")
            return Kind(known[name])
        case ["name"]:
            return Kind("string")
        case _:
            raise UnknownPropertyError(f"of a module outputs are read, not {'.'.join(steps)}")


def _in_object(node: Node, steps: list[str], name: str, around: Surroundings) -> Kind:
    if not steps:
        return Kind("object")
    held = members(node)
    if "*" in held:
        return _ANY
    if steps[0] not in held:
        raise UnknownPropertyError(f"{name} has no {steps[0]}")
    kinds = set()
    for way in alternatives(held[steps[0]], around):
        inner = _in_object(way, steps[1:], f"{name}.{steps[0]}", around) if way.type == "object" else None
        kinds.add((inner or kind_of(way, around)).name)
    return Kind(kinds.pop()) if len(kinds) == 1 else _ANY


def said(node: Node, around: Surroundings) -> frozenset[str] | None:
    """The strings that an expression can come down to; null where one is computed or comes from outside."""
    found: set[str] = set()
    for way in alternatives(node, around):
        parameter = around.file.parameters.get(text(way)) if way.type == "identifier" else None
        if parameter is not None:
            allowed = allowed_values(parameter.decorators) or around.given.get(parameter.name)
            if allowed is None:
                return None
            found |= allowed
            continue
        words = literal(way)
        if words is None:
            return None
        found.add(words)
    return frozenset(found)


def allowed_values(decorators: tuple[Node, ...]) -> frozenset[str] | None:
    """The strings that `@allowed` lets a parameter be; null without one."""
    for one in decorators:
        if one.type == "call_expression" and text(one.named_children[0]) == "allowed":
            array = one.named_children[1].named_children[0]
            return frozenset(literal(item) or text(item) for item in items(array))
    return None
