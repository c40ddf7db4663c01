"""Modules: each gets what it asks for, and nothing that it does not know."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from tools.bicep.expressions import Surroundings, UnknownPropertyError, allowed_values, alternatives, kind_of, said
from tools.bicep.faults import Fault
from tools.bicep.source import BicepFile, Declaration, Made, members


def module_faults(around: Surroundings, files: Mapping[str, BicepFile]) -> Iterator[Fault]:
    """What is wrong with how a file calls its modules; `files` by their names, all in one folder."""
    for module in around.file.modules.values():
        called = files.get(module.path)
        if called is None:
            yield around.file.fault(module.node, "module", f"there is no {module.path}")
            continue
        yield from _call_faults(module, called, around.inside(module.loop))


def _call_faults(module: Made, called: BicepFile, around: Surroundings) -> Iterator[Fault]:
    file, held = around.file, members(module.body)
    for name in sorted(held.keys() - {"name", "params", "scope", "dependsOn"}):
        yield file.fault(held[name], "module", f"a module takes no {name}")
    if "name" not in held:
        yield file.fault(module.node, "module", f"{module.name} has no name")
    if called.scope != file.scope and "scope" not in held:
        yield file.fault(module.node, "module", f"{module.path} is for a {called.scope}: it needs a scope")
    given = members(held["params"]) if "params" in held else {}
    for name, wanted in called.parameters.items():
        if name not in given and wanted.value is None:
            yield file.fault(module.node, "parameter", f"{module.path} needs {name}")
    yield from _given_faults(module, called, given, around)


def _given_faults(module: Made, called: BicepFile, given: Mapping[str, Node], around: Surroundings) -> Iterator[Fault]:
    file = around.file
    for name, value in given.items():
        declared = called.parameters.get(name)
        if declared is None:
            yield file.fault(value, "parameter", f"{module.path} has no parameter {name}")
            continue
        for way in alternatives(value, around):
            try:
                found = kind_of(way, around).name
            except UnknownPropertyError:
                continue  # said where it is read
            if found not in {declared.type, "any"}:
                yield file.fault(way, "type", f"{module.path} takes {name} as {declared.type}, not {found}")
        yield from _value_faults(declared, said(value, around), file.fault(value, "value", f"{module.path}: {name}"))


def _value_faults(declared: Declaration, words: frozenset[str] | None, place: Fault) -> Iterator[Fault]:
    allowed = allowed_values(declared.decorators)
    if allowed is not None and words is not None and not words <= allowed:
        yield Fault(place.file, place.line, place.rule, f"{place.message} takes one of {', '.join(sorted(allowed))}")


def default_faults(around: Surroundings) -> Iterator[Fault]:
    """Defaults and outputs that are not of the type that is written before them."""
    file = around.file
    for declared in (*file.parameters.values(), *file.outputs.values()):
        if declared.value is None:
            continue
        for way in alternatives(declared.value, around):
            try:
                found = kind_of(way, around).name
            except UnknownPropertyError:
                continue
            if found not in {declared.type, "any"}:
                yield file.fault(way, "type", f"{declared.name} is {declared.type}, not {found}")
        allowed, words = allowed_values(declared.decorators), said(declared.value, around)
        if allowed is not None and words is not None and declared.type == "string" and not words <= allowed:
            yield file.fault(declared.node, "value", f"{declared.name} is none of its own allowed values")


def handed_to_modules(files: Mapping[str, BicepFile]) -> dict[str, dict[str, frozenset[str] | None]]:
    """The strings that each module's parameters may be, by file and parameter; null for what cannot be foreseen."""
    given: dict[str, dict[str, frozenset[str] | None]] = {}
    for _ in files:  # each round goes one call deeper
        before, given = given, {}
        for file in files.values():
            around = Surroundings(file, {}, given=before.get(file.path.name, {}))
            for module in file.modules.values():
                held = given.setdefault(module.path, {})
                handed = members(module.body).get("params")
                for name, value in members(handed).items() if handed else ():
                    words = said(value, around)
                    known = held.get(name, frozenset())
                    held[name] = None if words is None or known is None else known | words
        if given == before:
            break
    return given
