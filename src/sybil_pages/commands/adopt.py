"""Make a folder green in one step: what fails today is marked `not yet`, and shown as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..page import ExecutedPage, Page, counted
from ..project import Project
from .adoption import Adoption
from .edits import Ask, file_of, write

Execute = Callable[[Sequence[Page]], Mapping[str, ExecutedPage]]
Say = Callable[[str], None]


def adopt(
    pages: Sequence[Page],
    project: Project,
    execute: Execute,
    *,
    yes: bool = False,
    ask: Ask = None,
    say: Say = print,
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
    for adoption in adoptions:
        adoption.mend(project)
    due = adoptions
    while due:  # each round marks at least one block of each page that is still due
        due = [adoption for adoption in due if adoption.page.runs() and not adoption.left]
        executed = execute([adoption.page for adoption in due])
        due = [one for one in due if one.mark(executed[one.page.path], project)]
    for adoption in adoptions:
        for told in adoption.told():
            say(f"{adoption.before.path}: {told}")
        for problem in adoption.left:
            advice = "this cannot be marked: mend it by hand"
            say(f"{problem.report(adoption.before.path)}\n    ({advice})")
    return _finish(adoptions, project, yes, ask, say)


def _finish(adoptions: Sequence[Adoption], project: Project, yes: bool, ask: Ask, say: Say) -> int:
    """Write the pages that changed, if that is wanted, and say what became of all."""
    changed = [adoption for adoption in adoptions if adoption.changed]
    left = any(adoption.left for adoption in adoptions)
    total = _total(adoptions)
    if not changed:
        say(total)
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


def _total(adoptions: Sequence[Adoption]) -> str:
    blocks = sum(adoption.failed + adoption.blocks for adoption in adoptions)
    fences = sum(adoption.fences for adoption in adoptions)
    pages = sum(adoption.whole for adoption in adoptions)
    told = [f"{counted(blocks, 'block')} marked"] * bool(blocks)
    told += [f"{counted(pages, 'page')} marked as a whole"] * bool(pages)
    told += [f"{counted(fences, 'fence')} shown as `text`"] * bool(fences)
    return f"{counted(len(adoptions), 'page')}: {', '.join(told) or 'nothing to mark'}"
