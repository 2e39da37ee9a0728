"""One run: each tool builds the same pages in turn, and each site is looked at before it counts."""

from __future__ import annotations

import re
import sys
import time
from collections import defaultdict
from pathlib import Path

from .measure import Ran, run, served, visible
from .peers import BARE, PLAIN, Peer
from .table import EXPECTED, Measured
from .workloads import Page, Workload, revised

_SERVE = (sys.executable, "-m", "mkdocs", "serve", "-q", "-a")
_WORDS = "More words, written later."


class Failed(Exception):
    """A build that failed, or whose site does not show what its code computes."""


class Benchmark:
    """What was measured, and what had to be left out.

    Attributes:
        measured: The numbers.
        left_out: What was not measured, and why.
    """

    def __init__(self, folder: Path, patience: float) -> None:
        self.measured = Measured()
        self.left_out: list[str] = []
        self._folder = folder
        self._patience = patience
        self._cold: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)

    def build(self, workload: Workload, peer: Peer) -> None:
        """Build one tool's site: cold, warm, after an edit of prose, and after one of code."""
        seconds = _expected(self._cold[peer.name, workload.kind], len(workload.pages))
        if seconds > self._patience:
            self._leave_out(workload, peer, f"it would take about {seconds:.0f} s")
            return
        site = self._site(workload, peer)
        first = workload.pages[0]
        try:
            self._cold_build(workload, peer, site)
            if peer.name == BARE:
                return
            self._build(workload, peer, site, "warm")
            edit_prose(peer, first, site)
            self._build(workload, peer, site, "edit of prose")
            edit_code(peer, first, site)
            self._build(workload, peer, site, "edit of code", revision=1)
        except Failed as failed:
            self._leave_out(workload, peer, str(failed))

    def serve(self, workload: Workload, peer: Peer) -> None:
        """Serve one tool's site from nothing, and edit its first page."""
        site = self._site(workload, peer)
        page = workload.pages[0]
        at = f"{page.name}/"
        _tell(f"{workload.name}: {peer.name}, serve\n")
        try:
            with served(_SERVE, site) as server:
                answer = server.seconds_until(at, page.title, server.started)
                self.measured.add(workload.name, "serve: first answer", peer.name, answer)
                if not peer.executes:
                    return
                for other in workload.pages:
                    seconds = server.seconds_until(f"{other.name}/", other.result(), server.started)
                self.measured.add(workload.name, "serve: all results shown", peer.name, seconds)
                rebuild = server.seconds_until(at, _WORDS, edit_prose(peer, page, site))
                seconds = server.seconds_until(at, page.result(1), edit_code(peer, page, site))
                own = re.search(r"result \d+ after ([\d.]+) s", server.text(at))
                assert own is not None
                measure = "serve: edit of code to its result"
                self.measured.add(workload.name, measure, peer.name, seconds)
                self.measured.add(workload.name, measure, EXPECTED, float(own[1]) + rebuild)
        except TimeoutError as error:
            self._leave_out(workload, peer, f"serve: {error}")

    def _site(self, workload: Workload, peer: Peer) -> Path:
        """The folder of one tool's site, as if nothing had ever been built in it."""
        site = self._folder / f"{workload.name} {peer.name}".replace(" ", "-")
        peer.write(workload.pages, site)
        peer.clean(site)
        return site

    def _cold_build(self, workload: Workload, peer: Peer, site: Path) -> None:
        ran = self._build(workload, peer, site, "cold")
        self._cold[peer.name, workload.kind][len(workload.pages)] = ran.seconds
        self.measured.add(workload.name, "memory, parent", peer.name, ran.parent)
        self.measured.add(workload.name, "memory, all processes", peer.name, ran.tree)
        plain = self.measured.of(workload.name, "cold", PLAIN)
        if peer.executes and plain:
            beyond = (ran.seconds - plain[-1]) / len(workload.pages)
            self.measured.add(workload.name, "cold, beyond plain", peer.name, beyond)

    def _build(
        self, workload: Workload, peer: Peer, site: Path, what: str, *, revision: int = 0
    ) -> Ran:
        """Build once; it counts only where the site shows that all code has run."""
        _tell(f"{workload.name}: {peer.name}, {what}: ")
        ran = run(peer.command(), site)
        _tell(f"{ran.seconds:.2f} s\n")
        if ran.status:
            raise Failed(f"{what}: exit status {ran.status}: {ran.said.strip()[-500:]}")
        for n, page in enumerate(workload.pages if peer.executes else ()):
            wanted = page.result(0 if n else revision)
            shown = site / peer.shown.format(page.name)
            if not shown.exists() or wanted not in visible(shown.read_text("utf-8")):
                raise Failed(f"{what}: {page.name} does not show {wanted!r}")
        self.measured.add(workload.name, what, peer.name, ran.seconds)
        return ran

    def _leave_out(self, workload: Workload, peer: Peer, why: str) -> None:
        what = f"{peer.name}, {workload.name}: {why}"
        if what not in self.left_out:
            self.left_out.append(what)


def edit_prose(peer: Peer, page: Page, site: Path) -> float:
    """Add words to the end of a page; when that was."""
    path = site / peer.source.format(page.name)
    path.write_text(path.read_text("utf-8") + peer.more.format(_WORDS), "utf-8")
    return time.perf_counter()


def edit_code(peer: Peer, page: Page, site: Path) -> float:
    """Change the code of a page; when that was."""
    path = site / peer.source.format(page.name)
    path.write_text(revised(path.read_text("utf-8"), 1), "utf-8")
    return time.perf_counter()


def _expected(known: dict[int, float], pages: int) -> float:
    """Seconds that a cold build will take, from what builds of fewer pages took."""
    fewer = sorted(count for count in known if count < pages)
    if not fewer:
        return 0.0
    last = fewer[-1]
    if len(fewer) == 1:
        return known[last] * pages / last
    slope = (known[last] - known[fewer[-2]]) / (last - fewer[-2])
    return known[last] + max(slope, 0) * (pages - last)


def _tell(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)
