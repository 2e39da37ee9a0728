"""What an edition needs beside the page: packages, the project's files, and who compares."""

from __future__ import annotations

import inspect
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from . import luggage
from .cells import Cell
from .conditions import distributions
from .exercises import Task
from .imports import imported
from .page import ExecutedPage, Options, Page
from .project import Project
from .witness import key

_COMPARES = ("tokens", "compare", "verdicts", "witness")
_LARGE = 100_000  # bytes of a file up to which an edition carries it
_LONG = 72  # characters of a line in a report
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}  # as pages run


@dataclass(frozen=True)
class Companions:
    """What a page needs where nothing is installed.

    Attributes:
        needed: The packages to install, pinned, by the names of the modules that are imported.
        tested: The versions of these distributions that the page ran with.
        environment: The variables that it ran with, and that decide how it computes.
        files: The texts of the project's files that it uses, by their paths.
    """

    needed: dict[str, str]
    tested: dict[str, str]
    environment: dict[str, str]
    files: dict[str, str]


def companions(page: Page, executed: ExecutedPage, project: Project) -> Companions:
    """Find out what a page needs, from what its execution recorded."""
    about = executed["metadata"]["sybil_pages"]
    versions: dict[str, str] = about.get("versions") or {}
    backend: str = about.get("backend") or ""
    recorded: dict[str, str] = (about.get("dependencies") or {}).get("files") or {}
    files = dict(_files(project.root, page.path, recorded))
    code = [block.source for block in page.runs()]
    code += [text for name, text in files.items() if name.endswith(".py")]
    tops = frozenset().union(*map(_imported, code), [backend]) - {*sys.stdlib_module_names, ""}
    brought = distributions(tops, versions)
    needed = {top: f"{name}=={versions[name]}" for top, name in sorted(brought.items())}
    environment = {"KERAS_BACKEND": backend, **_QUIET} if backend else {}
    return Companions(
        needed,
        {name: versions[name] for name in sorted({*brought.values()})},
        environment,
        files,
    )


@cache
def _imported(code: str) -> frozenset[str]:
    """The top-level modules that code imports; the pages of a site share most of it."""
    return frozenset(name.partition(".")[0] for name in imported(code))


def _files(root: Path, own: str, recorded: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The texts of the recorded files of the project, large ones and the page itself aside."""
    for name, state in recorded.items():
        path = root / name
        if state.startswith("file ") and not Path(name).is_absolute() and name != own:
            content = path.read_bytes()
            if len(content) <= _LARGE and b"\0" not in content:
                yield name, content.decode("utf-8", "replace").replace("\r\n", "\n")


def requires_python(project: Project) -> str:
    """The versions of Python that the project asks for; those from the running one upwards else."""
    try:
        said = tomllib.loads((project.root / "pyproject.toml").read_text("utf-8"))
        return str(said["project"]["requires-python"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return f">={sys.version_info.major}.{sys.version_info.minor}"


def literal(text: str) -> str:
    """A text as Python source that a person can read, where there is such."""
    if "'''" in text or text.endswith(("'", "\\")) or "\r" in text or "\0" in text:
        return repr(text)
    mark = "r" if "\\" in text else ""
    return f"{mark}'''{text}'''" if "\n" in text else repr(text)


def _mapping(texts: Mapping[str, str]) -> str:
    return "".join(f"    {name!r}: {literal(text)},\n" for name, text in texts.items())


def files_cell(files: Mapping[str, str], folder: str = "'.'") -> str:
    """Code that writes the project's files where they are missing."""
    return (
        f"{inspect.getsource(luggage.write_missing)}\n\n"
        f"write_missing({{\n{_mapping(files)}}}, {folder})\n"
        "del write_missing\n"
    )


def set_up_cell(found: Companions) -> str:
    """The code of a notebook's first cell."""
    parts = ["#@title Set-up: installs what is missing, and brings the files that the page uses\n"]
    if found.needed or found.environment:
        parts.append(
            f"{inspect.getsource(luggage.install_missing)}\n\n"
            f"install_missing({{\n{_mapping(found.needed)}}}, {found.environment})\n"
            "del install_missing\n"
        )
    if found.files:
        parts.append(("\n\n" if found.needed else "") + files_cell(found.files))
    return "".join(parts).rstrip("\n")


def claims_cell(items: Sequence[Any], found: Companions) -> str:
    """The code of the cell that compares what the others show with what the page claims."""
    sources = {name: _source(name) for name in _COMPARES}
    lines = (json.dumps(_claim(item), ensure_ascii=False) for item in items)
    told = "[\n" + ",\n".join(lines) + "\n]"
    return (
        "#@title Claims: compares what each cell below gives with what the page shows\n"
        f"{inspect.getsource(luggage.load_witness)}\n\n"
        f"page_claims = load_witness({{\n{_mapping(sources)}}}, {literal(told)}, {found.tested})\n"
        "del load_witness"
    )


def _source(name: str) -> str:
    text = Path(__file__).with_name(f"{name}.py").read_text("utf-8")
    return re.sub(r"^from \.(?=\w)", "from page_claims.", text, flags=re.MULTILINE)


def _named(code: str) -> str:
    """The line that a report names a cell by."""
    line = code.strip().rpartition("\n")[2]
    return line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"


def _claim(item: Any) -> dict[str, Any]:
    """A claim as the witness reads it."""
    task = item if isinstance(item, Task) else None
    cell: Cell = task.cell if task else item
    options = cell.block.options if cell.block else Options()
    claim = cell.claim
    raises = options.raises or ""
    if task and cell.raises and claim:  # of an error, a student finds the kind
        raises = raises or claim.rstrip().splitlines()[-1].partition(":")[0]
        claim = None
    told = {
        "cell": key(cell.source),
        "about": "" if task else _named(cell.source),
        "claim": claim,
        "prompt": cell.prompt,
        "tolerance": options.tolerance,
        "raises": raises,
        "warns": options.warns,
    }
    told = {name: value for name, value in told.items() if value}
    return told | ({"defines": task.defines} if task else {})
