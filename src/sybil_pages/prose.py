"""A page's prose in the plain Markdown that Jupyter renders.

An admonition, a fold, a tab and a definition become quotations, footnotes small numbers; a table
stands between quotations, for nbconvert knows none inside. Attribute lists, comments, abbreviations
and icons are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .addresses import Addresses, fenced
from .page import Page
from .read import substitute
from .weave import value

FOLD = re.compile(
    r"[ \t]*(?:!!!|\?\?\?\+?|===[+!]*)[ \t]+(?P<kind>\w[\w -]*?)?[ \t]*"
    r"(?:\"(?P<title>.*)\")?[ \t]*$"
)
"""What opens an indented part: an admonition, a fold, or a tab."""
_DEFINITION = re.compile(r"[ \t]*:[ \t]{1,3}(?=\S)")
_NOTE = re.compile(r"[ \t]*\[\^(?P<name>[^\]]+)\]:[ \t]*")
_NOTED = re.compile(r"\[\^(?P<name>[^\]]+)\](?!:)")
_SHORT = re.compile(r"[ \t]*\*\[[^\]]+\]:")
_COMMENT = re.compile(r"<!--.*?-->")
_ICON = re.compile(r" ?:(?:material|fontawesome|octicons|simple)-[\w-]+:")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[.#][A-Za-z][^{}\n]*\}|(?<=\))\{:?[ \t]*\w+=[^{}\n]*\}")
_BRACED = re.compile(r"^([> \t]*(?:`{3,}|~{3,}))[ \t]*\{[ \t]*\.?([\w+-]+)[^}]*\}")
_SPAN = re.compile(r"((?<!`)(`+)(?!`).+?(?<!`)\2(?!`))")


class Prose:
    """The lines of a page for Jupyter.

    Args:
        page: The page as read.
        cells: The cells of the executed page, by their ids.
        addresses: Where its links lead.
    """

    def __init__(self, page: Page, cells: Mapping[str, Any], addresses: Addresses) -> None:
        self._addresses = addresses
        self._notes: dict[str, int] = {}
        self._open: list[tuple[int, bool]] = []  # the indents of open parts; are they quoted?
        self._comment = False
        code = {
            n
            for block in page.blocks
            if block.kind != "inline"
            for n in range(block.first, block.claim_last or block.last)
        }
        values: dict[int, list[str]] = {}
        for block in page.blocks:
            if block.kind == "inline":
                values.setdefault(block.first, []).append(value(cells.get(block.cell_id)))
        inside = fenced(["" if n in code else line for n, line in enumerate(page.lines)])
        self.lines: list[str] = []
        for n, line in enumerate(page.lines):
            if n in code:
                self.lines.append("")
                continue
            if n in values:
                line = substitute(line, iter(values[n]))
            self.lines.append(self._shown(line.expandtabs(4), code=inside[n]))

    def text(self, first: int, last: int) -> str:
        """The prose between two lines; empty where there is none."""
        lines = "\n".join(self.lines[first:last]).split("\n")
        return "\n".join(_continued(_spaced(lines)))

    def _shown(self, line: str, *, code: bool) -> str:
        """A line without its indent, behind the marks of the quotations that it stands in."""
        if not code:
            line = self._uncommented(line)
        indent = len(line) - len(line.lstrip())
        while line.strip() and self._open and indent < self._open[-1][0]:
            self._open.pop()
        depth = self._open[-1][0] if self._open else 0
        if code:
            return self._quoted(_BRACED.sub(r"\1\2", line)[depth:])
        if _SHORT.match(line):
            return self._quoted("")
        before, line = "", line[depth:]
        if part := FOLD.match(line):
            self._open.append((indent + 4, True))
            title = (part["kind"] or "").capitalize() if part["title"] is None else part["title"]
            line = f"**{self._inline(title)}**\n" if title else ""
        elif part := _DEFINITION.match(line):
            self._open.append((indent + 4, True))
            before, line = "\n", line[part.end() :]
        elif part := _NOTE.match(line):
            self._open.append((indent + 4, False))
            before, line = "\n", f"<sup>{self._number(part['name'])}</sup> {line[part.end() :]}"
        elif line.startswith("|"):
            return self._inline(line)
        quoted = [self._quoted(self._inline(one)) for one in line.split("\n")]
        return before + "\n".join(quoted)

    def _quoted(self, line: str) -> str:
        return ("> " * sum(quoted for _, quoted in self._open) + line).rstrip()

    def _number(self, name: str) -> int:
        return self._notes.setdefault(name, len(self._notes) + 1)

    def _uncommented(self, line: str) -> str:
        """A line without its comments, which may go on for lines."""
        if self._comment:
            _, end, line = line.partition("-->")
            if not end:
                return ""
            self._comment = False
        parts = _SPAN.split(line)
        text = "".join(
            _COMMENT.sub("", part) if n % 3 == 0 else part
            for n, part in enumerate(parts)
            if n % 3 != 2
        )
        before, begun, _ = text.partition("<!--")
        if begun and before.count("`") % 2 == 0:
            self._comment = True
            return before
        return text

    def _inline(self, line: str) -> str:
        parts = _SPAN.split(self._addresses.relinked(line))
        for n in range(0, len(parts), 3):
            text = _ICON.sub("", _ATTRIBUTES.sub("", parts[n]))
            parts[n] = _NOTED.sub(lambda m: f"<sup>{self._number(m['name'])}</sup>", text)
        return "".join(part for n, part in enumerate(parts) if n % 3 != 2)


def _spaced(lines: list[str]) -> list[str]:
    """Lines with one blank line where there were several, which ends what a quotation ends."""
    out: list[str] = []
    blank = False
    for line, code in zip(lines, fenced(lines), strict=True):
        if not code and not line.strip("> "):
            blank = bool(out)
            continue
        if blank:
            out.append(_marks(min(_depth(out[-1]), _depth(line))))
        blank = False
        out.append(line)
    return out


def _depth(line: str) -> int:
    """How many quotations a line stands in."""
    return line[: len(line) - len(line.lstrip("> "))].count(">")


def _marks(depth: int) -> str:
    return ("> " * depth).rstrip()


def _continued(lines: list[str]) -> list[str]:
    """Lines whose first ones went on with a list, which is now in another cell: not indented."""
    indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    if not indent:
        return lines
    out: list[str] = []
    for n, line in enumerate(lines):
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            return out + lines[n:]
        out.append(line[indent:])
    return out
