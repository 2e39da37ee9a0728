"""Rewrite claims that do not hold, after showing what would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from .claims import Claim, block_failures, claims, reported
from .edits import Ask, Edit, edited, file_of, lines_of, place, prefix_of, write
from .page import Block, ExecutedPage, Page, Problem
from .project import Project
from .read import read
from .renew import renewed, spelled_blank

Say = Callable[[str], None]


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


def accept(
    pages: Sequence[Page],
    executed: Mapping[str, ExecutedPage],
    project: Project,
    *,
    yes: bool = False,
    ask: Ask = None,
    say: Say = print,
) -> int:
    """Show for each page which claims would change and how, and rewrite them.

    Args:
        pages: The pages as read.
        executed: The pages as executed, by path.
        project: The folder that they live in.
        yes: Rewrite without asking.
        ask: Asks at the terminal; None where nobody sits there.
        say: Prints.

    Returns:
        0 if every claim holds now, 1 if something is left.
    """
    status, held = 0, 0
    for page in pages:
        plan = planned(page, executed[page.path], project)
        held += not plan.changes and not plan.left
        for problem in plan.left:
            say(f"{problem.report(page.path)}\n    (this cannot be accepted)\n")
        if executed[page.path]["metadata"]["sybil_pages"].get("not_executed") and page.runs():
            say(f"{page.path}: was not executed, so nothing is known about its claims\n")
            status = 1
        if plan.changes:
            say(shown(plan))
        if plan.changes and not _take(plan, project, yes, ask, say):
            status = 1
        if plan.left:
            status = 1
    if held == len(pages) and not status:
        say("every claim holds: there is nothing to accept")
    return status


def _take(plan: Plan, project: Project, yes: bool, ask: Ask, say: Say) -> bool:
    """Rewrite a page if that is wanted; True where it was."""
    name = plan.page.path
    if not yes and ask is None:
        say(f"{name}: nothing is changed; to take these values: sybil-pages accept --yes {name}\n")
        return False
    if not yes and ask and not ask(f"Rewrite {name}?"):
        say(f"{name}: nothing is changed\n")
        return False
    try:
        write(file_of(plan.page, project), plan.page.text, plan.text)
    except (ValueError, OSError) as error:
        say(f"{name}: {error}\n")
        return False
    say(f"{name}: {_count(plan.changes)} rewritten\n")
    return True


def planned(page: Page, executed: ExecutedPage, project: Project) -> Plan:
    """Find the claims of a page that do not hold, and what each becomes."""
    plan = Plan(page, left=list(page.problems))
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
    if claim.raised or not page.origins[claim.at - 2].file:
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
    for change in plan.changes[:]:
        if not _holds(Plan(plan.page, [change]), cells, project):
            line, wrong = change.claim.miss() or (change.claim.at, "")
            plan.changes.remove(change)
            plan.left.append(plan.page.problem(line, f"{wrong}: no claim can say this"))


def shown(plan: Plan) -> str:
    """The changes of a page, numeric drift apart from real change."""
    parts = []
    for drift, title in ((True, "numeric drift, only digits differ"), (False, "real change")):
        changes = [change for change in plan.changes if change.drift == drift]
        if changes:
            parts.append(f"{plan.page.path}: {title}: {_count(changes)}")
            parts += [_hunk(plan.page, change) for change in changes]
    return "\n\n".join(parts) + "\n"


def _hunk(page: Page, change: Change) -> str:
    """One claim's old and new lines, under the line before them."""
    old = [line.rstrip() for line in lines_of(page.text)]
    edit = change.edit
    gone = old[edit.first : edit.last]
    head = [f"{page.path}:{edit.first + 1}", f"      {old[edit.first - 1]}"]
    out = [*head, *_marked(gone, edit.lines)]
    return "\n".join(out)


def _marked(gone: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    for _, i, k, j, m in SequenceMatcher(None, gone, new, autojunk=False).get_opcodes():
        same = gone[i:k] == list(new[j:m])
        yield from (f"{'      ' if same else '    - '}{line}".rstrip() for line in gone[i:k])
        yield from (f"    + {line}".rstrip() for line in new[j:m] if not same)


def _count(changes: Sequence[Change]) -> str:
    return "1 claim" if len(changes) == 1 else f"{len(changes)} claims"
