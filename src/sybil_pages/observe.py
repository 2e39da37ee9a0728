"""What a run depended on, and what it must not do: files, modules, packages; network and writes.

Runs in the page's process. What C libraries open themselves escapes the audit hook; therefore each
string constant in the page, or in a project module that it imports, that names an existing path
of the project counts as read.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .imports import files, imported

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_IMPORT = ("importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport")
_OWN = (".cache", ".git", ".venv", "__pycache__")
_READS = ("open", "os.listdir", "os.scandir", "sqlite3.connect")
_CHANGES = {  # which arguments are paths, and which the open folders that these start in
    "os.remove": ((0, 1),), "os.rmdir": ((0, 1),), "os.mkdir": ((0, 2),), "os.chmod": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)), "os.link": ((1, 3),), "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),), "os.chown": ((0, 3),), "os.utime": ((0, 3),),
}  # fmt: skip
_REACHES = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")
_WATCHED = frozenset((*_READS, *_CHANGES, *_REACHES))
_INSTALLED = tuple({sysconfig.get_path(kind) for kind in ("purelib", "platlib", "stdlib")})


class Observer:
    """Watches this process from its creation on.

    Args:
        root: The project's root, the folder that the process starts in.
        scratch: The folder of temporary files, where all may be written.
        rules: What the page's front matter allows: `network`, `writes`.
        name: The page's path, the file name that its code has.

    Attributes:
        refused: What the page tried and may not do: the line, where it is known, and a message.
    """

    def __init__(
        self, root: Path, scratch: Path, rules: Mapping[str, Any], name: str = "page.md"
    ) -> None:
        self.root = root.resolve()
        self.refused: list[tuple[int | None, str]] = []
        self._scratch = scratch.resolve()
        self._rules, self._name = rules, name
        self._seen: set[str] = set()
        self._before = set(sys.modules)
        self._started = time.time_ns()
        self._watching = True
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in _WATCHED or not self._watching:
            return
        if event in _REACHES:
            self._reaches(event, args)
        elif event in _CHANGES:
            for path, folder in _CHANGES[event]:
                self._writes(args[path], args[folder] if folder is not None else -1)
        elif event == "open" and isinstance(args[2], int) and args[2] & _WRITES:
            self._writes(args[0])
        else:
            self._reads(event, args[0])

    def _reads(self, event: str, path: Any) -> None:
        caller = str(sys._getframe(2).f_globals.get("__name__"))
        if caller.partition(".")[0] in _IMPORT:
            return  # what import looks at; the modules that it finds are known by name
        path = "." if path is None else path
        if isinstance(path, (str, bytes, os.PathLike)):
            self._seen.add(os.path.abspath(os.fsdecode(path)))

    def _writes(self, path: Any, folder: int = -1) -> None:
        """Refuse to change a file of the project, unless the page's front matter allows it."""
        if self._rules.get("writes") or not isinstance(path, (str, bytes, os.PathLike)):
            return
        start = f"/proc/self/fd/{folder}" if folder >= 0 else "."
        full = Path(os.path.realpath(os.path.join(start, os.fsdecode(path))))
        if not full.is_relative_to(self.root) or full.is_relative_to(self._scratch):
            return
        inside = full.relative_to(self.root).as_posix()
        if not inside.startswith(".cache/"):
            self._refuse(
                f"the page tried to write {inside}; a page writes only to temporary files "
                "(`tempfile`), unless its front matter says `sybil-pages: {writes: true}`"
            )

    def _reaches(self, event: str, args: tuple[Any, ...]) -> None:
        """Refuse the network, unless the page's front matter allows it; this machine is none."""
        if self._rules.get("network"):
            return
        to = args[0] if event in ("socket.getaddrinfo", "socket.gethostbyname") else args[1]
        host = to[0] if isinstance(to, tuple) else to if isinstance(to, str) else None
        local = not host or str(host).startswith("127.") or host in ("localhost", "::1", "0.0.0.0")
        if local or (event in ("socket.connect", "socket.sendto") and not isinstance(to, tuple)):
            return
        self._refuse(
            f"the page tried to reach the network ({host}); it may not, unless its front matter "
            "says `sybil-pages: {network: true}`"
        )

    def _refuse(self, message: str) -> None:
        frame = sys._getframe(2)
        while frame.f_back and frame.f_code.co_filename != self._name:
            frame = frame.f_back
        known = frame.f_code.co_filename == self._name
        self.refused.append((frame.f_lineno if known else None, message))
        raise PermissionError(message)

    def dependencies(self, sources: Iterable[str]) -> dict[str, Any]:
        """What the run depended on.

        Args:
            sources: The code of the page's blocks.

        Returns:
            `files`: the state of each path, by its name from the root; `packages`: the top-level
            names of the installed packages that were imported; `backend`: Keras's, if it was.
        """
        self._watching = False
        fresh = [name for name in list(sys.modules) if name not in self._before]
        modules = list(self._modules(fresh))
        texts = [*sources, *(path.read_text("utf-8", "replace") for path in modules)]
        named = {self.root / text for source in texts for text in _constants(source)}
        paths = {Path(path) for path in self._seen} | {path for path in named if path.exists()}
        asked = {name for text in texts for name in imported(text)}
        paths |= {file for name in asked for file in files(name, self.root)}  # also if it failed
        inside = sorted({*filter(self._counts, paths), *modules})
        roots = {name.partition(".")[0] for name in asked}
        roots |= {name.partition(".")[0] for name in fresh}
        roots -= {*sys.stdlib_module_names, "__main__", "__mp_main__", "sybil_pages"}
        return {
            "files": {self._label(path): self._settled(path) for path in inside},
            "packages": sorted(roots),
            "backend": _backend() if "keras" in roots else "",
        }

    def _label(self, path: Path) -> str:
        inside = path.is_relative_to(self.root)
        return path.relative_to(self.root).as_posix() if inside else path.as_posix()

    def _settled(self, path: Path) -> str:
        """The state of a path; a file that changed while the page ran has none to trust."""
        try:
            changed = path.is_file() and path.stat().st_mtime_ns > self._started
        except OSError:
            return "missing"
        return "changed while the page ran" if changed else state(path)

    def _counts(self, path: Path) -> bool:
        """Is this a path of the project that a person could change?"""
        if not path.is_relative_to(self.root) or path.is_relative_to(sys.prefix):
            return False
        if path.is_relative_to(Path(__file__).parent) or path.is_relative_to(self._scratch):
            return False
        inside = path.relative_to(self.root)
        return not any(part in _OWN or part.endswith(".egg-info") for part in inside.parts)

    def _modules(self, names: Iterable[str]) -> Iterator[Path]:
        """The modules that are not installed: the project's own, and those of editable packages."""
        for name in names:
            file = getattr(sys.modules.get(name), "__file__", None)
            if not isinstance(file, str) or name.partition(".")[0] == "sybil_pages":
                continue
            path = Path(file).absolute()
            installed = file.startswith(_INSTALLED) or path.is_relative_to(sys.base_prefix)
            if path.suffix == ".py" and not installed and path.is_file():
                yield path


def _backend() -> str:
    """What computes for Keras."""
    keras = sys.modules.get("keras")
    try:
        return str(keras.config.backend()) if keras else ""
    except Exception:
        return ""


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
