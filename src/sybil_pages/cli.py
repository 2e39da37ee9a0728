"""The command line: `sybil-pages check` executes and verifies pages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import report
from .cache import execute_all
from .claims import failures
from .page import Page
from .project import Project, above
from .read import read_file


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is 1 where a block or a claim fails."""
    parser = argparse.ArgumentParser(prog="sybil-pages", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="execute pages and verify what they claim")
    check.add_argument("paths", nargs="*", type=Path, help="pages or folders (the site's, if none)")
    check.set_defaults(run=_check)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def _check(options: argparse.Namespace) -> int:
    project, pages = _read(options.paths)
    executed = execute_all(pages, project, lambda line: print(line, flush=True))
    found = [
        problem.report(page.path)
        for page in pages
        for problem in failures(page, executed[page.path])
    ]
    if found:
        print(f"\n{report.heading(found)}\n\n" + "\n\n".join(found), file=sys.stderr)
    return 1 if found else 0


def _read(paths: Sequence[Path]) -> tuple[Project, list[Page]]:
    """The pages that the command line names, or all of the project's, and their project.

    The project is the nearest `mkdocs.yml` above; a folder without one is a project too.
    """
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise SystemExit(f"sybil-pages: there is no {missing[0]}")
    project = above(paths[0] if paths else Path.cwd())
    files = [file for path in paths or [project.docs] for file in _files(path, project)]
    return project, [read_file(file, project) for file in dict.fromkeys(files)]


def _files(path: Path, project: Project) -> list[Path]:
    """A page, or the pages of a folder that take part; folders with a leading dot are passed by."""
    if not path.is_dir():
        return [path]
    return [
        file
        for file in sorted(path.rglob("*"))
        if project.takes_part(file.resolve()) and not _passed(file.relative_to(path))
    ]


def _passed(path: Path) -> bool:
    return any(
        part.startswith(".") or part in ("node_modules", "__pycache__", "site-packages")
        for part in path.parts
    )
