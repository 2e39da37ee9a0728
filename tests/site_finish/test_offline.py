"""The offline edition names files where the site names folders, and searches without a server."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from site_finish.offline import edition, page, search, to_file

FILES = {"index.html", "a/index.html", "a/b/index.html", "a/x.ipynb", "404.html"}


@pytest.mark.parametrize(
    ("link", "uri", "expected"),
    [
        ("a/", "index.html", "a/index.html"),
        ("a", "index.html", "a/index.html"),
        ("../", "a/index.html", "../index.html"),
        ("..", "a/index.html", "../index.html"),
        (".", "a/index.html", "index.html"),
        ("./", "index.html", "index.html"),
        ("b/?h=x#y", "a/index.html", "b/index.html?h=x#y"),
        ("../../a/#y", "a/b/index.html", "../../a/index.html#y"),
        ("x.ipynb", "a/index.html", "x.ipynb"),
        ("#y", "a/index.html", "#y"),
        ("", "a/index.html", ""),
        ("gone/", "index.html", "gone/"),
        ("https://example.org/a/", "index.html", "https://example.org/a/"),
        ("//example.org/a/", "index.html", "//example.org/a/"),
        ("mailto:a", "index.html", "mailto:a"),
        ("data:text/plain,a", "index.html", "data:text/plain,a"),
    ],
)
def test_a_link_to_a_folder_names_its_file(link: str, uri: str, expected: str) -> None:
    assert to_file(link, uri, FILES) == expected


CONFIG = '{"base": ".", "features": ["navigation.instant", "search.suggest"], "t": "<\\/b>"}'
PAGE = f"""<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<link rel="preload" href="f.woff2"><link rel="next" href="a/"></head>
<p data-site-online><a href="x.zip">All</a></p><pre>&lt;a href="a/"&gt;</pre>
<script id="__config" type="application/json">{CONFIG}</script>
<script src="assets/javascripts/bundle.1.min.js"></script>"""


def test_a_page_keeps_what_works_without_a_server() -> None:
    assert page(PAGE, "index.html", FILES) == (
        '<head>\n<link rel="next" href="a/index.html"></head>\n'
        '<pre>&lt;a href="a/"&gt;</pre>\n'
        '<script id="__config" type="application/json">'
        '{"base":".","features":["search.suggest"],"t":"<\\/b>"}</script>\n'
        '<script src="assets/offline-worker.js"></script>'
        '<script src="assets/javascripts/bundle.1.min.js"></script>'
    )


def test_results_of_the_search_are_files() -> None:
    docs = [{"location": "", "text": "ä"}, {"location": "#y"}, {"location": "a/#y"}]
    script = search(json.dumps({"config": {}, "docs": docs}), FILES)
    assert script.startswith("var __index = {")
    found = json.loads(script.removeprefix("var __index = "))
    assert [one["location"] for one in found["docs"]] == [
        "index.html",
        "index.html#y",
        "a/index.html#y",
    ]
    assert "ä" in script


def small(folder: Path) -> Path:
    for name in (*FILES, "sitemap.xml", "llms.txt", "all.zip", "a/code.zip", "m.js.map"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text('<a href="a/">')
    (folder / "search").mkdir(exist_ok=True)
    (folder / "search" / "search_index.json").write_text('{"docs": []}')
    return folder


def test_the_zip_is_one_folder_without_what_only_a_server_needs(tmp_path: Path) -> None:
    packed = zipfile.ZipFile(io.BytesIO(edition(small(tmp_path), "site")))
    assert packed.namelist() == [
        "site/a/b/index.html",
        "site/a/code.zip",
        "site/a/index.html",
        "site/a/x.ipynb",
        "site/assets/offline-worker.html",
        "site/assets/offline-worker.js",
        "site/index.html",
        "site/search/search_index.js",
    ]
    assert packed.read("site/index.html") == b'<a href="a/index.html">'
    assert packed.read("site/a/x.ipynb") == b'<a href="a/">'


def test_made_twice_it_has_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert edition(small(tmp_path / "one"), "x") == edition(small(tmp_path / "two"), "x")
