"""The command line: `sybil-pages check` executes and verifies pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import report
from .cache import execute_all
from .claims import failures
from .project import Project, from_file
from .read import read


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
    project = _project(Path.cwd())
    paths = [path for given in options.paths or [project.docs] for path in _pages(given)]
    pages = []
    for path in paths:
        inside = path.resolve()
        name = inside.relative_to(project.root) if inside.is_relative_to(project.root) else path
        pages.append(read(name.as_posix(), path.read_text("utf-8"), project))
    executed = execute_all(pages, project, lambda line: print(line, flush=True))
    found = [
        problem.report(page.path)
        for page in pages
        for problem in failures(page, executed[page.path])
    ]
    if found:
        print(f"\n{report.heading(found)}\n\n" + "\n\n".join(found), file=sys.stderr)
    return 1 if found else 0


def _project(start: Path) -> Project:
    """The project of the nearest `mkdocs.yml` above, or the folder itself."""
    for folder in (start, *start.parents):
        if (folder / "mkdocs.yml").is_file():
            return from_file(folder / "mkdocs.yml")
    return Project(start.resolve(), start.resolve())


def _pages(path: Path) -> list[Path]:
    return sorted(path.rglob("*.md")) if path.is_dir() else [path]
