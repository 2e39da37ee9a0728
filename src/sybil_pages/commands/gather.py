"""The pages that a command line names, and the projects that they live in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..page import Page
from ..project import Project, above
from ..read import read_file

PASSED = ("node_modules", "__pycache__", "site-packages")


class NoPages(Exception):
    """A command line names something that is no page, or a folder that has none."""


def gather(paths: Sequence[Path]) -> list[tuple[Project, list[Page]]]:
    """Read the pages that a command line names, or all of the project's, by project.

    The project of a path is the nearest `mkdocs.yml` above; a folder without one is a project too.

    Args:
        paths: Pages and folders; without any, the folder of the pages of the project around.

    Raises:
        NoPages: A path is missing, a file is no Markdown, or a folder has no page.
    """
    groups: dict[tuple[Path, Path], tuple[Project, dict[Path, Page]]] = {}
    homes: dict[Path, Project] = {}
    for path in paths or [above(Path.cwd()).docs]:
        home = path if path.is_dir() else path.parent
        project = homes[home] if home in homes else above(path)
        homes[home] = project
        _, pages = groups.setdefault((project.root, project.docs), (project, {}))
        for file in _files(path, project):
            if file not in pages:
                pages[file] = read_file(file, project)
    return [(project, list(pages.values())) for project, pages in groups.values()]


def _files(path: Path, project: Project) -> list[Path]:
    """A page, or the pages of a folder that take part."""
    if not path.exists():
        raise NoPages(f"there is no {path}")
    if not path.is_dir():
        if path.suffix not in (".md", ".markdown"):
            raise NoPages(f"{path} is no Markdown page")
        return [path]
    files = sorted(file for file in _below(path) if project.takes_part(file.resolve()))
    if not files:
        raise NoPages(f"there is no Markdown page in {path}")
    return files


def _below(folder: Path) -> Iterator[Path]:
    """The files of a folder; what is hidden, or belongs to installed packages, is passed by."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in PASSED]
        yield from (Path(parent) / name for name in names if not name.startswith("."))
