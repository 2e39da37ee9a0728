"""All tools build the same pages: the same prose and code, and nothing else that runs."""

import ast
import re
from pathlib import Path

import pytest

from sybil_pages import cli
from sybil_pages.project import from_file
from sybil_pages.read import read_file
from tests.benchmarks.bench import edit_code, edit_prose
from tests.benchmarks.measure import run
from tests.benchmarks.peers import FIGURE, OURS, PEERS, PLAIN, Peer
from tests.benchmarks.table import Measured, table
from tests.benchmarks.workloads import Page, Workload, small, tutorial

LOADS = {"small": small(2), "tutorial": tutorial(2)}
DRAWN = "plt.show()"


def code_of(peer: Peer, text: str) -> list[str]:
    """The code of a page, read from a tool's own format."""
    if peer.source.endswith(".md"):
        blocks = re.findall(r"^```\{?(?:python|code-cell).*\n((?:.*\n)*?)```$", text, re.MULTILINE)
        blocks = [re.sub(r"^#\|.*\n", "", block) for block in blocks]
        return [block.replace(FIGURE, DRAWN).strip("\n") for block in blocks]
    if peer.source == "{}.py":
        text = re.sub(r"plt\.savefig\(.*\nplt\.close\('all'\)", DRAWN, text)
        return [text.strip("\n")]
    chunks = text.split("# %%\n# Code.\n\n")[1:]
    return [chunk.partition("# %%\n")[0].strip("\n") for chunk in chunks]


def written(peer: Peer, load: Workload, folder: Path) -> dict[str, str]:
    """The files of a tool's site, by name."""
    peer.write(load.pages, folder)
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS)
@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_each_tool_gets_the_same_code(peer: Peer, load: Workload, tmp_path: Path) -> None:
    files = written(peer, load, tmp_path)
    for page in load.pages:
        code = code_of(peer, files[peer.source.format(page.name)])
        expected = page.code if peer.source != "{}.py" else ["\n\n".join(page.code)]
        assert code == expected


@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS)
def test_we_find_as_many_blocks_as_there_are(load: Workload, tmp_path: Path) -> None:
    written(PEERS[OURS], load, tmp_path)
    project = from_file(tmp_path / "mkdocs.yml")
    for page in load.pages:
        read = read_file(tmp_path / "docs" / f"{page.name}.md", project)
        assert read.problems == []
        assert [block.code for block in read.runs()] == page.code
        assert sum(len(block.options.alt) for block in read.runs()) == sum(
            DRAWN in code for code in page.code
        )


def test_the_workloads_have_the_size_that_they_say() -> None:
    assert [len(page.code) for page in small(3).pages] == [5, 5, 5]
    pages = tutorial(2).pages
    assert len(pages) == 6
    assert all("import keras" in page.code[0] for page in pages)
    assert sum("model.fit" in "\n".join(page.code) for page in pages) == 2


def test_no_two_pages_have_the_same_code() -> None:
    pages: list[Page] = [*small(20).pages, *tutorial(3).pages]
    codes = {"\n".join(page.code) for page in pages}
    assert len(codes) == len(pages)
    for code in codes:
        ast.parse(code)


def test_the_result_stands_nowhere_in_the_sources(tmp_path: Path) -> None:
    for name, peer in PEERS.items():
        for load in LOADS.values():
            files = written(peer, load, tmp_path / name / load.kind)
            text = "\n".join(files.values())
            for page in load.pages:
                assert page.result() not in text
                assert page.result(1) not in text


def test_the_pages_run_and_show_their_results(tmp_path: Path, capsys) -> None:
    load = small(2)
    peer = PEERS[OURS]
    written(peer, load, tmp_path)
    assert cli.main(["check", str(tmp_path / "docs")]) == 0
    ran = run(peer.command(), tmp_path)
    assert ran.status == 0, ran.said
    assert 0 < ran.parent <= ran.tree
    for page in load.pages:
        assert page.result() in (tmp_path / peer.shown.format(page.name)).read_text("utf-8")


@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_edits_change_one_page_in_the_way_that_they_say(peer: Peer, tmp_path: Path) -> None:
    load = small(2)
    before = written(peer, load, tmp_path)
    name = peer.source.format(load.pages[0].name)
    edit_prose(peer, load.pages[0], tmp_path)
    prose = (tmp_path / name).read_text("utf-8")
    assert prose.startswith(before[name])
    assert "More words" in prose.removeprefix(before[name])
    if peer.source != "{}.py":  # where prose is a comment of the last block
        assert code_of(peer, prose) == code_of(peer, before[name])
    edit_code(peer, load.pages[0], tmp_path)
    code = (tmp_path / name).read_text("utf-8")
    assert code == prose.replace("revision = 0\n", "revision = 1\n") != prose
    other = peer.source.format(load.pages[1].name)
    assert (tmp_path / other).read_text("utf-8") == before[other]


def test_the_table_holds_medians_of_the_ratios_of_rounds() -> None:
    measured = Measured()
    for plain, ours, best, slow in [
        (1.0, 3.0, 4.0, 9.0),
        (2.0, 4.0, 2.0, 9.0),
        (2.0, 2.0, 4.0, 9.0),
    ]:
        for tool, seconds in (
            (PLAIN, plain), (OURS, ours), ("markdown-exec", best), ("MyST-NB", slow),
        ):  # fmt: skip
            measured.add("2 with NumPy", "cold", tool, seconds)
            measured.add("2 with NumPy", "warm", tool, seconds)
    measured.add("2 with NumPy", "memory, parent", PLAIN, 2**20)
    measured.add("2 with NumPy", "memory, parent", OURS, 3 * 2**20)
    rows = table(measured, [PLAIN, OURS, "markdown-exec"]).split("\n")
    assert rows[2:] == [
        "| 2 with NumPy | cold | bare scripts | 2.00 s | 3.00 s | 4.00 s |",
        "| 2 with NumPy | cold | best peer |  | 0.75 | 1.00 |",
        "| 2 with NumPy | warm | plain MkDocs | 2.00 s (1.00) | 3.00 s (2.00) | 4.00 s (2.00) |",
        "| 2 with NumPy | memory, parent | plain MkDocs | 1 MB (1.00) | 3 MB (3.00) |  |",
    ]
