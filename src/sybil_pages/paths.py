"""Paths, places and numbers in few characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

Bounds = tuple[float, float, float, float]
"""Left, top, right and bottom."""

_DECIMAL = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")


def path(d: str, digits: int, *, closed: bool = False) -> tuple[str, Bounds]:
    """Say a path of absolute places in few characters.

    Args:
        d: The path, as matplotlib writes it.
        digits: How many digits after the point its places keep.
        closed: Is it filled alone, so that its last line goes without saying?

    Returns:
        The path, in steps from place to place, and what it reaches: at least all that it draws.
    """
    segments = list(_segments(d, 10**digits))
    said: list[str] = []
    last, start, here = "", [0, 0], [0, 0]
    for n, (command, places) in enumerate(segments):
        after = segments[n + 1][0] if n + 1 < len(segments) else "M"
        if command == "z":
            said += [] if closed and after == "M" else ["z"]
            last, here = "z", start
        elif command == "M":
            said.append("M" + joined(places, digits))
            last, start, here = "M", places, places
        elif places == start and last != "M" and (after == "z" or (closed and after == "M")):
            continue  # back to where it began, as its end or its filling does
        else:
            letter, steps = _steps(command, here, places)
            if any(steps) or last == "M":
                text = joined(steps, digits)
                blank = "" if text[0] == "-" else " "
                said.append((blank if letter == last else letter) + text)
                last, here = letter, places[-2:]
    return "".join(said), _reach(segments, 10**digits)


def _segments(d: str, scale: int) -> Iterator[tuple[str, list[int]]]:
    """The commands of a path, each with its places in whole steps of what is kept of them."""
    tokens = d.replace(",", " ").split()
    at, command = 0, "M"
    while at < len(tokens):
        if tokens[at].isalpha():  # else the command before holds for more places
            command, at = tokens[at], at + 1
        count = {"z": 0, "Z": 0, "Q": 4, "C": 6}.get(command, 2)
        yield command.replace("Z", "z"), [round(float(t) * scale) for t in tokens[at : at + count]]
        at += count


def _steps(command: str, here: list[int], places: list[int]) -> tuple[str, list[int]]:
    """A command as steps from where it begins; a level or an upright line is one number."""
    steps = [place - here[n % 2] for n, place in enumerate(places)]
    if command == "L" and steps[1] == 0:
        return "h", steps[:1]
    if command == "L" and steps[0] == 0:
        return "v", steps[1:]
    return command.lower(), steps


def _reach(segments: list[tuple[str, list[int]]], scale: int) -> Bounds:
    xs = [x for _, places in segments for x in places[::2]] or [0]
    ys = [y for _, places in segments for y in places[1::2]] or [0]
    return min(xs) / scale, min(ys) / scale, max(xs) / scale, max(ys) / scale


def rounded(value: str, digits: int) -> str:
    """A text whose decimal numbers keep so many digits after the point."""
    return _DECIMAL.sub(lambda number: short(float(number[0]), digits), value)


def short(number: float, digits: int) -> str:
    """A number with at most so many digits after the point."""
    text = f"{number:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@cache
def _digits(digits: int) -> Callable[[int], str]:
    """How a whole number of tenths, or hundredths, is written; most are asked for often."""

    @cache
    def number(value: int) -> str:
        text = short(value / 10**digits, digits)
        return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text

    return number


def joined(numbers: Iterable[int], digits: int) -> str:
    """Numbers with a blank only where they would run together."""
    text = ""
    for number in map(_digits(digits), numbers):
        text += number if not text or number[0] == "-" else " " + number
    return text
