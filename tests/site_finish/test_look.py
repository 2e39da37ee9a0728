"""Around the text of a page stands what its front matter and the glossary say, or a clear error."""

from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

SITE = """
site_name: Small
nav: [index.md, a.md, sub/b.md, glossary.md]
theme: {name: material, font: false}
plugins: [site-finish]
markdown_extensions: [attr_list, def_list, pymdownx.superfences]
"""
PAGES = {
    "index.md": "# Home\n\n<!-- citation -->\n",
    "a.md": "---\nneeds: [index.md]\n---\n# Page A\n\nA kernel.\n",
    "sub/b.md": "---\nneeds: [../a.md]\n---\n# Page B\n\nA kernel and a map.\n",
    "glossary.md": "---\nquiet: [map]\nreading: false\n---\n# Glossary\n\n"
    "Kernel { #kernel }\n:   A small kernel. → [A](a.md)\n\n"
    "Map { #map }\n:   Large. → [B](sub/b.md)\n",
}
CITED = "title: Small\nauthors: [{name: We}]\n"


def made(folder: Path, **changed: str) -> dict[str, str]:
    """Build a small site; its pages' HTML. `sub__b` names `sub/b.md`."""
    texts = {**PAGES, **{f"{name.replace('__', '/')}.md": text for name, text in changed.items()}}
    for name, text in texts.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "mkdocs.yml").write_text(SITE, "utf-8")
    (folder / "CITATION.cff").write_text(CITED, "utf-8")
    build(load_config(str(folder / "mkdocs.yml"), site_dir=str(folder / "site")))
    return {
        path.relative_to(folder / "site").as_posix(): path.read_text("utf-8")
        for path in (folder / "site").rglob("index.html")
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return made(tmp_path_factory.mktemp("small"))


def test_a_need_is_a_link_with_the_title_of_its_page(small: dict[str, str]) -> None:
    assert 'Builds on <a href="../../a/">Page A</a></span>' in small["sub/b/index.html"]
    assert 'Builds on <a href="../">Home</a></span>' in small["a/index.html"]


def test_a_word_is_not_marked_on_the_page_that_explains_it(small: dict[str, str]) -> None:
    assert 'href="../../glossary/#kernel" title="A small kernel."' in small["sub/b/index.html"]
    assert "site-term" not in small["a/index.html"] + small["glossary/index.html"]


def test_a_quiet_word_is_defined_but_not_marked(small: dict[str, str]) -> None:
    assert '<dt id="map">' in small["glossary/index.html"]
    assert "#map" not in small["sub/b/index.html"]


def test_a_page_to_look_things_up_in_has_no_time(small: dict[str, str]) -> None:
    assert "site-reading" not in small["glossary/index.html"]


def test_the_citation_stands_where_the_page_asks_for_it(small: dict[str, str]) -> None:
    home = small["index.html"]
    assert "We. Small." in home
    assert "@misc" in home
    assert home.count('<div class="highlight">') == 2


def test_a_need_that_is_left_out_on_purpose_is_not_missed(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "c.md").write_text("# C", "utf-8")  # not in nav
    html = made(tmp_path, a="---\nneeds: [c.md]\n---\n# Page A\n")["a/index.html"]
    assert "Builds on" not in html
    assert "min to read" in html


def test_a_need_that_is_no_page_is_an_error_that_names_both(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Abort):
        made(tmp_path, sub__b="---\ntitle: B\nneeds: [a.md]\n---\n# Page B\n")
    assert "docs/sub/b.md:3: `needs` names a.md, which is no page; write it as" in caplog.text


def test_a_wrong_glossary_is_an_error_with_its_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    twice = "---\nquiet: []\n---\n# G\n\nOne { #a }\n:   Text.\n\nTwo { #a }\n:   Text.\n"
    with pytest.raises(Abort):
        made(tmp_path, glossary=twice)
    assert "docs/glossary.md:9: `a` is defined twice" in caplog.text
