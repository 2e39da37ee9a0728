"""A doctest statement, and what its comparisons compared: how far a claimed `True` is from False.

`>>> accuracy > 0.95` shows `True` at 0.951 and at 0.999. A ledger of claims tells the two apart.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

Compared = list[list[float]]
"""For each comparison of a statement, the numbers that it compared, from left to right."""
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
}
_SCOPES = (
    ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom,
)  # fmt: skip
_NAME = "what the generator compares"  # no identifier: no page has it


def run(
    source: str, name: str, compiled: Callable[..., Any], namespace: dict[str, Any]
) -> Compared:
    """Run one statement as a prompt does.

    Args:
        source: The statement.
        name: Its file's name, for tracebacks.
        compiled: `compile`, or what remembers `from __future__`.
        namespace: The variables of the page.

    Returns:
        What its comparisons of floats by `<`, `<=`, `>` or `>=` compared; those inside a lambda
        or a comprehension aside, and those of whole numbers, which hold exactly.

    Raises:
        BaseException: What the statement raises.
    """
    found: Compared = []
    tree = ast.parse(source, name)
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr) or not _compares(tree):
        exec(compiled(source, name, "single"), namespace)
        return found

    def compare(names: str, left: Any, right: Any, *later: Callable[[], Any]) -> Any:
        values, [first, *others] = [left, right], names.split()
        result = _OPERATORS[first](left, right)
        for other, value in zip(others, later, strict=True):
            if not result:
                break
            values.append(value())
            result = _OPERATORS[other](*values[-2:])
        if _measured(values):
            found.append([float(v) for v in values])
        return result

    single = ast.Interactive([_Calls().visit(tree.body[0])])
    exec(compiled(ast.fix_missing_locations(single), name, "single"), namespace, {_NAME: compare})
    return found


def _measured(values: list[Any]) -> bool:
    """Are these finite numbers, and not all of them whole? Whole numbers hold exactly."""
    return all(isinstance(v, Real) and math.isfinite(v) for v in values) and not all(
        isinstance(v, Integral) for v in values
    )


def _compares(tree: ast.Module) -> bool:
    """Has the statement a comparison that can be watched, without a change of what it means?"""
    nodes = list(ast.walk(tree))
    named = any(isinstance(node, ast.NamedExpr) for node in nodes)
    return not named and any(map(_orders, nodes))


def _orders(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare) and all(type(op).__name__ in _OPERATORS for op in node.ops)


class _Calls(ast.NodeTransformer):
    """Turns comparisons into calls, outside of scopes of their own."""

    def visit(self, node: ast.AST) -> Any:
        """Leave scopes as they are."""
        return node if isinstance(node, _SCOPES) else super().visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Call `compare` with the operators' names and the operands, the third ones as functions.

        For in a chain they are only computed if what stands before them holds.
        """
        if not _orders(node):
            self.generic_visit(node)
            return node
        names = ast.Constant(" ".join(type(op).__name__ for op in node.ops))
        two = [self.visit(node.left), self.visit(node.comparators[0])]
        none = ast.arguments([], [], None, [], [], None, [])
        later = [ast.Lambda(none, operand) for operand in node.comparators[1:]]
        call = ast.Call(ast.Name(_NAME, ast.Load()), [names, *two, *later], [])
        return ast.copy_location(call, node)
