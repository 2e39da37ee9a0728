"""Changes to a page's file: whole lines, everything else byte for byte, and written atomically."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from ..page import Page
from ..project import Project

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_PREFIX = re.compile(r"[> \t]*")

Ask = Callable[[str], bool] | None
"""Asks a question at the terminal; None where there is none."""


@dataclass(frozen=True)
class Edit:
    """New lines in the place of old ones.

    Attributes:
        first: The first line that goes (from 0).
        last: The line after the last one that goes; equal to `first` where lines only come.
        lines: The lines that come, without line ends.
    """

    first: int
    last: int
    lines: tuple[str, ...]


def lines_of(text: str) -> list[str]:
    """The lines of a file with their line ends."""
    return _LINE.findall(text)


def bare(line: str) -> str:
    """A line without its line end and without a byte order mark."""
    return line.rstrip("\r\n").removeprefix("\ufeff")


def prefix_of(line: str, width: int | None = None) -> str:
    """What stands before a fence or before its code: blanks and `>`.

    Args:
        line: A line of the file.
        width: How many columns that is; None for all that there are.
    """
    found = _PREFIX.match(bare(line))
    prefix = found[0] if found else ""
    if width is None:
        return prefix
    return next((prefix[:n] for n in range(len(prefix)) if _columns(prefix[:n]) >= width), prefix)


def _columns(text: str) -> int:
    return len(text.expandtabs(4))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A file's text after some edits; lines that stay the same keep their bytes."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    old = lines_of(text.removeprefix(mark))
    for edit in sorted(edits, key=lambda edit: edit.first, reverse=True):
        end = _line_end(old, edit.first)
        gone = old[edit.first : edit.last]
        if edit.first == len(old) and old and bare(old[-1]) == old[-1]:
            old[-1] += end
        old[edit.first : edit.last] = _merged(gone, edit.lines, end)
    return mark + "".join(old)


def _merged(gone: Sequence[str], new: Sequence[str], end: str) -> list[str]:
    before = [bare(line).rstrip() for line in gone]
    after = [line.rstrip() for line in new]
    out: list[str] = []
    for kind, i, k, j, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        out += gone[i:k] if kind == "equal" else [line + end for line in new[j:m]]
    return out


def _line_end(lines: Sequence[str], at: int) -> str:
    """How the line before a place ends, or else the file's first line."""
    for line in (*lines[max(at - 1, 0) : at], *lines[:1]):
        if ends := line[len(line.rstrip("\r\n")) :]:
            return ends
    return "\n"


def place(page: Page, line: int) -> int | None:
    """The line of the page's file (from 0) behind an expanded line (from 1).

    Returns:
        None where the expanded line comes from an included file, or where the file's line is not
        what the page shows.
    """
    origin = page.origin(line)
    if not 0 < line <= len(page.lines) or origin.file:
        return None
    at = origin.line - 1
    raw = lines_of(page.text)
    return at if at < len(raw) and bare(raw[at]) == page.lines[line - 1] else None


def file_of(page: Page, project: Project) -> Path:
    """Where a page's file stands."""
    path = project.root / page.path
    return path if path.exists() else Path(page.path)


def write(path: Path, old: str, new: str) -> None:
    """Replace a file's text in one step.

    Raises:
        ValueError: The file no longer says `old`.
        OSError: It cannot be written.
    """
    if path.read_bytes() != old.encode():
        raise ValueError("the file changed since it was read: nothing is written, run this again")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new.encode())
        shutil.copymode(path, name)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def terminal() -> Ask:
    """Asks with `y` or `N` where somebody sits at a terminal."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return None

    def ask(question: str) -> bool:
        try:
            return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            return False

    return ask
