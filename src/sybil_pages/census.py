"""What became of each fence of a page: verified, executed, displayed, or failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from .claims import claims
from .page import Block, ExecutedPage, Page, cells_of

NOT_YET = "not yet:"
"""How the reason of a block begins that was adopted as it stood, and that is to be verified."""


@dataclass
class Census:
    """Every fence of a page, counted once; and what its blocks showed.

    Attributes:
        verified: Sessions and `output` fences that ran as they claim.
        executed: Other Python that ran to its end.
        displayed: Fences that nothing ran, Python among them.
        failed: Fences that failed, or whose claims do not hold.
        blocks: Blocks that ran; inline expressions are not counted here.
        claims: Claimed outputs that hold.
        values: Inline expressions that have a value.
        figures: Figures that were drawn.
        shown: The Python that is displayed: its line in the page, and the reason.
    """

    verified: int = 0
    executed: int = 0
    displayed: int = 0
    failed: int = 0
    blocks: int = 0
    claims: int = 0
    values: int = 0
    figures: int = 0
    shown: list[tuple[int, str]] = field(default_factory=list)

    @property
    def fences(self) -> int:
        """How many fences the page has."""
        return self.verified + self.executed + self.displayed + self.failed

    def not_yet(self, page: Page) -> int:
        """How many blocks were adopted as they stood, and are to be verified."""
        if page.rules.run:
            return sum(reason.startswith(NOT_YET) for _, reason in self.shown)
        adopted = (page.rules.reason or "").startswith(NOT_YET)
        return (len(self.shown) or 1) if adopted else 0  # 1 where its blocks cannot even be read

    @classmethod
    def sum(cls, pages: Iterable[Census]) -> Census:
        """The census of several pages together."""
        total = cls()
        for page in pages:
            for one in fields(cls):
                setattr(total, one.name, getattr(total, one.name) + getattr(page, one.name))
        return total


def census(page: Page, executed: ExecutedPage) -> Census:
    """Count the fences of a page.

    Args:
        page: The page as read.
        executed: The page as executed.

    Returns:
        The census. An `output` fence is verified, where the block that it belongs to is executed.
    """
    found = Census(displayed=page.displayed)
    cells = cells_of(executed)
    for block in page.blocks:
        cell = cells.get(block.cell_id)
        if block.kind == "inline":
            found.values += cell is not None and "failure" not in _record(cell)
        elif cell is None:
            found.displayed += 1 + (block.claim is not None)
            found.shown.append((page.problem(block.first + 1, "").line, _reason(page, block)))
        else:
            _count(found, page, block, cell)
    return found


def _count(found: Census, page: Page, block: Block, cell: dict[str, Any]) -> None:
    """Count the fences of a block that was executed."""
    failure = _record(cell).get("failure")
    made = [] if failure else [(claim, claim.miss()) for claim in claims(block, cell)]
    missed = any(miss for _, miss in made)
    found.blocks += not failure or "follows" not in failure
    found.claims += sum(bool(claim.text) and not miss for claim, miss in made)
    found.figures += sum("image/svg+xml" in output.get("data", {}) for output in cell["outputs"])
    if block.kind == "pycon":
        kinds = ["failed" if failure or missed else "verified"]
    else:
        kinds = ["failed" if failure else "executed"]
        if block.claim is not None:
            kinds.append("failed" if failure or missed else "verified")
    for kind in kinds:
        setattr(found, kind, getattr(found, kind) + 1)


def _record(cell: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = cell["metadata"]["sybil_pages"]
    return record


def _reason(page: Page, block: Block) -> str:
    """Why a block is not executed."""
    return page.rules.reason or block.options.reason or "pages are not executed here"
