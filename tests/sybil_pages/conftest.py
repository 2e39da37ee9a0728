"""Small Markdown in, reports and HTML out."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from sybil_pages.claims import failures
from sybil_pages.page import ExecutedPage, Page
from sybil_pages.project import Project
from sybil_pages.read import read
from sybil_pages.workers import Pool


class Bench:
    """A project in a folder of its own, whose pages are texts."""

    def __init__(self, root: Path, pool: Pool) -> None:
        self.root = root
        self.pool = pool
        self.project = Project(root, root)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return path

    def read(self, text: str) -> Page:
        """Read a page."""
        return read("page.md", dedent(text).lstrip("\n"), self.project)

    def run(self, text: str) -> tuple[Page, ExecutedPage]:
        """Read and execute a page."""
        page = self.read(text)
        return page, self.pool.submit(page, project=self.project).result()

    def check(self, text: str) -> list[str]:
        """All reports about a page."""
        page, executed = self.run(text)
        return [problem.report(page.path) for problem in failures(page, executed)]


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    root = tmp_path_factory.mktemp("pool")
    pool = Pool(Project(root, root), 2)
    yield pool
    pool.close()


@pytest.fixture
def bench(tmp_path: Path, pool: Pool) -> Bench:
    return Bench(tmp_path, pool)
