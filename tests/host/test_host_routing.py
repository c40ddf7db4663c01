"""Route templates, parsed and matched without a server (HOST.md, Routes)."""

import pytest

from tools.host.functions import HttpFunction
from tools.host.route_table import RouteTable
from tools.host.routing import RouteError, decode, parse_route, split_path


def function(name: str, template: str, *methods: str) -> HttpFunction:
    """An HTTP function with this route."""
    return HttpFunction(
        name, name, "req", route=parse_route(template), methods=frozenset(methods), auth_level="ANONYMOUS"
    )


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("a/{x:int}", "/a/7", {"x": "7"}),
        ("a/{x:int}", "/a/7x", None),
        ("a/{x:long}", "/a/99999999999", {"x": "99999999999"}),
        ("a/{x:bool}", "/a/TRUE", {"x": "TRUE"}),
        ("a/{x:bool}", "/a/yes", None),
        ("a/{x:guid}", "/a/a1a1a1a1-0000-4000-8000-000000000001", {"x": "a1a1a1a1-0000-4000-8000-000000000001"}),
        ("a/{x:guid}", "/a/no-guid", None),
        ("a/{x:alpha}", "/a/abc", {"x": "abc"}),
        ("a/{x:alpha}", "/a/abc1", None),
        ("a/{x:double}", "/a/1.5", {"x": "1.5"}),
        ("a/{x:datetime}", "/a/2026-01-31", {"x": "2026-01-31"}),
        ("a/{x:minlength(2)}", "/a/b", None),
        ("a/{x:length(2,3)}", "/a/bcd", {"x": "bcd"}),
        ("a/{x:length(2)}", "/a/bcd", None),
        ("a/{x:min(5)}", "/a/4", None),
        ("a/{x:max(5)}", "/a/5", {"x": "5"}),
        ("a/{x:range(1,3)}", "/a/3", {"x": "3"}),
        ("a/{x:int:range(1,3)}", "/a/4", None),
        ("a/{x:regex(^[a-c]{{2}}$)}", "/a/ab", {"x": "ab"}),
        ("a/{x:regex(^(p|q):r$)}", "/a/q:r", {"x": "q:r"}),
        ("a/{x:regex(^(p|q):r$)}", "/a/s:r", None),
        ("a/{name}.csv", "/a/report.CSV", {"name": "report"}),
        ("a/{name}.csv", "/a/report.json", None),
        ("a/{name}.{kind}", "/a/x.y.z", {"name": "x", "kind": "y.z"}),
        ("files/{*rest}", "/files/a/b%2Fc", {"rest": "a/b%2Fc"}),
        ("files/{*rest}", "/files", {}),
        ("{ignored:maxlength(0)?}", "/", {}),
        ("{ignored:maxlength(0)?}", "/x", None),
        ("a/b", "/a//b", None),
        ("a/{x}", "/a/", None),
        ("api/claims", "/api/cl%61ims", {}),
    ],
)
def test_a_template_matches_what_it_says(template: str, path: str, values: dict[str, str] | None) -> None:
    """Each constraint, literal, optional and catch-all part matches its paths and no others."""
    assert parse_route(template).match(split_path(path)) == values


@pytest.mark.parametrize(
    "template",
    [
        "a/{x:even}",
        "a/{x",
        "a/x}",
        "a/{x=1}",
        "{*rest}/a",
        "{x?}/a",
        "a/{x}/{X}",
        "a{x?}",
        "a/{}",
        "a/{x:min(b)}",
        "a/{x:int(3)}",
    ],
)
def test_a_template_that_is_not_understood_is_refused(template: str) -> None:
    """Unknown constraints, defaults, stray braces and misplaced optional parts raise RouteError, not a wrong match."""
    with pytest.raises(RouteError):
        parse_route(template)


@pytest.mark.parametrize("template", ["admin/x", "runtime/x", "Admin", ".auth/x", ".dev/x"])
def test_the_hosts_own_paths_are_refused(template: str) -> None:
    """A route below a path of the host raises RouteError."""
    with pytest.raises(RouteError, match="reserved"):
        parse_route(template)


def test_decoding_happens_once_and_spares_slashes() -> None:
    """Percent-encodings are undone once, encoded slashes and broken UTF-8 stay as they came."""
    assert decode("a%20b%2fc%2Fd%2525") == "a b%2fc%2Fd%25"
    assert decode("%C5%82") == "ł"
    assert decode("%C5") == "%C5"


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("a/{x}", "a/b", 1),
        ("a/{x:int}", "a/b", 0),
        ("a/{x:int}", "a/7", 1),
        ("a/b", "A/B", 1),
        ("a/b/{c?}", "a/b", 1),
        ("a/b/c", "a/b", 0),
        ("{*all}", "a/b/c", 1),
        ("a/{x}/c", "a/b/{y}", 1),
        ("a/{x}/c", "a/b/d", 0),
    ],
)
def test_overlaps_are_found(one: str, other: str, count: int) -> None:
    """Two routes that one path can fit both of are reported; routes that never meet are not."""
    assert len(RouteTable([function("f", one), function("g", other)]).overlaps()) == count


def test_routes_of_different_methods_do_not_overlap() -> None:
    """The same route under different methods is no overlap, and each method finds its function."""
    table = RouteTable([function("reads", "a", "GET"), function("writes", "a", "POST", "PUT")])
    assert table.overlaps() == []
    found = table.find("PUT", "/a")
    assert found is not None
    assert found[0].name == "writes"
