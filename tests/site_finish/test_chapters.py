"""A page that `nav` does not name is left out of the site, and links to it are text.

What is left out is not executed, not searched and not listed, and the strictest build stays green.
"""

import logging
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from site_finish.chapters import left_out, patterns

CONFIG = """\
site_name: A fork
strict: true
theme: {{name: material, font: false}}
plugins:
  - search
  - sybil-pages
  - site-finish: {options}
nav: {nav}
"""
INDEX = """\
# Home

Read [**on**](part/kept.md "A title"), [away](part/gone.md#there), [below](a%20b.md) and
[elsewhere](https://example.org/gone.md). A [reference][r] leads nowhere either.

[r]: part/gone.md
"""
KEPT = "# Kept\n\n## A [heading](gone.md)\n\nSee [home](../index.md), and [what is not](gone.md).\n"
GONE = "# Gone\n\nUnfindable.\n\n```python\n1 / 0\n```\n"
NAV = "[index.md, {Part: [part/kept.md]}]"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Four pages, of which two are not in `nav`; one of these would not run."""
    pages = {"index.md": INDEX, "part/kept.md": KEPT, "part/gone.md": GONE, "a b.md": "# A b\n"}
    for name, text in pages.items():
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text(text, "utf-8")
    return tmp_path


def built(project: Path, monkeypatch: pytest.MonkeyPatch, nav: str = NAV, options="{}") -> Path:
    """Build the site, as strictly as MkDocs can; its folder."""
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    (project / "mkdocs.yml").write_text(CONFIG.format(nav=nav, options=options), "utf-8")
    build(load_config(str(project / "mkdocs.yml"), strict=True))
    return project / "site"


def article(site: Path, name: str) -> str:
    html = (site / name / "index.html").read_text("utf-8")
    return html[html.index("<article") : html.index("</article>")]


def test_a_page_that_nav_does_not_name_is_nowhere_in_the_site(project, monkeypatch) -> None:
    site = built(project, monkeypatch)
    assert {p.parent.name for p in site.rglob("index.html")} == {"site", "kept"}
    texts = [p.read_text("utf-8") for p in site.rglob("*") if p.suffix in (".html", ".json")]
    assert not [text for text in texts if "Unfindable" in text or "part/gone" in text]


def test_links_to_it_are_text_and_all_other_links_are_as_they_were(project, monkeypatch) -> None:
    site = built(project, monkeypatch)
    home = article(site, ".")
    assert '<a href="part/kept/" title="A title"><strong>on</strong></a>' in home
    assert "<span>away</span>, <span>below</span>" in home
    assert '<a href="https://example.org/gone.md">' in home
    assert "A <span>reference</span> leads" in home
    kept = article(site, "part/kept")
    assert "A <span>heading</span>" in kept
    assert '<a href="../../">home</a>, and <span>what is not</span>' in kept


def test_the_build_says_what_it_leaves_out(project, monkeypatch, caplog) -> None:
    with caplog.at_level(logging.INFO, "mkdocs"):
        built(project, monkeypatch)
    said = [record.getMessage() for record in caplog.records if "left out" in record.getMessage()]
    assert said == [
        "left out, as nav does not name them: docs/a b.md, docs/part/gone.md; "
        "links to them are shown as text"
    ]


def test_a_deleted_page_is_an_error_until_mkdocs_yml_says_that_it_is_dropped(
    project, monkeypatch
) -> None:
    (project / "docs" / "part" / "gone.md").unlink()
    with pytest.raises(SystemExit):  # a slip of the pen looks just like this
        built(project, monkeypatch)
    site = built(project, monkeypatch, options="{dropped: [part/gone.md]}")
    assert "<span>away</span>" in article(site, ".")


def test_a_page_is_either_dropped_or_in_nav(project, monkeypatch, caplog) -> None:
    with pytest.raises(SystemExit):
        built(project, monkeypatch, options="{dropped: [part/kept.md]}")
    wrong = "mkdocs.yml: part/kept.md stands in nav and under site-finish: dropped; take it out"
    assert wrong in caplog.text


def test_without_nav_every_page_is_in_the_site(project, monkeypatch) -> None:
    (project / "docs" / "part" / "gone.md").write_text("# Not gone\n", "utf-8")
    site = built(project, monkeypatch, nav="null")
    assert len(list(site.rglob("index.html"))) == 4


def test_the_home_page_needs_no_line(project) -> None:
    assert left_out(project / "docs", [{"Part": ["part/kept.md", "a b.md"]}]) == ["part/gone.md"]


def test_a_pattern_means_its_page_and_no_other() -> None:
    from pathspec.gitignore import GitIgnoreSpec

    names = ["a*.md", "[b].md", "!c.md", "#d.md", "e ?.md", "f/g.md", "h\\i.md"]
    others = ["ab.md", "b.md", "c.md", "d.md", "e 1.md", "x/f/g.md", "f/g.md.txt"]
    spec = GitIgnoreSpec.from_lines(patterns(names))
    assert [name for name in names if not spec.match_file(name)] == []
    assert [name for name in others if spec.match_file(name)] == []
