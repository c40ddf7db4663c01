"""Small changes to a module, one at a time, each of which a test should notice."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, what kind, the line as it is, and the module's tree with it."""

    line: int
    column: int
    kind: str
    was: str
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module; annotations, decorators and texts stay as they are."""
    tree, lines = ast.parse(source), source.splitlines()
    nodes = list(_changeable(tree))
    for number, node in enumerate(nodes):
        for kind, change in _changes(node):
            copied = copy.deepcopy(tree)
            change(list(_changeable(copied))[number])
            ast.fix_missing_locations(copied)
            place = node.ifs[0] if isinstance(node, ast.comprehension) and node.ifs else node
            line = getattr(place, "lineno", 1)
            yield Mutant(line, getattr(place, "col_offset", 0), kind, lines[line - 1].strip(), copied)


def _changeable(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes whose change is a change of what is done, in a fixed order."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, (ast.Import, ast.ImportFrom, ast.TypeAlias)):
                yield child
                yield from _changeable(child)


type _Change = Callable[[ast.AST], None]


def _changes(node: ast.AST) -> Iterator[tuple[str, _Change]]:  # noqa: C901 - one case a kind of node
    match node:
        case ast.Compare(ops=[one]) if type(one) in _COMPARISONS:
            yield "comparison", _comparison
        case ast.BoolOp():
            yield "and, or", _connective
        case ast.BinOp(op=operator) if type(operator) in _ARITHMETIC:
            yield "arithmetic", _arithmetic
        case ast.Constant(value=bool()):
            yield "truth", _truth
        case ast.Constant(value=int()):
            yield "number", _number
        case ast.If() | ast.IfExp() | ast.While():
            yield "condition", _condition
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "returned value", _returned
        case ast.comprehension(ifs=[_, *_]):
            yield "filter", _filter
        case ast.Raise():
            yield "raise", _nothing
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield "statement", _nothing
        case _:
            return


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _comparison(node: ast.AST) -> None:
    assert isinstance(node, ast.Compare)  # noqa: S101 - `_changes` has looked
    node.ops = [_COMPARISONS[type(node.ops[0])]()]


def _connective(node: ast.AST) -> None:
    assert isinstance(node, ast.BoolOp)  # noqa: S101
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _arithmetic(node: ast.AST) -> None:
    assert isinstance(node, ast.BinOp)  # noqa: S101
    node.op = _ARITHMETIC[type(node.op)]()


def _truth(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)  # noqa: S101
    node.value = not node.value


def _number(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)  # noqa: S101
    assert isinstance(node.value, int)  # noqa: S101
    node.value += 1


def _condition(node: ast.AST) -> None:
    assert isinstance(node, (ast.If, ast.IfExp, ast.While))  # noqa: S101
    node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)


def _returned(node: ast.AST) -> None:
    assert isinstance(node, ast.Return)  # noqa: S101
    node.value = ast.Constant(value=None)


def _filter(node: ast.AST) -> None:
    assert isinstance(node, ast.comprehension)  # noqa: S101
    node.ifs = node.ifs[1:]


def _nothing(node: ast.AST) -> None:
    """The statement does nothing any more; `pass` has no fields, so that what is left of it is not looked at."""
    node.__class__ = ast.Pass
