"""What a run depended on: files read, files missed, folders listed, modules, packages.

Runs in the page's process. What C libraries open themselves escapes the audit hook; therefore each
string constant in the page, or in a project module that it imports, that names an existing path
of the project counts as read.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR
_IMPORT = ("importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport")
_OWN = (".cache", ".git", ".venv", "__pycache__")


class Observer:
    """Watches this process from its creation on.

    Attributes:
        root: The project's root, the folder that the process starts in.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._seen: set[str] = set()
        self._watching = True
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._watching or event not in ("open", "os.listdir", "os.scandir"):
            return
        caller = str(sys._getframe(1).f_globals.get("__name__"))
        if caller.partition(".")[0] in _IMPORT:
            return  # what import looks at; the modules that it finds are known by name
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & _WRITES:
                return
        else:
            path = args[0] if args[0] is not None else "."
        if isinstance(path, (str, bytes, os.PathLike)):
            self._seen.add(os.path.abspath(os.fsdecode(path)))

    def dependencies(self, sources: Iterable[str]) -> dict[str, Any]:
        """What the run depended on.

        Args:
            sources: The code of the page's blocks.

        Returns:
            `files`: the state of each path, by its name from the root; `packages`: the top-level
            names of the installed packages that were imported.
        """
        self._watching = False
        modules = list(self._modules())
        texts = [*sources, *(path.read_text("utf-8", "replace") for path in modules)]
        named = {self.root / text for source in texts for text in _constants(source)}
        paths = {Path(path) for path in self._seen} | {path for path in named if path.exists()}
        inside = sorted({*filter(self._counts, paths), *modules})
        files = {path.relative_to(self.root).as_posix(): state(path) for path in inside}
        return {"files": files, "packages": sorted(_packages())}

    def _counts(self, path: Path) -> bool:
        """Is this a path of the project that a person could change?"""
        if not path.is_relative_to(self.root) or path.is_relative_to(sys.prefix):
            return False
        inside = path.relative_to(self.root)
        if path.is_relative_to(Path(__file__).parent):
            return False
        return not any(part in _OWN or part.endswith(".egg-info") for part in inside.parts)

    def _modules(self) -> Iterator[Path]:
        """The project's own modules that the page imported; the generator is none of them."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if not isinstance(file, str) or name.partition(".")[0] == "sybil_pages":
                continue
            path = Path(file).absolute()
            if path.suffix == ".py" and self._counts(path) and path.is_file():
                yield path


def state(path: Path) -> str:
    """The state of a path by value: `missing`, its content's hash, or that of a folder's names."""
    try:
        if path.is_dir():
            names = sorted(entry.name for entry in path.iterdir() if entry.name not in _OWN)
            return "folder " + _hash("\0".join(names).encode())
        return "file " + _hash(path.read_bytes())
    except OSError:
        return "missing"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _constants(source: str) -> Iterator[str]:
    """The string constants of some code that could name a path."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text.strip("./") and len(text) < 300 and not set(text) & set("\n\0<>|*?"):
                yield text


def _packages() -> set[str]:
    """The top-level names of the imported modules that are neither ours nor Python's own."""
    names = {name.partition(".")[0] for name in list(sys.modules)}
    return names - set(sys.stdlib_module_names) - {"__main__", "__mp_main__"}
