"""Markdown → page: fences read as blocks with options, claims, and inline expressions."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from .fences import CODE, Fence, cause, expand, find
from .options import options_of, rules_of
from .page import Block, Page, Problem, Statement
from .project import Project
from .widgets import WIDGET, entries_of

_PYTHON = ("Python", "Python console session", "IPython", "IPython3")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?P<text>.+?)(?<!`)\1(?!`)")
_INLINE = "{python} "
_HEADING = re.compile(r" {0,3}#{1,6} .*`\{python\} ")


def read_file(path: Path, project: Project) -> Page:
    """Read a page from its file; one that is not UTF-8 is a page with a problem."""
    content = path.read_bytes()
    try:
        return read(project.name(path), content.decode("utf-8"), project)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = f"byte 0x{content[error.start]:02x} is not UTF-8: save the page as UTF-8"
        return Page(project.name(path), "", problems=[Problem(line, wrong)])


def read(path: str, text: str, project: Project) -> Page:
    """Read a page.

    Args:
        path: Its path from the project's root, with `/`.
        text: What the file says.
        project: The folder that it lives in.

    Returns:
        The page; what is wrong with it stands in its `problems`.
    """
    page = Page(path, text)
    page.rules = rules_of(page)
    expand(page, project)
    fences = find(page, project)
    inline = list(_inline(page, fences))
    comments = _comments(page, fences)
    blocks: list[Block] = []
    for fence in fences:
        blocks += _blocks(page, fence, blocks, fence.first in comments, project)
    ordered = sorted([*blocks, *inline], key=lambda block: block.first)
    page.blocks = [replace(block, number=n) for n, block in enumerate(ordered)]
    page.problems.sort(key=lambda problem: problem.line)
    if not page.rules.run and page.problems:  # it is shown as it stands
        page.blocks, page.problems, page.displayed = [], [], len(fences)
    return page


def _comments(page: Page, fences: list[Fence]) -> set[int]:
    """The expanded lines inside HTML comments that begin outside every fence."""
    inside = {n for fence in fences for n in range(fence.first, fence.last)}
    commented: set[int] = set()
    text = "\n".join(page.lines)
    for match in re.finditer(r"<!--.*?-->", text, re.DOTALL):
        first = text.count("\n", 0, match.start())
        if first not in inside and not text[: match.start()].rsplit("\n", 1)[-1].count("`") % 2:
            commented.update(range(first, first + match[0].count("\n") + 1))
    return commented


def _inline(page: Page, fences: list[Fence]) -> Iterator[Block]:
    """The inline expressions `{python} …` outside of fences."""
    inside = {n for fence in fences for n in range(fence.first, fence.last)}
    for n, line in enumerate(page.lines):
        if n in inside or "{python}" not in line:
            continue
        for match in _SPAN.finditer(line):
            if match["text"].startswith(_INLINE):
                code = match["text"].removeprefix(_INLINE).strip()
                yield Block(0, "inline", n, n + 1, str(match.start()), n + 1, code)
        if "`" + _INLINE in _SPAN.sub("", line):
            wrong = "an inline `{python}` expression must begin and end on one line"
            page.problems.append(page.problem(n + 1, wrong))
        elif _HEADING.match(line):
            wrong = "a heading cannot hold an inline `{python}` expression: its anchor would change"
            page.problems.append(page.problem(n + 1, wrong))


def substitute(line: str, values: Iterator[str]) -> str:
    """Put values, in order, in the places of a line's inline expressions."""
    return _SPAN.sub(
        lambda match: next(values) if match["text"].startswith(_INLINE) else match[0], line
    )


def _blocks(
    page: Page, fence: Fence, before: list[Block], commented: bool, project: Project
) -> Iterable[Block]:
    """What one fence is: a block, the claim of the block before it, or display."""
    names = {str(custom.get("name")) for custom in project.fences}
    if commented or fence.language in names:
        page.displayed += 1
        return []
    if fence.language == "output":
        return _claim(page, fence, before)
    if fence.language == WIDGET:
        return _widget(page, fence)
    if fence.language not in CODE:
        page.displayed += 1
        if wrong := _unknown(fence.language or _braced(page.lines[fence.first])):
            page.problems.append(cause(page, fence, wrong))
        return []
    return [_block(page, fence)]


def _braced(line: str) -> str:
    """Python in braces, as Quarto runs it: `{python}`; other words in braces run nowhere here."""
    match = _BRACES.match(line)
    if match and get_close_matches(match[1], (*CODE, "ipython", "code-cell"), 1):
        return f"{{{match[1]}}}"
    return ""


_BRACES = re.compile(r"[> \t]*[`~]{3,}[ \t]*\{[ \t]*([A-Za-z][\w-]*)[ \t]*[,}]")
_DRAWN = ("mermaid", "math")  # no Pygments names, and shown by sites and by GitHub


def _unknown(language: str) -> str | None:
    """Say what is wrong with a fence's language, if it is neither code of ours nor display."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if not language or language in _DRAWN:
        return None
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        close = get_close_matches(language, (*CODE, "output", WIDGET), 1)
        meant = f": did you mean `{close[0]}`?" if close else " that is known here:"
        ways = "`text` shows a fence without colours, `output` claims what the block above shows"
        return f"`{language}` is no language{meant} {f'({ways})' if close else ways}"
    if lexer.name in _PYTHON:
        return f"`{language}` is not executed: write `python` (or `pycon` for a session with `>>>`)"
    return None


def _claim(page: Page, fence: Fence, before: list[Block]) -> list[Block]:
    """Give an `output` fence to the block right above it."""
    block = before[-1] if before else None
    between = page.lines[block.last : fence.first] if block else ["-"]
    if any(line.strip(" \t>") for line in between):
        block = None
    if block is None or block.kind != "python" or block.claim is not None:
        wrong = "an `output` fence claims what the `python` block right above it shows"
        page.problems.append(page.problem(fence.first + 1, wrong))
        page.displayed += 1
    else:
        claim, at = "\n".join(fence.code), fence.first + 2
        before[-1] = replace(block, claim=claim, claim_at=at, claim_last=fence.last)
    return []


def _block(page: Page, fence: Fence) -> Block:
    options, skipped = options_of(page, fence)
    code = fence.code[skipped:]
    at = fence.first + 2 + skipped
    prompt = next((line for line in code if line.strip()), "").startswith(">>>")
    kind = "pycon" if prompt or fence.language == "pycon" else "python"
    statements = tuple(statements_of(code, at)) if kind == "pycon" else ()
    if kind == "pycon" and options.run and not statements:
        page.problems.append(
            page.problem(fence.first + 1, "a `pycon` block without a `>>>` prompt")
        )
    return Block(
        0, kind, fence.first, fence.last, fence.prefix, at, "\n".join(code), options,
        statements=statements,
    )  # fmt: skip


def _widget(page: Page, fence: Fence) -> list[Block]:
    """A picture that moves; none where it is not clear which, or what it is given."""
    options, skipped = options_of(page, fence)
    code = fence.code[skipped:]
    at = fence.first + 2 + skipped
    name, entries, wrong = entries_of(code, at)
    if wrong:
        page.problems += [page.problem(line or fence.first + 1, text) for line, text in wrong]
        page.displayed += 1
        return []
    return [
        Block(
            0, WIDGET, fence.first, fence.last, fence.prefix, at, "\n".join(code), options,
            widget=name, entries=entries,
        )
    ]  # fmt: skip


def statements_of(code: Sequence[str], at: int) -> Iterator[Statement]:
    """Cut a doctest session, whose first line is line `at`, into statements with their claims."""
    n = 0
    while n < len(code):
        if not code[n].startswith(">>>"):
            n += 1
            continue
        first = n
        source = [code[n][4:]]
        n += 1
        while n < len(code) and _continues(code[n], source):
            source.append(code[n][4:])
            n += 1
        claim_at = n
        while n < len(code) and not code[n].startswith(">>>"):
            n += 1
        claim = "\n".join(code[claim_at:n]).rstrip()
        yield Statement("\n".join(source), at + first, claim, at + claim_at)


def _continues(line: str, source: list[str]) -> bool:
    """Is this line a continuation of the statement, or the first line of its claim?

    A claim may start with `...`: it does where the statement is complete without the line.
    """
    if not (line == "..." or line.startswith("... ")):
        return False
    try:
        tree = ast.parse(textwrap.dedent("\n".join(source)))
    except SyntaxError:
        return True
    return any(isinstance(node, _COMPOUND) for node in tree.body) or not tree.body


_COMPOUND = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.AsyncFor, ast.While, ast.If,
    ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match,
)  # fmt: skip
