"""Which function answers a request, and which functions compete for the same ones (HOST.md, Routes)."""

from collections.abc import Sequence
from itertools import combinations, zip_longest

from tools.host.functions import HttpFunction
from tools.host.routing import Route, Segment, split_path


class RouteTable:
    """The HTTP functions in name order; the first whose method and route fit answers."""

    def __init__(self, functions: Sequence[HttpFunction]) -> None:
        self._functions = sorted(functions, key=lambda one: one.name)

    def find(self, method: str, raw_path: str) -> tuple[HttpFunction, dict[str, str]] | None:
        """Return the function and its route parameters; None when no route and method fit: a 404."""
        parts = split_path(raw_path)
        for function in self._functions:
            if function.methods and method not in function.methods:
                continue
            values = function.route.match(parts)
            if values is not None:
                return function, values
        return None

    def overlaps(self) -> list[str]:
        """Return one sentence for each pair of functions that some request fits both of."""
        return [
            f"routes overlap: {first.route.template} ({first.name}) is tried before "
            f"{second.route.template} ({second.name})"
            for first, second in combinations(self._functions, 2)
            if _methods_meet(first, second) and _routes_meet(first.route, second.route)
        ]


def _methods_meet(first: HttpFunction, second: HttpFunction) -> bool:
    return not first.methods or not second.methods or bool(first.methods & second.methods)


def _routes_meet(first: Route, second: Route) -> bool:
    for one, other in zip_longest(first.segments, second.segments):
        if one is None or other is None:
            rest = other if one is None else one
            return rest is None or rest.optional or rest.catch_all
        if one.catch_all or other.catch_all:
            return True
        if not _segments_meet(one, other):
            # Both ending before an optional part is a meeting, too.
            return one.optional and other.optional
    return True


def _segments_meet(one: Segment, other: Segment) -> bool:
    if one.literal is not None and other.literal is not None:
        return one.literal.lower() == other.literal.lower()
    if one.literal is not None:
        return other.match(one.literal) is not None
    if other.literal is not None:
        return one.match(other.literal) is not None
    return True
