"""The marks that say `not yet`: at the top of a block, on a fence, or in a page's front matter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from textwrap import shorten
from typing import Any

from ..census import NOT_YET
from ..fences import CODE, Fence, expand, find, front_matter
from ..page import Block, Page
from ..project import Project
from .edits import Edit, bare, edited, lines_of, place, prefix_of

_LANGUAGE = re.compile(r"(?P<head>[> \t]*(?:`{3,}|~{3,})[ \t]*\{?[ \t]*\.?)(?P<name>[\w#.+-]+)")
_OURS = re.compile(r"sybil-pages[ \t]*:[ \t]*(?P<rest>[^#]*?)[ \t]*(?:#.*)?$")
_DRAWN = ("mermaid", "math")  # pictures to other programs, which `text` would take away


@dataclass(frozen=True)
class Repair:
    """What mends one fault of a page.

    Attributes:
        edits: The edits.
        told: In words what they do.
        blocks: How many blocks they mark.
        fences: How many fences they turn into `text`.
    """

    edits: tuple[Edit, ...]
    told: str
    blocks: int = 0
    fences: int = 0


def reason(message: str, project: Project) -> str:
    """The reason of a mark: the first line of what is wrong, short, without this machine's paths.

    Args:
        message: What is wrong.
        project: The folder that the page lives in.
    """
    first = (message.strip().splitlines() or ["it fails"])[0].replace(f"{project.root}/", "")
    return f"{NOT_YET} {shorten(first, 90, placeholder=' …')}"


def block_mark(page: Page, block: Block, why: str) -> Edit | None:
    """The lines that keep a block from running; None where its fence is not the page's own."""
    at = place(page, block.first + 1)
    if at is None:
        return None
    options = page.lines[block.first + 1 : block.at - 1]
    below = at + 1
    while below - at <= len(options) and place(page, block.first + 1 + below - at) == below:
        below += 1
    given = {found[1] for line in options if (found := re.search(r"#\|\s?([\w-]+)", line))}
    marks = {"run": "false", "reason": why}
    prefix = prefix_of(lines_of(page.text)[at])
    new = [f"{prefix}#| {key}: {text}" for key, text in marks.items() if key not in given]
    return Edit(below, below, tuple(new)) if new else None


def fence_repair(page: Page, project: Project, line: int) -> Repair | None:
    """What makes a fence readable whose language is an alias of Python or known to nobody.

    Args:
        page: The page as read.
        project: The folder that it lives in.
        line: The line (from 1) of the fence in the page's file.

    Returns:
        The repair; None where the fence needs something else.
    """
    raw = "".join(lines_of(page.text)[line - 1 : line]).removeprefix("\ufeff")
    found = _LANGUAGE.match(raw)
    fence = next((f for f in _fences(page, project) if page.origin(f.first + 1).line == line), None)
    if found is None or fence is None or found["name"].lower() != fence.language:
        return None
    if fence.language in (*CODE, *_DRAWN, "output") or place(page, fence.first + 1) is None:
        return None
    new = _replacement(fence.language)
    edit = Edit(line - 1, line, (bare(found["head"] + new + raw[found.end() :]),))
    told = f"line {line}: `{found['name']}` is `{new}` now"
    if new == "text":
        return Repair((edit,), f"{told}, because it is no language that is known here", fences=1)
    why = f"{NOT_YET} it was `{found['name']}`, which is not executed"
    marks = tuple(prefix_of(raw) + text for text in ("#| run: false", f"#| reason: {why}"))
    return Repair((edit, Edit(line, line, marks)), f"{told}, and does not run yet", blocks=1)


def _fences(page: Page, project: Project) -> list[Fence]:
    scratch = Page(page.path, page.text)
    expand(scratch, project)
    return find(scratch, project)


def _replacement(language: str) -> str:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        name = get_lexer_by_name(language).name
    except ClassNotFound:
        close = get_close_matches(language, CODE, 1, cutoff=0.75)
        return "text" if not close else "pycon" if close[0] == "pycon" else "python"
    return "pycon" if name == "Python console session" else "python"


def page_mark(text: str, why: str) -> str:
    """A page's text with front matter that keeps it from running; all else byte for byte.

    Args:
        text: The page's text.
        why: The reason.
    """
    front = front_matter(text).splitlines()
    inner = front[1:-1]
    keys = ["run: false", f"reason: {json.dumps(why, ensure_ascii=False)}"]
    said = _mapping("\n".join(inner))
    if said is None:
        blank = [] if text.removeprefix("\ufeff").startswith(("\r", "\n")) else [""]
        marks = ["---", "sybil-pages:", *(f"  {key}" for key in keys), "---", *blank]
        return edited(text, [Edit(0, 0, tuple(marks))])
    ours = said.get("sybil-pages")
    keys = [key for key in keys if not isinstance(ours, dict) or key.partition(":")[0] not in ours]
    for n, line in enumerate(inner):
        if found := _OURS.match(line):
            return edited(text, [_merged(inner, n, found["rest"], keys)])
    at = len(front) - 1
    return edited(text, [Edit(at, at, ("sybil-pages:", *(f"  {key}" for key in keys)))])


def _mapping(front: str) -> dict[str, Any] | None:
    """What front matter says; None where there is none, or where it is none."""
    import yaml

    try:
        said = yaml.safe_load(front)
    except yaml.YAMLError:
        return None
    return said if isinstance(said, dict) else None


def _merged(inner: list[str], n: int, rest: str, keys: list[str]) -> Edit:
    """The keys below a `sybil-pages:` that is already there, or inside its braces."""
    if rest.startswith("{"):
        start, close, end = inner[n].rpartition("}")
        comma = "" if start.rstrip().endswith("{") else ", "
        return Edit(n + 1, n + 2, (f"{start.rstrip()}{comma}{', '.join(keys)}{close}{end}",))
    below = next((line for line in inner[n + 1 :] if line.strip()), "")
    indent = below[: len(below) - len(below.lstrip())] or "  "
    return Edit(n + 2, n + 2, tuple(indent + key for key in keys))
