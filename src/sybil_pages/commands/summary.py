"""The report of a run: a table to read, JSON, and a GitHub job summary.

The JSON is one object:

- `pages`: one object a page, in the order of the command line:
    - `page`: its path from the project's root;
    - `fences`: how many it has; of them `verified`, `executed`, `displayed` and `failed`;
    - `blocks`: how many blocks ran; `claims`: how many claimed outputs hold; `values`: how many
      inline expressions were computed; `figures`: how many were drawn;
    - `shown`: the Python that is displayed and not run, each with `line` and `reason`;
    - `seconds`: how long the page ran when it last ran; `peak_memory`: in bytes, of all its
      processes; `device`; `backend`: Keras's; `versions`: of the packages that it uses;
    - `cached`: is this the result of an earlier run? `reason`: why it ran now, empty if it did not;
    - `failures`: what is wrong, each with `line`, `message`, and `included`: the place inside an
      included file, or null;
- `totals`: `pages`, `cached`, `failures` (how many), and the sums of `fences`, `verified`,
  `executed`, `displayed`, `failed`, `blocks`, `claims`, `values`, `figures` and `seconds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TextIO

from .check import Checked

Entry = dict[str, Any]
_COUNTED = (
    "fences", "verified", "executed", "displayed", "failed", "blocks", "claims", "values",
    "figures", "seconds",
)  # fmt: skip
_COLUMNS = (
    "page",
    "blocks",
    "verified",
    "seconds",
    "peak memory",
    "device",
    "cached, or why it ran",
)


def entry(one: Checked) -> Entry:
    """What is said about one page."""
    about = one.executed["metadata"]["sybil_pages"]
    found = one.census
    return {
        "page": one.name,
        "fences": found.fences,
        **{name: value for name, value in vars(found).items() if name != "shown"},
        "shown": [{"line": line, "reason": why} for line, why in found.shown],
        "seconds": round(about.get("seconds") or 0.0, 3),
        "peak_memory": about.get("peak_memory") or 0,
        "device": about.get("device") or "",
        "backend": about.get("backend") or "",
        "versions": about.get("versions") or {},
        "cached": bool(about.get("cached")),
        "reason": one.reason,
        "failures": [
            {"line": p.line, "message": p.message, "included": p.included} for p in one.problems
        ],
    }


def whole(entries: Sequence[Entry]) -> dict[str, Any]:
    """The report as JSON."""
    totals: dict[str, Any] = {"pages": len(entries), "cached": sum(e["cached"] for e in entries)}
    totals |= {name: sum(e[name] for e in entries) for name in _COUNTED}
    totals["seconds"] = round(totals["seconds"], 3)
    totals["failures"] = sum(len(e["failures"]) for e in entries)
    return {"pages": list(entries), "totals": totals}


def table(entries: Sequence[Entry], stream: TextIO) -> None:
    """Print the report; where it is not a terminal that is read, no line is cut or wrapped."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(file=stream, markup=False, highlight=False)
    if not console.is_terminal:
        console.width = 1000
    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for n, name in enumerate(_COLUMNS):
        last = n == len(_COLUMNS) - 1  # a reason may take more than one line
        justify: Literal["left", "right"] = "right" if 0 < n < 5 else "left"
        head = name.replace("peak ", "peak\n") if console.is_terminal else name
        shown.add_column(head, justify=justify, no_wrap=not last, overflow="fold")
    for one in entries:
        shown.add_row(*_row(one), style="red" if one["failures"] else None)
    console.print(shown)


def markdown(entries: Sequence[Entry], title: str, failures: Sequence[str]) -> str:
    """The report as GitHub shows it beside a job.

    Args:
        entries: The pages.
        title: One line about all of them.
        failures: What every report says about each failure.
    """
    rows = [_COLUMNS, [":--", *["--:"] * 4, ":--", ":--"], *map(_row, entries)]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    told = [f"### {title}", "", *lines]
    for failure in failures:
        longest = max((len(run) for run in failure.split() if set(run) == {"`"}), default=0)
        fence = "`" * max(3, longest + 1)
        told += ["", f"{fence}text", failure, fence]
    return "\n".join(told) + "\n"


def _row(one: Mapping[str, Any]) -> list[str]:
    """A page's line in a table."""
    ran = bool(one["blocks"])
    return [
        one["page"],
        str(one["blocks"]),
        str(one["claims"]),
        f"{one['seconds']:.1f}" if ran else "",
        _memory(one["peak_memory"]),
        one["device"] if ran else "",
        "cached" if one["cached"] else one["reason"] or "nothing to run",
    ]


def _memory(size: int) -> str:
    """Bytes for people."""
    if not size:
        return ""
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:.0f} MB"
