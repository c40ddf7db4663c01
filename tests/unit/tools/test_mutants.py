"""Mutation testing changes what it says it changes."""

import ast

from tools.mutants.operators import mutants

SOURCE = '''
def judged(ages: list[int], limit: int = 18) -> list[int] | None:
    """Words stay as they are."""
    if not ages or limit < 0:
        raise ValueError("no ages")
    print(limit)
    return [age + 1 for age in ages if age >= limit]
'''


def test_each_kind_of_change_is_made_once() -> None:
    """Every place that does something is changed, one at a time; words and annotations are not."""
    made = list(mutants(SOURCE))
    assert [(one.line, one.kind) for one in made] == [
        (2, "number"),
        (4, "condition"),
        (4, "and, or"),
        (4, "comparison"),
        (4, "number"),
        (5, "raise"),
        (6, "statement"),
        (7, "returned value"),
        (7, "arithmetic"),
        (7, "number"),
        (7, "filter"),
        (7, "comparison"),
    ]
    texts = [ast.unparse(one.tree) for one in made]
    assert len({*texts, ast.unparse(ast.parse(SOURCE))}) == len(made) + 1
    assert "if not (not ages or limit < 0)" in texts[1]
    assert "age + 2" in texts[9]
