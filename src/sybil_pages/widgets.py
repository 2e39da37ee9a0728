"""Pictures that move: which there are, what they are given, and how they stand in a page.

A `widget` fence names one, and its lines `key: expression` are evaluated in the page's namespace.
The values enter the page as JSON, so that the picture and the code cannot disagree. The scripts
and style sheets stand in `assets/widgets/`, and reach only pages with a widget.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Any

from .page import Entry

WIDGET = "widget"
"""The language of its fence."""
MIME = "application/vnd.sybil-pages.widget+json"
"""How its name and values stand among the outputs of an executed page."""
FIGURE = "figure"
"""The key of the static figure, which every widget needs."""
SCRIPT = "assets/sybil-pages-widgets.js"
STYLES = "assets/sybil-pages-widgets.css"

_FOLDER = Path(__file__).parent / "assets" / "widgets"


@dataclass(frozen=True)
class Widget:
    """What a widget is given.

    Attributes:
        needs: The keys that it cannot do without.
        takes: The keys that it knows beside them.
    """

    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()


WIDGETS = {
    "sliding-window": Widget(
        ("input", "kernel"),
        ("bias", "stride", "padding", "dilation", "operation", "dimensions", "output"),
    ),
    "filter-photograph": Widget(("image",), ("kernels", "kernel", "pool")),
    "shape-and-reach": Widget(("input_shape", "layers")),
}


_COMMENTS = re.compile(r"^[ \t]*(?://.*|/\*[^*]*(?:\*(?!/)[^*]*)*\*/[ \t]*)$", re.MULTILINE)
_INDENTS = re.compile(r"^\s+", re.MULTILINE)
_LINE = re.compile(r"(?P<key>\w+)[ \t]*:[ \t]*(?P<text>.*)$")


def entries_of(
    code: Sequence[str], at: int
) -> tuple[str, tuple[Entry, ...], list[tuple[int, str]]]:
    """Read the lines of a `widget` fence.

    Args:
        code: The lines; one that is indented goes on with the expression above it.
        at: The expanded line (from 1) of the first.

    Returns:
        The widget's name; what it is given, its figure last; and what is wrong, at which line
        (0: the fence's).
    """
    name, entries, wrong = "", dict[str, Entry](), list[tuple[int, str]]()
    last = ""
    for n, line in enumerate(code, at):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0] in " \t" and last in entries:
            before = entries[last]
            entries[last] = replace(before, source=f"{before.source}\n{line}")
            continue
        found = _LINE.match(line)
        last = found["key"] if found else ""
        if found is None or last in entries or (last == "name" and name):
            again = f"`{last}` stands here twice" if found else f"`{line.strip()}` is not"
            wrong.append((n, again if found else f"{again} of the form `key: expression`"))
        elif last == "name":
            name = found["text"].strip()
        else:
            entries[last] = Entry(last, found["text"], n)
    return name, _ordered(entries), [*wrong, *_misfits(name, entries)]


def _ordered(entries: Mapping[str, Entry]) -> tuple[Entry, ...]:
    """The entries, the figure last; an expression of several lines in brackets."""
    last = [entries[FIGURE]] if FIGURE in entries else []
    return tuple(
        replace(e, source=f"({e.source}\n)") if "\n" in e.source else e
        for e in [*(e for e in entries.values() if e.key != FIGURE), *last]
    )


def _misfits(name: str, entries: Mapping[str, Entry]) -> Iterator[tuple[int, str]]:
    """What does not fit the widget that is named."""
    widget = WIDGETS.get(name)
    if widget is None:
        there = f"there are {', '.join(WIDGETS)}"
        if not name:
            yield 0, f"a widget's first line names it, `name: …` ({there})"
            return
        close = get_close_matches(name, WIDGETS, 1)
        meant = f": did you mean `{close[0]}`?" if close else f" ({there})"
        yield 0, f"`{name}` is no widget{meant}"
        return
    known = (*widget.needs, *widget.takes, FIGURE)
    for entry in entries.values():
        if entry.key not in known:
            yield entry.at, f"{name} does not know `{entry.key}`: it knows {', '.join(known)}"
        elif not entry.source.strip():
            yield entry.at, f"`{entry.key}` has no value"
    for key in (*widget.needs, FIGURE):
        if key not in entries:
            why = ", a matplotlib figure that stands in its place where no script runs"
            yield 0, f"{name} needs a line `{key}: …`" + (why if key == FIGURE else "")


def markup(name: str, values: Mapping[str, Any], label: str, static: str) -> str:
    """A widget as it stands in a page.

    Args:
        name: Which one.
        values: What it shows, as `values.plain` made it.
        label: What it shows, in words: its name for screen readers.
        static: The HTML of the figure that stands in its place where no script runs.
    """
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return (
        f'<sp-{name} role="group" aria-label="{escape(label)}" data-values="{escape(text)}">'
        f'<div class="sp-static">{static}</div></sp-{name}>'
    )


def head(address: Callable[[str], str]) -> str:
    """What a page with widgets loads, as HTML for its content, which instant navigation brings in.

    Args:
        address: The address of a file of the site, from the page.
    """
    return (
        f'<link rel="stylesheet" href="{escape(address(STYLES))}">'
        f'<script src="{escape(address(SCRIPT))}" defer></script>\n'
    )


def script() -> str:
    """The script of all widgets: their files, one after another, without comments and indents."""
    return _INDENTS.sub("", _COMMENTS.sub("", _joined("js")))


def styles() -> str:
    """The style sheet of all widgets."""
    return _joined("css")


def _joined(suffix: str) -> str:
    names = ["base", *sorted(p.stem for p in _FOLDER.glob(f"*.{suffix}") if p.stem != "base")]
    return "\n".join((_FOLDER / f"{name}.{suffix}").read_text("utf-8") for name in names)
