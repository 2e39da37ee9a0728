"""A page runs again exactly when something that its outputs depend on changed, and says what."""

import json
import os
import re
from pathlib import Path

import pytest

from sybil_pages import conditions
from sybil_pages.cache import Cache
from sybil_pages.claims import failures, shown_text

PAGE = "# A\n\n```py\nx = 1 / 3\nx\n```\n\n```output\n0.333\n```\n"
UNCHANGED = {
    "nothing": PAGE,
    "prose above": PAGE.replace("# A", "# A\n\nMore words.\n"),
    "a claim": PAGE.replace("0.333", "0.33"),
    "a mark that it is a solution": PAGE.replace("x = 1", "#| solution\nx = 1"),
}
CHANGED = {
    "code": PAGE.replace("1 / 3", "2 / 3"),
    "an option": PAGE.replace("x = 1", "#| results: fold\nx = 1"),
    "an inline expression": PAGE + "\n`{python} x`\n",
}


def stored(bench, text: str) -> Cache:
    page, executed = bench.run(text)
    cache = Cache(bench.project)
    cache.complete(executed["metadata"]["sybil_pages"])
    cache.store(page, executed)
    return cache


def reason(bench, cache: Cache, text: str) -> str:
    """Why the page must run in the next build; nothing if it need not."""
    assert cache.folder.is_relative_to(bench.root)
    return Cache(bench.project).load(bench.read(text))[1]


def test_a_change_of_any_module_that_runs_with_a_page_is_a_change_of_the_generator() -> None:
    source = Path(conditions.__file__).parent
    found: set[str] = set()
    left = ["process", "preload", "values", "figures"]  # the last two are imported by name
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            text = (source / f"{name}.py").read_text("utf-8").partition("if TYPE_CHECKING")
            rest = text[2].partition("\n\n")[2]
            left += re.findall(r"^ *from \.(\w+) import", text[0] + rest, re.MULTILINE)
            for names in re.findall(r"^ *from \. import (.+)$", text[0] + rest, re.MULTILINE):
                left += names.split(", ")
    assert set(conditions._COMPUTES) == found


@pytest.mark.parametrize("later", UNCHANGED.values(), ids=UNCHANGED)
def test_a_page_is_valid_after_a_change_of(bench, later: str) -> None:
    assert reason(bench, stored(bench, PAGE), later) == ""


@pytest.mark.parametrize("later", CHANGED.values(), ids=CHANGED)
def test_a_page_runs_again_after_a_change_of(bench, later: str) -> None:
    assert reason(bench, stored(bench, PAGE), later) == "its code or options changed"


def test_a_page_from_the_cache_is_the_page_that_ran(bench) -> None:
    page, executed = bench.run(PAGE)
    cache = Cache(bench.project)
    cache.complete(executed["metadata"]["sybil_pages"])
    cache.store(page, executed)
    known, reason = cache.load(page)
    assert reason == ""
    assert known is not None
    assert known["cells"] == json.loads(json.dumps(executed))["cells"]
    assert known["metadata"]["sybil_pages"]["cached"]


READS = {
    "a module": ("from tools import SIDES\nSIDES", "tools.py", "SIDES = 4\n"),
    "a file that is opened": ("open('data.txt').read()", "data.txt", "other"),
    "a file that NumPy reads": (
        "import numpy as np\nnp.loadtxt('numbers.txt').sum()",
        "numbers.txt",
        "7 8 9",
    ),
    "a file that a module opens": ("import reader\nreader.read()", "data.txt", "other"),
    "a file that is not there yet": (
        "import pathlib\npathlib.Path('later.txt').exists()\n"
        "try:\n    open('later.txt')\nexcept OSError as error:\n    print('missing')",
        "later.txt",
        "here",
    ),
    "a file that only a string names": (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', \"print(open('data.txt').read())\"])\n"
        "name = 'data.txt'",
        "data.txt",
        "other",
    ),
    "the names in a folder": ("import os\nsorted(os.listdir('folder'))", "folder/new.txt", ""),
}


@pytest.mark.parametrize(("code", "name", "content"), READS.values(), ids=READS)
def test_a_page_runs_again_when_what_it_read_changes(
    bench, code: str, name: str, content: str
) -> None:
    bench.write("tools.py", "SIDES = 3\n")
    bench.write("reader.py", "def read():\n    return open('data.txt').read()\n")
    bench.write("data.txt", "some")
    bench.write("numbers.txt", "1 2 3")
    bench.write("folder/old.txt", "")
    bench.write("unrelated.txt", "x")
    text = f"```py\n{code}\n```\n"
    cache = stored(bench, text)
    bench.write("unrelated.txt", "y")
    bench.write("unrelated.py", "y = 1\n")
    bench.write("unrelated/file.txt", "y")
    assert reason(bench, cache, text) == ""
    bench.write(name, content)
    assert reason(bench, cache, text) in (f"{name} changed", f"{Path(name).parent} changed")


def test_looking_for_packages_is_no_reading(bench) -> None:
    text = "```py\nfrom importlib import metadata\nmetadata.version('numpy');\n```\n"
    cache = stored(bench, text)
    bench.write("new.txt", "x")
    assert reason(bench, cache, text) == ""


def test_what_a_page_only_writes_is_no_dependency(bench, tmp_path_factory) -> None:
    target = tmp_path_factory.mktemp("elsewhere") / "out.txt"
    text = f"```py\nopen({str(target)!r}, 'w').write('x');\n```\n"
    cache = stored(bench, text)
    target.write_text("y", "utf-8")
    assert reason(bench, cache, text) == ""


def test_a_page_runs_again_with_other_versions(bench) -> None:
    text = "```py\nimport numpy\n```\n"
    cache = stored(bench, text)
    (entry,) = cache.folder.glob("*.json")
    known = json.loads(entry.read_text("utf-8"))
    packages = known["executed"]["metadata"]["sybil_pages"]["versions"]
    then, packages["numpy"] = packages["numpy"], "1.0"
    entry.write_text(json.dumps(known), "utf-8")
    assert reason(bench, cache, text) == f"numpy changed from 1.0 to {then}"


def test_a_page_runs_again_in_another_environment(bench) -> None:
    cache = stored(bench, PAGE)
    (entry,) = cache.folder.glob("*.json")
    known = json.loads(entry.read_text("utf-8"))
    known["environment"]["Python"] = "3.11.0"
    entry.write_text(json.dumps(known), "utf-8")
    assert reason(bench, cache, PAGE).startswith("Python changed from 3.11.0 to 3.")


@pytest.mark.parametrize("name", ["KERAS_BACKEND", "OMP_NUM_THREADS", "TF_ENABLE_ONEDNN_OPTS"])
def test_a_page_runs_again_when_it_would_compute_otherwise(bench, monkeypatch, name: str) -> None:
    cache = stored(bench, PAGE)
    monkeypatch.setenv(name, "3")
    assert reason(bench, cache, PAGE).startswith(f"{name} changed from ")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"blocks": 1}', "\x00"])
def test_a_damaged_entry_is_a_miss(bench, damage: str) -> None:
    cache = stored(bench, PAGE)
    (entry,) = cache.folder.glob("*.json")
    entry.write_text(damage, "utf-8")
    assert cache.load(bench.read(PAGE))[0] is None


def test_a_failed_page_is_never_stored(bench) -> None:
    text = "```py\n1 / 0\n```\n"
    assert reason(bench, stored(bench, text), text) == "never executed here"


def test_a_page_whose_claim_fails_is_stored_and_its_claim_fails_again(bench) -> None:
    text = PAGE.replace("0.333", "0.4")
    cache = stored(bench, text)
    executed, _ = cache.load(bench.read(text))
    assert executed is not None
    assert shown_text(executed["cells"][0]) == "0.3333333333333333\n"


def test_a_cache_that_cannot_be_written_is_no_failure(bench) -> None:
    bench.write(".cache/sybil-pages/pages", "a file where the folder should be")
    assert reason(bench, stored(bench, PAGE), PAGE) != ""


def test_no_partly_written_entry_is_left(bench) -> None:
    cache = stored(bench, PAGE)
    assert [path.suffix for path in cache.folder.iterdir()] == [".json"]


SHOWN = "```py\n#| run: false\n#| reason: to read\nx\n```\n\n"


def test_the_cells_follow_their_blocks_when_what_is_only_shown_moves(bench) -> None:
    cache = stored(bench, PAGE)
    for wrong, expected in (("0.333", []), ("0.444", ["page.md:15"])):
        page = bench.read(SHOWN + PAGE.replace("0.333", wrong))
        executed, why = Cache(bench.project).load(page)
        assert why == ""
        assert executed is not None
        reports = [problem.report(page.path) for problem in failures(page, executed)]
        assert [report.partition(": ")[0] for report in reports] == expected
    assert cache.folder.is_dir()


def test_a_failure_that_is_remembered_moves_with_its_block(bench) -> None:
    page, executed = bench.run("```py\n1 / 0\n```\n")
    remembered: dict = {}
    first = Cache(bench.project, remembered)
    first.complete(executed["metadata"]["sybil_pages"])
    first.store(page, executed)
    for lines in (4, 2, 7):
        moved = bench.read("words\n" * (lines - 1) + "\n```py\n1 / 0\n```\n")
        again, why = Cache(bench.project, remembered).load(moved)
        assert why == ""
        (problem,) = failures(moved, again)
        assert problem.line == lines + 2


def test_what_a_killed_build_was_writing_is_removed_an_hour_later(bench) -> None:
    folder = Cache(bench.project).folder
    folder.mkdir(parents=True)
    old, new = folder / "old.part", folder / "new.part"
    old.write_text("{")
    new.write_text("{")
    os.utime(old, (0, 0))
    stored(bench, PAGE)
    assert not old.exists()
    assert new.exists()
