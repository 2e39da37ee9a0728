"""What accepting would do to one page: which claims change, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..claims import Claim, block_failures, claims, reported
from ..page import Block, ExecutedPage, Page, Problem
from ..project import Project
from ..read import read
from .edits import Edit, edited, lines_of, place, prefix_of
from .renew import renewed, spelled_blank


@dataclass(frozen=True)
class Change:
    """A claim that does not hold, and the edit that makes it hold.

    Attributes:
        claim: The claim.
        block: The number of its block.
        number: Its place among the claims of the block.
        edit: What changes in the page's file.
        drift: As in `Renewal`.
    """

    claim: Claim
    block: int
    number: int
    edit: Edit
    drift: bool


@dataclass
class Plan:
    """What accepting would do to one page.

    Attributes:
        page: The page as read.
        changes: The claims that would be rewritten.
        left: What cannot be accepted.
    """

    page: Page
    changes: list[Change] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The page's text with the changes made."""
        return edited(self.page.text, [change.edit for change in self.changes])


def planned(page: Page, executed: ExecutedPage, project: Project) -> Plan:
    """Find the claims of a page that do not hold, and what each becomes."""
    plan = Plan(page, left=list(page.problems))
    if page.runs() and executed["metadata"]["sybil_pages"].get("not_executed"):
        plan.left.append(Problem(1, "was not executed, so nothing is known about its claims"))
    cells = {}
    for block, cell in reported(page, executed):
        cells[block.number] = cell
        if cell["metadata"]["sybil_pages"].get("failure"):
            plan.left += block_failures(page, block, cell)
            continue
        for n, claim in enumerate(claims(block, cell)):
            if miss := claim.miss():
                change = None if claim.raised else _change(page, block, n, claim)
                if change:
                    plan.changes.append(change)
                else:
                    plan.left.append(page.problem(miss[0], miss[1] + _elsewhere(page, claim)))
    if plan.changes and not _holds(plan, cells, project):
        _leave_unwritable(plan, cells, project)
    plan.left.sort(key=lambda problem: problem.line)
    return plan


def _change(page: Page, block: Block, number: int, claim: Claim) -> Change | None:
    """The edit that renews a claim; None where its lines are not the page's own."""
    count = len(claim.text.split("\n")) if claim.text else 0
    first = place(page, claim.at - 1)  # the fence or the code above the claim
    if first is None:
        return None
    if any(place(page, claim.at + n) != first + 1 + n for n in range(count)):
        return None
    width = len(block.prefix) if claim.statement else None
    prefix = prefix_of(lines_of(page.text)[first], width)
    new = renewed(claim, spelled_blank(block.code))
    lines = tuple((prefix + line).rstrip() for line in new.lines)
    return Change(claim, block.number, number, Edit(first + 1, first + 1 + count, lines), new.drift)


def _elsewhere(page: Page, claim: Claim) -> str:
    last = claim.at - 1 + len(claim.text.split("\n"))
    if claim.raised or not any(origin.file for origin in page.origins[claim.at - 2 : last]):
        return ""
    return "\n    (the claim stands in an included file: change it there)"


def _holds(plan: Plan, cells: Mapping[int, dict[str, Any]], project: Project) -> bool:
    """Does the page, read again with its changes, run the same code and claim what it gave?"""
    now = read(plan.page.path, plan.text, project)
    if [_code(block) for block in now.blocks] != [_code(block) for block in plan.page.blocks]:
        return False
    return all(
        list(claims(now.blocks[change.block], cells[change.block]))[change.number].miss() is None
        for change in plan.changes
    )


def _code(block: Block) -> tuple[object, ...]:
    return block.kind, block.source, block.options, len(block.statements), block.claim is None


def _leave_unwritable(plan: Plan, cells: Mapping[int, dict[str, Any]], project: Project) -> None:
    """Leave out the changes whose new text a page cannot hold, such as the end of a fence."""
    alone = [c for c in plan.changes if _holds(Plan(plan.page, [c]), cells, project)]
    good = alone if _holds(Plan(plan.page, alone), cells, project) else []
    for change in plan.changes:
        if change not in good:
            line, wrong = change.claim.miss() or (change.claim.at, "")
            plan.left.append(plan.page.problem(line, f"{wrong}: no claim can say this"))
    plan.changes = good
