"""Build the same pages with each tool in turn, and print one table: `python -m tests.benchmarks`.

Every number is the median over the rounds of one run. Seconds differ from machine to machine and
from hour to hour; what to quote are the ratios, of builds that took turns.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from .bench import Benchmark
from .peers import OURS, PEERS, PLAIN, installed
from .table import table
from .workloads import Workload, small, tutorial

KERAS = ("keras", "tensorflow", "matplotlib")
VERSIONS = (
    "sybil-pages", "mkdocs", "mkdocs-material", "markdown-exec", "mkdocs-jupyter", "myst-nb",
    "jupyter-cache", "sphinx", "sphinx-gallery", *KERAS, "numpy",
)  # fmt: skip


def main() -> None:
    """Run the benchmark that the command line describes."""
    options = _options()
    peers = [peer for name, peer in PEERS.items() if name in options.peers and not peer.missing()]
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        os.environ["KERAS_HOME"] = str(Path(scratch, "keras"))
        bench = Benchmark(Path(scratch), options.patience)
        for name in options.peers:
            if missing := PEERS[name].missing():
                bench.left_out.append(f"{name}: not installed: {', '.join(missing)}")
        loads = list(_workloads(options, bench.left_out))
        for _ in range(options.rounds):
            for workload in loads:
                for peer in peers:
                    bench.build(workload, peer)
            for workload in loads[: options.serve]:
                for peer in (PLAIN, OURS):
                    bench.serve(workload, PEERS[peer])
    print(table(bench.measured, [peer.name for peer in peers]), end="\n\n")
    print("\n".join(_about(options.rounds)))
    for what in bench.left_out:
        print(f"- left out: {what}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="how often all tools take turns")
    parser.add_argument("--copies", type=_numbers, default=[1],
                        help="how many times three pages with Keras: 1,4")  # fmt: skip
    parser.add_argument("--pages", type=_numbers, default=[1, 10, 100, 1000],
                        help="how many pages of five small blocks: 1,10,100,1000")  # fmt: skip
    parser.add_argument("--peers", type=_names, default=list(PEERS),
                        help=f"which tools: {', '.join(PEERS)}")  # fmt: skip
    parser.add_argument("--patience", type=float, default=600,
                        help="seconds that a cold build may be expected to take")  # fmt: skip
    parser.add_argument("--no-serve", dest="serve", action="store_false",
                        default=1, help="leave out the measures of `mkdocs serve`")  # fmt: skip
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return sorted({int(number) for number in text.split(",") if int(number)})


def _names(text: str) -> list[str]:
    """The tools that are named, each by what its name begins with."""
    found = []
    for begin in text.split(","):
        matching = [name for name in PEERS if name.lower().startswith(begin.strip().lower())]
        if not matching:
            raise argparse.ArgumentTypeError(f"no tool is called {begin!r}")
        found += matching
    return list(dict.fromkeys(found))


def _workloads(options: argparse.Namespace, left_out: list[str]) -> Iterator[Workload]:
    missing = [name for name in KERAS if not installed(name)]
    if missing and options.copies:
        left_out.append(f"pages with Keras: not installed: {', '.join(missing)}")
    for copies in () if missing else options.copies:
        yield tutorial(copies)
    for pages in options.pages:
        yield small(pages)


def _about(rounds: int) -> Iterator[str]:
    versions = [f"{name} {metadata.version(name)}" for name in VERSIONS if installed(name)]
    command = shlex.join(["python", "-m", "tests.benchmarks", *sys.argv[1:]])
    turns = "1 round" if rounds == 1 else f"medians of {rounds} rounds"
    yield f"- `{command}`: {turns}; in brackets the ratio to what each is measured against"
    yield f"- {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    yield f"- Python {platform.python_version()}, {', '.join(versions)}"


if __name__ == "__main__":
    main()
