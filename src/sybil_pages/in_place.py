"""Failures where they happened, in a page that is served: claimed, computed, by how much."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from html import escape

from .claims import block_failures
from .page import Block, ExecutedPage, Page, Problem, cells_of
from .report import heading

_MISS = re.compile(
    r"claimed `(?P<claimed>.*)`, computed `(?P<computed>.*?)`(?: \((?P<by>.*)\))?\Z", re.DOTALL
)
_OFF = re.compile(r"\S+ misses \S+ by (?P<by>\S+.*)\Z")
_CODE = re.compile(r"`([^`]+)`")


class Failures:
    """The failures of one page, each to be shown once at its block, and listed at the page's top.

    Attributes:
        problems: What is wrong with the page, in its order.
    """

    def __init__(self, page: Page, executed: ExecutedPage, problems: Sequence[Problem]) -> None:
        self.page = page
        self.problems = list(problems)
        self._shown: set[int] = set()
        self._of: dict[int, list[int]] = {}  # the problems of each block
        left: dict[Problem, list[int]] = {}
        for n, problem in enumerate(self.problems):
            left.setdefault(problem, []).append(n)
        cells = cells_of(executed)
        for block in page.blocks if problems else ():
            cell = cells.get(block.cell_id)
            for found in block_failures(page, block, cell) if cell else ():
                if numbers := left.get(found):
                    self._of.setdefault(block.number, []).append(numbers.pop(0))
        for problem, numbers in left.items():
            if numbers and (number := self._block(problem)) is not None:
                self._of.setdefault(number, []).extend(numbers)

    def _block(self, problem: Problem) -> int | None:
        """The block whose lines a problem names; None where it is no block's."""
        for block in self.page.blocks:
            first = self.page.problem(block.first + 1, "").line
            last = self.page.problem(max(block.last, block.claim_last), "").line
            if block.kind != "inline" and first <= problem.line <= last:
                return block.number
        return None

    def at(self, block: Block) -> str:
        """What failed in a block, to stand below it."""
        return "".join(
            f'<div class="sp-failure" id="{_anchor(n)}">{self._told(problem)}</div>'
            for n, problem in self._in(block)
        )

    def inside(self, block: Block) -> str:
        """What failed in an inline expression, to stand in its sentence."""
        return "".join(
            f'<span class="sp-failed" id="{_anchor(n)}">{escape(_lines(problem)[0])}</span>'
            for n, problem in self._in(block)
        )

    def _in(self, block: Block) -> Iterator[tuple[int, Problem]]:
        for n in self._of.get(block.number, ()):
            self._shown.add(n)
            yield n, self.problems[n]

    def top(self) -> str:
        """All failures, one line each that leads to its place; those without a place in full."""
        if not self.problems:
            return ""
        items = "".join(f"<li>{self._listed(n, p)}</li>" for n, p in enumerate(self.problems))
        return (
            f'<div class="sp-failures" role="alert"><p class="sp-failures-title">'
            f"{heading(self.problems)}</p><ul>{items}</ul></div>\n"
        )

    def _listed(self, n: int, problem: Problem) -> str:
        where = f"{escape(self.page.path)}:{problem.line}"
        first, rest = _lines(problem)
        if n in self._shown:
            where, rest = f'<a href="#{_anchor(n)}">{where}</a>', ""
            if miss := _MISS.search(first):  # by how much stands there
                first = first[: miss.end("computed") + 1]
        return f'<span class="sp-where">{where}</span> {_prose(first)}{_excerpt(rest)}'

    def _told(self, problem: Problem) -> str:
        where = f'<p class="sp-where">{escape(self.page.path)}:{problem.line}</p>'
        first, rest = _lines(problem)
        if not (miss := _MISS.match(problem.message)):
            return f'{where}<p class="sp-what">{_prose(first)}</p>{_excerpt(rest)}'
        listed = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in _rows(miss))
        accept = f"<code>sybil-pages accept {escape(self.page.path)}</code>"
        return (
            f'{where}<dl class="sp-miss">{listed}</dl>'
            f'<p class="sp-accept">To take what was computed: {accept}</p>'
        )


def _anchor(n: int) -> str:
    return f"sp-failure-{n + 1}"


def _rows(miss: re.Match[str]) -> Iterator[tuple[str, str]]:
    claimed, computed, by = miss.groups(default="")
    yield "claimed", f"<code>{escape(claimed)}</code>"
    yield "computed", f"<code>{escape(computed)}</code>"
    if off := _OFF.match(by):
        yield "off by", escape(off["by"])
    elif by and by != f"{claimed!r} is not {computed!r}":
        yield "differs", _prose(by)


def _lines(problem: Problem) -> tuple[str, str]:
    """The first line of a message, and the code below it."""
    first, _, rest = problem.message.partition("\n")
    inside = f"{problem.included}: " if problem.included else ""
    return inside + first, textwrap.dedent(rest)


def _prose(text: str) -> str:
    """A message as HTML, with what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _excerpt(code: str) -> str:
    return f'<pre tabindex="0"><code>{escape(code)}</code></pre>' if code else ""
