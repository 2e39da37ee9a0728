"""An executed page as cells, which every edition is made of: prose, and code with its claim.

A session at the prompt is cut behind each claim, because Jupyter shows only a cell's last value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .addresses import Addresses
from .claims import TRACEBACK, bare_traceback, claims
from .page import Block, ExecutedPage, Page, Statement, cells_of
from .prose import FOLD, Prose
from .widgets import MIME

_FRAMES = re.compile(r'(?:^ *File ".*", line \d+, in .*\n(?: {4,}.*\n)*\n*)+', re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A piece of a page.

    Attributes:
        source: Its prose, or its code.
        block: The block that its code is from; None for prose.
        statements: The statements at the prompt that it holds.
        outputs: What the execution showed, as nbformat spells it.
        claim: What it must show; None where nothing is claimed.
        fold: The number of the fold, from 1, that an exercise's solution stands in; else 0.
    """

    source: str
    block: Block | None = None
    statements: tuple[Statement, ...] = ()
    outputs: tuple[dict[str, Any], ...] = ()
    claim: str | None = None
    fold: int = 0

    @property
    def prompt(self) -> bool:
        """Does it show its value as a prompt does?"""
        return bool(self.statements)

    @property
    def raises(self) -> bool:
        """Is it meant to end in an exception?"""
        claimed = self.prompt and (self.claim or "").startswith(TRACEBACK)
        return claimed or bool(self.block and self.block.options.raises)


def cells(page: Page, executed: ExecutedPage, addresses: Addresses) -> list[Cell]:
    """The page as cells, in its order.

    Args:
        page: The page as read.
        executed: The page as executed.
        addresses: Where its links lead.
    """
    by_id = cells_of(executed)
    prose = Prose(page, by_id, addresses)
    folds = _folds(page)
    found: list[Cell] = []
    at = 0
    for block in (block for block in page.blocks if block.kind != "inline"):
        found += _prose(prose, folds, at, block.first)
        at = block.claim_last if block.claim is not None else block.last
        fold = next((n for n, lines in folds.items() if block.first in lines), 0)
        own = fold if block.options.solution else 0
        if block.cell_id not in by_id:
            found.append(Cell(_displayed(block), fold=own))
            continue
        found += _code(block, by_id[block.cell_id], fold)
        found += [Cell(f"*{addresses.relinked(text)}*", fold=own) for text in block.options.caption]
    return found + _prose(prose, folds, at, len(page.lines))


def _prose(prose: Prose, folds: dict[int, range], first: int, last: int) -> list[Cell]:
    """The prose between two lines, that of a solution's fold in cells of its own."""
    edges = sorted({first, last, *(n for r in folds.values() for n in (r.start, r.stop))})
    edges = [edge for edge in edges if first <= edge <= last]
    found = []
    for start, stop in pairwise(edges):
        text = prose.text(start, stop)
        fold = next((n for n, lines in folds.items() if start in lines), 0)
        if text:
            found.append(Cell(text, fold=fold))
    return found


def _folds(page: Page) -> dict[int, range]:
    """The lines of each fold that holds a solution, or of the solution where it is in none."""
    found: list[range] = []
    for block in page.blocks:
        if block.options.solution and not any(block.first in lines for lines in found):
            found.append(_fold(page, block))
    return dict(enumerate(found, 1))


def _fold(page: Page, block: Block) -> range:
    """The lines of the innermost fold around a block; its own where it stands in none."""
    least = len(block.prefix)
    for n in range(block.first - 1, -1, -1):
        if not least:
            break
        line = page.lines[n].expandtabs(4)
        indent = len(line) - len(line.lstrip())
        if not line.strip() or indent >= least:
            continue
        least = indent
        if line.lstrip().startswith("???") and FOLD.match(line):
            return range(n, _end(page, block.last, indent))
    return range(block.first, block.claim_last or block.last)


def _end(page: Page, start: int, indent: int) -> int:
    """The first line from `start` that is indented no more than a fold."""
    for n in range(start, len(page.lines)):
        line = page.lines[n].expandtabs(4)
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return n
    return len(page.lines)


def _displayed(block: Block) -> str:
    reason = block.options.reason
    told = f"\n\n*Not run here: {reason}*" if reason else ""
    return f"```python\n{block.code}\n```{told}"


def _code(block: Block, cell: dict[str, Any], fold: int) -> list[Cell]:
    """The cells of a block: one, or for a session one a claim, the figures with the last."""
    shown = tuple(_outputs(cell, block.claim or ""))
    if "failure" in cell["metadata"]["sybil_pages"]:
        return [Cell(block.source, block, outputs=shown, fold=fold)]
    if not block.statements:
        source = f"{block.entries[-1].source};" if block.entries else block.code.strip("\n")
        return [Cell(source, block, outputs=shown, claim=block.claim, fold=fold)]
    made: list[Cell] = []
    waiting: list[Statement] = []
    for statement, claim in zip(block.statements, claims(block, cell), strict=True):
        waiting.append(statement)
        if claim.text.strip() or claim.computed.strip():
            text = bare_traceback(claim.text)[0]
            made.append(_session(block, waiting, fold, claim.computed, text))
            waiting = []
    if waiting:
        made.append(_session(block, waiting, fold))
    pictures = tuple(output for output in shown if output["output_type"] == "display_data")
    last = made.pop()
    return [*made, Cell(**{**vars(last), "outputs": last.outputs + pictures})]


def _session(
    block: Block,
    statements: Sequence[Statement],
    fold: int,
    computed: str = "",
    claim: str | None = None,
) -> Cell:
    """Some statements at the prompt, the last of which may claim something."""
    text = _without_frames(computed)
    shown = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    source = "\n".join(statement.source for statement in statements)
    return Cell(source, block, tuple(statements), tuple(shown), claim, fold)


def _outputs(cell: dict[str, Any], claim: str) -> Iterator[dict[str, Any]]:
    """What a block showed, without what only the site can show.

    Of a message, what its claim leaves out may differ from run to run: it is left out here, too.
    """
    for output in cell["outputs"]:
        data = output.get("data", {})
        if output["output_type"] == "error" and "..." in claim and len(cell["outputs"]) == 1:
            said = claim.rstrip("\n")
            yield {**output, "evalue": said.partition(": ")[2], "traceback": [said]}
        elif output["output_type"] == "error":
            told = [_without_frames(text) for text in output["traceback"]]
            yield {**output, "evalue": _without_frames(output["evalue"]), "traceback": told}
        elif MIME not in data:  # the figure stands for it
            kept = {k: v for k, v in data.items() if not k.startswith("application/vnd.sybil")}
            yield {**output, "data": kept} if data else output


def _without_frames(message: str) -> str:
    """An exception's message without the calls that it names: where they stand, no reader has."""
    return _FRAMES.sub("  ...\n", message)
