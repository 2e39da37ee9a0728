"""Rules that hold across the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest


def texts(root: Path) -> dict[str, str]:
    """The project's own text files, by path."""
    folders = ["docs", "snippets", "src", "tests", ".github", ".ci"]
    files = [path for folder in folders for path in (root / folder).rglob("*") if path.is_file()]
    files += [path for path in root.glob("*.*") if path.is_file()]
    found = {}
    for path in files:
        name = path.relative_to(root).as_posix()
        if any(part in name for part in ("_cache", ".egg-info", "node_modules/")):
            continue
        if path.suffix in (".woff2", ".pyc"):
            continue
        found[name] = path.read_text("utf-8")
    return found


def test_no_file_holds_a_path_of_a_machine(root: Path) -> None:
    wrong = re.compile(r"(?<![\w.])/(?:home|root|Users|tmp|work)/\w")
    assert [name for name, text in texts(root).items() if wrong.search(text)] == []


def test_constraints_pin_versions_and_name_no_address(root: Path) -> None:
    lines = (root / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert [line for line in pins if "==" not in line or "://" in line] == []


def test_exactly_one_module_of_the_generator_imports_mkdocs(root: Path) -> None:
    importing = [
        path.name
        for path in (root / "src" / "sybil_pages").rglob("*.py")
        if re.search(r"^\s*(?:from|import) mkdocs\b", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert importing == ["mkdocs_plugin.py"]


def test_the_generator_needs_nothing_of_what_finishes_this_site(root: Path) -> None:
    modules = (root / "src" / "sybil_pages").rglob("*.py")
    assert [path.name for path in modules if "site_finish" in path.read_text("utf-8")] == []


def test_each_snippet_has_its_test(root: Path) -> None:
    snippets = {path.stem for path in (root / "snippets").iterdir() if path.name[0] not in "._"}
    tests = {path.stem.removeprefix("test_") for path in (root / "tests/snippets").glob("test_*")}
    assert snippets - {"ruff"} == tests


@pytest.mark.parametrize("name", ["convolution", "pooling", "activation", "output_size", "reach"])
def test_a_snippet_imports_without_keras_and_without_the_generator(root: Path, name: str) -> None:
    code = (
        f"import sys; from snippets import {name}\n"
        "assert not {'keras', 'tensorflow', 'sybil_pages'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert done.returncode == 0


def test_workflows_pin_actions_by_hash_and_give_pull_requests_no_token(root: Path) -> None:
    workflows = list((root / ".github" / "workflows").glob("*.yml"))
    assert len(workflows) >= 2
    for workflow in workflows:
        text = workflow.read_text("utf-8")
        uses = re.findall(r"uses:\s*(\S+)", text)
        assert uses
        assert [use for use in uses if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", use)] == []
        assert "pull_request_target" not in text
        assert "secrets." not in text
