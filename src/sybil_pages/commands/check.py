"""Execute pages and verify what they claim, wherever they live, and report what was found."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import report
from ..census import Census, census
from ..claims import failures
from ..execution import execute_all
from ..page import ExecutedPage, Page, Problem
from ..progress import watching
from ..project import Project
from .shake import Run, shake


@dataclass(frozen=True)
class Checked:
    """A page as checked.

    Attributes:
        page: The page as read.
        executed: The page as executed.
        problems: What is wrong with it.
        reason: Why it ran; empty where it did not.
        name: How reports name it: its path from its project's root, or from here where pages of
            several projects are checked.
    """

    page: Page
    executed: ExecutedPage
    problems: Sequence[Problem]
    reason: str
    name: str

    @property
    def census(self) -> Census:
        """What became of its fences."""
        return census(self.page, self.executed)

    @property
    def reports(self) -> list[str]:
        """What every report says about what is wrong with it."""
        return [problem.report(self.name) for problem in self.problems]


def check(
    groups: Sequence[tuple[Project, Sequence[Page]]], *, fresh: bool = False, shaken: bool = False
) -> list[Checked]:
    """Execute and verify pages.

    Args:
        groups: Projects, with the pages of each.
        fresh: Trust nothing that ran before.
        shaken: Run them again under other conditions, too.
    """
    found: list[Checked] = []
    for project, pages in groups:
        executed, reasons = _execute(pages, project, fresh=fresh)
        problems = {page.path: failures(page, executed[page.path]) for page in pages}
        if shaken:
            for path, more in shake(pages, executed, _again(pages, project), _say).items():
                problems[path] += more
        for page in pages:
            name = _name(page, project) if len(groups) > 1 else page.path
            why = reasons.get(page.path, "")
            found.append(Checked(page, executed[page.path], problems[page.path], why, name))
    return found


def _again(pages: Sequence[Page], project: Project) -> Run:
    """What runs pages once more, under conditions."""
    return lambda conditions: _execute(pages, project, fresh=True, conditions=conditions)[0]


def _name(page: Page, project: Project) -> str:
    return os.path.relpath(project.root / page.path).replace(os.sep, "/")


def _execute(
    pages: Sequence[Page],
    project: Project,
    *,
    fresh: bool,
    conditions: Mapping[str, str] | None = None,
) -> tuple[Mapping[str, ExecutedPage], Mapping[str, str]]:
    """Pages as executed, and why those that ran had to; what goes on is told meanwhile."""
    with watching(sys.stderr) as watcher:
        executed = execute_all(pages, project, watcher, fresh=fresh, conditions=conditions)
    return executed, watcher.reasons


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def close(found: Sequence[Checked]) -> int:
    """Print failures, and the closing lines; 1 where anything failed."""
    reports = [text for one in found for text in one.reports]
    if reports:
        _say(f"\n{report.listed(reports)}\n")
    print(title(found))
    if left := report.not_yet((one.name, one.page, one.census) for one in found):
        print(left)
    return 1 if reports else 0


def title(found: Sequence[Checked]) -> str:
    """One line about all pages."""
    cached = sum(bool(_about(one).get("cached")) for one in found)
    wrong = sum(len(one.problems) for one in found)
    return report.totals([one.census for one in found], wrong, cached)


def _about(one: Checked) -> Mapping[str, object]:
    about: Mapping[str, object] = one.executed["metadata"]["sybil_pages"]
    return about
