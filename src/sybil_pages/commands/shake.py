"""Do claims hold, and outputs stay, when pages run again under other conditions?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..claims import failures, shown_text
from ..page import Block, ExecutedPage, Page, Problem, cells_of

Executed = Mapping[str, ExecutedPage]
Run = Callable[[Mapping[str, str]], Executed]

_THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
CONDITIONS: Mapping[str, Mapping[str, str]] = {
    "OMP_NUM_THREADS=1": dict.fromkeys(_THREADS, "1"),
    "OMP_NUM_THREADS=2": dict.fromkeys(_THREADS, "2"),
    "TF_ENABLE_ONEDNN_OPTS=0": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "PYTHONHASHSEED=1": {"PYTHONHASHSEED": "1"},
    "an interpreter of its own": {"SYBIL_PAGES_START": "spawn"},
}
"""Environments that must change nothing that a page says.

TensorFlow's threads go with OpenMP's. A page in an interpreter of its own finds nothing imported
that it does not import itself.
"""


def shake(
    pages: Sequence[Page], first: Executed, run: Run, tell: Callable[[str], None]
) -> dict[str, list[Problem]]:
    """Run pages again, once as they are and once under each condition.

    Args:
        pages: The pages.
        first: The pages as executed, by path.
        run: Executes all pages with some environment variables; nothing from the cache.
        tell: Hears what is tried.

    Returns:
        For each page, by its path, what does not hold in all runs: claims and statements, and
        outputs that nobody claims and that differ between two runs under the same conditions. What
        fails in the first run is not repeated.
    """
    known = {page.path: {_key(p) for p in failures(page, first[page.path])} for page in pages}
    found: dict[str, list[Problem]] = {page.path: [] for page in pages}
    for label, conditions in {"": {}, **CONDITIONS}.items():
        tell(f"once more, with {label}" if label else "once more, as it is")
        executed = run(conditions)
        for page in pages:
            new = [
                problem
                for problem in failures(page, executed[page.path])
                if _key(problem) not in known[page.path]
            ]
            found[page.path] += [_named(problem, label) for problem in new]
            if not label:
                found[page.path] += differences(page, first[page.path], executed[page.path])
    return {path: sorted(problems, key=lambda p: p.line) for path, problems in found.items()}


def _key(problem: Problem) -> tuple[int, str | None]:
    return problem.line, problem.included


def _named(problem: Problem, label: str) -> Problem:
    under = f"with {label}" if label else "in a second run"
    message = f"does not hold {under}: {problem.message}"
    return Problem(problem.line, message, problem.included)


def differences(page: Page, one: ExecutedPage, two: ExecutedPage) -> Iterator[Problem]:
    """Outputs that nobody claims and that differ between two runs."""
    cells = [cells_of(executed) for executed in (one, two)]
    for block in page.runs():
        first, second = (found.get(block.cell_id) for found in cells)
        if first is None or second is None or _failed(first) or _failed(second):
            continue
        for what, before, after in _outputs(block, first, second):
            if before != after:
                yield page.problem(block.first + 1, f"differs between two runs: {what}")


def _outputs(
    block: Block, first: dict[str, Any], second: dict[str, Any]
) -> Iterator[tuple[str, object, object]]:
    """What a block shows without a claim: what it is, and how it was in two runs."""
    if block.kind == "inline":
        one, two = (cell["metadata"]["sybil_pages"].get("value") for cell in (first, second))
        yield f"its value, `{one}` and `{two}`", one, two
    elif block.kind == "python" and block.claim is None:
        texts = shown_text(first), shown_text(second)
        yield f"its text, {_parted(*texts)}", *texts
    for kind, what in _PICTURES.items():
        yield what, _data(first, kind), _data(second, kind)


_PICTURES = {
    "image/svg+xml": "its figure",
    "image/png": "its image",
    "text/markdown": "its Markdown",
}


def _data(cell: dict[str, Any], kind: str) -> list[str]:
    return [o["data"][kind] for o in cell["outputs"] if kind in o.get("data", {})]


def _parted(one: str, two: str) -> str:
    """The first lines of two texts that differ."""
    lines = one.splitlines(), two.splitlines()
    for before, after in zip(*lines, strict=False):
        if before != after:
            return f"`{before.strip()}` and `{after.strip()}`"
    return f"{len(lines[0])} lines and {len(lines[1])}"


def _failed(cell: dict[str, Any]) -> bool:
    return "failure" in cell["metadata"]["sybil_pages"]
