"""What decides a page's outputs beside its code, read without importing a framework."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

ARITHMETIC = (
    "KERAS_BACKEND", "CUDA_VISIBLE_DEVICES", "XLA_FLAGS", "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "TF_ENABLE_ONEDNN_OPTS",
)  # fmt: skip
"""What a page may learn of its environment that decides what it computes, and how."""
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
)
"""What a page computes with unless the environment says otherwise.

Sums do not depend on the number of cores then, and pages side by side do not wait for each other.
"""
_COMPUTES = (
    "capture", "colours", "comparisons", "execute", "figures", "groups", "guard", "imports",
    "landlock", "linux", "mistakes", "named", "observe", "page", "paths", "preload", "process",
    "rasters", "states", "tables", "values", "vectors", "widgets",
)  # fmt: skip
"""The modules that decide what an executed page holds; the others read it or weave it."""


def environment() -> dict[str, str]:
    """What decides a page's outputs beside its code: read without importing a framework."""
    return {
        "Python": sys.version.split()[0],
        "platform": sys.platform,
        "IPython": metadata.version("ipython"),  # values look as it shows them
        "the device": device(),
        **{name: os.environ.get(name, ONE_THREAD.get(name, "(unset)")) for name in ARITHMETIC},
        "the generator": _generator(),
    }


def device() -> str:
    """What the pages compute on: `CPU`, or the models of the graphics cards."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return "CPU"
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    models = [card.read_text().partition("Model:")[2].partition("\n")[0].strip() for card in cards]
    return ", ".join(models) or "CPU"


@cache
def _generator() -> str:
    code = [Path(__file__).with_name(f"{name}.py").read_bytes() for name in _COMPUTES]
    return hashlib.sha256(b"".join(code)).hexdigest()[:12]


def _folders() -> Iterator[tuple[str, str, Path]]:
    """The installed distributions: name, version, and the folder that describes them."""
    for folder in {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}:
        for entry in os.listdir(folder):
            if entry.endswith(".dist-info"):
                name, _, version = entry.removesuffix(".dist-info").rpartition("-")
                yield _canonical(name), version, Path(folder, entry)


def installed() -> dict[str, str]:
    """The versions of the installed distributions, by name."""
    return {name: version for name, version, _ in _folders()}


def versions(dependencies: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """The versions of all that the imported packages need, by the names of their distributions."""
    packages = [*dependencies["packages"], dependencies["backend"]]
    left = [name for package in packages for name in _distributions().get(package, ())]
    found: dict[str, str] = {}
    while left:
        name = _canonical(left.pop())
        if name not in found:
            found[name] = version(name, known)
            left += _needed(name)
    return dict(sorted(found.items()))


@cache
def _distributions() -> dict[str, set[str]]:
    """The distributions that bring a top-level module, by its name.

    `importlib.metadata` tells the same, through ten times the memory.
    """
    found: dict[str, set[str]] = {}
    for name, _, folder in _folders():
        for top in _tops(folder):
            found.setdefault(top, set()).add(name)
    return found


def distributions(modules: Iterable[str], among: Iterable[str]) -> dict[str, str]:
    """The distribution that brings each top-level module, of those that are known; not the others.

    Args:
        modules: The names of top-level modules.
        among: The names of the distributions that may bring them.
    """
    known, found, folders = set(among), dict[str, str](), _folder_of()
    for module in modules:
        if _canonical(module) in known:
            found[module] = _canonical(module)
        elif brought := [
            name for name in sorted(known & folders.keys()) if module in _tops(folders[name])
        ]:
            found[module] = brought[0]
    return found


@cache
def _folder_of() -> dict[str, Path]:
    return {name: folder for name, _, folder in _folders()}


@cache
def _tops(folder: Path) -> set[str]:
    """The top-level modules that a distribution installs."""
    with contextlib.suppress(OSError):
        return set((folder / "top_level.txt").read_text("utf-8", "replace").split())
    with contextlib.suppress(OSError), (folder / "RECORD").open(encoding="utf-8") as record:
        firsts = {line.partition(",")[0].partition("/")[0] for line in record}
        return {first.removesuffix(".py") for first in firsts}
    return set()


@cache
def _needed(name: str) -> list[str]:
    """What a distribution needs to be installed."""
    from packaging.requirements import InvalidRequirement, Requirement

    needed = []
    try:
        for text in metadata.requires(name) or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed.append(requirement.name)
    except (metadata.PackageNotFoundError, InvalidRequirement):
        pass
    return needed


def version(name: str, known: Mapping[str, str]) -> str:
    """The version of one distribution; `missing` where there is none."""
    if name in known:
        return known[name]
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
