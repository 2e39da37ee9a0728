"""Run every notebook that the built site offers, each in an empty folder, as a reader would.

`python -m tests.site.run_notebooks site` runs the notebooks, the student editions as they are
downloaded, and the scripts; names after the folder choose pages (`experiments/equivariance`),
kinds (`scripts`), or one of both (`scripts/pooling`). It takes about as long as executing all
pages three times.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

LIMIT = 900  # seconds a cell, or a script


def run(book: Any, folder: Path) -> Any:
    """Run a notebook in a folder, from top to bottom; its cells then hold what this run gave."""
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=LIMIT, kernel_name="python3", resources=where).execute()
    return book


def said(cell: Any) -> str:
    """What a cell printed."""
    streams = (output for output in cell.get("outputs", []) if output.output_type == "stream")
    return "".join(output.text for output in streams)


def wrong(book: Any, *, student: bool) -> str:
    """What a run did not give that it should have; empty if all is well."""
    report = said(book.cells[-1])
    counts = re.match(r"(\d+) of (\d+) claims? holds? here\.", report)
    if not counts or counts[1] != counts[2]:
        return report or "the last cell reports nothing"
    if student and "right:" in report:
        return f"an exercise counts as answered: {report}"
    for cell in book.cells:
        tags = cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            if output.output_type == "error" and (student or "raises-exception" not in tags):
                if student and "raises-exception" in tags and "exercise" not in tags:
                    continue
                return f"{output.ename}: {output.evalue}"
    return ""


def check(path: Path, *, student: bool) -> str:
    """Run one notebook of the site in an empty folder; what is wrong with it."""
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return wrong(run(book, Path(folder)), student=student)
        except Exception as error:  # what a reader would see, for the list
            return f"{type(error).__name__}: {error}"


def check_script(path: Path) -> str:
    """Run one script of the site in an empty folder; what is wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        copy.write_bytes(path.read_bytes())
        done = subprocess.run(
            [sys.executable, copy.name],
            cwd=folder,
            env=None,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LIMIT,
            check=False,
        )
        return "" if done.returncode == 0 else done.stderr[-2000:]


def main(site: Path, names: list[str]) -> int:
    """Run all notebooks and scripts of a site; the exit status says whether all went well."""
    failed = 0
    folders = [("notebooks/student", ".ipynb"), ("notebooks", ".ipynb"), ("scripts", ".py")]
    seen: set[Path] = set()
    for folder, suffix in folders:
        for path in sorted((site / folder).rglob(f"*{suffix}")):
            name = path.relative_to(site / folder).with_suffix("").as_posix()
            if path in seen or (names and not {name, folder, f"{folder}/{name}"} & {*names}):
                continue
            seen.add(path)
            started = time.monotonic()
            if suffix == ".py":
                found = check_script(path)
            else:
                found = check(path, student=folder.endswith("student"))
            failed += bool(found)
            seconds = time.monotonic() - started
            told = f"FAILS\n{found}" if found else "ok"
            print(f"{folder}/{name}: {seconds:.0f} s: {told}", flush=True)
    print(f"{len(seen)} editions ran, {failed} failed")
    return int(bool(failed) or not seen)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2:]))
