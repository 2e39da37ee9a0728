"""The claims of a page beside what ran, and which of them do not hold."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

from .compare import align
from .compare import compare as compare
from .fences import explained
from .page import Block, ExecutedPage, Page, Problem, Statement, cells_of
from .tokens import Token, holds, off, slack

TRACEBACK = "Traceback (most recent call last):"
_NOTE = re.compile(r"(?:\A|\n)\s*\n(?P<note>#[^\n]*)(?:\n#[^\n]*)*\Z")
_RAISED = f"{TRACEBACK}\n    ...\n"  # what `execute` puts before an exception's last lines


@dataclass(frozen=True)
class Claim:
    """What a block says that it shows, and what it showed.

    Attributes:
        text: What the page shows.
        computed: What ran.
        at: The expanded line (from 1) of the first line of `text`.
        tolerance: As in `compare`.
        statement: The doctest statement that it belongs to; None for an `output` fence.
        compared: The numbers that each comparison of the statement compared.
    """

    text: str
    computed: str
    at: int
    tolerance: Decimal | None = None
    statement: Statement | None = None
    compared: Sequence[Sequence[float]] = ()

    def room(self) -> float | None:
        """How far it is from failing: the smallest of its margins, between 0 and 1.

        Of a float that has slack, the share of the slack that is left. Of a comparison, how far
        apart its two numbers lie, as a share of the larger. None where it is exact: text that must
        be equal, or whole numbers.
        """
        slacks = partial(holds, tolerance=self.tolerance)
        found = [
            _left(*pair, self.tolerance) for pair in align(self.text, self.computed, slacks).pairs
        ]
        gaps = [_gap(*pair) for values in self.compared for pair in pairwise(values)]
        return min([share for share in [*found, *gaps] if share is not None], default=None)

    @property
    def raised(self) -> str:
        """The exception that the statement raised where its claim is no traceback."""
        if self.statement is None or self.text.startswith(TRACEBACK):
            return ""
        return self.computed.rpartition(_RAISED)[2] if _RAISED in self.computed else ""

    def miss(self) -> tuple[int, str] | None:
        """The expanded line where the claim fails and what is wrong there; None where it holds."""
        if self.statement and self.raised:
            return self.statement.at, _below(self.raised.strip(), self.statement.source)
        claim, skipped = bare_traceback(self.text) if self.statement else (self.text, 0)
        miss = compare(claim, self.computed, self.tolerance)
        if miss is None:
            return None
        by = f" ({miss.by})" if miss.by else ""
        message = f"claimed `{miss.claimed.strip()}`, computed `{miss.computed.strip()}`{by}"
        at = self.at + miss.line + (skipped if miss.line > 1 else 0)
        return (at if self.text or self.statement is None else self.statement.at), message


def _left(want: Token, got: Token, tolerance: Decimal | None) -> float | None:
    """The share of a float's slack that is left; None for what has none."""
    if not want.kind == got.kind == "float" or not (admitted := slack(want, tolerance)):
        return None
    return float(1 - off(want, got) / admitted)


def _gap(one: float, other: float) -> float:
    """How far two numbers lie apart, as a share of the larger; 0 where both are 0."""
    return abs(one - other) / (max(abs(one), abs(other), abs(one - other)) or 1)


def claims(block: Block, cell: dict[str, Any]) -> Iterator[Claim]:
    """The claims of an executed block that did not fail."""
    tolerance = None if block.options.tolerance is None else Decimal(block.options.tolerance)
    record = cell["metadata"]["sybil_pages"]
    computed = record.get("computed", ())
    found = record.get("compared") or [()] * len(computed)
    for statement, text, compared in zip(block.statements, computed, found, strict=True):
        claim = _without_note(statement.claim, text)
        yield Claim(claim, text, statement.claim_at, tolerance, statement, compared)
    if block.claim is not None:
        yield Claim(block.claim, shown_text(cell), block.claim_at, tolerance)


def _without_note(claim: str, computed: str) -> str:
    """A claim without the comment that stands before the next prompt, unless it was printed."""
    found = _NOTE.search(claim)
    return claim[: found.start()] if found and found["note"] not in computed else claim


def _below(message: str, code: str) -> str:
    return f"{message}\n{textwrap.indent(code, '    ')}"


def bare_traceback(claim: str) -> tuple[str, int]:
    """A claimed traceback without its frames, and how many lines that leaves out."""
    lines = claim.splitlines()
    if not lines or lines[0] != TRACEBACK:
        return claim, 0
    end = next((n for n, line in enumerate(lines) if n and not line.startswith(" ")), len(lines))
    return "\n".join([lines[0], "    ...", *lines[end:]]), end - 2


def failures(page: Page, executed: ExecutedPage) -> list[Problem]:
    """Everything that is wrong with an executed page: what failed, and which claims do not hold.

    Args:
        page: The page as read.
        executed: The page as executed: a notebook with a record for each block.

    Returns:
        The problems in the order of the page. What only follows from another failure, such as a
        missing name that a failed block would have defined, is left out.
    """
    found = list(page.problems)
    for block, cell in reported(page, executed):
        found += block_failures(page, block, cell)
    return sorted(found, key=lambda problem: problem.line)


def reported(page: Page, executed: ExecutedPage) -> Iterator[tuple[Block, dict[str, Any]]]:
    """The blocks that ran, with their cells, unless they failed only because another one did."""
    undefined: set[str] = set()
    cells = cells_of(executed)
    for block in page.runs():
        cell = cells.get(block.cell_id)
        if cell is None:  # the page was not executed
            continue
        record = cell["metadata"]["sybil_pages"]
        failure = record.get("failure", {})
        follows = "follows" in failure or failure.get("missing") in undefined
        if not follows and not (failure and explained(page, failure)):
            yield block, cell
        undefined.update(record.get("defines", ()))


def block_failures(page: Page, block: Block, cell: dict[str, Any]) -> list[Problem]:
    """What is wrong with one executed block: why it failed, or which of its claims do not hold."""
    if failure := cell["metadata"]["sybil_pages"].get("failure"):
        return [page.problem(failure["at"], _quote(page, failure))]
    misses = (claim.miss() for claim in claims(block, cell))
    return [page.problem(*miss) for miss in misses if miss]


def shown_text(cell: dict[str, Any]) -> str:
    """The text that a block shows: its prints and its value, or its last traceback line."""
    parts = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            parts.append(output["text"])
        elif output["output_type"] == "error":
            parts.append(output["traceback"][-1] + "\n")
        elif text := plain(output):
            parts.append(text + "\n")
    return "".join(parts)


def plain(output: dict[str, Any]) -> str:
    """The plain text of a displayed value; nothing where it is shown as a picture or Markdown."""
    data: dict[str, str] = output["data"]
    return "" if len(data) > 1 else data.get("text/plain", "")


def _quote(page: Page, failure: dict[str, Any]) -> str:
    """A failure with the line of code that it names."""
    code = page.lines[failure["at"] - 1].strip(" \t>") if failure["at"] <= len(page.lines) else ""
    shown = "" if not code or code.startswith(("```", "~~~")) else f"\n    {code}"
    return str(failure["message"]) + shown
