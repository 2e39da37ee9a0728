"""Every internal link of the built site leads to a file, and to an anchor that is in it."""

from pathlib import Path

import pytest

from tests.links import check_links

ROOT = "https://example.org/tutorial/"


def test_no_link_of_the_site_is_broken(site: Path) -> None:
    found = check_links(site)
    assert (found.files > 20, found.links > 5000, found.anchors > 2000) == (True, True, True)
    assert found.broken == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two pages and a picture."""
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text("<h1 id='top'>Home</h1><a href='a/?q=1#%C3%A9'>a</a>")
    (tmp_path / "a" / "index.html").write_text("<p id='é'><a href='../#top'>Home</a>", "utf-8")
    (tmp_path / "picture.svg").write_text("<svg></svg>")
    return tmp_path


def test_queries_escapes_and_folders_are_understood(small: Path) -> None:
    assert check_links(small) == (2, 2, 2, [])


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<a href='b/'>", "`b/` leads to no file"),
        ("<p><a href='a/#e'>", "`a/#e`: a/index.html has no anchor `e`"),
        ("<a href='#below'>", "`#below`: index.html has no anchor `below`"),
        ("<a href='/a/x.ipynb' download>", "`/a/x.ipynb` leads to no file"),
        ("<a href='../elsewhere/'>", "`../elsewhere/` leads to no file"),
        ("<img src='a.png'>", "`a.png` leads to no file"),
        ("<img srcset='picture.svg 1x, large.svg 2x'>", "`large.svg` leads to no file"),
        ("<svg><g clip-path='url(#gone)'/></svg>", "`#gone`: index.html has no anchor `gone`"),
        (f"<link rel=canonical href='{ROOT}b/'>", f"`{ROOT}b/` leads to no file"),
        (f"<meta property='og:image' content='{ROOT}c.png'>", f"`{ROOT}c.png` leads to no file"),
    ],
)
def test_what_is_broken_is_named_with_its_file_and_line(small: Path, html: str, said: str) -> None:
    (small / "index.html").write_text("<h1 id='top'>Home</h1>\n" + html)
    assert check_links(small, site_url=ROOT).broken == [f"index.html:2: {said}"]


@pytest.mark.parametrize("html", ["<a href='https://example.org/'>", "<img src='data:,x'>"])
def test_what_another_host_answers_for_is_not_followed(small: Path, html: str) -> None:
    (small / "index.html").write_text("<h1 id='top'>Home</h1>" + html)
    assert check_links(small, site_url=ROOT) == (2, 1, 1, [])


def test_without_a_server_a_folder_is_no_page(small: Path) -> None:
    assert check_links(small, served=False).broken == [
        "a/index.html:1: `../#top` leads to no file",
        "index.html:1: `a/?q=1#%C3%A9` leads to no file",
    ]


def test_a_site_below_its_servers_root_answers_only_there(small: Path) -> None:
    (small / "404.html").write_text("<a href='/tutorial/a/'>a</a>\n<a href='/a/'>a</a>")
    assert check_links(small, base="/tutorial/").broken == ["404.html:2: `/a/` leads to no file"]


def test_style_sheets_the_search_index_and_the_site_map_are_followed_too(small: Path) -> None:
    (small / "search").mkdir()
    (small / "search" / "search_index.json").write_text('{"docs": [{"location": "a/#x"}]}')
    (small / "sitemap.xml").write_text(f"<urlset><url><loc>{ROOT}b/</loc></url></urlset>")
    (small / "site.css").write_text("p {}\ni { background: url('no.svg') }")
    assert check_links(small, site_url=ROOT).broken == [
        "site.css:2: `no.svg` leads to no file",
        "index.html:1: `a/#x`: a/index.html has no anchor `x`",
        f"sitemap.xml:1: `{ROOT}b/` leads to no file",
    ]
