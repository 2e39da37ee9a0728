"""What readers take along: snippets that run as copied, Markdown, and pages on paper."""

import ast
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from site_finish.snippets import read
from tests.server import Server
from tests.visits import opened

DARK = {"color_scheme": "dark"}


# Snippets


def test_every_snippet_has_its_page_and_its_files(site: Path, root: Path) -> None:
    names = [path.stem for path in (root / "snippets").glob("[!_]*.py")]
    folders = [path.parent.name for path in (root / "snippets").glob("*/__init__.py")]
    assert len(names) > 10
    for name in names:
        kept = (site / "snippets" / f"{name}.py").read_bytes()
        assert kept == (root / "snippets" / f"{name}.py").read_bytes()
    with zipfile.ZipFile(site / "snippets" / "snippets.zip") as packed:
        taken = set(packed.namelist())
    assert taken == {
        path.relative_to(root).as_posix() for path in (root / "snippets").rglob("*.py")
    }
    listed = (site / "snippets" / "index.html").read_text("utf-8")
    for name in (*names, *folders):
        assert (site / "snippets" / name / "index.html").is_file(), name
        assert f'href="{name}/"' in listed, name


def test_every_snippet_answers_a_question_and_its_tests_say_something(root: Path) -> None:
    found = read(root / "snippets", root / "tests" / "snippets")
    assert [one.name for one in found if not one.question.endswith("?")] == []
    assert [one.name for one in found if len(one.tests) < 5] == []


def test_what_the_copy_button_gives_is_the_file(site: Path, root: Path) -> None:
    """Its text is Python, the file's own but for the marks of its parts."""
    html = (site / "snippets" / "spectra" / "index.html").read_text("utf-8")
    (code,) = re.findall(
        r"<pre[^>]*><span></span>.*?<code[^>]*>(.*?)</code></pre>", html, re.DOTALL
    )
    copied = unescape(re.sub(r"<[^>]+>", "", code))
    source = (root / "snippets" / "spectra.py").read_text("utf-8")
    assert "8<" in source
    assert "8<" not in copied
    assert ast.dump(ast.parse(copied)) == ast.dump(ast.parse(source))


# Language models


def test_every_page_of_the_navigation_has_markdown_in_one_file(site: Path, root: Path) -> None:
    listed = (site / "llms.txt").read_text("utf-8")
    whole = (site / "llms-full.txt").read_text("utf-8")
    addresses = re.findall(r"\]\(([^)]+)\)", listed)
    assert [one for one in addresses if not (site / one).is_file()] == []
    pages = [path.relative_to(root / "docs") for path in (root / "docs").rglob("*.md")]
    expected = {
        page.with_name("index.md") if page.stem == "index" else page.with_suffix("") / "index.md"
        for page in pages
    }
    assert {one.as_posix() for one in expected} <= set(addresses)
    told = [line.removeprefix("Source: ") for line in whole.splitlines() if line.startswith("Sou")]
    assert told.index("convolution/index.md") < told.index("cnn-1d/index.md")
    assert "ledger/index.md" in listed.partition("## Optional")[2]


# Paper


@pytest.fixture(scope="module")
def paper(served: Server, browser: object) -> Iterator[object]:
    """The page on convolution as a printer sees it, whose reader likes it dark."""
    page = browser.new_page(viewport={"width": 794, "height": 1123}, **DARK)
    opened(page, served.address + "convolution/")
    page.locator(
        "sp-sliding-window"
    ).first.scroll_into_view_if_needed()  # it comes when one is near
    page.locator("article .sp-live").first.wait_for()
    page.emulate_media(media="print", **DARK)
    yield page
    page.close()


def test_what_is_folded_is_read_on_paper(paper: object) -> None:
    solution = paper.locator("article details.success").first
    assert solution.get_attribute("open") is None
    hidden = solution.locator(":scope > :not(summary)").first
    assert hidden.is_visible()
    assert hidden.bounding_box()["height"] > 10
    paper.emulate_media(media="screen", **DARK)
    on_screen = hidden.is_visible()
    paper.emulate_media(media="print", **DARK)
    assert not on_screen


def test_a_widget_is_printed_as_its_figure(paper: object) -> None:
    widget = paper.locator("sp-sliding-window").first
    assert widget.locator(".sp-static svg").is_visible()
    assert not widget.locator(".sp-live").is_visible()


def test_what_one_can_only_press_is_not_printed(paper: object) -> None:
    for part in (".md-header", ".md-sidebar", ".md-footer", ".md-code__nav", ".sp-editions"):
        found = paper.locator(part)
        assert found.count() > 0, part
        assert not any(one.is_visible() for one in found.all()), part


def test_paper_is_light(paper: object) -> None:
    assert paper.locator("body").get_attribute("data-md-color-scheme") == "slate"
    ink, ground, blue = paper.evaluate(
        """() => [
            getComputedStyle(document.querySelector("article h1")).color,
            getComputedStyle(document.documentElement).backgroundColor,
            getComputedStyle(document.querySelector("article svg")).getPropertyValue("--sp-blue"),
        ]"""
    )
    assert (ink, ground, blue.strip()) == ("rgb(27, 32, 39)", "rgb(255, 255, 255)", "#0067a3")


def test_nothing_is_wider_than_the_paper(paper: object) -> None:
    width = paper.evaluate("document.documentElement.clientWidth")
    wide = paper.evaluate(
        """width => [...document.querySelectorAll("article pre > code, article svg[role=img]")]
            .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > width + 1)
            .map(one => one.textContent.slice(0, 40))""",
        width,
    )
    assert wide == []
    cut = paper.evaluate(
        """() => [...document.querySelectorAll("article pre > code")]
            .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1).length"""
    )
    assert cut == 0
