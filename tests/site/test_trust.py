"""What the project runs is pinned by hash, and what strangers bring is kept from everything else.

Two locks in `.ci/` name each file that is installed: `requirements.txt` has the very versions of
`constraints.txt`, and `lowest.txt` the lowest that `pyproject.toml` admits.
"""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

LOCKS = ["requirements.txt", "lowest.txt"]
SYSTEMS = {
    "Linux": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "macOS": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}
PYTHONS = ["3.11.9", "3.12.10", "3.13.5"]
READ = {"contents": "read"}


def entries(root: Path, lock: str) -> list[str]:
    """The packages of a lock, each with its hashes on one line."""
    text = (root / ".ci" / lock).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip()]


def pins(root: Path, lock: str) -> list[Requirement]:
    """The packages of a lock."""
    return [Requirement(entry.partition("--hash")[0].strip()) for entry in entries(root, lock)]


def asked(root: Path) -> list[Requirement]:
    """What `pyproject.toml` asks for, as the locks do."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    return [Requirement(r) for r in project["dependencies"] + extras["tutorial"] + extras["test"]]


def chosen(pinned: list[Requirement], name: str, environment: dict[str, str]) -> list[Version]:
    """The versions of a package that pip would take from a lock; one, if all is well."""
    return [
        Version(next(iter(pin.specifier)).version)
        for pin in pinned
        if canonicalize_name(pin.name) == canonicalize_name(name)
        and (pin.marker is None or pin.marker.evaluate(environment))
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_no_address(root: Path, lock: str) -> None:
    found = entries(root, lock)
    assert len(found) > 100
    entry = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^#@]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [line[:80] for line in found if not entry.fullmatch(line)] == []
    assert "://" not in "".join(found)


def test_the_lock_has_the_very_versions_of_the_constraints(root: Path) -> None:
    lines = (root / "constraints.txt").read_text("utf-8").splitlines()
    assert [str(pin) for pin in pins(root, LOCKS[0])] == [str(Requirement(line)) for line in lines]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_gives_each_system_one_version_that_pyproject_admits(
    root: Path, lock: str, system: str, python: str
) -> None:
    minor = python.rpartition(".")[0]
    environment = SYSTEMS[system] | {"python_full_version": python, "python_version": minor}
    environment |= {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    pinned = pins(root, lock)
    wrong = {
        wanted.name: versions
        for wanted in asked(root)
        if len(versions := chosen(pinned, wanted.name, environment)) != 1
        or versions[0] not in wanted.specifier
    }
    assert wrong == {}


def test_the_lowest_lock_has_the_lower_bounds(root: Path) -> None:
    """A bound names the first parts of the version that stands there."""
    environment = SYSTEMS["Linux"] | {"python_full_version": "3.11.9", "python_version": "3.11"}
    pinned = pins(root, "lowest.txt")
    wrong = {}
    for wanted in asked(root):
        lowest = [Version(one.version) for one in wanted.specifier if one.operator == ">="]
        (pin,) = chosen(pinned, wanted.name, environment)
        if [pin.release[: len(bound.release)] for bound in lowest] != [lowest[0].release]:
            wrong[wanted.name] = (str(wanted.specifier), str(pin))
    assert wrong == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_what_builds_this_project_is_in_the_lock(root: Path, lock: str) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    (builder,) = map(Requirement, project["build-system"]["requires"])
    (version,) = chosen(pins(root, lock), builder.name, {})
    assert version in SpecifierSet(str(builder.specifier))


# The workflows


@pytest.fixture(scope="module")
def workflows(root: Path) -> dict[str, dict]:
    """The workflows by name; YAML takes their key `on` for true."""
    found = {
        path.stem: yaml.safe_load(path.read_text("utf-8"))
        for path in sorted((root / ".github" / "workflows").glob("*.yml"))
    }
    assert {"ci", "pages"} <= set(found)
    return found


def jobs(workflows: dict[str, dict]) -> list[tuple[str, dict]]:
    """All jobs, by name."""
    return [
        (f"{name}: {key}", job)
        for name, workflow in workflows.items()
        for key, job in workflow["jobs"].items()
    ]


def test_a_job_may_do_nothing_that_it_does_not_say_and_ends(workflows) -> None:
    assert [name for name, workflow in workflows.items() if workflow["permissions"] != {}] == []
    for name, job in jobs(workflows):
        assert job["timeout-minutes"] <= 90, name
        assert job["permissions"], name


def test_only_jobs_that_run_nothing_of_ours_may_write(workflows) -> None:
    writing = {name: job for name, job in jobs(workflows) if job["permissions"] != READ}
    assert set(writing) == {"pages: attest", "pages: deploy"}
    assert [step for job in writing.values() for step in job["steps"] if "run" in step] == []


def test_no_job_keeps_a_token_or_a_cache(workflows) -> None:
    steps = [(name, step) for name, job in jobs(workflows) for step in job["steps"]]
    used = [(name, step["uses"], step.get("with", {})) for name, step in steps if "uses" in step]
    assert len(used) > 10
    for name, action, given in used:
        assert "cache" not in action + "".join(given), name
        if action.startswith("actions/checkout@"):
            assert given["persist-credentials"] is False, name
    assert [name for name, step in steps if "github.token" in str(step)] == []


def test_a_strangers_pages_run_without_a_network_once_all_is_installed(workflows) -> None:
    open_to_all = {n: w for n, w in workflows.items() if "pull_request" in w[True]}
    assert set(open_to_all) == {"ci"}
    events = {event for workflow in workflows.values() for event in workflow[True]}
    assert events <= {"push", "pull_request", "schedule", "workflow_dispatch"}
    commands = [step["run"] for step in workflows["ci"]["jobs"]["checks"]["steps"] if "run" in step]
    assert commands == [".ci/run install", ".ci/alone .ci/run check"]


def test_the_command_that_takes_the_network_away_takes_root_away_too(root: Path) -> None:
    script = (root / ".ci" / "alone").read_text("utf-8")
    for word in ("--net", "--pid", "--no-new-privs", "--bounding-set=-all", "MemoryMax="):
        assert word in script


def test_only_main_is_deployed(workflows) -> None:
    deploying = [name for name, w in workflows.items() if "actions/deploy-pages@" in str(w)]
    assert deploying == ["pages"]
    assert workflows["pages"][True] == {"push": {"branches": ["main"]}}


# What is loaded


PICKLES = re.compile(
    r"\b(?:import|from) (?:pickle|cloudpickle|dill|joblib|marshal|shelve)\b|\btorch\.load\b"
    r"|\b(?:allow_pickle|unsafe\w*)\s*=\s*True|safe_mode\s*=\s*False|enable_unsafe_deserialization"
)
FENCE = re.compile(r"^ *```(?:python|pycon).*?^ *```$", re.MULTILINE | re.DOTALL)


def test_models_are_kept_as_keras_files_and_nothing_is_pickled(root: Path) -> None:
    code = {path.name: path.read_text("utf-8") for path in (root / "snippets").rglob("*.py")}
    for page in (root / "docs").rglob("*.md"):
        code[page.name] = "\n".join(FENCE.findall(page.read_text("utf-8")))
    assert [name for name, text in code.items() if PICKLES.search(text)] == []
    files = re.findall(r"""["'][\w/-]+\.(keras|h5|pkl|pt|pth)["']""", "\n".join(code.values()))
    assert set(files) == {"keras"}
    loads = [call for text in code.values() for call in re.findall(r"load_model\([^)]*", text)]
    assert loads
    assert [call for call in loads if "safe_mode=True" not in call] == []


@pytest.mark.parametrize(
    "code", ["import pickle", "np.load(path, allow_pickle=True)", "load_model(p, safe_mode=False)"]
)
def test_a_pickle_would_be_found(code: str) -> None:
    assert PICKLES.search(code)
