"""What goes on while pages run: one live line at a terminal, a plain line a page elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from . import report
from .page import Block, ExecutedPage, Page, counted

if TYPE_CHECKING:
    from rich.text import Text


class Telling:
    """A watcher that says a plain line when a page must run, and one when it is done.

    Args:
        say: Takes a line; called from several threads, one at a time.

    Attributes:
        reasons: Why each page that ran had to, by its path.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.reasons: dict[str, str] = {}
        self._say = say
        self._lock = Lock()

    def runs(self, page: Page, reason: str) -> None:
        """A page must run, and why."""
        with self._lock:
            self.reasons[page.path] = reason
            self._say(f"{page.path}: runs: {reason}")

    def begins(self, page: Page, block: Block) -> None:
        """A block of it begins."""

    def ran(self, page: Page, executed: ExecutedPage) -> None:
        """It is done."""
        said = report.line(page, executed)
        with self._lock:
            self._say(said)


class Showing:
    """A watcher that keeps one line: pages done of all, and what runs now.

    Args:
        clock: Gives the time in seconds.

    Attributes:
        reasons: Why each page that ran had to, by its path.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.reasons: dict[str, str] = {}
        self._clock = clock
        self._done: set[str] = set()
        self._running: dict[str, tuple[int, int, float]] = {}  # block n of m, since when
        self._lock = Lock()

    def runs(self, page: Page, reason: str) -> None:
        """A page must run, and why."""
        with self._lock:
            self.reasons[page.path] = reason
            self._done.discard(page.path)

    def begins(self, page: Page, block: Block) -> None:
        """A block of it begins."""
        numbers = [one.number for one in page.runs() if one.kind != "inline"]
        begun = sum(number <= block.number for number in numbers)
        with self._lock:
            since = self._running.get(page.path, (0, 0, self._clock()))[2]
            self._running[page.path] = begun, len(numbers), since

    def ran(self, page: Page, executed: ExecutedPage) -> None:
        """It is done."""
        with self._lock:
            self._running.pop(page.path, None)
            self._done.add(page.path)

    def line(self) -> str:
        """What the line says now."""
        with self._lock:
            due = counted(len(self.reasons), "page")
            told = [f"{len(self._done)} of {due} ran"] if self.reasons else []
            for path, (n, m, since) in self._running.items():
                told.append(f"{path}: block {n} of {m}, {self._clock() - since:.0f} s")
        return " · ".join(told)

    def __rich__(self) -> Text:
        """Let rich draw the line, again and again."""
        from rich.text import Text

        return Text(self.line(), no_wrap=True, overflow="ellipsis")


Watching = Telling | Showing


@contextmanager
def watching(stream: TextIO) -> Iterator[Watching]:
    """Tell what goes on while pages run.

    Args:
        stream: Where to: a terminal gets a live line, which is gone at the end, also after Ctrl-C;
            a file or a pipe gets plain lines.

    Yields:
        The watcher.
    """
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield Telling(lambda line: print(line, file=stream, flush=True))
        return
    from rich.console import Console
    from rich.live import Live

    showing = Showing()
    console = Console(file=stream)
    with Live(
        showing, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    ):
        yield showing
