"""The command line: `sybil-pages check / run / accept / adopt / export`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import report
from .claims import failures
from .commands import folder, summary
from .commands.accept import accept
from .commands.adopt import adopt
from .commands.check import check, close, title
from .commands.edits import terminal
from .commands.gather import NoPages, gather
from .execution import execute_all
from .page import ExecutedPage, Page
from .progress import watching
from .project import Project


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is 1 where a block or a claim fails."""
    parser = argparse.ArgumentParser(prog="sybil-pages", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    checking = commands.add_parser("check", help="execute pages and verify what they claim")
    _add_common(checking)
    checking.add_argument(
        "--shake",
        action="store_true",
        help="run them again under other conditions, and name what does not hold in all",
    )
    checking.set_defaults(run=_check)
    running = commands.add_parser("run", help="the same, with a report of what ran")
    _add_common(running)
    running.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    running.add_argument(
        "--summary",
        type=Path,
        metavar="FILE",
        default=os.environ.get("GITHUB_STEP_SUMMARY"),
        help="append it as Markdown (GITHUB_STEP_SUMMARY, if that is set)",
    )
    running.set_defaults(run=_run)
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
    try:
        return int(options.run(options))
    except NoPages as error:
        print(f"sybil-pages: {error}", file=sys.stderr)
        return 2
    except (RuntimeError, ValueError) as error:  # a scheduler, or an option, that is none
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, help="pages or folders (the site's, if none)"
    )
    parser.add_argument("--fresh", action="store_true", help="trust nothing that ran before")


def _check(options: argparse.Namespace) -> int:
    return close(check(gather(options.paths), fresh=options.fresh, shaken=options.shake))


def _run(options: argparse.Namespace) -> int:
    found = check(gather(options.paths), fresh=options.fresh)
    entries = [summary.entry(one) for one in found]
    summary.table(entries, sys.stdout)
    status = close(found)
    try:
        if options.json:
            text = json.dumps(summary.whole(entries), indent=2, ensure_ascii=False)
            options.json.write_text(text + "\n", "utf-8")
        if options.summary:
            reports = [text for one in found for text in one.reports]
            with Path(options.summary).open("a", encoding="utf-8") as file:
                file.write(summary.markdown(entries, title(found), reports))
    except OSError as error:
        print(f"sybil-pages: {error}", file=sys.stderr)
        return 2
    return status


def _export(options: argparse.Namespace) -> int:
    project, pages = _read(options.paths)
    folders = [path for path in options.paths or [project.docs] if path.is_dir()]
    try:
        folder.refuse(options.target, project, force=options.force)
        pages = folder.outside(options.target, pages, project)
        executed = _execute(pages, project)
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
    executed = _execute(pages, project)
    return accept(pages, executed, project, yes=options.yes, ask=terminal())


def _adopt(options: argparse.Namespace) -> int:
    project, pages = _read(options.paths)

    def execute(pages: Sequence[Page]) -> Mapping[str, ExecutedPage]:
        return _execute(pages, project)

    return adopt(pages, project, execute, yes=options.yes, ask=terminal())


def _execute(pages: Sequence[Page], project: Project) -> Mapping[str, ExecutedPage]:
    with watching(sys.stderr) as watcher:
        return execute_all(pages, project, watcher)


def _report(pages: Sequence[Page], executed: Mapping[str, ExecutedPage]) -> int:
    """Print what is wrong with executed pages; 1 if anything is."""
    found = [
        problem.report(page.path)
        for page in pages
        for problem in failures(page, executed[page.path])
    ]
    if found:
        print(f"\n{report.listed(found)}", file=sys.stderr)
    return 1 if found else 0


def _read(paths: Sequence[Path]) -> tuple[Project, list[Page]]:
    """The pages that the command line names, or all of the project's, and their project."""
    groups = gather(paths)
    if len(groups) > 1:
        roots = " and ".join(str(project.root) for project, _ in groups)
        raise NoPages(f"{roots} are projects of their own: name the pages of one")
    return groups[0]
