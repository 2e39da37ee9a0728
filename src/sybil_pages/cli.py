"""The command line: `sybil-pages check` executes and verifies pages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import folder, report
from .accept import accept
from .adopt import adopt
from .cache import execute_all
from .claims import failures
from .edits import terminal
from .page import ExecutedPage, Page
from .project import Project, above
from .read import read_file
from .workers import Quiet


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is 1 where a block or a claim fails."""
    parser = argparse.ArgumentParser(prog="sybil-pages", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="execute pages and verify what they claim")
    check.add_argument("paths", nargs="*", type=Path, help="pages or folders (the site's, if none)")
    check.set_defaults(run=_check)
    export = commands.add_parser("export", help="write pages and their outputs as plain Markdown")
    export.add_argument("target", type=Path, metavar="DIR", help="the folder to write")
    export.add_argument("paths", nargs="*", type=Path, help="as for check")
    export.add_argument("--force", action="store_true", help="overwrite what no export wrote")
    export.set_defaults(run=_export)
    accepting = commands.add_parser("accept", help="rewrite claims that do not hold")
    accepting.add_argument("paths", nargs="*", type=Path, help="as for check")
    accepting.add_argument("--yes", action="store_true", help="do not ask")
    accepting.set_defaults(run=_accept)
    adopting = commands.add_parser("adopt", help="mark what fails today `run: false`, not yet")
    adopting.add_argument("paths", nargs="*", type=Path, metavar="DIR", help="as for check")
    adopting.add_argument("--yes", action="store_true", help="do not ask")
    adopting.set_defaults(run=_adopt)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def _check(options: argparse.Namespace) -> int:
    project, pages = _read(options.paths)
    executed = execute_all(pages, project, Quiet())
    return _report(pages, executed)


def _export(options: argparse.Namespace) -> int:
    project, pages = _read(options.paths)
    folders = [path for path in options.paths or [project.docs] if path.is_dir()]
    try:
        folder.refuse(options.target, project, force=options.force)
        pages = folder.outside(options.target, pages, project)
        executed = execute_all(pages, project, Quiet())
        if _report(pages, executed):
            return 1
        held = folder.contents(pages, executed, folders, project)
        folder.write(held, options.target, force=options.force, whole=not options.paths)
    except (folder.Refused, OSError) as error:
        raise SystemExit(f"sybil-pages: {error}") from error
    print(f"{options.target}: {len(pages)} pages, {len(held) - len(pages)} other files")
    return 0


def _accept(options: argparse.Namespace) -> int:
    project, pages = _read(options.paths)
    executed = execute_all(pages, project, Quiet())
    return accept(pages, executed, project, yes=options.yes, ask=terminal())


def _adopt(options: argparse.Namespace) -> int:
    project, pages = _read(options.paths)

    def execute(pages: Sequence[Page]) -> Mapping[str, ExecutedPage]:
        return execute_all(pages, project, Quiet())

    return adopt(pages, project, execute, yes=options.yes, ask=terminal())


def _report(pages: Sequence[Page], executed: Mapping[str, ExecutedPage]) -> int:
    """Print what is wrong with executed pages; 1 if anything is."""
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
