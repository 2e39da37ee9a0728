"""Readers can take each page along: it runs on their computer, and what they copy runs too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pytest

from sybil_pages.addresses import fenced
from sybil_pages.exercises import Task, student
from sybil_pages.pytest_plugin import Pages
from tests.published import published
from tests.server import Server
from tests.site.run_notebooks import check_script, run, said, wrong
from tests.visits import opened

DOCS = Path(__file__).parents[2] / "docs"
NAMES = published(DOCS.parent)
CHEAP = "experiments/equivariance"
"""A page whose editions run within seconds; `python -m tests.site.run_notebooks` runs all."""
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
with_cheap = pytest.mark.skipif(f"{CHEAP}.md" not in NAMES, reason="a fork dropped the page")


def books(site: Path) -> list[Path]:
    """All notebooks of the site."""
    found = sorted((site / "notebooks").rglob("*.ipynb"))
    assert len(found) >= len(NAMES)
    return found


def cells(book: Any, tag: str) -> list[Any]:
    return [cell for cell in book.cells if tag in cell.metadata.get("tags", [])]


def test_every_notebook_is_valid_and_carries_its_claims(site: Path) -> None:
    claims = 0
    for path in books(site):
        book = nbformat.read(path, as_version=4)
        nbformat.validate(book)
        first, second, last = cells(book, "set-up")
        assert first.source.startswith("#@title Set-up"), path
        assert first.metadata.jupyter.source_hidden, path
        assert "install_missing" in first.source, path
        assert last is book.cells[-1]
        claims += second.source.count('\n{"cell": ')
    assert claims > 1000


def test_every_page_with_code_has_a_notebook_and_a_script_that_compiles(
    pages: Pages, site: Path
) -> None:
    for name in NAMES:
        page = pages.load(DOCS / name)
        code = [block for block in page.runs() if block.kind != "inline"]
        own = any("sybil_pages" in block.code for block in code)
        stem = name.removesuffix(".md")
        script = site / "scripts" / f"{stem}.py"
        assert script.exists() == bool(code and not own), name
        assert (site / "notebooks" / f"{stem}.ipynb").exists() == script.exists(), name
        if script.exists():
            compile(script.read_text("utf-8"), script.name, "exec")
            assert script.read_text("utf-8").startswith("# /// script\n# requires-python = ")


def test_every_solution_is_a_task_of_the_exercise_with_its_number(site: Path) -> None:
    tasks = 0
    for path in sorted((site / "notebooks" / "student").rglob("*.ipynb")):
        above = ""
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                above += f"\n{cell.source}"
                assert "**Solution**" not in cell.source, path
            elif "exercise" in cell.metadata.get("tags", []):
                (number,) = re.findall(r"\A# Exercise (\d+)", cell.source)
                assert re.findall(r"^\*\*(\d+)\.", above, re.MULTILINE)[-1] == number, path
                assert cell.outputs == []
                tasks += 1
    assert tasks > 60


def test_links_of_editions_lead_to_files_of_the_site(site: Path) -> None:
    """Those of a notebook that is shown are links of its page, which others follow."""
    followed, broken = 0, []
    found = [*books(site), *sorted(site.rglob("*.md")), *sorted((site / "scripts").rglob("*.py"))]
    for path in found:
        for link in links(path):
            target = (path.parent / unquote(link.partition("#")[0])).resolve()
            followed += 1
            if not (target / "index.html" if target.is_dir() else target).is_file():
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []
    assert followed > 1000


def links(path: Path) -> list[str]:
    """The relative links in a file's prose."""
    if path.suffix == ".ipynb":
        texts = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type != "code"]
    elif path.suffix == ".py":
        parts = re.split(r"^# %%", path.read_text("utf-8"), flags=re.MULTILINE)
        texts = [p.replace("\n# ", "\n") for p in parts if p.startswith(" [markdown]")]
    else:
        texts = [path.read_text("utf-8")]
    found = []
    for text in texts:
        lines = text.split("\n")
        for line, code in zip(lines, fenced(lines), strict=True):
            found += [] if code else _LINK.findall(_SPAN.sub("``", line))
    return [link for link in found if not re.match(r"[a-z]+:|#", link)]


def test_every_table_of_a_notebook_that_is_shown_is_one(site: Path) -> None:
    shown = [path.read_text("utf-8") for path in sorted((site / "notebooks").rglob("index.html"))]
    assert any("<table>" in html for html in shown)
    assert [html for html in shown if "|---" in html] == []


def test_the_figures_of_every_markdown_edition_have_alternatives(site: Path) -> None:
    texts = [path.read_text("utf-8") for path in sorted(site.rglob("index.md"))]
    figures = re.findall(r"!\[(.*)\]\(figures/figure-\d+\.svg\)", "\n".join(texts))
    assert len(figures) > 60
    assert all(len(alt) > 20 for alt in figures)


@with_cheap
def test_a_notebook_runs_in_an_empty_folder_and_all_claims_hold(site: Path, tmp_path: Path) -> None:
    book = nbformat.read(site / "notebooks" / f"{CHEAP}.ipynb", as_version=4)
    assert wrong(run(book, tmp_path), student=False) == ""
    assert (tmp_path / "snippets" / "equivariance.py").is_file()


@with_cheap
def test_a_wrong_snippet_breaks_the_claims_that_it_should(site: Path, tmp_path: Path) -> None:
    right = (DOCS.parent / "snippets" / "convolution.py").read_text("utf-8")
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "convolution.py").write_text(
        right + "\n\ndef conv2d(x, kernel, *rest, ours=conv2d, **more):\n"
        "    y = ours(x, kernel, *rest, **more)\n"
        "    return y + np.arange(y.size).reshape(y.shape)\n",
        "utf-8",
    )
    book = nbformat.read(site / "notebooks" / f"{CHEAP}.ipynb", as_version=4)
    run(book, tmp_path)
    report = said(book.cells[-1])
    assert "snippets/convolution.py is here already, and differs" in said(book.cells[0])
    assert re.match(r"\d+ of \d+ claims hold here\.\nNot as on the page:\n    ", report)


@with_cheap
def test_a_student_is_told_what_is_open_and_then_what_is_right(
    pages: Pages, site: Path, tmp_path: Path
) -> None:
    path = site / "notebooks" / "student" / f"{CHEAP}.ipynb"
    book = nbformat.read(path, as_version=4)
    assert wrong(run(book, tmp_path), student=True) == ""
    assert "Exercises: not answered yet: 1, 2, 3." in said(book.cells[-1])
    answered = nbformat.read(path, as_version=4)
    full = nbformat.read(site / "notebooks" / f"{CHEAP}.ipynb", as_version=4)
    solved = [cell.source for cell in full.cells if cell.cell_type == "code"][-4:-1]
    for cell, solution in zip(cells(answered, "exercise"), solved, strict=True):
        mark, _, rest = cell.source.partition("\n")
        assert rest.startswith("...")
        cell.source = f"{mark}\n{solution}"
    run(answered, tmp_path)
    assert "Exercises: right: 1, 2, 3." in said(answered.cells[-1])


@with_cheap
def test_a_script_runs_in_an_empty_folder(site: Path) -> None:
    assert check_script(site / "scripts" / f"{CHEAP}.py") == ""


@pytest.fixture
def copying(browser: Any) -> Iterator[Any]:
    """An empty page that may read the clipboard."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def test_what_the_copy_button_gives_is_plain_python(
    pages: Pages, served: Server, copying: Any
) -> None:
    page = copying
    opened(page, served.address + "pooling/")
    sessions = page.locator("div.language-pycon.highlight:visible")
    expected = [
        block.source
        for block in pages.load(DOCS / "pooling.md").blocks
        if block.kind == "pycon" and not block.prefix
    ]
    assert (sessions.count(), len(expected) > 3) == (len(expected), True)
    for session, source in zip(sessions.all(), expected, strict=True):
        session.hover()
        session.locator(".md-clipboard, [data-clipboard-target]").first.click()
        page.wait_for_function(
            "async text => await navigator.clipboard.readText() === text", arg=source, timeout=5000
        )
        ast.parse(source)
        assert ">>>" not in source


def test_what_the_copy_button_of_a_file_gives_is_the_file(
    root: Path, served: Server, copying: Any
) -> None:
    """Also once the theme has looked at the block, and given it an id of its own."""
    opened(copying, served.address + "snippets/convolution/")
    block = copying.locator("article .highlight", has_text="def conv2d").first
    block.scroll_into_view_if_needed()
    block.locator("pre[id^=__code_]").wait_for(timeout=5000)
    block.locator("button.md-code__button").click()
    copying.locator(".md-dialog--active").wait_for(timeout=5000)
    file = (root / "snippets" / "convolution.py").read_text("utf-8")
    copied = copying.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == file.strip()


def test_a_student_task_keeps_every_claim_of_its_solution(pages: Pages) -> None:
    """What is claimed on the page is asked of the student, once."""
    from sybil_pages.addresses import Addresses
    from sybil_pages.cells import cells as cells_of_page

    for name in NAMES:
        page = pages.load(DOCS / name)
        made = cells_of_page(page, pages.executed(page), Addresses(name, name, {}.get))
        solved = [c for c in made if c.block and c.block.options.solution and c.claim is not None]
        tasks = [item for item in student(made) if isinstance(item, Task)]
        assert [task.cell.claim for task in tasks if task.cell.claim is not None] == [
            cell.claim for cell in solved
        ]
