"""The repository is a template: a teacher renames it, drops chapters, adds one, and it deploys.

What a teacher edits is `mkdocs.yml` and `docs/`, as the README says; no workflow, no test, no code.
The copy here drops a chapter that many pages link to by its line in `nav` alone, deletes another
one's file, and brings a page of its own. The strict build, the links and the tests stay green.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sybil_pages.pytest_plugin import Pages
from tests.links import check_links

NAME = "A course of my own"
ADDRESS = "https://teacher.example/course/"
DROPPED = "pooling.md"
DELETED = "experiments/leakage.md"
OWN = """\
# My own page

Next comes [convolution](convolution.md).

```python
sum(range(1, 101))
```

```output
5050
```
"""
MADE = {".git", ".venv", ".cache", "site", "build"}  # here, and not there
TESTS = [
    "docs/own.md",
    "tests/site/test_pages.py",
    "tests/site/test_readme.py",
    "tests/site/test_repository.py",
    "tests/sybil_pages/test_report.py",
]


def in_fork(fork: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python there, as the teacher would."""
    environment = {"NO_MKDOCS_2_WARNING": "1", "SITE_URL": ADDRESS, "REPO_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=fork,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def edited(text: str) -> str:
    """What the teacher makes of `mkdocs.yml`."""
    for name in (DROPPED, DELETED):
        text, times = re.subn(rf"^ *- {re.escape(name)}\n", "", text, flags=re.MULTILINE)
        assert times == 1, f"nav must name {name} on a line of its own"
    text = re.sub(r"^site_name: .*", f"site_name: {NAME}", text, flags=re.MULTILINE)
    text = text.replace("  - convolution.md\n", "  - own.md\n  - convolution.md\n")
    dropped = f"  - site-finish:\n      dropped: [{DELETED}]\n"
    text, times = re.subn(r"^  - site-finish(:?)\n", dropped, text, flags=re.MULTILINE)
    assert times == 1
    return text


@pytest.fixture(scope="module")
def fork(root: Path, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as its teacher has edited it; it shares what has been executed."""
    copy = tmp_path_factory.mktemp("template") / "course"
    caches = shutil.ignore_patterns(".*_cache", "__pycache__", "node_modules")
    shutil.copytree(
        root,
        copy,
        ignore=lambda folder, names: (
            caches(folder, names) | (MADE if Path(folder) == root else set())
        ),
    )
    pages = Path(".cache", "sybil-pages", "pages")
    shutil.copytree(root / pages, copy / pages)
    config = copy / "mkdocs.yml"
    config.write_text(edited(config.read_text("utf-8")), "utf-8")
    (copy / "docs" / DELETED).unlink()
    (copy / "docs" / "own.md").write_text(OWN, "utf-8")
    return copy


@pytest.fixture(scope="module")
def built(fork: Path) -> Path:
    """The fork's site, from the strictest build."""
    done = in_fork(fork, "mkdocs", "build", "--strict")
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"left out, as nav does not name them: docs/{DELETED}, docs/{DROPPED};" in done.stderr
    return fork / "site"


def test_many_pages_link_to_what_is_dropped(pages: Pages, root: Path) -> None:
    """Or this would be too easy."""
    for name, least in ((DROPPED, 3), (DELETED, 2)):
        link = re.compile(rf"\]\([./]*(?:experiments/)?{re.escape(Path(name).name)}[)#]")
        texts = [path.read_text("utf-8") for path in (root / "docs").rglob("*.md")]
        assert sum(bool(link.search(text)) for text in texts) >= least


def test_the_site_has_the_teachers_name_and_page(built: Path) -> None:
    home = (built / "index.html").read_text("utf-8")
    assert NAME in home
    own = (built / "own" / "index.html").read_text("utf-8")
    assert "<h1" in own
    assert "5050" in re.sub(r"<[^>]+>", "", own[own.index("<article") :])
    index = json.loads((built / "search" / "search_index.json").read_text("utf-8"))
    assert any(entry["location"].startswith("own/") for entry in index["docs"])
    assert f"{ADDRESS}own/" in (built / "sitemap.xml").read_text("utf-8")


def test_nothing_in_the_site_leads_to_what_is_dropped(built: Path) -> None:
    gone = {name.removesuffix(".md") for name in (DROPPED, DELETED)}
    assert [name for name in gone if (built / name).exists()] == []
    index = json.loads((built / "search" / "search_index.json").read_text("utf-8"))
    places = [entry["location"] for entry in index["docs"]]
    places += re.findall(r"<loc>([^<]+)", (built / "sitemap.xml").read_text("utf-8"))
    for file in built.glob("llms.txt"):
        places += re.findall(r"\]\(([^)\s]+)", file.read_text("utf-8"))
    led = [place.removeprefix(ADDRESS).partition("#")[0] for place in places]
    assert [place for place in led if place.rstrip("/").partition(".")[0] in gone] == []


def test_no_link_of_the_fork_is_broken(built: Path) -> None:
    found = check_links(built, base="/course/", site_url=ADDRESS)
    assert found.links > 1000
    assert found.broken == []


def test_the_forks_own_tests_pass(fork: Path, built: Path) -> None:
    done = in_fork(fork, "pytest", "-q", "-p", "no:cacheprovider", *TESTS)
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\d{3,} passed", done.stdout)


def test_no_workflow_names_this_repository(root: Path, fork: Path) -> None:
    """All addresses come from GitHub itself, so that no workflow needs an edit."""
    for workflow in sorted((root / ".github").rglob("*.yml")):
        text = workflow.read_text("utf-8")
        assert text == (fork / workflow.relative_to(root)).read_text("utf-8")
        named = re.findall(r"(?:github\.com|github\.io)/[\w-]+(?:/[\w-]+)?", text)
        assert [name for name in named if name != "github.com/rhysd/actionlint"] == []
