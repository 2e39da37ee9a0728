"""A claim that does not hold → the claim that does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from ..claims import TRACEBACK, Claim, bare_traceback
from ..compare import align, compare
from ..tokens import BLANK, Token, holds, lines, unit


@dataclass(frozen=True)
class Renewal:
    """What a claim becomes.

    Attributes:
        lines: Its new lines.
        drift: Is this numeric drift, where only digits of floats differ, or a real change?
    """

    lines: tuple[str, ...]
    drift: bool


def renewed(claim: Claim, blank: str = "") -> Renewal:
    """The claim that holds: the old one with other digits where that is enough.

    Args:
        claim: A claim that does not hold.
        blank: How the page spells a blank line inside a claim.
    """
    if text := _with_digits(claim):
        return Renewal(tuple(text.split("\n")), drift=True)
    text = "\n".join(lines(claim.computed)).strip("\n")
    new = [line or blank for line in text.split("\n")] if text else []
    if claim.statement and claim.text.startswith(TRACEBACK) and new[:1] == [TRACEBACK]:
        _, skipped = bare_traceback(claim.text)
        new = [*claim.text.split("\n")[: 2 + skipped], *new[2:]]
    return Renewal(tuple(new), drift=False)


def spelled_blank(text: str) -> str:
    """How a block spells a blank line inside a claim: as doctest does, or as nothing."""
    return BLANK if BLANK in text else ""


def _with_digits(claim: Claim) -> str | None:
    """The claim with other digits where it misses; None where more than digits must change."""
    if claim.statement and claim.text.startswith(TRACEBACK):
        return None
    found = align(claim.text, claim.computed, partial(_alike, tolerance=claim.tolerance))
    if found.stop:
        return None
    text = "\n".join(lines(claim.text))
    for want, got in reversed(found.pairs):
        if not holds(want, got, claim.tolerance):
            end = want.at + len(want.text)
            text = text[: want.at] + _digits(want, got, claim.tolerance) + text[end:]
    return None if compare(text, claim.computed, claim.tolerance) else text.rstrip("\n")


def _alike(want: Token, got: Token, tolerance: Decimal | None) -> bool:
    """Are the tokens the same, but for the digits of floats?"""
    decimal = want.kind == "float" or (want.kind == "start" and "." in want.text[:-3])
    return holds(want, got, tolerance) or (decimal and got.kind == "float")


def _digits(want: Token, got: Token, tolerance: Decimal | None) -> str:
    """The computed float with as many digits as the claim shows."""
    claimed = want.text.removesuffix("...")
    if want.kind == "start":
        whole, point, decimals = got.text.partition(".")
        return f"{whole}{point}{decimals[: _decimals(claimed)]}..."
    if tolerance == 0 or not unit(claimed):
        return got.text
    return rounded(got.text, claimed)


def rounded(number: str, like: str) -> str:
    """Round a float to the digits that another shows; one that shows fewer stays as it is.

    Args:
        number: The float, in the notation that the result has too.
        like: The float whose digits count: its decimals, or all its digits where one of the two
            is written with an exponent and the other is not.
    """
    power = "e" in number.lower()
    if power == ("e" in like.lower()):
        places = _decimals(like)
    else:
        digits = len(like.lower().partition("e")[0].lstrip("+-0.").replace(".", "")) or 1
        places = digits - 1 if power else max(digits - 1 - Decimal(number).adjusted(), 1)
    if places >= _decimals(number):
        return number
    plus = "+" if number.startswith("+") else ""
    text = f"{Decimal(number):{plus}.{places}{'e' if power else 'f'}}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent):+03d}" if exponent else mantissa


def _decimals(number: str) -> int:
    return len(number.lower().partition("e")[0].partition(".")[2])
