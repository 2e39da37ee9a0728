"""What code imports, read from its text: which files of the project, which installed packages."""

from __future__ import annotations

import ast
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a page's process needs neither
    from .page import Page
    from .project import Project

FRAMEWORKS = frozenset(("keras", "tensorflow", "torch", "jax"))
"""What computes on a GPU, and what takes long to import."""


def imported(source: str) -> Iterator[str]:
    """The modules that some code may import, by their full names; not relative ones."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")


def files(name: str, root: Path) -> Iterator[Path]:
    """The files that importing a module would read under `root`, or would if they were there."""
    folder = root
    for part in name.split("."):
        if not (folder / part).is_dir():
            yield folder / f"{part}.py"
            return
        folder = folder / part
        yield folder / "__init__.py"


def names(page: Page, project: Project) -> frozenset[str]:
    """The modules that a page may import, itself or through the project's modules."""
    return _names(tuple(block.source for block in page.runs()), project.root)


@lru_cache(maxsize=4096)
def _names(sources: tuple[str, ...], root: Path) -> frozenset[str]:
    found: set[str] = set()
    left = [name for source in sources for name in imported(source)]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [inner for file in files(name, root) for inner in imported(_text(file))]
    return frozenset(found)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


def preloaded(pages: Iterable[Page], project: Project) -> list[str]:
    """The modules that these pages import from installed packages, never from the project.

    A module of the project, or one of an editable package, would be frozen at its first state.
    """
    every = {name for page in pages for name in names(page, project)}
    installed = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    paths = [path for path in sys.path if path in installed]
    own = {entry.name.removesuffix(".py") for entry in project.root.iterdir()}
    tops = {name.partition(".")[0] for name in every} - own - {"sybil_pages"}
    fit = {top for top in tops if PathFinder.find_spec(top, paths)}
    return sorted(name for name in every if name.partition(".")[0] in fit)
