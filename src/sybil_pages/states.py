"""The states of paths, by value: what a page read is compared with what is there now."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

OWN = (".cache", ".git", ".venv", "__pycache__")
"""Folders that hold nothing of an author's."""
_ALL = "*"  # the name of all that a large folder holds
_MANY = 1000  # files of a folder up to which each is known by its content,
_MUCH = 64 * 2**20  # and bytes


def state(path: Path) -> str:
    """The state of a path: `missing`, its content's hash, or that of a folder's names."""
    try:
        if path.name == _ALL:
            return "files " + _hash(map(_mark, _files(path.parent)))
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return "folder " + _hash(name for name in os.listdir(path) if name not in OWN)
        if not stat.S_ISREG(mode):
            return "special"  # a pipe or a device: reading it may take for ever
        with path.open("rb") as file:
            return "file " + hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except OSError:
        return "missing"


def tree(folder: Path) -> Iterator[Path]:
    """The folders and files below a folder; where they are many or large, one name for all."""
    files, size = [], 0
    for file in _files(folder):
        files.append(file)
        size += file.lstat().st_size
        if len(files) > _MANY or size > _MUCH:
            yield folder / _ALL
            return
    yield from {*files, *(file.parent for file in files), folder}


def _files(folder: Path) -> Iterator[Path]:
    for path, names, found in os.walk(folder):
        names[:] = [name for name in names if name not in OWN]
        yield from (Path(path, name) for name in found)


def _mark(file: Path) -> str:
    """What changes with a file's content, as a rule, without reading it."""
    about = file.lstat()
    return f"{file} {about.st_size} {about.st_mtime_ns}"


def _hash(texts: Iterator[str]) -> str:
    text = "\0".join(sorted(texts))
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:32]
