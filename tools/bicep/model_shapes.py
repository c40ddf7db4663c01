"""The shapes of Azure's resources, read from the models of the azure-mgmt packages.

The packages come in two makes. The older keeps a map from attributes to wire names, with dots where a property lies in
another, and says the enumerations in the signature alone; the newer has fields with annotations.
"""

import datetime as dt
import enum
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

_OLD_SCALARS = {
    "str": "string",
    "duration": "string",
    "iso-8601": "string",
    "rfc-1123": "string",
    "date": "string",
    "base64": "string",
    "bytearray": "string",
    "bool": "bool",
    "int": "int",
    "long": "int",
    "float": "int",
    "object": "any",
    "{object}": "any",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a property takes: `string`, `bool`, `int`, `any`, or `array`, `map` and `object` with what they hold."""

    name: str
    values: frozenset[str] = frozenset()
    item: "Kind | None" = None
    model: "Shape | None" = None


@dataclass(slots=True)
class Property:
    """A property by its wire name."""

    name: str
    kind: Kind
    required: bool = False
    read_only: bool = False


@dataclass(slots=True)
class Shape:
    """An object's properties; `variants` by the value of the property `told_by`, where there are several."""

    name: str
    properties: dict[str, Property] = field(default_factory=dict)
    told_by: str | None = None
    variants: dict[str, "Shape"] = field(default_factory=dict)


@cache
def shape(package: str, name: str) -> Shape:
    """The shape of a model class. LookupError where the package has no such class: a version moved it."""
    models = _models(package)
    found = getattr(models, name, None)
    if found is None:
        raise LookupError(f"{package} has no model {name}")
    return _shape_of(models, found)


def _models(package: str) -> ModuleType:
    """A package's models without its clients, whose import would take three times as long."""
    if package not in sys.modules:
        outer = package.rpartition(".")[0]
        found = PathFinder.find_spec(package, import_module(outer).__path__)
        if found is None or found.submodule_search_locations is None:
            raise LookupError(f"{package} is not installed")
        bare = sys.modules[package] = ModuleType(package)
        bare.__path__ = list(found.submodule_search_locations)
    return import_module(f"{package}.models")


_seen: dict[type, Shape] = {}


def _shape_of(models: ModuleType, model: type) -> Shape:
    if model in _seen:
        return _seen[model]
    made = _seen[model] = Shape(model.__name__)
    if hasattr(model, "_attribute_map"):
        _read_older(models, model, made)
    else:
        _read_newer(models, model, made)
    return made


def _read_older(models: ModuleType, model: Any, made: Shape) -> None:
    annotations = {
        name: parameter.annotation for name, parameter in inspect.signature(model.__init__).parameters.items()
    }
    for attribute, told in model._attribute_map.items():  # noqa: SLF001 (there is no other description of the wire)
        rules = model._validation.get(attribute, {})  # noqa: SLF001
        kind = _older_kind(models, told["type"], annotations.get(attribute))
        steps = told["key"].replace("\\.", "\0").split(".")
        _place(
            made,
            [step.replace("\0", ".") for step in steps],
            Property(
                name=steps[-1].replace("\0", "."),
                kind=kind,
                required=bool(rules.get("required")) and not rules.get("readonly"),
                read_only=bool(rules.get("readonly")),
            ),
        )
    subtypes = getattr(model, "_subtype_map", {})
    for attribute, classes in subtypes.items():
        made.told_by = model._attribute_map[attribute]["key"]  # noqa: SLF001
        made.variants = {value: _shape_of(models, getattr(models, name)) for value, name in classes.items()}


def _place(made: Shape, steps: list[str], found: Property) -> None:
    """Put a property where its dotted name says, making the objects on the way."""
    for step in steps[:-1]:
        outer = made.properties.setdefault(
            step, Property(name=step, kind=Kind("object", model=Shape(f"{made.name}.{step}")))
        )
        if outer.kind.model is None:
            raise LookupError(f"{made.name}.{step} is no object")
        made = outer.kind.model
    made.properties[steps[-1]] = found


def _older_kind(models: ModuleType, written: str, annotation: Any) -> Kind:
    if written in _OLD_SCALARS:
        kind = _OLD_SCALARS[written]
        return Kind(kind, values=_enumeration(models, annotation) if kind == "string" else frozenset())
    if written.startswith("["):
        return Kind("array", item=_older_kind(models, written[1:-1], annotation))
    if written.startswith("{"):
        return Kind("map", item=_older_kind(models, written[1:-1], None))
    found = getattr(models, written)
    if issubclass(found, enum.Enum):
        return Kind("string", values=frozenset(str(one.value) for one in found))
    return Kind("object", model=_shape_of(models, found))


def _enumeration(models: ModuleType, annotation: Any) -> frozenset[str]:
    """The values of the first enumeration that an annotation names."""
    for named in _leaves(annotation):
        found = getattr(models, named.__forward_arg__.rpartition(".")[2], None) if _is_name(named) else named
        if isinstance(found, type) and issubclass(found, enum.Enum):
            return frozenset(str(one.value) for one in found)
    return frozenset()


def _leaves(annotation: Any) -> Iterator[Any]:
    inner = typing.get_args(annotation)
    if not inner:
        yield annotation
    for one in inner:
        yield from _leaves(one)


def _is_name(annotation: Any) -> bool:
    return isinstance(annotation, typing.ForwardRef)


def _read_newer(models: ModuleType, model: Any, made: Shape) -> None:
    bases = [base for base in reversed(model.__mro__) if base.__module__.startswith("azure.mgmt.")]
    annotations: dict[str, Any] = {}
    for base in bases:
        annotations |= inspect.get_annotations(base)
    for base in bases:
        for attribute, told in base.__dict__.items():
            if attribute.startswith("_") or not hasattr(told, "_rest_name_input"):
                continue
            name = told._rest_name_input or attribute  # noqa: SLF001 (there is no other description of the wire)
            visibility = told._visibility  # noqa: SLF001
            annotation = annotations[attribute]
            read_only = visibility == ["read"]
            made.properties[name] = Property(
                name=name,
                kind=_newer_kind(models, annotation),
                required=not read_only and not _is_optional(annotation),
                read_only=read_only,
            )
            if told._is_discriminator:  # noqa: SLF001
                made.told_by = name
    mapping: Mapping[str, type] = model.__dict__.get("__mapping__", {})
    made.variants = {value: _shape_of(models, found) for value, found in mapping.items() if found is not model}
    if not made.variants:
        made.told_by = None


def _is_optional(annotation: Any) -> bool:
    return type(None) in typing.get_args(annotation)


def _newer_kind(models: ModuleType, annotation: Any) -> Kind:
    if _is_name(annotation) or isinstance(annotation, str):
        return _named_kind(models, getattr(annotation, "__forward_arg__", annotation))
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in {list, set}:
        return Kind("array", item=_newer_kind(models, inner[0]))
    if origin is dict:
        return Kind("map", item=_newer_kind(models, inner[1]))
    if origin is typing.Literal:
        return Kind("string", values=frozenset(_plain(one) for one in inner))
    return _choice(models, annotation, inner) if inner else Kind(_scalar(annotation))


def _choice(models: ModuleType, annotation: Any, inner: tuple[Any, ...]) -> Kind:
    values = _enumeration(models, annotation)
    if values and not any(typing.get_origin(one) in {list, dict} for one in inner):
        return Kind("string", values=values)
    return _newer_kind(models, next(one for one in inner if one is not type(None)))


def _plain(value: Any) -> str:
    return str(value.value) if isinstance(value, enum.Enum) else str(value)


def _named_kind(models: ModuleType, written: str) -> Kind:
    found = getattr(models, written.rpartition(".")[2], None)
    if found is None:
        return Kind("any")
    if issubclass(found, enum.Enum):
        return Kind("string", values=frozenset(str(one.value) for one in found))
    return Kind("object", model=_shape_of(models, found))


def _scalar(annotation: Any) -> str:
    if annotation is bool:
        return "bool"
    if annotation in {int, float}:
        return "int"
    if annotation in {str, bytes, dt.datetime, dt.date, dt.timedelta, dt.time}:
        return "string"
    return "any"
