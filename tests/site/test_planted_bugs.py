"""Of ten bugs planted in a snippet, the pages' own claims catch nine or more.

Each bug is planted alone, in a copy of the snippets, and a page that uses the snippet runs against
the copy; no test of the snippet has a say. The page is cut down to the sections that the bug needs.
The same cut runs with nothing planted as well: a claim counts only if it holds there. So a bug is
caught if a claim of the page fails, or a block raises, that does not without it.

`snippets/drawing/` is left out: what it makes are pictures, about which a page claims nothing.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sybil_pages.claims import failures
from sybil_pages.page import ExecutedPage, Page
from sybil_pages.project import Project, from_file
from sybil_pages.read import read
from sybil_pages.workers import Pool
from tests.site import planted_bugs
from tests.site.planted_bugs import Bug, Scene

ROOT = Path(__file__).parents[2]
SNIPPETS = ROOT / "snippets"
NAMES = sorted(path.stem for path in SNIPPETS.glob("*.py") if path.stem != "__init__")
BUGS = {
    name: there
    for name, bugs in planted_bugs.BUGS.items()
    if name in NAMES
    and (there := [bug for bug in bugs if (ROOT / "docs" / bug.scene.page).exists()])
}
"""Who makes a site of their own from this one may have deleted pages, and snippets with them."""
ENOUGH = 0.9
HEADING = re.compile(r"^(?=#{2,4} \S)", re.MULTILINE)
BLOCK = re.compile(r"^( *)```(?:python|pycon)\n.*?^\1```$", re.MULTILINE | re.DOTALL)

Caught = Mapping[str, list[bool]]


def cut(text: str, scene: Scene) -> str:
    """Leave of a page's text what a scene keeps."""
    lead, *chunks = HEADING.split(text)
    titles = [chunk.partition("\n")[0].lstrip("#").strip() for chunk in chunks]
    absent = [title for title in scene.sections if titles.count(title) != 1]
    assert not absent, f"docs/{scene.page} must have these headings, each once: {absent}"
    for words in scene.without:
        assert words in text, f"docs/{scene.page} has no block with {words!r}"
    pairs = zip(titles, chunks, strict=True)
    kept = [chunk for title, chunk in pairs if not scene.sections or title in scene.sections]
    return BLOCK.sub(
        lambda block: "" if any(words in block[0] for words in scene.without) else block[0],
        lead + "".join(kept),
    )


def planted(snippet: str, bug: Bug) -> str:
    """Give a snippet's code with a bug in it."""
    code = (SNIPPETS / f"{snippet}.py").read_text("utf-8")
    times = code.count(bug.right)
    assert times == 1, f"snippets/{snippet}.py must hold {bug.right!r} once, not {times} times"
    return code.replace(bug.right, bug.wrong)


class Bench:
    """Copies of the snippets, and the pages that run against them."""

    def __init__(self, folder: Path, pool: Pool) -> None:
        self.folder = folder
        self.pool = pool
        self.started: list[tuple[Page, Future[ExecutedPage]]] = []

    def project(self, changed: Mapping[str, str]) -> Project:
        """A copy of the snippets, some of them with other code."""
        root = self.folder / str(len(self.started))
        shutil.copytree(SNIPPETS, root / "snippets", ignore=shutil.ignore_patterns("__pycache__"))
        for snippet, code in changed.items():
            (root / "snippets" / f"{snippet}.py").write_text(code, "utf-8")
        return replace(self.pool.project, root=root, docs=root / "docs")

    def start(self, scene: Scene, changed: Mapping[str, str]) -> int:
        """Start a scene against changed snippets; the number that `wrong` asks for."""
        project = self.project(changed)
        text = (ROOT / "docs" / scene.page).read_text("utf-8")
        page = read(f"docs/{scene.page}", cut(text, scene), project)
        self.started.append((page, self.pool.submit(page, project=project)))
        return len(self.started) - 1

    def wrong(self, number: int) -> set[tuple[int, str | None]]:
        """Where a scene failed."""
        page, running = self.started[number]
        return {(found.line, found.included) for found in failures(page, running.result())}


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caught]:
    """Which bugs of each snippet the pages caught, in the order of the table."""
    with closing(Pool(from_file(ROOT / "mkdocs.yml"), 2)) as pool:
        bench = Bench(tmp_path_factory.mktemp("planted"), pool)
        scenes = {bug.scene for bugs in BUGS.values() for bug in bugs}
        sound = {scene: bench.start(scene, {}) for scene in sorted(scenes)}
        sick = {
            name: [bench.start(bug.scene, {name: planted(name, bug)}) for bug in bugs]
            for name, bugs in BUGS.items()
        }
        yield {
            name: [
                bool(bench.wrong(number) - bench.wrong(sound[bug.scene]))
                for bug, number in zip(BUGS[name], numbers, strict=True)
            ]
            for name, numbers in sick.items()
        }


def survivors(caught: Caught, name: str) -> list[str]:
    """Name the bugs of a snippet that no claim caught."""
    found = zip(BUGS[name], caught[name], strict=True)
    return [f"{name}: {bug.right!r} as {bug.wrong!r}" for bug, seen in found if not seen]


def test_each_snippet_has_bugs_of_several_kinds() -> None:
    assert set(NAMES) <= set(planted_bugs.BUGS)
    for bugs in planted_bugs.BUGS.values():
        assert len(bugs) >= 4
        assert len({bug.kind for bug in bugs}) >= 3


@pytest.mark.parametrize("name", sorted(BUGS))
def test_the_pages_catch_nine_of_ten_bugs_of(name: str, caught: Caught) -> None:
    assert sum(caught[name]) >= ENOUGH * len(caught[name]), survivors(caught, name)


def test_the_pages_catch_nine_of_ten_bugs_altogether(
    caught: Caught, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = [one for name in caught for one in caught[name]]
    left = [text for name in caught for text in survivors(caught, name)]
    with capsys.disabled():
        print(f"\n{sum(seen)} of {len(seen)} planted bugs caught; survivors:", end=" ")
        print("; ".join(left) or "none")
    assert sum(seen) >= ENOUGH * len(seen)
