"""Two builds of the whole site, from two executions of its pages, are the same, byte for byte.

One is built in the project's own folder from what this session executed; `.ci/run` has emptied the
cache before. The other is built in a copy with an empty cache, by a process that differs in all
that must not matter: where the project stands, whether it is a repository, who may read what it
writes, the language and the time zone of the machine, the order of sets.

To execute all pages again takes minutes. `.ci/run whole` does it, each week and before each
deployment (`WHOLE_SITE=1`); at other times the copy starts without the entries of the quickest
pages, twenty seconds' worth, and finds the rest in its cache. All files are compared either way.
"""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sybil_pages.pytest_plugin import Pages

WHOLE = os.environ.get("WHOLE_SITE", "") not in ("", "0")
BUDGET = 20.0  # seconds that pages may take which are executed again in each run of the tests
CACHE = Path(".cache", "sybil-pages", "pages")

LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    ".cache",
    ".*_cache",
    "__pycache__",
    "site",
    "build",
    "*.egg-info",
    "node_modules",
)
SAME = {
    "SOURCE_DATE_EPOCH": "1700000000",
    "SITE_URL": "https://example.org/tutorial/",
    "REPO_URL": "https://example.org/repository",
    "NO_MKDOCS_2_WARNING": "1",
}
OTHER = {
    "LC_ALL": "C",
    "PYTHONUTF8": "1",
    "TZ": "Pacific/Auckland",
    "PYTHONHASHSEED": "2",
    "COLUMNS": "200",
}


def built(project: Path, site: Path, environment: dict[str, str], umask: int) -> dict[str, bytes]:
    """Build a site; what it holds."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)],
        cwd=project,
        env={**os.environ, **SAME, **environment},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def first_difference(one: bytes, other: bytes) -> str:
    """Return where two files part, with what stands around it."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
    around = slice(max(0, at - 60), at + 60)
    return f"byte {at}: {one[around]!r} and {other[around]!r}"


def executed_again(root: Path, pages: Pages) -> list[str]:
    """Name the cache's entries that the copy starts without, the quickest page first."""
    took = {}
    for path in sorted((root / "docs").rglob("*.md")):
        page = pages.load(path)
        entry = page.path.replace("/", "--") + ".json"
        if (root / CACHE / entry).exists():  # not that of a page without code
            took[entry] = pages.executed(page)["metadata"]["sybil_pages"]["seconds"]
    entries = sorted(took, key=took.__getitem__)
    so_far = itertools.accumulate(took[entry] for entry in entries)
    quick = sum(seconds <= BUDGET for seconds in so_far)
    return entries if WHOLE else entries[: max(quick, 3)]


@pytest.fixture(scope="module")
def sites(
    root: Path, site: Path, pages: Pages, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, bytes]]:
    """The site, built twice; its pages have been executed by then."""
    folder = tmp_path_factory.mktemp("builds")
    project = folder / "in another" / "place"
    shutil.copytree(root, project, ignore=LEFT_OUT)
    again = executed_again(root, pages)
    assert len(again) >= 3
    for entry in set(os.listdir(root / CACHE)).difference(again):
        (project / CACHE).mkdir(parents=True, exist_ok=True)
        shutil.copy(root / CACHE / entry, project / CACHE)
    both = [
        built(root, folder / "here", {}, 0o022),
        built(project, folder / "there", OTHER, 0o077),
    ]
    assert set(again) <= set(os.listdir(project / CACHE))  # they were executed there, and kept
    return both


def test_both_builds_are_whole(sites: list[dict[str, bytes]]) -> None:
    expected = {"index.html", "sitemap.xml", "sitemap.xml.gz", "search/search_index.json"}
    for files in sites:
        assert expected <= set(files)
        assert sum(name.endswith(".html") for name in files) >= 8
        assert b"2023-11-14" in files["sitemap.xml"]  # the date that was set, and not today's
        pages = [text for name, text in files.items() if name.endswith(".html")]
        assert sum(page.count(b'<svg class="sp-svg"') for page in pages) > 40


def test_two_builds_are_identical_byte_for_byte(sites: list[dict[str, bytes]]) -> None:
    one, other = sites
    assert sorted(one) == sorted(other)
    parted = {
        name: first_difference(content, other[name])
        for name, content in one.items()
        if content != other[name]
    }
    assert parted == {}
