"""What was measured → one Markdown table, with ratios."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from .peers import BARE, OURS, PEERS, PLAIN

EXPECTED = "own time and one rebuild"
BEST = "best peer"
AGAINST = {
    "cold": BARE,
    "cold, beyond plain": "",
    "warm": PLAIN,
    "edit of prose": PLAIN,
    "edit of code": PLAIN,
    "memory, parent": PLAIN,
    "memory, all processes": PLAIN,
    "serve: first answer": PLAIN,
    "serve: all results shown": "",
    "serve: edit of code to its result": EXPECTED,
}
"""The measures, in the order of the table, and what each is compared with."""


class Measured:
    """Numbers by pages, measure and tool: one a round."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def add(self, pages: str, measure: str, tool: str, number: float) -> None:
        """Keep a number: seconds, or bytes of memory."""
        self._numbers[pages, measure][tool].append(number)

    def of(self, pages: str, measure: str, tool: str) -> list[float]:
        """The numbers of all rounds; none where the tool was not measured."""
        return self._numbers.get((pages, measure), {}).get(tool, [])

    def pages(self) -> list[str]:
        """The workloads, in the order in which they were measured."""
        return list(dict.fromkeys(pages for pages, _ in self._numbers))

    def ratio(self, pages: str, measure: str, tool: str, against: str) -> float | None:
        """The median of the ratios of the rounds."""
        numbers = self.of(pages, measure, tool)
        others = self._best(pages) if against == BEST else self.of(pages, measure, against)
        if not numbers or not others:
            return None
        return median(a / b for a, b in zip(numbers, others, strict=False))

    def _best(self, pages: str) -> list[float]:
        """The cold builds of the fastest tool that is neither ours nor a floor."""
        peers = [self.of(pages, "cold", tool) for tool in PEERS if tool not in (OURS, PLAIN, BARE)]
        return min(filter(None, peers), key=median, default=[])


def table(measured: Measured, tools: Sequence[str]) -> str:
    """One row a workload and measure, one column a tool: the median, and in brackets the ratio."""
    rows = [
        ["pages", "measured", "against", *tools],
        ["---"] * (3 + len(tools)),
    ]
    for pages in measured.pages():
        for measure, against in AGAINST.items():
            references = [against, BEST] if measure == "cold" else [against]
            for reference in references:
                cells = [_cell(measured, pages, measure, tool, reference) for tool in tools]
                if any(cells):
                    rows.append([pages, measure, reference, *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(measured: Measured, pages: str, measure: str, tool: str, against: str) -> str:
    numbers = measured.of(pages, measure, tool)
    if not numbers:
        return ""
    ratio = measured.ratio(pages, measure, tool, against) if against else None
    if against == BEST:
        return f"{ratio:.2f}" if ratio and tool not in (PLAIN, BARE) else ""
    return _shown(measure, median(numbers)) + (f" ({ratio:.2f})" if ratio else "")


def _shown(measure: str, number: float) -> str:
    if measure.startswith("memory"):
        return f"{number / 2**20:.0f} MB"
    if measure.endswith("beyond plain"):
        return f"{number * 1000:.0f} ms a page"
    return f"{number:.2f} s"
