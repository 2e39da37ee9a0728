"""Rewrite claims that do not hold, after showing what would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from ..page import ExecutedPage, Page, counted
from ..project import Project
from .edits import Ask, file_of, lines_of, write
from .plan import Change, Plan, planned

Say = Callable[[str], None]


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
    left = 0
    found = [planned(page, executed[page.path], project) for page in pages]
    for plan in found:
        for problem in plan.left:
            say(f"{problem.report(plan.page.path)}\n    (this cannot be accepted)\n")
        if plan.changes:
            say(shown(plan))
        taken = not plan.changes or _take(plan, project, yes, ask, say)
        left += bool(plan.left) or not taken
    if not any(plan.changes or plan.left for plan in found):
        say("every claim holds: there is nothing to accept")
    return int(left > 0)


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
    say(f"{name}: {counted(len(plan.changes), 'claim')} rewritten\n")
    return True


def shown(plan: Plan) -> str:
    """The changes of a page, numeric drift apart from real change."""
    parts = []
    for drift, title in ((True, "numeric drift, only digits differ"), (False, "real change")):
        changes = [change for change in plan.changes if change.drift == drift]
        if changes:
            parts.append(f"{plan.page.path}: {title}: {counted(len(changes), 'claim')}")
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
