"""The student's cells: of a solution, what is claimed stays, and what leads to it becomes `...`.

A line of a solution stays as the check if it shows something and reads a name that the solution
defined above it; the student defines that name. A line that shows something without such a name is
the answer itself, and goes too. The text of the fold that a solution stands in is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from .cells import Cell
from .mistakes import assigned


@dataclass(frozen=True)
class Task:
    """A cell of an exercise, as the student gets it.

    Attributes:
        name: What its first line calls it, such as `Exercise 2, part 1`.
        cell: The cell.
        open: Is there something to write?
        defines: The names that the page's solution defines here.
    """

    name: str
    cell: Cell
    open: bool
    defines: tuple[str, ...] = ()


@dataclass
class _Split:
    """A solution's cell, cut into what goes and what stays."""

    cell: Cell
    gone: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    defines: tuple[str, ...] = ()
    reads: frozenset[str] = frozenset()


def student(cells: Sequence[Cell]) -> list[Cell | Task]:
    """The cells of a page with its solutions as tasks."""
    found: list[Cell | Task] = []
    solutions = {cell.fold for cell in cells if _is_solution(cell)}
    tasks = {fold: list(_tasks(fold, cells)) for fold in solutions}
    for cell in cells:
        if not cell.fold or not (cell.block is None or _is_solution(cell)):
            found.append(cell)
        elif cell.block is not None:
            found += tasks.pop(cell.fold, [])
    return found


def _is_solution(cell: Cell) -> bool:
    return cell.block is not None and cell.block.options.solution


def _tasks(fold: int, cells: Sequence[Cell]) -> Iterator[Task]:
    """The tasks of one exercise."""
    defined: set[str] = set()
    splits = []
    for cell in cells:
        if cell.fold == fold and _is_solution(cell):
            splits.append(_split(cell, defined))
            defined |= set(splits[-1].defines)
    wanted = frozenset().union(*(split.reads for split in splits))
    splits = [s for s in splits if s.kept or s.cell.claim is not None or wanted & set(s.defines)]
    for n, split in enumerate(splits, 1):
        name = f"Exercise {fold}" + (f", part {n}" if len(splits) > 1 else "")
        names = [f"`{name}`" for name in split.defines if name in wanted]
        source = "\n".join([f"# {name}: {_asked(split, names)}", *_body(split)])
        cell = replace(split.cell, source=source, outputs=())
        yield Task(name, cell, bool(split.gone), split.defines)


def _asked(split: _Split, names: Sequence[str]) -> str:
    """What the first line of a task asks for."""
    if not split.gone:
        return "this line checks what you wrote above."
    if not names:
        return "write your answer in place of the dots."
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"in place of the dots, define {listed}."


def _body(split: _Split) -> list[str]:
    kept = "\n".join(split.kept)
    if not split.gone:
        return [kept]
    return ["...", *(["", kept] if kept else [])]


def _split(cell: Cell, defined: set[str]) -> _Split:
    """Cut a solution's cell; `defined` are the names that the exercise defined before."""
    known, lines = set(defined), cell.source.split("\n")
    split, reads = _Split(cell), set[str]()
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:
        return _Split(cell, gone=[cell.source])
    for node in body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        text = "\n".join(lines[first - 1 : node.end_lineno])
        used = _read(node) & known
        if used and _shows(node, cell, last=node is body[-1]):
            split.kept.append(text)
            reads |= used
        else:
            split.gone.append(text)
            known |= set(assigned(text))
    split.defines = tuple(sorted({name for text in split.gone for name in _top(text)}))
    split.reads = frozenset(reads)
    return split


def _shows(node: ast.stmt, cell: Cell, *, last: bool) -> bool:
    """Does a statement show what is claimed?"""
    if cell.claim is None or not isinstance(node, ast.Expr):
        return False
    call = node.value
    prints = isinstance(call, ast.Call) and ast.unparse(call.func) == "print"
    return last or (prints and not cell.prompt)


def _read(node: ast.AST) -> set[str]:
    names = (one for one in ast.walk(node) if isinstance(one, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Load)}


def _top(code: str) -> set[str]:
    """The names that code defines for the cells after it: not those inside its functions."""
    found: set[str] = set()
    for node in ast.parse(code).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        else:
            found |= set(assigned(ast.unparse(node)))
    return found
