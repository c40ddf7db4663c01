"""Reading the product's Python source as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ("functions", "shared", "function_app.py")


@dataclass(frozen=True)
class Module:
    """One file: its path under the root with forward slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    def at(self, node: ast.AST) -> str:
        """Where a node is, for a message."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"

    def imports(self, *, top_level_only: bool = False) -> Iterator[tuple[ast.AST, str]]:
        """Every imported name with dots, as far as the statement tells: `from a.b import c` gives `a.b.c`."""
        for node in _outside_functions(self.tree) if top_level_only else ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _outside_functions(child)


def dotted(node: ast.AST) -> str:
    """`datetime.now` for the expression of that name, an empty text for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
    return ""


def modules(*roots: str) -> list[Module]:
    """Every module under these folders (or files) of the repository."""
    found = []
    for root in roots:
        path = ROOT / root
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.exists() else []
        found += [
            Module(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
            for file in files
            if "node_modules" not in file.parts
        ]
    return found
