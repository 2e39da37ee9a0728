"""What an exception says, what to do about it, and what it leaves undefined."""

from __future__ import annotations

import ast
import re
import traceback

STYLE = re.compile(r"\x1b\[[0-9;]*m")  # what colours a terminal


def last_line(error: BaseException) -> str:
    """What a traceback ends in: the exception and its message, without notes."""
    lines = traceback.format_exception_only(error)
    return STYLE.sub("", lines[-1 if isinstance(error, SyntaxError) else 0]).rstrip()


def advice(error: BaseException) -> str:
    """What to do about code that only a notebook understands."""
    if not isinstance(error, SyntaxError):
        if isinstance(error, SystemExit):
            return " (a page must not end the interpreter)"
        return " (standard input is closed)" if isinstance(error, EOFError) else ""
    line = (error.text or "").lstrip()
    if line.startswith(("%", "!")):
        return " (a page is plain Python: no %magic, no !command; use subprocess.run)"
    return " (top-level `await` needs asyncio.run(…))" if "await" in str(error) else ""


def assigned(code: str) -> list[str]:
    """The names that code would have defined."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return re.findall(r"^\s*(?:def |class )?(\w+)", code, re.MULTILINE)
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
    return sorted(names)
