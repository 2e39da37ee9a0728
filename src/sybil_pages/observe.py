"""What a run depended on: files, missing files, folders, modules, packages.

Runs in the page's process. What C libraries open themselves escapes the audit hook. Therefore
string constants of the page, and of the project's modules that it imports, count as read where they
name a path; so do the files of a folder that they name, if they name it with a `/` or it was
listed. What escapes this too, `inputs` declares.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES
from pathlib import Path
from typing import Any

from .guard import WRITES
from .imports import files, imported
from .named import Named
from .page import Block
from .states import OWN, tree
from .states import state as state

_IMPORT = ("importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport")
_LISTS = ("os.listdir", "os.scandir")
_READS = frozenset(("open", "sqlite3.connect", "ctypes.dlopen", *_LISTS))
_INSTALLED = tuple({sysconfig.get_path(kind) for kind in ("purelib", "platlib", "stdlib")})
_SYSTEM = ("/dev", "/proc", "/sys", "/run")
_MODULES = (*SOURCE_SUFFIXES, *EXTENSION_SUFFIXES)


class Observer:
    """Notes what this process reads from now on.

    Args:
        root: The project's root.
        free: Folders of temporary files.
        name: The page's path.
        written: The files that the page wrote, which are no dependencies.
    """

    def __init__(
        self, root: Path, free: Iterable[Path], name: str, written: Collection[str]
    ) -> None:
        self.root = root.resolve()
        self._page = self.root / name
        self._free = [folder.resolve() for folder in free]
        others = (*_SYSTEM, sys.prefix, sys.base_prefix, Path(__file__).parent)
        self._others = [folder for folder in others if not self.root.is_relative_to(folder)]
        self._written = written
        self._read: set[str] = set()
        self._listed: set[str] = set()
        self._modules: set[str] = set()
        self._before = set(sys.modules)
        self._started = time.time_ns()
        self._watching = True
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in _READS or not self._watching:
            return
        path = "." if args[0] is None and event in _LISTS else args[0]
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        text = os.fsdecode(path)
        if event == "sqlite3.connect":
            text = text.removeprefix("file:").partition("?")[0]
        if event == "open" and isinstance(args[2], int) and args[2] & WRITES:
            return
        caller = str(sys._getframe(1).f_globals.get("__name__"))
        if caller.partition(".")[0] in _IMPORT:  # of what import looks at, only modules count
            if event == "open":
                self._modules.add(os.path.abspath(text))
            return
        (self._listed if event in _LISTS else self._read).add(os.path.abspath(text))

    def dependencies(self, blocks: Sequence[Block]) -> dict[str, Any]:
        """What the run depended on.

        Args:
            blocks: The page's blocks.

        Returns:
            `files`: the state of each path, by its name from the root; `packages`: the top-level
            names of the installed packages that were imported; `backend`: Keras's, if it was.
        """
        self._watching = False
        fresh = [name for name in list(sys.modules) if name not in self._before]
        modules = set(self._sources(fresh))
        sources = [(block.source, self._page.parent) for block in blocks]
        for path in modules:
            if path.suffix == ".py":
                sources.append((path.read_text("utf-8", "replace"), path.parent))
        asked = {name for source, _ in sources for name in imported(source)}
        paths = {Path(path) for path in (*self._read, *self._listed)}
        paths |= {file for name in asked for file in files(name, self.root)}  # also if it failed
        paths = {path for path in paths if path.is_relative_to(self.root)}
        paths |= self._named(sources) | set(self._inputs(blocks))
        counted = sorted({*filter(self._counts, paths), *modules})
        roots = {name.partition(".")[0] for name in (*asked, *fresh)}
        roots -= {*sys.stdlib_module_names, "__main__", "__mp_main__", "sybil_pages"}
        return {
            "files": {self._label(path): self._settled(path) for path in counted},
            "packages": sorted(roots),
            "backend": _backend() if "keras" in roots else "",
        }

    def _named(self, sources: Iterable[tuple[str, Path]]) -> set[Path]:
        """What string constants name, with what stands in the folders that are meant whole."""
        named = Named(self.root)
        for source, folder in sources:
            named.add(source, folder)
        whole = named.whole | {path for path in named.paths if str(path) in self._listed}
        for folder in whole:
            if not self._page.is_relative_to(folder.resolve()):  # else prose would count
                named.paths |= set(tree(folder))
        return named.paths

    def _inputs(self, blocks: Iterable[Block]) -> Iterator[Path]:
        """What the blocks' options declare."""
        for text in {text for block in blocks for text in block.options.inputs}:
            path = Path(os.path.normpath(self.root / os.path.expanduser(text)))
            yield path
            if path.is_dir():
                yield from tree(path)

    def _label(self, path: Path) -> str:
        inside = path.is_relative_to(self.root)
        return path.relative_to(self.root).as_posix() if inside else path.as_posix()

    def _settled(self, path: Path) -> str:
        """The state of a path; one that changed while the page ran has none to trust."""
        try:
            changed = path.stat().st_mtime_ns > self._started
        except OSError:
            changed = False
        return "changed while the page ran" if changed else state(path)

    def _counts(self, path: Path) -> bool:
        """Is this a path that a person could change?"""
        if self._is_its_own(path) or any(map(path.is_relative_to, self._others)):
            return False
        inside = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        return not any(part in OWN or part.endswith(".egg-info") for part in inside.parts)

    def _is_its_own(self, path: Path) -> bool:
        """Did the page write this itself, or is it a temporary file?"""
        return str(path) in self._written or any(map(path.is_relative_to, self._free))

    def _sources(self, fresh: Iterable[str]) -> Iterator[Path]:
        """The modules that are not installed: the project's own, and those of editable packages.

        Also those that failed: these are known only by the files that import opened.
        """
        found = {_file(sys.modules.get(name)) for name in fresh}
        for file in {_source(name) for name in (*found, *self._modules) if isinstance(name, str)}:
            path = Path(file).absolute()
            installed = file.startswith(_INSTALLED) or path.is_relative_to(Path(__file__).parent)
            installed |= sys.base_prefix in self._others and path.is_relative_to(sys.base_prefix)
            counts = file.endswith(_MODULES) and path.is_file() and not self._is_its_own(path)
            if counts and not installed:
                yield path


def _file(module: object) -> object:
    """The file of a module, without waking one that loads itself when it is asked."""
    try:
        return object.__getattribute__(module, "__dict__").get("__file__")
    except AttributeError:
        return None


def _source(file: str) -> str:
    """The module that a file of bytecode was made from."""
    try:
        return importlib.util.source_from_cache(file) if file.endswith(".pyc") else file
    except ValueError:
        return file


def _backend() -> str:
    """What computes for Keras."""
    keras = sys.modules.get("keras")
    try:
        return str(keras.config.backend()) if keras else ""
    except Exception:
        return ""
