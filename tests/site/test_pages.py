"""What holds for every page: nothing is skipped, nothing unclaimed, nothing foreign."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown import Markdown

from sybil_pages.claims import failures, shown_text
from sybil_pages.page import Page
from sybil_pages.pytest_plugin import Pages
from sybil_pages.weave import weave
from tests.published import published

DOCS = Path(__file__).parents[2] / "docs"
NAMES = published(DOCS.parent)
CHAPTERS = {
    "index.md",
    "convolution.md",
    "relu.md",
    "pooling.md",
    "cnn-1d.md",
    "activation-functions.md",
}
EXPERIMENTS = {
    f"experiments/{name}.md"
    for name in (
        "spectra",
        "torus-or-klein",
        "position",
        "drums",
        "digits",
        "saliency",
        "equivariance",
        "reach",
        "identities",
        "leakage",
        "errors",
        "corrections",
    )
}
MEASURED = {
    f"experiments/{name}.md"
    for name in ("digits", "drums", "leakage", "position", "saliency", "torus-or-klein")
}
"""Pages that print what they measured by training, which another machine finds a little different:
what they say about it is claimed beside it."""
OURS = sorted((CHAPTERS | EXPERIMENTS).intersection(NAMES))
"""Who makes a site of their own from this one drops some of them, and holds their own pages to
their own rules."""
PYTHON = ("language-python", "language-pycon", "language-py", "language-python3")


def load(pages: Pages, name: str) -> Page:
    return pages.load(DOCS / name)


@pytest.mark.parametrize("name", NAMES)
def test_each_python_fence_that_is_rendered_is_a_block(pages: Pages, name: str) -> None:
    """Python-Markdown, with the site's own extensions, counts the fences."""
    page = load(pages, name)
    md = Markdown(
        extensions=[
            "admonition",
            "attr_list",
            "footnotes",
            "def_list",
            "md_in_html",
            "pymdownx.details",
            "pymdownx.highlight",
            "pymdownx.superfences",
            "pymdownx.tabbed",
        ],
        extension_configs={
            "pymdownx.highlight": {"pygments_lang_class": True},
            "pymdownx.tabbed": {"alternate_style": True},
        },
    )
    html = md.convert("\n".join(page.lines))
    rendered = sum(html.count(f'class="{language} highlight"') for language in PYTHON)
    code = [block for block in page.blocks if block.kind in ("python", "pycon")]
    assert rendered == len(code)
    assert code or name not in OURS


@pytest.mark.parametrize("name", NAMES)
def test_nothing_fails(pages: Pages, name: str) -> None:
    page = load(pages, name)
    found = failures(page, pages.executed(page))
    assert [problem.report(page.path) for problem in found] == []


@pytest.mark.parametrize("name", sorted({*NAMES} - MEASURED))
def test_no_text_is_shown_that_is_not_claimed(pages: Pages, name: str) -> None:
    """Training logs aside, which are folded, and tables of what was measured by training."""
    page = load(pages, name)
    cells = {cell["id"]: cell for cell in pages.executed(page)["cells"]}
    unclaimed = [
        page.origin(block.first + 1).line
        for block in page.runs()
        if block.kind == "python"
        and block.claim is None
        and block.options.results == "show"
        and shown_text(cells[f"block-{block.number}"]).strip()
    ]
    assert unclaimed == []


@pytest.mark.parametrize("name", NAMES)
def test_python_that_does_not_run_says_why(pages: Pages, name: str) -> None:
    page = load(pages, name)
    idle = [block for block in page.blocks if not block.options.run]
    assert all(block.options.reason for block in idle)
    assert len(idle) <= 1


@pytest.mark.parametrize("name", sorted({*NAMES} - {"generator.md"}))
def test_what_readers_copy_runs_without_the_generator(pages: Pages, name: str) -> None:
    assert "sybil_pages" not in "\n".join(block.code for block in load(pages, name).blocks)


@pytest.mark.parametrize("name", NAMES)
def test_no_image_is_fetched_from_another_host(pages: Pages, name: str) -> None:
    assert not re.search(r"!\[[^\]]*\]\(\s*https?:|<img[^>]+https?:", weave(load(pages, name)))


@pytest.mark.parametrize("name", OURS)
def test_a_chapter_draws_claims_and_ends_with_a_recap(pages: Pages, name: str) -> None:
    page = load(pages, name)
    text = "\n".join(page.lines)
    claims = sum(len(block.statements) + (block.claim is not None) for block in page.blocks)
    figures = sum(len(block.options.alt) for block in page.blocks)
    assert (claims >= 8, figures >= 3) == (True, True)
    assert re.search(r"^## Recap", text, re.MULTILINE)
    assert re.search(r"^## Exercises", text, re.MULTILINE)


class Figures(HTMLParser):
    """Collects the labels of the figures inside the article."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.labels: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an `<svg role="img">` of the article."""
        given = dict(attrs)
        self.inside = self.inside or tag == "article"
        if self.inside and tag == "svg" and given.get("role") == "img":
            self.labels.append(given.get("aria-label") or "")

    def handle_endtag(self, tag: str) -> None:
        """Note the end of the article."""
        self.inside = self.inside and tag != "article"


@pytest.mark.parametrize("name", NAMES)
def test_the_built_page_holds_its_figures_with_their_alt_texts(
    pages: Pages, site: Path, name: str
) -> None:
    path = site / name.removesuffix(".md").removesuffix("index") / "index.html"
    parser = Figures()
    parser.feed(path.read_text("utf-8"))
    assert parser.labels == [alt for block in load(pages, name).blocks for alt in block.options.alt]


@pytest.mark.parametrize("name", NAMES)
def test_no_placeholder_and_no_style_is_left_in_the_article(site: Path, name: str) -> None:
    path = site / name.removesuffix(".md").removesuffix("index") / "index.html"
    html = path.read_text("utf-8")
    article = html[html.index("<article") : html.index("</article>")]
    assert "sybilpagesblock" not in html
    assert "<style" not in article
    assert ' style="' not in article


def test_every_file_has_the_policy_and_needs_no_style_of_its_own(site: Path) -> None:
    files = sorted(site.rglob("*.html"))
    assert len(files) > len(NAMES)
    policies = set()
    for file in files:
        html = file.read_text("utf-8")
        policies.update(re.findall(r'"Content-Security-Policy" content="([^"]*)"', html))
        assert html.count("Content-Security-Policy") == 1, file
        assert "<style" not in html, file
        assert not re.search(r"<[^>]* style=", html), file
    assert len(policies) == 1


def test_the_notebook_is_there_to_download_and_to_read(site: Path) -> None:
    import nbformat

    book = nbformat.read(site / "notebooks" / "cnn-1d.ipynb", as_version=4)
    nbformat.validate(book)
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    assert any("image/svg+xml" in output.get("data", {}) for output in outputs)
    assert "jp-Cell" in (site / "notebooks" / "cnn-1d" / "index.html").read_text("utf-8")
    assert "cnn-1d.ipynb" in (site / "cnn-1d" / "index.html").read_text("utf-8")
