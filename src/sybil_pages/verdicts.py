"""Which of a page's claims hold in a reader's own run, and the words for those that do not.

Notebooks carry this module, with `tokens`, `compare` and `witness`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import metadata
from typing import Any

from .compare import compare

HOLDS, MISSES, OPEN = "holds", "misses", "open"
"""What a run may say about a claim; of one that it has not met, nothing."""


@dataclass(frozen=True)
class Claim:
    """What a cell must show.

    Attributes:
        cell: Its key.
        about: The line of code that a report names it by.
        claim: The text that it must show; None where only an exception is claimed, or nothing.
        prompt: Does it show its value as a prompt does?
        tolerance: How far a number may be off, in place of half a unit.
        raises: The exception that it must raise.
        warns: The warning that it must give.
        defines: The names that a student defines in it; None for a cell of the page itself.
    """

    cell: str
    about: str = ""
    claim: str | None = None
    prompt: bool = False
    tolerance: str | None = None
    raises: str = ""
    warns: str = ""
    defines: Sequence[str] | None = None

    @property
    def wanted(self) -> str:
        """What it must show, in words."""
        return f"{self.raises}: …" if self.claim is None else self.claim

    def miss(self, shown: str, error: BaseException | None) -> str | None:
        """Why what a cell showed is not what it must show; None where it is."""
        if self.raises:
            if self.raises not in [kind.__name__ for kind in type(error).__mro__]:
                return ""
        elif error is not None and not (self.claim or "").startswith("Traceback"):
            return ""
        if self.claim is None:
            return None
        tolerance = None if self.tolerance is None else Decimal(self.tolerance)
        found = compare(self.claim, shown, tolerance)
        return found.by if found else None


class Verdicts:
    """What is known about the claims of a notebook.

    Args:
        claims: What each cell must show: the attributes of `Claim`.
        tested: The versions that the page ran with, by the names of the distributions.
    """

    def __init__(self, claims: Iterable[Mapping[str, Any]], tested: Mapping[str, str]) -> None:
        self.claims = [Claim(**given) for given in claims]
        self.tested = dict(tested)
        self.states: dict[int, str] = {}

    def of(self, cell: str) -> list[Claim]:
        """The claims of the cells with a key: cells of the same code have the same."""
        return [claim for claim in self.claims if claim.cell == cell]

    def open(self, claim: Claim) -> None:
        """Note that a cell waits for a student's answer."""
        self.states[id(claim)] = OPEN

    def judge(self, claims: Sequence[Claim], shown: str, error: BaseException | None) -> None:
        """Compare what a cell showed, and tell the reader where it differs.

        Of several cells with the same code it is the first one whose claim holds and that had not
        been met, or else the first one.
        """
        ordered = sorted(claims, key=lambda claim: self.states.get(id(claim)) == HOLDS)
        claim = next((one for one in ordered if one.miss(shown, error) is None), ordered[0])
        miss = claim.miss(shown, error)
        self.states[id(claim)] = HOLDS if miss is None else MISSES
        if claim.defines is not None:
            _grade(claim, shown, miss is None)
        elif miss is not None:
            reason = f"\n({miss})" if miss else ""
            have = f"The page has\n{_below(claim.wanted)}\nand this run gave\n{_below(shown)}"
            print("\n".join(filter(None, [have + reason, self._versions()])))

    def report(self) -> None:
        """Say how many of the page's claims hold, which do not, and which exercises are right."""
        page = [claim for claim in self.claims if claim.defines is None]
        found: dict[str, list[Claim]] = {HOLDS: [], MISSES: [], OPEN: [], "": []}
        for claim in page:
            found[self.states.get(id(claim), "")].append(claim)
        one = "claim holds" if len(page) == 1 else "claims hold"
        print(f"{len(found[HOLDS])} of {len(page)} {one} here.")
        headings = {
            MISSES: "Not as on the page:",
            OPEN: "Waiting for an exercise:",
            "": "Not run here, or changed:",
        }
        for state, heading in headings.items():
            if found[state]:
                print("\n".join([heading, *(f"    {claim.about}" for claim in found[state])]))
        self._exercises()
        if found[MISSES] and (told := self._versions()):
            print(told)

    def _exercises(self) -> None:
        parts: dict[str, list[str]] = {}
        for claim in self.claims:
            if claim.defines is not None:
                name = exercise(claim.cell).removeprefix("Exercise ")
                parts.setdefault(name, []).append(self.states.get(id(claim), ""))
        states = {name: _together(found) for name, found in parts.items()}
        words = {"right": (HOLDS,), "not yet right": (MISSES,), "not answered yet": (OPEN, "")}
        told = []
        for word, fitting in words.items():
            if names := [name for name, state in states.items() if state in fitting]:
                told.append(f"{word}: {', '.join(names)}")
        if told:
            print(f"Exercises: {'; '.join(told)}.")

    def _versions(self) -> str:
        """Which versions are others than those that the page ran with."""
        here = {name: _version(name) for name in self.tested}
        others = [
            f"{name} {here[name]} (the page: {then})"
            for name, then in self.tested.items()
            if here[name] != then
        ]
        return f"Versions here: {', '.join(others)}." if others else ""


def exercise(name: str) -> str:
    """The exercise that a part belongs to."""
    return name.partition(",")[0]


def _grade(claim: Claim, shown: str, held: bool) -> None:
    if claim.claim is None and not claim.raises:
        return  # it only defines what a later part needs
    if held:
        print(f"{claim.cell}: right.")
        return
    have = f"The page has\n{_below(claim.wanted)}\nand you have\n{_below(shown)}"
    print(f"{claim.cell}: not yet. {have}")


def _together(states: list[str]) -> str:
    """The state of an exercise: the worst of its parts."""
    return next((state for state in (MISSES, OPEN, "") if state in states), HOLDS)


def _below(text: str) -> str:
    return textwrap.indent(text.rstrip("\n") or "nothing", "    ")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
