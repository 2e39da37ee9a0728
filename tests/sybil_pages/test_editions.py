"""Each page has the editions that make sense for it, at addresses that lead to one another."""

from base64 import b64encode

import pytest

from sybil_pages import editions
from sybil_pages.cache import Cache

CODE = "# A page\n\n```python\nx = 1\n```\n\n"
SOLVED = CODE + "```pycon\n#| solution\n>>> x\n1\n```\n"


def made(bench, text: str, wanted: tuple[str, ...] = editions.KINDS, root: str = "") -> dict:
    page, executed = bench.run(text)
    Cache(bench.project).complete(executed["metadata"]["sybil_pages"])
    urls = {"a/page.md": "a/page/", "index.md": "", "relu.md": "relu/", "x.svg": "x.svg"}
    site = editions.Site(urls, root)
    return dict(editions.editions(page, executed, "a/page.md", wanted, bench.project, site))


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (SOLVED, ["notebooks/a/page.ipynb", "notebooks/student/a/page.ipynb",
                  "scripts/a/page.py", "a/page/index.md"]),
        (CODE, ["notebooks/a/page.ipynb", "scripts/a/page.py", "a/page/index.md"]),
        ("# No code\n", ["a/page/index.md"]),
        ("# Only a value\n\n`{python} 1`\n", ["a/page/index.md"]),
        ("```python\n#| run: false\n#| reason: no\nx\n```\n", ["a/page/index.md"]),
        ("```python\nimport sybil_pages.compare\n```\n", ["a/page/index.md"]),
    ],
)  # fmt: skip
def test_a_page_has_the_editions_that_make_sense(bench, page: str, names: list[str]) -> None:
    assert list(made(bench, page)) == names


def test_only_the_wanted_editions_are_made(bench) -> None:
    assert list(made(bench, SOLVED, ("script",))) == ["scripts/a/page.py"]
    assert made(bench, SOLVED, ()) == {}


def test_what_nothing_changed_for_is_not_made_again(bench) -> None:
    page, executed = bench.run(CODE)
    shelf, site = editions.Shelf(), editions.Site({"page.md": "page/", "b.md": "b/"})
    more = ("page.md", ("script",), bench.project, site)
    first = shelf.editions(page, executed, *more)
    assert first == list(editions.editions(page, executed, *more))
    assert shelf.editions(bench.read(CODE), executed, *more) is first
    changed = bench.read(CODE.replace("A page", "Another"))
    assert b"# # Another" in shelf.editions(changed, executed, *more)[0][1]


def test_the_markdown_leads_to_the_markdown_of_others_and_has_its_images_beside(bench) -> None:
    files = made(
        bench,
        "# A\n\n[r](../relu.md#b), [home](../index.md), ![x](../x.svg)\n\n"
        "```python\n#| alt: It grows.\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);\n```\n",
        ("markdown",),
    )
    text = files["a/page/index.md"].decode()
    assert "[r](../../relu/index.md#b), [home](../../index.md), ![x](../../x.svg)" in text
    assert "![It grows.](figures/figure-1.svg)" in text
    assert files["a/page/figures/figure-1.svg"].startswith(b"<svg ")


@pytest.mark.parametrize(
    ("uri", "url", "path"),
    [
        ("index.md", "", "index.md"),
        ("relu.md", "relu/", "relu/index.md"),
        ("relu.md", "relu.html", "relu.md"),
        ("a/index.md", "a/", "a/index.md"),
    ],
)
def test_the_markdown_stands_beside_the_page(uri: str, url: str, path: str) -> None:
    assert editions.path_of("markdown", uri, url) == path


def test_the_links_name_the_page_and_save_under_its_name() -> None:
    files = {
        "notebook": "../notebooks/a/page.ipynb",
        "student": "../s.ipynb",
        "markdown": "index.md",
    }
    line = editions.links("a/page.md", "Q & A", files, editions.Site({}), "../notebooks/a/page/")
    assert line == (
        '<ul class="sp-editions" data-search-exclude>'
        '<li><a href="../notebooks/a/page.ipynb" download="page.ipynb"'
        ' aria-label="Notebook: Q &amp; A">Notebook</a></li>'
        '<li><a href="../s.ipynb" download="page-student.ipynb"'
        ' aria-label="Student edition: Q &amp; A">Student edition</a></li>'
        '<li><a href="index.md" download="page.md"'
        ' aria-label="Markdown: Q &amp; A">Markdown</a></li>'
        '<li><a href="../notebooks/a/page/"'
        ' aria-label="Read as a notebook: Q &amp; A">Read as a notebook</a></li></ul>'
    )


@pytest.mark.parametrize(
    ("root", "there"),
    [
        ("https://me.github.io/cnn/", True),
        ("https://me.github.io/cnn", True),
        ("http://127.0.0.1:8000/", False),
        ("http://localhost/", False),
        ("", False),
    ],
)
def test_colab_opens_what_it_can_reach(root: str, there: bool) -> None:
    line = editions.links("a/b.md", "B", {"notebook": "x"}, editions.Site({}, root))
    address = (
        "https://colab.research.google.com/#fileId="
        "https%3A%2F%2Fme.github.io%2Fcnn%2Fnotebooks%2Fa%2Fb.ipynb"
    )
    assert (address in line, "Colab" in line) == (there, there)


def test_a_page_without_editions_has_no_line() -> None:
    assert editions.links("a.md", "A", {}, editions.Site({}, "https://a.b")) == ""


def test_a_rendered_figure_becomes_part_of_the_page() -> None:
    encoded = b64encode(b"<svg>x</svg>").decode()
    html = editions.with_figures(f'<p><img alt="" src="data:image/svg+xml;base64,{encoded}"></p>')
    assert "<svg>x</svg></div></p>" in html
    assert "base64" not in html


def test_what_is_rendered_links_from_the_page_that_shows_it(bench) -> None:
    page, executed = bench.run("[r](../relu.md)\n\n```python\nx = 1\n```\n")
    for folders, link in ((True, "../../../relu/"), (False, "../../relu/")):
        site = editions.Site({"relu.md": "relu/"}, "https://a.b/", folders)
        book = editions.rendered(page, executed, "a/page.md", bench.project, site)
        assert f"[r]({link})" in book


def test_no_path_of_this_machine_is_in_an_edition(bench) -> None:
    files = made(bench, SOLVED)
    assert len(files) == 4
    for content in files.values():
        assert str(bench.root).encode() not in content
