"""A text as tokens: numbers, words, signs and gaps, and the rule for one token against another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

BLANK = "<BLANKLINE>"  # how doctest spells a blank line; a claim needs it no longer
_TOKEN = re.compile(
    r"""
    (?P<float>
        (?:(?<![\w)\]])[-+])?                      # a sign belongs to its number
        (?<!\w)(?<!\w\.)                           # `float32`, `3.15.1` are words
        (?:\d+\.(?!\.\.)\d*|\.\d+|\d+(?=[eE][-+]?\d))(?:[eE][-+]?\d{1,4})?
        (?!\w|\.\d)
    )
    | (?P<imaginary>
        [-+]?(?<!\w)(?<!\w\.)
        (?:\d+\.\d*|\.\d+|\d+(?=[eE][-+]?\d))(?:[eE][-+]?\d{1,4})?
        (?=j\b)
    )
    | (?P<ellipsis>\.\.\.)
    | (?P<word>\w+)
    | (?P<gap>\s+)
    | (?P<sign>.)
    """,
    re.VERBOSE,
)
_OPEN, _CLOSE = "([{", ")]}"
_DIGITS = set("0123456789.")


@dataclass(frozen=True)
class Token:
    """One token of a text.

    Attributes:
        kind: `float`, `start` (a number right before `...`), `ellipsis`, `word`, `gap`, or `sign`.
        text: What it says.
        line: The line that it stands on (from 0).
        at: Where it begins in the text as `lines` reads it.
    """

    kind: str
    text: str
    line: int
    at: int


def lines(text: str) -> list[str]:
    """The lines of a text as claims see them: tabs are blanks, and none stand at a line's end."""
    plain = [line.expandtabs(4).rstrip() for line in re.split(r"\r\n?|\n", text)]
    return ["" if line.lstrip() == BLANK else line for line in plain]


def tokens(text: str, *, cut: bool = False) -> list[Token]:
    """Cut a text into tokens; a gap inside brackets is one separator, and none beside a bracket.

    Args:
        text: The text; blank lines at its beginning and end do not count.
        cut: Does an elision hide the other half of a bracket that stands alone?
    """
    raw = list(_raw("\n".join(lines(text)).rstrip("\n")))
    inside = _bracketed(raw, cut)
    out: list[Token] = []
    for n, token in enumerate(raw):
        if token.kind == "gap" and inside[n]:
            if _beside(raw[n - 1], raw[n + 1]):
                continue
            token = replace(token, text=" ")
        if token.kind == "ellipsis" and n and _is_number(raw[n - 1]):
            out[-1] = replace(out[-1], kind="start", text=out[-1].text + token.text)
            continue
        out.append(token)
    return [replace(t, kind="float") if t.kind == "imaginary" else t for t in out]


def _raw(text: str) -> Iterator[Token]:
    start = len(text) - len(text.lstrip("\n"))
    line = start
    for match in _TOKEN.finditer(text, start):
        yield Token(str(match.lastgroup), match[0], line, match.start())
        line += match[0].count("\n")


def _is_number(token: Token) -> bool:
    return token.kind in ("float", "imaginary") or token.text.isdigit()


def _beside(before: Token, after: Token) -> bool:
    """Is a gap in brackets only there to line columns up? NumPy prints `[1.5+2.j , 3. +0.j ]`."""
    if before.text in _OPEN or after.text in _CLOSE or after.text == ",":
        return True
    return before.kind == "float" and after.kind == "imaginary" and after.text[0] in "+-"


def _bracketed(raw: list[Token], cut: bool) -> list[bool]:
    """For each token: does it stand between a bracket and the bracket that closes it?"""
    inside = [False] * len(raw)
    opened: list[int] = []
    elisions = [n for n, token in enumerate(raw) if token.kind == "ellipsis"]
    for n, token in enumerate(raw):
        if token.kind != "sign":
            continue
        if token.text in _OPEN:
            opened.append(n)
        elif token.text not in _CLOSE:
            continue
        elif opened and token.text == _CLOSE[_OPEN.index(raw[opened[-1]].text)]:
            start = opened.pop()
            inside[start + 1 : n] = [True] * (n - start - 1)
        elif cut and elisions and elisions[0] < n:
            inside[elisions[0] : n] = [True] * (n - elisions[0])
    for start in opened:
        if cut and elisions and elisions[-1] > start:
            inside[start + 1 : elisions[-1]] = [True] * (elisions[-1] - start - 1)
    return inside


def holds(want: Token, got: Token, tolerance: Decimal | None) -> bool:
    """Does a computed token fulfil the claimed one?

    Args:
        want: The claimed token.
        got: The computed token.
        tolerance: As in `compare`.
    """
    if want.text == got.text:
        return True
    if want.kind == "start":
        begin = want.text.removesuffix("...")
        return got.text.startswith(begin) and set(got.text[len(begin) :]) <= _DIGITS
    if want.kind == got.kind == "float" and tolerance != 0:
        return off(want, got) <= slack(want, tolerance)
    return False


def off(want: Token, got: Token) -> Decimal:
    """How far two floats lie apart."""
    return abs(Decimal(want.text) - Decimal(got.text))


def slack(want: Token, tolerance: Decimal | None) -> Decimal:
    """How far the computed float may be off: half a unit of the last digit that the claim shows."""
    return unit(want.text) / 2 if tolerance is None else tolerance


def unit(number: str) -> Decimal:
    """One of the last digit that a float shows: 0.01 for `3.14`, 0 for a bare point as in `1.`."""
    mantissa, _, exponent = number.lower().partition("e")
    if mantissa.endswith("."):
        return Decimal(0)
    digits = len(mantissa.partition(".")[2])
    return Decimal(1).scaleb(int(exponent or 0) - digits)
