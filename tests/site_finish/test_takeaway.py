"""A whole small site: snippets have pages and files, language models a list, readers a zip."""

import io
import zipfile
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from tests.links import check_links

CONFIG = """
site_name: A small site!
site_description: What it is.
site_url: {url}
strict: true
theme: {{name: material, font: false}}
validation: {{nav: {{omitted_files: warn}}, links: {{anchors: warn}}}}
plugins: [search, {{site-finish: {{optional: [b.md]}}}}]
markdown_extensions: [pymdownx.superfences, pymdownx.snippets]
nav: {nav}
"""
NAV = "[index.md, {Part: [a.md]}, b.md, snippets/index.md]"
PAGES = {
    "index.md": "---\ndescription: Where it begins.\n---\n# Home\n\n[a](a.md)",
    "a.md": "# A\n\n```python\nfrom snippets import peak\n```\n",
    "b.md": "# B",
}
PEAK = '"""Where is the peak?"""\n\n\ndef peak(x):\n    """Find it."""\n'


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")


def project(folder: Path, pages: dict[str, str] = PAGES, url: str = "", nav: str = NAV) -> Path:
    """Write a project with one snippet."""
    files = {f"docs/{name}": text for name, text in pages.items()}
    files |= {"mkdocs.yml": CONFIG.format(url=url, nav=nav), "snippets/peak.py": PEAK}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def built(folder: Path, markdown: bool = True) -> Path:
    """Build the project's site; as the generator does, lay Markdown beside the pages."""
    config = load_config(str(folder / "mkdocs.yml"), site_dir=str(folder / "site"))

    def beside(*, config: object) -> None:
        for name in ("index.md", "a/index.md", "b/index.md") if markdown else ():
            path = folder / "site" / name
            if path.parent.is_dir():
                path.write_text(f"# {name}\n", "utf-8")

    config.plugins.events["post_build"].insert(0, beside)
    build(config)
    return folder / "site"


def test_a_snippet_has_a_page_its_file_and_its_place(tmp_path: Path) -> None:
    site = built(project(tmp_path))
    assert (site / "snippets" / "peak.py").read_text("utf-8") == PEAK
    html = (site / "snippets" / "peak" / "index.html").read_text("utf-8")
    assert '<a href="../../a/">A</a>' in html
    assert 'download="peak.py" href="../peak.py"' in html
    active = html.split("md-nav__item--active")[1].split("</li>")[0]
    assert '<a href="../" class="md-nav__link">' in active  # the list's entry is marked
    packed = zipfile.ZipFile(io.BytesIO((site / "snippets" / "snippets.zip").read_bytes()))
    assert packed.namelist() == ["snippets/__init__.py", "snippets/peak.py"]
    assert check_links(site).broken == []


def test_without_snippets_nothing_is_added(tmp_path: Path) -> None:
    project(tmp_path, nav="[index.md, {Part: [a.md]}, b.md]")
    (tmp_path / "snippets" / "peak.py").unlink()
    assert not (built(tmp_path) / "snippets").exists()


def test_a_page_that_somebody_wrote_stays(tmp_path: Path) -> None:
    site = built(project(tmp_path, {**PAGES, "snippets/index.md": "# My own list"}))
    assert "My own list" in (site / "snippets" / "index.html").read_text("utf-8")
    assert not (site / "snippets" / "index.md").exists()


def test_a_page_that_is_left_out_is_not_linked(tmp_path: Path) -> None:
    """What `nav` does not name is no page of the site; here it is the only one with the snippet."""
    site = built(project(tmp_path, nav="[index.md, b.md, snippets/index.md]"))
    assert "Used in" not in (site / "snippets" / "peak" / "index.html").read_text("utf-8")
    assert "a/index.md" not in (site / "llms.txt").read_text("utf-8")
    assert check_links(site).broken == []


def test_a_snippet_that_is_no_python_ends_the_build(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (project(tmp_path) / "snippets" / "peak.py").write_text("def")
    with pytest.raises(Abort):
        built(tmp_path)
    assert "snippets/peak.py:1: this is no Python" in caplog.text


@pytest.mark.parametrize("url", ["", "https://example.org/site/"])
def test_language_models_find_each_page(tmp_path: Path, url: str) -> None:
    site = built(project(tmp_path, url=url))
    assert (site / "llms.txt").read_text("utf-8") == (
        "# A small site!\n\n> What it is.\n\n"
        f"## Chapters\n\n- [Home]({url}index.md): Where it begins.\n\n"
        f"## Part\n\n- [A]({url}a/index.md)\n\n"
        f"## Snippets\n\n- [Snippets]({url}snippets/index.md): "
        "Small, tested files of Python to copy, each with the question that it answers.\n"
        f"- [Where is the peak?]({url}snippets/peak/index.md): "
        "Code to copy: peak. Needs Python alone.\n\n"
        f"## Optional\n\n- [B]({url}b/index.md)\n"
    )
    whole = (site / "llms-full.txt").read_text("utf-8")
    names = ["index.md", "a/index.md", "b/index.md"]
    assert [line for line in whole.splitlines() if line.startswith("Source:")] == [
        f"Source: {url}{name}" for name in names
    ]
    assert "# a/index.md\n" in whole
    plain = (site / "snippets" / "peak" / "index.md").read_text("utf-8")
    assert f"[A]({url or '../../'}a/index.md)" in plain


def test_a_page_tells_where_its_markdown_is(tmp_path: Path) -> None:
    site = built(project(tmp_path))
    told = '<link rel="alternate " type="text/markdown" href="index.md"></head>'
    for page in ("index.html", "a/index.html", "snippets/index.html", "snippets/peak/index.html"):
        assert told in (site / page).read_text("utf-8"), page
    assert "text/markdown" not in (site / "404.html").read_text("utf-8")


def test_without_markdown_beside_the_pages_nothing_claims_there_is(tmp_path: Path) -> None:
    site = built(project(tmp_path), markdown=False)
    assert "text/markdown" not in (site / "a" / "index.html").read_text("utf-8")
    assert "a/index.md" not in (site / "llms.txt").read_text("utf-8")
    assert "[A](../../a/index.html)" in (site / "snippets" / "peak" / "index.md").read_text("utf-8")


@pytest.mark.parametrize("url", ["", "https://example.org/site/"])
def test_the_site_itself_is_a_zip_named_after_it(tmp_path: Path, url: str) -> None:
    site = built(project(tmp_path, url=url))
    with zipfile.ZipFile(site / "a-small-site.zip") as packed:
        packed.extractall(tmp_path / "offline")
    alone = tmp_path / "offline" / "a-small-site"
    found = check_links(alone, served=False)
    assert (found.broken, found.files > 5) == ([], True)
    assert 'href="../index.html"' in (alone / "a" / "index.html").read_text("utf-8")
    assert not (alone / "404.html").exists()


@pytest.mark.parametrize("language", ["en", "de", "[en, fr]"])
def test_from_files_the_search_works_in_each_language(
    tmp_path: Path, browser: object, language: str
) -> None:
    """A language other than English brings scripts of its own to the search."""
    project(tmp_path, {**PAGES, "b.md": "# B\n\nFaltungen, convolutions"})
    config = (tmp_path / "mkdocs.yml").read_text("utf-8")
    config = config.replace("search,", f"{{search: {{lang: {language}}}}},")
    (tmp_path / "mkdocs.yml").write_text(config, "utf-8")
    with zipfile.ZipFile(built(tmp_path) / "a-small-site.zip") as packed:
        packed.extractall(tmp_path)
    wrong: list[str] = []
    page = browser.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.goto((tmp_path / "a-small-site" / "a" / "index.html").as_uri())
    field = page.locator("input.md-search__input")
    field.click()
    field.press_sequentially("Faltung" if language == "de" else "convolution")
    there = (tmp_path / "a-small-site" / "b" / "index.html").as_uri()
    first = f"li:first-child > .md-search-result__link[href^='{there}']"
    page.locator(first).wait_for(timeout=30_000)  # half a word may find another page
    page.close()
    assert wrong == []
