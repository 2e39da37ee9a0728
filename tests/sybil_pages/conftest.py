"""Small Markdown in, reports and HTML out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from sybil_pages import widgets
from sybil_pages.addresses import Addresses
from sybil_pages.cache import Cache
from sybil_pages.cells import Cell, cells
from sybil_pages.claims import failures
from sybil_pages.companions import Companions, companions
from sybil_pages.page import ExecutedPage, Page
from sybil_pages.project import Project
from sybil_pages.read import read
from sybil_pages.values import plain
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

    def read(self, text: str, path: str = "page.md") -> Page:
        """Read a page."""
        return read(path, dedent(text).lstrip("\n"), self.project)

    def run(self, text: str) -> tuple[Page, ExecutedPage]:
        """Read and execute a page."""
        page = self.read(text)
        return page, self.pool.submit(page, project=self.project).result()

    def cells(self, text: str, **urls: str) -> tuple[list[Cell], Companions]:
        """The cells of a page's editions, and what they need; `urls` are other pages' addresses."""
        page, executed = self.run(text)
        Cache(self.project).complete(executed["metadata"]["sybil_pages"])
        found = {f"{name}.md": url for name, url in {"page": "page/", **urls}.items()}
        addresses = Addresses("page.md", "notebooks/page.ipynb", found.get)
        return cells(page, executed, addresses), companions(page, executed, self.project)

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


SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A widget</title>
<link rel="icon" href="data:,"><style>{styles}</style>
<body data-md-color-scheme="{scheme}" class="md-typeset"
 style="margin: 16px; background: var(--paper); color: var(--ink); font-family: sans-serif">
<style>body {{ --paper: #fcfcfa; --ink: #1b2027; --md-typeset-color: var(--ink) }}
body[data-md-color-scheme=slate] {{ --paper: #14171f; --ink: #e4e7ed }}</style>
<figure class="sp-figure sp-widget">{widget}</figure>
<script>{script}</script></body></html>"""


@pytest.fixture
def widget(browser: object, tmp_path: Path) -> Iterator[Callable[..., object]]:
    """Open a page with one widget, and hold it to no error in the console and no request.

    `widget(name, values, width=1280, theme="light")` is a playwright page; `values` may hold
    arrays. The page's errors fail the test when it ends.
    """
    opened, wrong = [], []

    def show(name: str, values: dict[str, object], width: int = 1280, theme: str = "light"):
        markup = widgets.markup(name, plain(values), "A widget", "<p>The static figure</p>")
        assets = Path(widgets.__file__).parent / "assets"
        file = tmp_path / f"{name}-{len(opened)}.html"
        file.write_text(
            SHEET.format(
                styles=(assets / "sybil-pages.css").read_text("utf-8") + widgets.styles(),
                scheme="default" if theme == "light" else "slate",
                widget=markup,
                script=widgets.script(),
            ),
            "utf-8",
        )
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
        opened.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console", lambda said: said.type in ("error", "warning") and wrong.append(said.text)
        )
        page.on(
            "request",
            lambda asked: asked.url.startswith(("file:", "data:")) or wrong.append(asked.url),
        )
        page.goto(file.as_uri())
        return page

    yield show
    for page in opened:
        page.close()
    assert wrong == []
