"""`sybil-pages check` and `run` verify any folder, with no configuration and without MkDocs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "# A\n\n```py\n1 / 3\n```\n\n```output\n0.333\n```\n"
BAD = GOOD.replace("0.333", "0.444")
ALONE = (
    "import sys; sys.modules['mkdocs'] = None; from sybil_pages.cli import main; sys.exit(main())"
)


def cli(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line where `import mkdocs` fails."""
    kept = {name: value for name, value in os.environ.items() if name != "GITHUB_STEP_SUMMARY"}
    return subprocess.run(
        [sys.executable, "-c", ALONE, *arguments],
        cwd=folder,
        env={**kept, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def write(root: Path, pages: dict[str, str]) -> Path:
    for name, text in pages.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def test_a_folder_without_configuration_is_verified(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": GOOD, "deep/b.markdown": GOOD, "notes.txt": BAD})
    done = cli(root, "check")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 pages: 2 blocks ran, 2 claims verified; no failures\n"
    again = cli(root, "check", "deep", "a.md")
    assert again.stdout.startswith("2 pages (2 from the cache): ")


def test_a_folder_elsewhere_is_its_own_project(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.md": "```py\nimport tool\ntool.x\n```\n", "tool.py": "x = 1\n"})
    (tmp_path / "here").mkdir()
    done = cli(tmp_path / "here", "check", str(tmp_path / "pages"))
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "here").iterdir()) == []


def test_pages_of_several_projects_are_named_from_here(tmp_path: Path) -> None:
    page = "```py\nimport tool\ntool.x\n```\n\n```output\n1\n```\n"
    for name, value in {"one": 1, "two": 2}.items():
        site = {"mkdocs.yml": "site_name: x\n", "docs/a.md": page, "tool.py": f"x = {value}\n"}
        write(tmp_path / name, site)
    done = cli(tmp_path, "check", "one/docs", "two/docs")
    assert done.returncode == 1
    assert "2 pages: 2 blocks ran, 1 claim verified; 1 failure" in done.stdout
    assert "\ntwo/docs/a.md:7: claimed `1`, computed `2`" in done.stderr
    assert "one/docs/a.md:7" not in done.stderr


def test_all_failures_are_reported_and_the_status_is_1(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": BAD, "b.md": "```py\n1 / 0\n```\n", "c.md": GOOD})
    done = cli(root, "check")
    assert done.returncode == 1
    assert "\n2 failures\n\na.md:8: claimed `0.444`, computed `0.3333333333333333`" in done.stderr
    assert "\nb.md:2: ZeroDivisionError: division by zero" in done.stderr
    assert done.stdout.splitlines()[-1].endswith("; 2 failures")


NOTHING = {
    "an empty folder": ("empty", "there is no Markdown page in empty"),
    "a folder of other files": ("other", "there is no Markdown page in other"),
    "a missing path": ("missing", "there is no missing"),
    "a file of another kind": ("other/a.txt", "other/a.txt is no Markdown page"),
}


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(("path", "said"), NOTHING.values(), ids=NOTHING)
def test_nothing_to_check_is_an_error_of_its_own(
    tmp_path: Path, command: str, path: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path, {"other/a.txt": "x", "other/.hidden/a.md": GOOD})
    write(tmp_path, {"other/node_modules/a.md": GOOD})
    done = cli(tmp_path, command, path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"sybil-pages: {said}\n"


def test_adopted_blocks_are_counted_down_in_a_closing_line(tmp_path: Path) -> None:
    block = "```py\n#| run: false\n#| reason: {}\nx\n```\n\n"
    front = "---\nsybil-pages:\n  run: false\n  reason: 'not yet: it fails'\n---\n"
    pages = {
        "a.md": GOOD + "\n" + block.format("not yet: NameError: x"),
        "b.md": front + "```py\nx\n```\n\n```py\nx\n```\n",
        "c.md": block.format("it needs a GPU"),
    }
    done = cli(write(tmp_path, pages), "check")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "3 pages: 1 block ran, 1 claim verified, 4 shown, not run; no failures",
        "3 blocks are not yet verified: a.md 1, b.md 2",
    ]


def test_fresh_trusts_nothing_that_ran_before(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": GOOD})
    cli(root, "check")
    assert "from the cache" in cli(root, "check").stdout
    done = cli(root, "check", "--fresh")
    assert "from the cache" not in done.stdout
    assert "a.md: 1 block ran in" in done.stderr


def test_check_says_why_each_page_runs(tmp_path: Path) -> None:
    page = "```py\nopen('n.txt').read()\n```\n"
    root = write(tmp_path, {"a.md": page, "n.txt": "1"})
    assert "a.md: runs: never executed here\n" in cli(root, "check").stderr
    write(root, {"n.txt": "2"})
    assert "a.md: runs: n.txt changed\n" in cli(root, "check").stderr


def test_run_prints_a_table_and_writes_it_as_json_and_markdown(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": GOOD, "b.md": BAD, "c.md": "# C\n"})
    cli(root, "check", "a.md")
    done = cli(root, "run", "--json", "out.json", "--summary", "out.md")
    assert done.returncode == 1
    rows = [line.split() for line in done.stdout.splitlines() if ".md" in line]
    assert [row[0] for row in rows] == ["a.md", "b.md", "c.md"]
    assert rows[0][1:3] == ["1", "1"]
    assert rows[0][-1] == "cached"
    assert rows[1][-3:] == ["never", "executed", "here"]
    found = json.loads((root / "out.json").read_text("utf-8"))
    assert [page["cached"] for page in found["pages"]] == [True, False, False]
    assert found["pages"][0]["peak_memory"] > 2**20
    assert found["totals"]["failures"] == 1
    summary = (root / "out.md").read_text("utf-8")
    assert summary.startswith("### 3 pages (1 from the cache): 2 blocks ran, 1 claim verified")
    assert "```text\nb.md:8: claimed `0.444`" in summary


def test_the_job_summary_goes_where_github_says_and_is_appended(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": GOOD})
    target = tmp_path / "summary"
    target.write_text("before\n", "utf-8")
    done = cli(root, "run", GITHUB_STEP_SUMMARY=str(target))
    assert done.returncode == 0, done.stderr
    assert target.read_text("utf-8").startswith("before\n### 1 page: 1 block ran")


def test_a_report_that_cannot_be_written_is_an_error_of_its_own(tmp_path: Path) -> None:
    done = cli(write(tmp_path, {"a.md": GOOD}), "run", "--json", "none/out.json")
    assert done.returncode == 2
    assert "sybil-pages: [Errno 2]" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_runs_where_the_environment_says_never(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": "```py\nopen('ran', 'w')\n```\n"})
    done = cli(root, "check", SYBIL_PAGES_EXECUTE="never")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 page: 1 block shown, not run; no failures\n"


def test_shake_names_what_differs_between_two_runs(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": GOOD + "\n```py\nimport time\ntime.time()\n```\n"})
    done = cli(root, "check", "--shake")
    assert done.returncode == 1
    assert "\na.md:11: differs between two runs: its text, `" in done.stderr
    assert "once more, with PYTHONHASHSEED=1" in done.stderr


def test_shake_passes_a_page_that_always_shows_the_same(tmp_path: Path) -> None:
    done = cli(write(tmp_path, {"a.md": GOOD}), "check", "--shake")
    assert done.returncode == 0, done.stderr
