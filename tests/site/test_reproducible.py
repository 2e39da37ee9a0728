"""Two cold builds of the whole site are the same, byte for byte.

Two copies of the project, each with an empty cache, are built by two processes that differ in all
that must not matter: where the project stands, whether it is a repository, who may read what it
writes, the language and the time zone of the machine, the order of sets.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".cache", ".*_cache", "__pycache__", "site", "build", "*.egg-info", "tests"
)
SAME = {
    "SOURCE_DATE_EPOCH": "1700000000",
    "SITE_URL": "https://example.org/tutorial/",
    "REPO_URL": "https://example.org/repository",
    "NO_MKDOCS_2_WARNING": "1",
}
OTHER = {
    "here": {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "1", "COLUMNS": "80"},
    "in another/place": {
        "LC_ALL": "C",
        "PYTHONUTF8": "1",
        "TZ": "Pacific/Auckland",
        "PYTHONHASHSEED": "2",
        "COLUMNS": "200",
    },
}
UMASKS = {"here": 0o022, "in another/place": 0o077}


def built(project: Path, place: str) -> dict[str, bytes]:
    """Build a copy of the project from nothing; what the site holds."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        cwd=project,
        env={**os.environ, **SAME, **OTHER[place]},
        umask=UMASKS[place],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    site = project / "site"
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def first_difference(one: bytes, other: bytes) -> str:
    """Return where two files part, with what stands around it."""
    at = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    around = slice(max(0, at - 60), at + 60)
    return f"byte {at}: {one[around]!r} and {other[around]!r}"


@pytest.fixture(scope="module")
def sites(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """The site, built twice."""
    found = []
    for place in OTHER:
        project = tmp_path_factory.mktemp("cold") / place
        shutil.copytree(root, project, ignore=LEFT_OUT)
        if place == "here" and (root / ".git").is_dir():
            shutil.copytree(root / ".git", project / ".git")
        found.append(built(project, place))
        shutil.rmtree(project)
    return found


def test_both_builds_are_whole(sites: list[dict[str, bytes]]) -> None:
    for site in sites:
        assert {"index.html", "sitemap.xml", "sitemap.xml.gz", "search/search_index.json"} <= set(
            site
        )
        assert sum(name.endswith(".html") for name in site) >= 8
        assert b"2023-11-14" in site["sitemap.xml"]  # the date that was set, and not today's
        assert site["cnn-1d/index.html"].count(b'<svg class="sp-svg"') > 5


def test_two_cold_builds_are_identical_byte_for_byte(sites: list[dict[str, bytes]]) -> None:
    one, other = sites
    assert sorted(one) == sorted(other)
    parted = {
        name: first_difference(content, other[name])
        for name, content in one.items()
        if content != other[name]
    }
    assert parted == {}
