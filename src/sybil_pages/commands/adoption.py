"""One page on its way to green: its faults mended, its failing blocks marked, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..census import NOT_YET
from ..claims import block_failures
from ..page import Block, ExecutedPage, Page, Problem, cells_of, counted
from ..project import Project
from ..read import read
from .edits import edited, place
from .marks import Repair, block_mark, fence_repair, page_mark, reason


@dataclass
class Adoption:
    """One page; nothing is written before all pages are done.

    Attributes:
        before: The page as it was read.
        page: The page as it stands now.
        failed: How many blocks were marked because they failed.
        blocks: How many were marked for what is wrong with their fence.
        fences: How many fences became `text`.
        whole: Was the page marked as a whole?
        mended: What was done beside marking what failed, in words.
        left: What could not be marked.
    """

    before: Page
    page: Page
    failed: int = 0
    blocks: int = 0
    fences: int = 0
    whole: bool = False
    mended: list[str] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Is there anything to write?"""
        return self.page.text != self.before.text

    def told(self) -> list[str]:
        """What was done, in words."""
        marked = [f"{counted(self.failed, 'block')} marked `run: false`"] if self.failed else []
        return marked + self.mended

    def mend(self, project: Project) -> None:
        """Mend what is wrong with the page as it reads: fence by fence, else mark the page."""
        while self.page.problems and not self.left:
            page = self.page
            repairs = [(problem, _repair(page, problem, project)) for problem in page.problems]
            hopeless = [problem for problem, repair in repairs if repair is None]
            found = [repair for _, repair in repairs if repair]
            edits = [edit for repair in found for edit in repair.edits]
            after = read(page.path, edited(page.text, edits), project)
            if hopeless or len(after.problems) >= len(page.problems):
                self._mark_page((hopeless or page.problems)[0], project)
                continue
            self.page = after
            self.mended += [repair.told for repair in found]
            self.blocks += sum(repair.blocks for repair in found)
            self.fences += sum(repair.fences for repair in found)

    def mark(self, executed: ExecutedPage, project: Project) -> bool:
        """Mark the blocks that failed; True where any did and the page must run again."""
        edits = []
        for block, problem in _failed(self.page, executed):
            mark = block_mark(self.page, block, reason(problem.message, project))
            if block.kind == "inline" or mark is None:
                self._mark_page(problem, project)
                return False
            edits.append(mark)
        if not edits:
            return False
        after = read(self.page.path, edited(self.page.text, edits), project)
        if after.problems or len(after.runs()) != len(self.page.runs()) - len(edits):
            self._mark_page(_failed(self.page, executed)[0][1], project)
            return False
        self.page = after
        self.failed += len(edits)
        return True

    def _mark_page(self, problem: Problem, project: Project) -> None:
        """Keep the page from running, where none of its blocks can say what is wrong."""
        page = self.page
        why = reason(problem.message, project)
        after = read(page.path, page_mark(page.text, why), project)
        if after.rules.run or not page.text:
            self.left += page.problems or [problem]
            return
        self.page = after
        self.whole = True
        said = why.removeprefix(f"{NOT_YET} ")
        self.mended.append(f"the page does not run yet: line {problem.line}: {said}")


def _repair(page: Page, problem: Problem, project: Project) -> Repair | None:
    """What mends one problem; None where only the page can be marked."""
    if problem.included:
        return None
    for block in page.blocks:
        if block.kind != "inline" and place(page, block.first + 1) == problem.line - 1:
            mute = block.kind == "pycon" and block.options.run and not block.statements
            if mute or not (block.options.run or block.options.reason):
                why = problem.message if mute else "nobody wrote down why it does not run"
                mark = block_mark(page, block, reason(why, project))
                told = f"line {problem.line}: marked: {why}"
                return Repair((mark,), told, blocks=1) if mark else None
    return fence_repair(page, project, problem.line)


def _failed(page: Page, executed: ExecutedPage) -> list[tuple[Block, Problem]]:
    """The blocks that fail, each with its first problem; not those that had no chance to run."""
    cells = cells_of(executed)
    found = []
    for block in page.runs():
        cell = cells.get(block.cell_id)
        if cell and "follows" not in cell["metadata"]["sybil_pages"].get("failure", {}):
            found += [(block, problem) for problem in block_failures(page, block, cell)[:1]]
    return found
