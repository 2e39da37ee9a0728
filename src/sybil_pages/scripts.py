"""Cells → a script of percent cells that names what it needs: `uv run page.py` is enough.

A value is shown as a prompt shows it, and what the page claims stands below it as a comment.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Sequence

from .cells import Cell
from .companions import Companions, files_cell
from .page import Statement

_FUTURE = re.compile(r"^from __future__ import .*\n?", re.MULTILINE)
_DISPLAY = "from sys import displayhook as display  # shows a value as a prompt does"


def script(cells: Sequence[Cell], found: Companions, requires: str) -> str:
    """A page as one Python file.

    Args:
        cells: The page.
        found: What it needs.
        requires: The versions of Python that it runs on.
    """
    parts = list(_parts(cells))
    futures = dict.fromkeys(line.strip() for part in parts for line in _FUTURE.findall(part))
    body = "\n\n".join(_FUTURE.sub("", part).rstrip("\n") for part in parts)
    head = [_header(found, requires), *futures, *_set_up(found, "display(" in body)]
    return "\n".join(head) + f"\n\n{body}\n"


def _header(found: Companions, requires: str) -> str:
    packages = [f"#   {json.dumps(package)},\n" for package in sorted({*found.needed.values()})]
    return (
        f"# /// script\n# requires-python = {json.dumps(requires)}\n"
        f"# dependencies = [\n{''.join(packages)}# ]\n# ///\n"
    )


def _set_up(found: Companions, displays: bool) -> Iterator[str]:
    """The lines before the page: its environment, and the files that it imports."""
    if not (displays or found.environment or found.files):
        return
    yield "# %% Set-up"
    if found.environment or found.files:
        yield "import os"
    if displays:
        yield _DISPLAY
    yield "" if found.environment else "\n"
    for name, value in found.environment.items():
        yield f"os.environ.setdefault({name!r}, {value!r})"
    if found.files:
        here = 'os.path.dirname(globals().get("__file__", "")) or "."'
        gap = "\n\n" if found.environment else ""
        yield gap + files_cell(found.files, here).rstrip("\n")


def _parts(cells: Sequence[Cell]) -> Iterator[str]:
    for cell in cells:
        if cell.block is None:
            lines = (f"# {line}".rstrip() for line in cell.source.split("\n"))
            yield "# %% [markdown]\n" + "\n".join(lines)
        else:
            yield "# %%\n" + _code(cell) + _claim(cell)


def _claim(cell: Cell) -> str:
    """What the page shows, as a comment below the code."""
    if not cell.claim:
        return ""
    first, *rest = cell.claim.strip("\n").split("\n")
    lines = [f"# → {first}", *(f"#   {line}".rstrip() for line in rest)]
    return "\n" + "\n".join(lines)


def _code(cell: Cell) -> str:
    """A cell's code, which shows what it shows in a notebook, and never ends the script."""
    try:
        ast.parse(cell.source)
    except SyntaxError:  # meant so: the page shows the error
        return "\n".join(f"# {line}".rstrip() for line in cell.source.split("\n"))
    code = _shown(cell)
    if not cell.raises:
        return code
    caught = 'except Exception as error:  # meant\n    print(f"{type(error).__name__}: {error}")'
    return f"try:\n{_indented(code)}\n{caught}"


def _shown(cell: Cell) -> str:
    if cell.statements:
        return "\n".join(map(_statement, cell.statements))
    texts = [o for o in cell.outputs if {*o.get("data", {})} == {"text/plain"}]
    return _displayed(cell.source) if texts else cell.source


def _statement(statement: Statement) -> str:
    return _displayed(statement.source) if statement.claim.strip() else statement.source


def _displayed(code: str) -> str:
    """Code whose last expression is shown; a call of `print` or `display` shows by itself."""
    last = ast.parse(code).body[-1:]
    if not last or not isinstance(last[0], ast.Expr) or last[0].end_lineno is None:
        return code
    value = last[0].value
    if isinstance(value, ast.Call) and ast.unparse(value.func) in ("print", "display"):
        return code
    lines = code.split("\n")
    before, at = lines[: last[0].lineno - 1], last[0].end_lineno
    text = ast.get_source_segment(code, last[0]) or ""
    if isinstance(value, ast.Tuple) and not _is_one(text):
        text = f"({text})"
    end = lines[at - 1].encode()[last[0].end_col_offset :].decode().rstrip()
    start = lines[last[0].lineno - 1].encode()[: last[0].col_offset].decode()
    return "\n".join([*before, f"{start}display({text}){end}", *lines[at:]])


def _is_one(text: str) -> bool:
    """Is this one argument of a call, and not several?"""
    call = ast.parse(f"display({text})", mode="eval").body
    return isinstance(call, ast.Call) and len(call.args) == 1


def _indented(code: str) -> str:
    """Code four blanks further in, what stands inside its strings aside."""
    inside: set[int] = set()
    starts = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        kind = tokenize.tok_name[token.type]
        if kind.endswith("STRING_START"):
            starts.append(token.start[0])
        elif kind.endswith("STRING_END"):
            inside.update(range(starts.pop() + 1, token.end[0] + 1))
        elif kind == "STRING":
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
    lines = code.split("\n")
    return "\n".join(
        line if n in inside or not line else f"    {line}" for n, line in enumerate(lines, 1)
    )
