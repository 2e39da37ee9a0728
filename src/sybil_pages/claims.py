"""Claimed text against computed text.

A claim is compared token by token. Only floats have slack: half a unit of the last digit that the
claim shows. Whole numbers, words and signs are equal as text; `...` elides tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .page import Block, ExecutedPage, Page, Problem

_TOKEN = re.compile(
    r"""
    (?P<float>
        (?:(?<![\w)\]])[-+])?                      # a sign belongs to its number
        (?<!\w)(?<!\w\.)                           # `float32`, `3.15.1` are words
        (?:\d+\.(?!\.\.)\d*|\.\d+|\d+(?=[eE][-+]?\d))(?:[eE][-+]?\d+)?
        (?!\w|\.\d)
    )
    | (?P<imaginary>[-+]?(?<!\w\.)(?:\d+\.\d*|\.\d+|\d+(?=[eE][-+]?\d))(?:[eE][-+]?\d+)?(?=j\b))
    | (?P<ellipsis>\.\.\.)
    | (?P<word>\w+)
    | (?P<gap>\s+)
    | (?P<sign>.)
    """,
    re.VERBOSE,
)
_TRACEBACK = "Traceback (most recent call last):"
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True)
class Token:
    """One token: its kind, its text, and the line of the text that it stands on (from 0)."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Miss:
    """Where a claim fails: its first wrong line (from 0), what it says there, what was computed."""

    line: int
    claimed: str
    computed: str
    by: str = ""


def compare(claimed: str, computed: str, tolerance: Decimal | None = None) -> Miss | None:
    """Compare what a page claims with what ran.

    Args:
        claimed: The text that the page shows.
        computed: The text that the run gave.
        tolerance: How far a float may be off; None means half a unit of its last digit shown,
            0 means that floats are equal as text.

    Returns:
        None if the claim holds, else its first miss.
    """
    want, got = tokens(claimed), tokens(computed)
    i = j = 0
    retry: tuple[int, int] | None = None
    best = (0, 0)
    while j < len(got) or i < len(want):
        best = max(best, (i, j))
        if i < len(want) and want[i].kind == "ellipsis":
            retry = (i + 1, j)
            i += 1
        elif i < len(want) and j < len(got) and _holds(want[i], got[j], tolerance):
            i, j = i + 1, j + 1
        elif retry and retry[1] < len(got):
            retry = (retry[0], retry[1] + 1)
            i, j = retry
        else:
            return _miss(claimed, computed, want, got, *best)
    return None


def tokens(text: str) -> list[Token]:
    """Cut a text into tokens; a gap inside brackets is one separator, and none beside a bracket."""
    raw = list(_raw("\n".join(line.rstrip() for line in text.strip("\n").splitlines())))
    inside = _bracketed(raw)
    out: list[Token] = []
    for n, token in enumerate(raw):
        if token.kind == "gap" and inside[n]:
            if raw[n - 1].text in _OPEN or raw[n + 1].text in _CLOSE:
                continue
            token = Token("gap", " ", token.line)
        after_digit = n and raw[n - 1].kind in ("float", "imaginary", "word")
        if token.kind == "ellipsis" and after_digit and raw[n - 1].text[-1].isdigit():
            out[-1] = Token("start", out[-1].text, out[-1].line)
            continue
        out.append(token)
    return out


def _raw(text: str) -> Iterator[Token]:
    line = 0
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        yield Token("float" if kind == "imaginary" else kind, match[0], line)
        line += match[0].count("\n")


def _bracketed(raw: list[Token]) -> list[bool]:
    """For each token: does it stand between a bracket and the bracket that closes it?"""
    inside = [False] * len(raw)
    opened: list[int] = []
    for n, token in enumerate(raw):
        if token.kind != "sign":
            continue
        if token.text in _OPEN:
            opened.append(n)
        elif opened and token.text == _CLOSE[_OPEN.index(raw[opened[-1]].text)]:
            start = opened.pop()
            inside[start + 1 : n] = [True] * (n - start - 1)
    return inside


def _holds(want: Token, got: Token, tolerance: Decimal | None) -> bool:
    if want.kind == "start":
        return got.text.startswith(want.text) and "e" not in got.text.lower().removeprefix(
            want.text
        )
    if want.kind == got.kind == "float" and tolerance != 0:
        slack = unit(want.text) / 2 if tolerance is None else tolerance
        return abs(Decimal(want.text) - Decimal(got.text)) <= slack
    return want.text == got.text


def unit(number: str) -> Decimal:
    """One of the last digit that a float shows: 0.01 for `3.14`, 0 for a bare point as in `1.`."""
    mantissa, _, exponent = number.lower().partition("e")
    if mantissa.endswith("."):
        return Decimal(0)
    digits = len(mantissa.partition(".")[2])
    return Decimal(1).scaleb(int(exponent or 0) - digits)


def _miss(claimed: str, computed: str, want: list[Token], got: list[Token], i: int, j: int) -> Miss:
    """Describe the place where matching got furthest."""
    claim, found = claimed.strip("\n").splitlines(), computed.strip("\n").splitlines()
    if i == len(want):
        return Miss(max(len(claim) - 1, 0), "nothing more", _line(found, _line_of(got, j)))
    by = ""
    if j < len(got) and want[i].kind == got[j].kind == "float":
        off = abs(Decimal(want[i].text) - Decimal(got[j].text))
        by = f"{want[i].text} misses {got[j].text} by {off.normalize():g}"
    elif j < len(got):
        by = f"{want[i].text!r} is not {got[j].text!r}"
    at = _line_of(want, i)
    return Miss(at, _line(claim, at), _line(found, _line_of(got, j)), by)


def _line_of(items: list[Token], n: int) -> int:
    """The line of a token; a line break counts to what follows it."""
    while n < len(items) and "\n" in items[n].text:
        n += 1
    return items[n].line if n < len(items) else (items[-1].line + 1 if items else 0)


def _line(lines: list[str], n: int) -> str:
    return lines[n] if n < len(lines) else "nothing"


def failures(page: Page, executed: ExecutedPage) -> list[Problem]:
    """Everything that is wrong with an executed page: what failed, and which claims do not hold.

    Args:
        page: The page as read.
        executed: The page as executed: a notebook with a record for each block.

    Returns:
        The problems in the order of the page. What only follows from another failure, such as a
        missing name that a failed block would have defined, is left out.
    """
    found = list(page.problems)
    undefined: set[str] = set()
    cells = {cell["id"]: cell for cell in executed["cells"]}
    for block in page.runs():
        cell = cells.get(f"block-{block.number}")
        if cell is None:  # the page was not executed
            continue
        record = cell["metadata"]["sybil_pages"]
        failure = record.get("failure", {})
        if "follows" not in failure and failure.get("missing") not in undefined:
            found += block_failures(page, block, cell)
        undefined.update(record.get("defines", ()))
    return sorted(found, key=lambda problem: problem.line)


def block_failures(page: Page, block: Block, cell: dict[str, Any]) -> list[Problem]:
    """What is wrong with one executed block: why it failed, or which of its claims do not hold."""
    if failure := cell["metadata"]["sybil_pages"].get("failure"):
        return [page.problem(failure["at"], _quote(page, failure))]
    return [page.problem(at, message) for at, message in _misses(block, cell)]


def shown_text(cell: dict[str, Any]) -> str:
    """The text that a block shows: its prints and its value, or its last traceback line."""
    parts = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            parts.append(output["text"])
        elif output["output_type"] == "error":
            parts.append(output["traceback"][-1] + "\n")
        elif text := plain(output):
            parts.append(text + "\n")
    return "".join(parts)


def plain(output: dict[str, Any]) -> str:
    """The plain text of a displayed value; nothing where it is shown as a picture or Markdown."""
    data: dict[str, str] = output["data"]
    return "" if len(data) > 1 else data.get("text/plain", "")


def _misses(block: Block, cell: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """The claims of a block that do not hold: the first wrong line of each, and what is wrong."""
    slack = None if block.options.tolerance is None else Decimal(block.options.tolerance)
    computed = cell["metadata"]["sybil_pages"].get("computed", ())
    for statement, text in zip(block.statements, computed, strict=True):
        claim, skipped = _bare_traceback(statement.claim)
        if _TRACEBACK in text and not claim.startswith(_TRACEBACK):
            yield statement.at, f"{text.rpartition('    ...')[2].strip()}\n    {statement.source}"
        elif miss := compare(claim, text, slack):
            at = statement.claim_at + miss.line + (skipped if miss.line > 1 else 0)
            yield (at if claim else statement.at), _describe(miss)
    if block.claim is not None and (miss := compare(block.claim, shown_text(cell), slack)):
        yield block.claim_at + miss.line, _describe(miss)


def _bare_traceback(claim: str) -> tuple[str, int]:
    """A claimed traceback without its frames, and how many lines that leaves out."""
    lines = claim.splitlines()
    if not lines or lines[0] != _TRACEBACK:
        return claim, 0
    end = next((n for n, line in enumerate(lines) if n and not line.startswith(" ")), len(lines))
    return "\n".join([lines[0], "    ...", *lines[end:]]), end - 2


def _describe(miss: Miss) -> str:
    by = f" ({miss.by})" if miss.by else ""
    return f"claimed `{miss.claimed.strip()}`, computed `{miss.computed.strip()}`{by}"


def _quote(page: Page, failure: dict[str, Any]) -> str:
    """A failure with the line of code that it names."""
    code = page.lines[failure["at"] - 1].strip(" \t>") if failure["at"] <= len(page.lines) else ""
    shown = "" if not code or code.startswith(("```", "~~~")) else f"\n    {code}"
    return str(failure["message"]) + shown
