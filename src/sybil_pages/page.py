"""A page as Sybil sees it: its lines, its blocks with their options, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ExecutedPage = dict[str, Any]
"""A notebook (nbformat 4.5 as JSON): a code cell a block, its record in `metadata.sybil_pages`."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a line of the expanded page stands: its line in the page, or in an included file."""

    line: int
    file: str | None = None
    file_line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a page, at a line of it (from 1)."""

    line: int
    message: str
    included: str | None = None

    def report(self, page: str) -> str:
        """The problem as every report shows it: `docs/page.md:LINE: what is wrong`."""
        inside = f"{self.included}: " if self.included else ""
        return f"{page}:{self.line}: {inside}{self.message}"


@dataclass(frozen=True)
class Rules:
    """What a page's front matter says under `sybil-pages:`.

    Attributes:
        network: May the page reach the network?
        writes: May the page write under the project?
        run: Is the page executed at all?
        reason: Why it is not.
    """

    network: bool = False
    writes: bool = False
    run: bool = True
    reason: str | None = None


@dataclass(frozen=True)
class Options:
    """What the `#|` lines at the top of a block say."""

    alt: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    echo: bool = True
    results: str = "show"
    raises: str | None = None
    warns: str | None = None
    timeout: float = 60.0
    memory: float = 4.0
    tolerance: str | None = None
    inputs: tuple[str, ...] = ()
    run: bool = True
    reason: str | None = None
    table: bool = False
    solution: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line `key: expression` of a widget, and its expanded line (from 1)."""

    key: str
    source: str
    at: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a doctest session: its source, its claim, their expanded lines (from 1)."""

    source: str
    at: int
    claim: str
    claim_at: int


@dataclass(frozen=True, slots=True)
class Block:
    """A fence of code, or an inline expression, that the page executes or displays.

    Attributes:
        number: Its place among the blocks of the page, from 0.
        kind: `python`, `pycon`, `inline`, or `widget`.
        first: The expanded line (from 0) of its opening fence, or of the inline expression.
        last: The expanded line (from 0) after its closing fence.
        prefix: What stands before the fence: blanks and `>`.
        at: The expanded line (from 1) of the first line of `code`.
        code: The code as a reader copies it: no prefix, no options.
        options: What its `#|` lines say.
        claim: The text of the `output` fence below it.
        claim_at: The expanded line (from 1) of the claim's first line.
        claim_last: The expanded line (from 0) after the `output` fence.
        statements: The statements of a doctest session.
        widget: The name of a widget.
        entries: What a widget is given, its static figure last.
    """

    number: int
    kind: str
    first: int
    last: int
    prefix: str
    at: int
    code: str
    options: Options = Options()
    claim: str | None = None
    claim_at: int = 0
    claim_last: int = 0
    statements: tuple[Statement, ...] = ()
    widget: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def cell_id(self) -> str:
        """The id of its cell in the executed page."""
        return f"block-{self.number}"

    @property
    def source(self) -> str:
        """The code alone: no prompts, no claims, no keys; a widget's ends in its figure."""
        if self.entries:
            return "\n".join(entry.source for entry in self.entries)
        return "\n".join(s.source for s in self.statements) if self.statements else self.code


@dataclass
class Page:
    """A Markdown page, expanded and read.

    Attributes:
        path: Its path from the project's root, with `/`.
        text: What the file says.
        lines: Its lines with includes expanded; front matter is blank.
        origins: For each expanded line, where it stands; empty where the page includes nothing.
        blocks: What it executes, and its Python that it only displays, in order.
        rules: What its front matter says.
        displayed: How many other fences it displays.
        problems: What is wrong with it.
    """

    path: str
    text: str
    lines: list[str] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    rules: Rules = Rules()
    displayed: int = 0
    problems: list[Problem] = field(default_factory=list)

    def origin(self, line: int) -> Origin:
        """Where an expanded line (from 1) stands; the last one, if the page has not so many."""
        line = max(1, min(line, len(self.lines)))
        return self.origins[line - 1] if self.origins else Origin(line)

    def problem(self, line: int, message: str) -> Problem:
        """A problem at an expanded line (from 1), named where its author wrote it."""
        origin = self.origin(line)
        included = f"{origin.file}:{origin.file_line}" if origin.file else None
        return Problem(origin.line, message, included)

    def runs(self) -> list[Block]:
        """The blocks that are executed."""
        return [block for block in self.blocks if block.options.run] if self.rules.run else []


def cells_of(executed: ExecutedPage) -> dict[str, dict[str, Any]]:
    """The cells of an executed page, by their ids; a block that nothing ran has none."""
    return {cell["id"]: cell for cell in executed["cells"]}


def counted(number: int, noun: str) -> str:
    """`1 block`, `2 blocks`: how every report counts."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def not_executed(page: Page) -> ExecutedPage:
    """What stands for a page that nothing executed: no cells, and a mark that says so."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"sybil_pages": {"page": page.path, "not_executed": True}},
        "cells": [],
    }
