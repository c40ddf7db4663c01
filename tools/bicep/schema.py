"""Resources held against Azure's models: names, values, kinds, what is required and what cannot be written."""

from collections.abc import Iterator
from difflib import get_close_matches

from tree_sitter import Node

from tools.bicep.expressions import (
    Surroundings,
    UnknownPropertyError,
    alternatives,
    kind_of,
    said,
)
from tools.bicep.faults import Fault
from tools.bicep.model_shapes import Kind, Shape
from tools.bicep.resource_types import resource_type
from tools.bicep.source import BicepFile, Made, items, literal, members, repeated, text

_ENVELOPE = frozenset({"name", "parent", "scope", "dependsOn"})
_SHORTEST_CHILD = 3
_OBJECTS = frozenset({"object", "map"})


def schema_faults(around: Surroundings) -> Iterator[Fault]:
    """Every fault of a file's resources, and of what its expressions read."""
    for resource in around.file.resources.values():
        yield from _resource_faults(resource, around)
    yield from _reading_faults(around)


def _resource_faults(resource: Made, around: Surroundings) -> Iterator[Fault]:
    file, held = around.file, members(resource.body)
    found = resource_type(resource)
    if found is None:
        yield file.fault(resource.node, "unmapped", f"no model is known for {resource.type}")
        return
    if found.version != resource.version:
        yield file.fault(
            resource.node, "version", f"{resource.type} is checked at {found.version}, not at {resource.version}"
        )
    if "name" not in held:
        yield file.fault(resource.node, "required", f"{resource.name} has no name")
    yield from _parent_faults(resource, held, file)
    if resource.existing:
        for name in sorted(held.keys() - {"name", "parent", "scope"}):
            yield file.fault(held[name], "property", f"{resource.name} exists already: it takes no {name}")
        return
    yield from _Checker(around.inside(resource.loop)).body(resource, found.shape_written())


def _parent_faults(resource: Made, held: dict[str, Node], file: BicepFile) -> Iterator[Fault]:
    outer = resource.type.rpartition("/")[0]
    if resource.type.count("/") + 1 < _SHORTEST_CHILD:
        if "parent" in held:
            yield file.fault(held["parent"], "parent", f"{resource.type} has no parent")
        return
    if "parent" not in held:
        yield file.fault(resource.node, "parent", f"{resource.name} needs a parent of the type {outer}")
        return
    named = text(held["parent"]).partition("[")[0].strip()
    parent = file.resources.get(named)
    if parent is not None and parent.type != outer:
        yield file.fault(held["parent"], "parent", f"the parent of {resource.type} is a {outer}, not a {parent.type}")


def _reading_faults(around: Surroundings) -> Iterator[Fault]:
    """What is read of resources, modules and objects that they do not have."""
    for node, inner in _with_loops(around.file.root, around):
        outermost = node.parent is None or node.parent.type != "member_expression"
        if node.type == "member_expression" and outermost:
            try:
                kind_of(node, inner)
            except UnknownPropertyError as error:
                yield around.file.fault(node, "property", str(error))


def _with_loops(node: Node, around: Surroundings) -> Iterator[tuple[Node, Surroundings]]:
    if node.type == "for_statement":
        around = around.inside(node)
    yield node, around
    for one in node.children:
        yield from _with_loops(one, around)


class _Checker:
    """Holds nodes against kinds, in one place of one file."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._file = around.file

    def body(self, resource: Made, shape: Shape) -> Iterator[Fault]:
        yield from self._object(resource.body, shape, resource.name, ignored=_ENVELOPE)
        for one in members(resource.body).get("dependsOn", resource.body).named_children:
            if one.type == "identifier" and "dependsOn" in members(resource.body):
                name = text(one)
                if name not in self._file.resources and name not in self._file.modules:
                    yield self._file.fault(one, "symbol", f"dependsOn names {name}, which is no resource")

    def value(self, node: Node, kind: Kind, path: str) -> Iterator[Fault]:
        if kind.name == "any":
            return
        for way in alternatives(node, self._around):
            yield from self._way(way, kind, path)

    def _way(self, node: Node, kind: Kind, path: str) -> Iterator[Fault]:
        if node.type == "call_expression" and text(node.named_children[0]) == "union" and kind.name in _OBJECTS:
            yield from self._union(node, kind, path)
            return
        try:
            found = kind_of(node, self._around).name
        except UnknownPropertyError:
            return  # said where it is read
        wanted = "object" if kind.name == "map" else kind.name
        if found not in {wanted, "any", "null"}:
            yield self._file.fault(node, "type", f"{path} takes {wanted}, not {found}")
        else:
            yield from self._inside(node, kind, path)

    def _union(self, node: Node, kind: Kind, path: str) -> Iterator[Fault]:
        """What is put together: each part for itself, and nothing is missing in a part."""
        for argument in node.named_children[1].named_children:
            for way in alternatives(argument, self._around):
                if way.type == "object":
                    yield from self._members(way, kind, path, whole=False)

    def _inside(self, node: Node, kind: Kind, path: str) -> Iterator[Fault]:
        if node.type == "object":
            yield from self._members(node, kind, path, whole=True)
        elif node.type == "array":
            for place, one in enumerate(items(node)):
                yield from self.value(one, kind.item or Kind("any"), f"{path}[{place}]")
        elif node.type == "for_statement":
            inner = _Checker(self._around.inside(node))
            yield from inner.value(node.named_children[-1], kind.item or Kind("any"), f"{path}[]")
        elif kind.values:
            yield from self._words(node, kind.values, path)

    def _words(self, node: Node, values: frozenset[str], path: str) -> Iterator[Fault]:
        for words in sorted((said(node, self._around) or frozenset()) - values):
            yield self._file.fault(node, "value", f"{path} takes {_choice(words, values)}, not {words!r}")

    def _members(self, node: Node, kind: Kind, path: str, *, whole: bool) -> Iterator[Fault]:
        if kind.model is not None:
            yield from self._object(node, kind.model, path, whole=whole)
            return
        for name, value in members(node).items():
            yield from self.value(value, kind.item or Kind("any"), f"{path}.{name}")

    def _object(
        self, node: Node, shape: Shape, path: str, *, ignored: frozenset[str] = frozenset(), whole: bool = True
    ) -> Iterator[Fault]:
        held = members(node)
        for name in repeated(node):
            yield self._file.fault(node, "property", f"{path} has {name} twice")
        if shape.variants and shape.told_by is not None:
            told = literal(held[shape.told_by]) if shape.told_by in held else None
            if told not in shape.variants:
                yield self._file.fault(
                    node, "value", f"{path}.{shape.told_by} takes {_choice(told or '', frozenset(shape.variants))}"
                )
                return
            shape = shape.variants[told]
        yield from self._held(held, shape, path, ignored)
        if whole:
            for known in shape.properties.values():
                if known.required and known.name not in held:
                    yield self._file.fault(node, "required", f"{path} needs {known.name}")

    def _held(self, held: dict[str, Node], shape: Shape, path: str, ignored: frozenset[str]) -> Iterator[Fault]:
        for name, value in held.items():
            if name in ignored:
                continue
            known = shape.properties.get(name)
            if known is None:
                if shape.properties or name != "*":
                    yield self._file.fault(
                        value, "property", f"{path} has no {name}, but {_choice(name, frozenset(shape.properties))}"
                    )
            elif known.read_only:
                yield self._file.fault(value, "read-only", f"{path}.{name} is Azure's to say")
            else:
                yield from self.value(value, known.kind, f"{path}.{name}")


def _choice(word: str, values: frozenset[str]) -> str:
    """The likeliest of many values, or the first few."""
    near = get_close_matches(word, values, n=2)
    return "one of " + ", ".join(near or sorted(values)[:8])
