"""Executed page → plain Markdown with image files, for any other generator.

What a block shows stands below it, behind what stands before the block, so that it stays in its
list, admonition, tab or quote. `folder` writes what this module makes.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from .census import NOT_YET
from .claims import plain, shown_text
from .fences import front_matter
from .page import Block, ExecutedPage, Page, cells_of
from .weave import PLACEHOLDER, escaped, placeholder, standalone, value, weave

_OUR_KEY = re.compile(r"^sybil-pages[ \t]*:.*\n(?:[ \t].*\n|\n)*", re.MULTILINE)
_SYNTAX = re.compile(r"""[&<"*`~\[\]{\\|]|(?<!\w)_|_(?!\w)""")
_NAMES = {"&": "&amp;", "<": "&lt;", '"': "&quot;"}
_MARKERS = re.compile(r"[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*$")
_MARKER = re.compile(r"(?:\d+[.)]|[-+:])(?:\s|$)|[#>]|[-=]+\s*$")


def markdown(page: Page, executed: ExecutedPage, folder: str = "") -> tuple[str, dict[str, bytes]]:
    """A page, with all that its blocks show, in plain Markdown.

    Args:
        page: The page as read.
        executed: The page as executed, without failures.
        folder: The folder of its images, from the page's; if left out, the page's name.

    Returns:
        The Markdown, and its images by their paths from the page's folder.
    """
    text = _Text(folder or PurePosixPath(page.path).stem)
    cells = cells_of(executed)
    blocks = {placeholder(block): block for block in page.blocks}
    woven = iter(weave(page).split("\n"))
    for line in woven:
        here = [blocks[token] for token in PLACEHOLDER.findall(line) if token in blocks]
        found = [cells.get(block.cell_id) for block in here]
        if here and here[0].kind != "inline":
            text.lines.pop()  # weaving sets a blank line above each place, and one below
            next(woven)
            text.below(here[0], found[0])
        else:
            text.prose(line, map(value, found))
    front = front_matter(page.text)
    kept = _OUR_KEY.sub("", front)
    kept = kept if kept.count("\n") > 2 else ""
    return kept + "\n".join(text.lines)[front.count("\n") :], text.images


class _Text:
    """The lines of an exported page, and the images that they show.

    Attributes:
        lines: The lines so far.
        images: The images so far, by their paths from the page's folder.
    """

    def __init__(self, name: str) -> None:
        self.lines: list[str] = []
        self.images: dict[str, bytes] = {}
        self._name = name
        self._owed: str | None = None  # the blank line between an output and what follows it

    def prose(self, line: str, values: Iterable[str]) -> None:
        """Add a line of the page, with the values of its inline expressions."""
        for shown in values:
            before, after = PLACEHOLDER.split(line, maxsplit=1)[::2]
            shown = literal(re.sub(r"\s+", " ", shown))
            if shown and _MARKERS.match(before) and _MARKER.match(shown + after):
                shown = f"&#{ord(shown[0])};{shown[1:]}"
            line = before + shown + after
        if not _blank(line):
            if self._owed is not None and not _blank(self.lines[-1]):
                self.lines.append(self._owed)
            self._owed = None
        self.lines.append(line)

    def below(self, block: Block, cell: dict[str, Any] | None) -> None:
        """Add what a block shows, a blank line between its parts."""
        blank = block.prefix.rstrip()
        for part in self._parts(block, cell):
            if self.lines and not _blank(self.lines[-1]):
                self.lines.append(blank)
            for line in re.split(r"\r\n?|\n", part):
                self.lines.append(escaped(block.prefix + line if line else blank))
            self._owed = blank

    def _parts(self, block: Block, cell: dict[str, Any] | None) -> Iterator[str]:
        """The parts that the site shows below a block, in its order."""
        if cell is None:
            yield from _not_run(block)
            return
        if block.options.results == "hide":
            return
        shown = [output.get("data", {}) for output in cell["outputs"]]
        if block.kind != "pycon":
            text = shown_text(cell) if block.claim is None else block.claim
            if text.strip():
                yield _fenced(text.rstrip("\n"))
            for output, data in zip(cell["outputs"], shown, strict=True):
                if "image/svg+xml" not in data:
                    yield from self._value(block, output, data)
        for n, data in enumerate(data for data in shown if "image/svg+xml" in data):
            yield self._figure(data["image/svg+xml"], "".join(block.options.alt[n : n + 1]))
            yield from block.options.caption[n : n + 1]

    def _value(self, block: Block, output: dict[str, Any], data: dict[str, str]) -> Iterator[str]:
        if "image/png" in data:
            alt = " ".join(block.options.alt) or plain(output)
            yield self._image("image", ".png", b64decode(data["image/png"]), alt)
        elif "text/markdown" in data:
            yield data["text/markdown"].strip("\n")

    def _figure(self, svg: str, alt: str) -> str:
        return self._image("figure", ".svg", standalone(svg).encode(), alt)

    def _image(self, noun: str, suffix: str, content: bytes, alt: str) -> str:
        count = sum(path.endswith(suffix) for path in self.images) + 1
        name = f"{noun}-{count}{suffix}"
        self.images[f"{self._name}/{name}"] = content
        return f"![{literal(alt)}]({quote(self._name)}/{name})"


def _not_run(block: Block) -> Iterator[str]:
    if block.claim:
        yield "*Output, not verified*"
        yield _fenced(block.claim.rstrip("\n"))
    if reason := block.options.reason:
        why = "Not verified yet" if reason.startswith(NOT_YET) else f"Not run here: {reason}"
        yield f"*{literal(why)}*"


def literal(text: str) -> str:
    """A text whose characters stand for themselves in Markdown, in tables and raw HTML too."""
    return _SYNTAX.sub(lambda match: _NAMES.get(match[0], f"&#{ord(match[0])};"), text)


def _fenced(text: str) -> str:
    longest = max(map(len, re.findall("`{3,}", text)), default=2)
    return f"{'`' * (longest + 1)}text\n{text}\n{'`' * (longest + 1)}"


def _blank(line: str) -> bool:
    return not line.strip(" \t>")
