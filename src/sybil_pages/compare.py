"""Claimed text against computed text: where they match, and the first place where they do not.

A claim is compared token by token. Only floats have slack: half a unit of the last digit that the
claim shows. Whole numbers, words and signs are equal as text; `...` elides tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_UP, Context, Decimal
from functools import partial

from .tokens import Token, holds, lines, off, slack, tokens

Pair = tuple[Token, Token]


@dataclass(frozen=True)
class Miss:
    """Where a claim fails: its first wrong line (from 0), what it says there, what was computed."""

    line: int
    claimed: str
    computed: str
    by: str = ""


@dataclass(frozen=True)
class Alignment:
    """Which claimed token stands for which computed one.

    Attributes:
        want: The tokens of the claim.
        got: The computed tokens.
        pairs: The tokens that stand for each other.
        stop: The furthest place that matching reached, in `want` and `got`; None where all matched.
    """

    want: list[Token]
    got: list[Token]
    pairs: list[Pair]
    stop: tuple[int, int] | None


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
    found = align(claimed, computed, partial(holds, tolerance=tolerance))
    return None if found.stop is None else _miss(claimed, computed, found, tolerance)


def align(claimed: str, computed: str, same: Callable[[Token, Token], bool]) -> Alignment:
    """Lay the tokens of a claim beside the computed ones; `...` stands for any number of them.

    Args:
        claimed: The text that the page shows.
        computed: The text that the run gave.
        same: May this claimed token stand for that computed one?
    """
    got = tokens(computed)
    found = _matched(tokens(claimed), got, same)
    if found.stop and any(token.kind == "ellipsis" for token in found.want):
        cut = _matched(tokens(claimed, cut=True), got, same)
        return found if cut.stop else cut
    return found


def _matched(
    want: list[Token], got: list[Token], same: Callable[[Token, Token], bool]
) -> Alignment:
    """Match from left to right; behind an elision, at the first place where the rest fits.

    What stands between two elisions has a fixed number of tokens, so the first fit is as good as
    any: there is one place to come back to, and never more than `len(want) * len(got)` steps.
    """
    i = j = 0
    back: tuple[int, int] | None = None
    stop = (0, 0)
    found: dict[int, int] = {}
    while i < len(want) or j < len(got):
        stop = max(stop, (i, j))
        if i < len(want) and want[i].kind == "ellipsis":
            i += 1
            back = (i, j)
        elif i < len(want) and j < len(got) and same(want[i], got[j]):
            found[i] = j
            i, j = i + 1, j + 1
        elif back and j < len(got):  # where the computed text is at its end, no later place fits
            back = (back[0], back[1] + 1)
            i, j = back
        else:
            return Alignment(want, got, [], stop)
    return Alignment(want, got, [(want[i], got[j]) for i, j in sorted(found.items())], None)


def _miss(claimed: str, computed: str, found: Alignment, tolerance: Decimal | None) -> Miss:
    """Describe the place where matching got furthest."""
    assert found.stop is not None
    i, j = found.stop
    claim, computation = lines(claimed), lines(computed)
    result = _line(computation, _line_of(found.got, j))
    if i < len(found.want):
        at = _line_of(found.want, i)
        by = _by(found.want[i], found.got[j], tolerance) if j < len(found.got) else ""
        return Miss(at, _line(claim, at), result, by)
    last = found.want[-1].line if found.want else 0
    rest = "\n".join(computation)[found.got[j].at :].partition("\n")[0]
    if not found.want or not rest:  # what comes is on a line of its own
        return Miss(last, "nothing more", result)
    return Miss(last, _line(claim, last), result, f"`{rest.strip()}` is not claimed")


def _by(want: Token, got: Token, tolerance: Decimal | None) -> str:
    """By how much a token misses."""
    if "gap" in (want.kind, got.kind):
        return "white space differs" if want.kind == got.kind else ""
    if not want.kind == got.kind == "float":
        named = ": NumPy names the type of a number, `float(…)` takes it away" * (got.text == "np")
        return f"{want.text!r} is not {got.text!r}{named}"
    if tolerance == 0:
        return f"{want.text} is not written {got.text}, which the tolerance of 0 asks for"
    admitted = slack(want, tolerance)
    rule = "half a unit of its last digit is" if tolerance is None else "the tolerance is"
    exact = "a bare point is exact" if not admitted else f"{rule} {_short(admitted)}"
    return f"{want.text} misses {got.text} by {_short(off(want, got))}; {exact}"


def _short(number: Decimal) -> str:
    """A distance in three digits, rounded up: what misses never looks as if it held."""
    return f"{Context(prec=3, rounding=ROUND_UP).plus(number).normalize():g}"


def _line_of(items: list[Token], n: int) -> int:
    """The line of a token; a line break counts to what follows it."""
    while n < len(items) and "\n" in items[n].text:
        n += 1
    return items[n].line if n < len(items) else (items[-1].line + 1 if items else 0)


def _line(texts: list[str], n: int) -> str:
    return texts[n] if n < len(texts) and texts[n] else "nothing"
