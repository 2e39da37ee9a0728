"""The pytest adapter: one item a block, which reports what its page's one execution found.

A project takes part where its `mkdocs.yml` lists the plugin: its pages, its `README.md`, and the
docstrings of its `snippets/`. Collection and items are Sybil's own.
"""

from __future__ import annotations

import doctest
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser

from .claims import block_failures, compare
from .execution import pool_for, start_all
from .page import Block, ExecutedPage, Page, Problem, cells_of
from .project import Project, from_file, has_plugin
from .read import read, read_file
from .workers import Quiet


def pytest_configure(config: pytest.Config) -> None:
    """Take part where `mkdocs.yml` lists `sybil-pages`."""
    site = config.rootpath / "mkdocs.yml"
    if site.is_file() and has_plugin(site):
        if str(config.rootpath) not in sys.path:  # docstrings, like pages, import from the root
            sys.path.insert(0, str(config.rootpath))
        config.pluginmanager.register(Pages(from_file(site)), "sybil_pages_of_project")


class Pages:
    """The pages of a project, each executed once and asked by many items."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.pool = pool_for(project)
        self.pages: dict[str, Page] = {}
        self.running: dict[str, Future[ExecutedPage]] = {}
        root = str(project.root)
        self._collect_page = Sybil([self.regions], pattern="*.md", path=root).pytest()
        self._collect_docstrings = Sybil([docstrings], pattern="*.py", path=root).pytest()

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Any:
        """Collect the blocks of a page, or the docstrings of a snippet."""
        inside = file_path.is_relative_to(self.project.docs)
        if file_path == self.readme or (inside and self.project.takes_part(file_path)):
            return self._collect_page(file_path, parent)
        if file_path.is_relative_to(self.project.root / "snippets"):
            return self._collect_docstrings(file_path, parent)
        return None

    @property
    def readme(self) -> Path:
        """The project's README, which is a page too."""
        return self.project.root / "README.md"

    def regions(self, document: Document) -> Iterator[Region]:
        """The blocks of a page, and what is wrong with it, each as one Sybil region."""
        page = self._page(document)
        starts = [0]
        for line in document.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        for problem in page.problems:
            yield Region(starts[problem.line - 1], starts[problem.line - 1], problem, self.evaluate)
        for block in page.runs():
            at = starts[page.origin(block.first + 1).line - 1]
            at += int(block.prefix) if block.kind == "inline" else 0
            yield Region(at, at, block, self.evaluate)

    def evaluate(self, example: Example) -> str | None:
        """Report what the page's execution found out about one block."""
        page = self._page(example.document)
        if isinstance(example.parsed, Problem):
            return example.parsed.report(page.path)
        block: Block = example.parsed
        cell = cells_of(self.executed(page))[block.cell_id]
        found = block_failures(page, block, cell)
        return "\n\n".join(problem.report(page.path) for problem in found) or None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Start the pages of all selected items, so that they run side by side."""
        if session.config.option.collectonly:
            return
        examples = [getattr(item, "example", None) for item in session.items]
        self._start([self._page(e.document) for e in examples if e and isinstance(e.parsed, Block)])

    def pytest_unconfigure(self) -> None:
        """Start no further page."""
        self.pool.close()

    def _page(self, document: Document) -> Page:
        return self.load(Path(document.path), document.text)

    def load(self, path: Path, text: str | None = None) -> Page:
        """A page as read, once."""
        name = path.relative_to(self.project.root).as_posix()
        if name not in self.pages:
            page = read_file(path, self.project)
            self.pages[name] = page if text is None else read(name, text, self.project)
        return self.pages[name]

    def _start(self, pages: Iterable[Page]) -> None:
        fresh = {page.path: page for page in pages if page.path not in self.running}
        self.running |= start_all(list(fresh.values()), self.pool, Quiet())

    def executed(self, page: Page) -> ExecutedPage:
        """A page as executed, once."""
        self._start([page])
        return self.running[page.path].result()


class _Checker(doctest.OutputChecker):
    """Compares docstrings by the rules for claims."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return compare(want, got) is None


_evaluator = DocTestEvaluator()
_evaluator.runner._checker = _Checker()  # type: ignore[attr-defined]
_docstring_parser = DocTestStringParser(_evaluator)


def docstrings(document: Document) -> Iterator[Region]:
    """The doctest statements of a docstring."""
    yield from _docstring_parser(document.text, document.path)
