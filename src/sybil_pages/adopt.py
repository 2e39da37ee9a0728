"""Make a folder green in one step: what fails today is marked `not yet`, and shown as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .census import NOT_YET, counted
from .claims import block_failures
from .edits import Ask, Edit, edited, file_of, place, write
from .marks import block_mark, fence_marks, page_mark, reason
from .page import Block, ExecutedPage, Page, Problem
from .project import Project
from .read import read

Execute = Callable[[Sequence[Page]], Mapping[str, ExecutedPage]]


@dataclass
class Adoption:
    """One page on its way; nothing is written before all pages are done.

    Attributes:
        before: The page as it was read.
        page: The page as it stands now.
        blocks: How many blocks were marked.
        done: What else was done, in words.
        left: What could not be marked.
    """

    before: Page
    page: Page
    blocks: int = 0
    done: list[str] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Is there anything to write?"""
        return self.page.text != self.before.text

    def told(self) -> list[str]:
        """What was done, in words."""
        blocks = [f"{counted(self.blocks, 'block')} marked `run: false`"] if self.blocks else []
        return blocks + self.done


def adopt(
    pages: Sequence[Page],
    project: Project,
    execute: Execute,
    *,
    yes: bool = False,
    ask: Ask = None,
    say: Callable[[str], None] = print,
) -> int:
    """Mark what fails, until nothing fails; then show what was marked, and write it.

    Args:
        pages: The pages as read.
        project: The folder that they live in.
        execute: Executes pages.
        yes: Write without asking.
        ask: Asks at the terminal; None where nobody sits there.
        say: Prints.

    Returns:
        0 if nothing fails now, 1 if something is left or nothing was written.
    """
    adoptions = [Adoption(page, page) for page in pages]
    due = adoptions
    while due:  # each round marks at least one block of each page that is still due
        for adoption in due:
            _mend(adoption, project)
        runs = [adoption for adoption in due if not adoption.left and adoption.page.runs()]
        executed = execute([adoption.page for adoption in runs])
        due = [
            adoption for adoption in runs if _mark(adoption, executed[adoption.page.path], project)
        ]
    for adoption in adoptions:
        _tell(adoption, say)
    return _finish(adoptions, project, yes, ask, say)


def _mend(adoption: Adoption, project: Project) -> None:
    """Mark what is wrong with a page as it reads: fence by fence, else the page."""
    page = adoption.page
    if not page.problems:
        return
    edits: list[Edit] = []
    told: list[str] = []
    for problem in page.problems:
        found, words = _fault(page, problem, project)
        edits += found
        told += [words] * bool(words)
        if not found:
            _mark_page(adoption, problem, project)
            return
    after = read(page.path, edited(page.text, edits), project)
    if len(after.problems) >= len(page.problems):
        _mark_page(adoption, page.problems[0], project)
        return
    adoption.page = after
    adoption.done += told
    _mend(adoption, project)


def _fault(page: Page, problem: Problem, project: Project) -> tuple[list[Edit], str]:
    """The edits that mend one problem, and what they do; none where only the page can be marked."""
    if problem.included:
        return [], ""
    for block in page.blocks:
        if place(page, block.first + 1) == problem.line - 1 and block.kind != "inline":
            mute = block.kind == "pycon" and block.options.run and not block.statements
            if mute or (not block.options.run and not block.options.reason):
                why = problem.message if mute else "nobody wrote down why it does not run"
                mark = block_mark(page, block, reason(why, project))
                return ([mark], f"line {problem.line}: marked: {why}") if mark else ([], "")
    return fence_marks(page, project, problem.line)


def _mark_page(adoption: Adoption, problem: Problem, project: Project) -> None:
    """Keep a whole page from running, where none of its blocks can say what is wrong."""
    page = adoption.page
    after = read(page.path, page_mark(page.text, reason(problem.message, project)), project)
    if after.rules.run or not page.text:
        adoption.left += page.problems or [problem]
        return
    adoption.page = after
    said = reason(problem.message, project).removeprefix(f"{NOT_YET} ")
    adoption.done.append(f"the page does not run yet: line {problem.line}: {said}")


def _mark(adoption: Adoption, executed: ExecutedPage, project: Project) -> bool:
    """Mark the blocks that failed; True where any did."""
    page = adoption.page
    edits: dict[int, Edit] = {}
    for block, problem in _failed(page, executed):
        edit = None
        if block.kind != "inline":
            edit = block_mark(page, block, reason(problem.message, project))
        if edit is None:
            _mark_page(adoption, problem, project)
            return False
        edits[block.number] = edit
    if not edits:
        return False
    after = read(page.path, edited(page.text, edits.values()), project)
    if len(page.runs()) - len(after.runs()) != len(edits) or after.problems:
        _mark_page(adoption, page.problem(1, "its blocks cannot be marked"), project)
        return False
    adoption.page = after
    adoption.blocks += len(edits)
    return True


def _failed(page: Page, executed: ExecutedPage) -> list[tuple[Block, Problem]]:
    """The blocks that fail, each with its first problem; not those that had no chance to run."""
    cells = {cell["id"]: cell for cell in executed["cells"]}
    found = []
    for block in page.runs():
        cell = cells.get(f"block-{block.number}")
        if cell and "follows" not in cell["metadata"]["sybil_pages"].get("failure", {}):
            found += [(block, problem) for problem in block_failures(page, block, cell)[:1]]
    return found


def _tell(adoption: Adoption, say: Callable[[str], None]) -> None:
    name = adoption.before.path
    for words in adoption.told():
        say(f"{name}: {words}")
    for problem in adoption.left:
        say(f"{problem.report(name)}\n    (this cannot be marked: mend it by hand)")


def _finish(
    adoptions: Sequence[Adoption],
    project: Project,
    yes: bool,
    ask: Ask,
    say: Callable[[str], None],
) -> int:
    """Write the pages that changed, if that is wanted, and say what became of all."""
    changed = [adoption for adoption in adoptions if adoption.changed]
    left = any(adoption.left for adoption in adoptions)
    blocks = counted(sum(adoption.blocks for adoption in changed), "block")
    total = f"{counted(len(adoptions), 'page')}: {blocks} marked in {counted(len(changed), 'page')}"
    if not changed:
        say(f"{counted(len(adoptions), 'page')}: nothing to mark")
        return int(left)
    if not yes and (ask is None or not ask(f"{total}. Write that?")):
        advice = "" if ask else "; to write that, add --yes"
        say(f"{total}: nothing is written{advice}")
        return 1
    for adoption in changed:
        try:
            path = file_of(adoption.before, project)
            write(path, adoption.before.text, adoption.page.text)
        except (ValueError, OSError) as error:
            say(f"{adoption.before.path}: {error}")
            left = True
    say(total)
    return int(left)
