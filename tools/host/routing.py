"""Routes as the Functions host matches them: first match in name order, on the raw path (HOST.md)."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_to_bytes

_RESERVED = {"admin", "runtime", ".auth", ".dev"}
_PARAMETER = re.compile(r"\{(?P<body>(?:[^{}]|\{\{|\}\}|\{[^{}]*\})+)\}")
_NAME = re.compile(r"(?P<catch>\*{0,2})(?P<name>\w+)(?P<rest>.*)", re.DOTALL)
_ENCODED_SLASH = re.compile(r"(%2[fF])")
_CONSTRAINT_CALL = re.compile(r"(?P<name>\w+)(?:\((?P<argument>.*)\))?", re.DOTALL)
_BOUNDS = 2

type Test = Callable[[str], bool]


class RouteError(Exception):
    """A route template that the host does not understand or must not serve."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part between slashes: a literal, or a pattern around one or more parameters."""

    literal: str | None
    pattern: re.Pattern[str]
    names: tuple[str, ...] = ()
    tests: tuple[tuple[str, Test], ...] = ()
    optional: bool = False
    catch_all: bool = False

    def match(self, text: str) -> dict[str, str] | None:
        """Return the parameters held by the text of one segment, None when it does not fit."""
        if self.literal is not None:
            return {} if decode(text).lower() == self.literal.lower() else None
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        values = {name: decode(found[name]) for name in self.names}
        return values if all(test(values[name]) for name, test in self.tests) else None


@dataclass(frozen=True, slots=True)
class Route:
    """A parsed template."""

    template: str
    segments: tuple[Segment, ...]

    def match(self, parts: list[str]) -> dict[str, str] | None:
        """Return the route parameters for the raw path's parts, None when the path is another."""
        values: dict[str, str] = {}
        for index, segment in enumerate(self.segments):
            if segment.catch_all:
                rest = "/".join(parts[index:])
                return {**values, segment.names[0]: decode(rest)} if rest else values
            if index >= len(parts):
                return values if all(one.optional for one in self.segments[index:]) else None
            found = segment.match(parts[index])
            if found is None:
                return None
            values.update(found)
        return values if len(parts) <= len(self.segments) else None


def split_path(raw_path: str) -> list[str]:
    """Split a raw path into its parts; one slash at the end does not count."""
    path = raw_path.removeprefix("/").removesuffix("/")
    return path.split("/") if path else []


def decode(text: str) -> str:
    """Percent-decode once, keeping ``%2F`` as it came; what is no UTF-8 stays encoded, as Kestrel leaves it."""
    if "%" not in text:
        return text
    pieces = _ENCODED_SLASH.split(text)
    return "".join(piece if index % 2 else _decode_piece(piece) for index, piece in enumerate(pieces))


def _decode_piece(piece: str) -> str:
    try:
        return unquote_to_bytes(piece).decode()
    except UnicodeDecodeError:
        return piece


def parse_route(template: str) -> Route:
    """Parse a template such as ``api/claims/{id:int}/{part?}``; RouteError says what is wrong with it."""
    texts = split_path(template)
    segments = tuple(_segment(text) for text in texts)
    if texts and texts[0].lower() in _RESERVED:
        message = f"route {template!r} starts with a part reserved for the host"
        raise RouteError(message)
    for index, segment in enumerate(segments):
        later = segments[index + 1 :]
        if (segment.catch_all and later) or (segment.optional and any(not one.optional for one in later)):
            message = f"route {template!r}: an optional or catch-all part must be last"
            raise RouteError(message)
    names = [name.lower() for segment in segments for name in segment.names]
    if len(names) != len(set(names)):
        message = f"route {template!r} names a parameter twice"
        raise RouteError(message)
    return Route(template, segments)


def _segment(text: str) -> Segment:
    pattern, names, tests, optional, catch_all, end = "", [], [], False, False, 0
    for found in _PARAMETER.finditer(text):
        pattern += _literal(text[end : found.start()])
        end = found.end()
        parsed = _NAME.fullmatch(found["body"])
        if parsed is None:
            message = f"parameter {found[0]!r} has no valid name"
            raise RouteError(message)
        name, rest = parsed["name"], parsed["rest"]
        optional, catch_all = rest.endswith("?"), bool(parsed["catch"])
        if (optional or catch_all) and found[0] != text:
            message = f"parameter {found[0]!r} must be a whole part of the route"
            raise RouteError(message)
        names.append(name)
        tests += [(name, test) for test in _constraints(rest.removesuffix("?"))]
        pattern += f"(?P<{name}>.+)" if end == len(text) else f"(?P<{name}>.+?)"
    pattern += _literal(text[end:])
    literal = None if names else text
    return Segment(
        literal, re.compile(pattern, re.IGNORECASE), tuple(names), tuple(tests), optional=optional, catch_all=catch_all
    )


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        message = f"stray brace in {text!r}"
        raise RouteError(message)
    return re.escape(text)


def _constraints(rest: str) -> list[Test]:
    if not rest:
        return []
    if not rest.startswith(":"):
        message = f"default values are not emulated: {rest!r}"
        raise RouteError(message)
    # A colon inside parentheses belongs to a regular expression.
    return [_constraint(text) for text in re.split(r":(?![^(]*\))", rest[1:])]


def _constraint(text: str) -> Test:
    call = _CONSTRAINT_CALL.fullmatch(text)
    name, argument = (call["name"].lower(), call["argument"]) if call else ("", None)
    if argument is None and name in _PLAIN:
        return _PLAIN[name]
    if argument is not None and name == "regex":
        expression = re.compile(argument.replace("{{", "{").replace("}}", "}"), re.IGNORECASE)
        return lambda value: expression.search(value) is not None
    numbers = [int(part) for part in (argument or "").split(",") if part.strip().lstrip("-").isdigit()]
    if name in _SIZED and 1 <= len(numbers) <= _BOUNDS and len(numbers) in _SIZED[name][0]:
        return _SIZED[name][1](numbers)
    message = f"route constraint {text!r} is not known to the local host"
    raise RouteError(message)


def _parses(parse: Callable[[str], object]) -> Test:
    def test(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return test


def _whole(bits: int) -> Test:
    limit = 2 ** (bits - 1)
    return lambda value: re.fullmatch(r"[+-]?\d+", value, re.ASCII) is not None and -limit <= int(value) < limit


_PLAIN: dict[str, Test] = {
    "int": _whole(32),
    "long": _whole(64),
    "alpha": lambda value: re.fullmatch(r"[A-Za-z]*", value) is not None,
    "bool": lambda value: value.lower() in {"true", "false"},
    "guid": _parses(uuid.UUID),
    "datetime": _parses(datetime.fromisoformat),
    "decimal": _parses(float),
    "double": _parses(float),
    "float": _parses(float),
    "required": bool,
}
_SIZED: dict[str, tuple[set[int], Callable[[list[int]], Test]]] = {
    "minlength": ({1}, lambda n: lambda value: len(value) >= n[0]),
    "maxlength": ({1}, lambda n: lambda value: len(value) <= n[0]),
    "length": ({1, 2}, lambda n: lambda value: n[0] <= len(value) <= n[-1]),
    "min": ({1}, lambda n: lambda value: _PLAIN["long"](value) and int(value) >= n[0]),
    "max": ({1}, lambda n: lambda value: _PLAIN["long"](value) and int(value) <= n[0]),
    "range": ({2}, lambda n: lambda value: _PLAIN["long"](value) and n[0] <= int(value) <= n[1]),
}
