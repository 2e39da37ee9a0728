"""The folder that an export writes: pages, their images, and the files that they refer to.

It overwrites nothing and deletes nothing that no export wrote: a record in it says what that is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from ..export import markdown
from ..page import ExecutedPage, Page
from ..project import Project
from .gather import PASSED

RECORD = ".sybil-pages-export.json"


class Refused(Exception):
    """An export would harm what no export wrote."""


def refuse(target: Path, project: Project, *, force: bool) -> None:
    """Say at once that a folder cannot hold an export.

    Args:
        target: The folder.
        project: Where the pages live.
        force: May it hold files that no export wrote?

    Raises:
        Refused: It holds the pages themselves, or such files.
    """
    if target.exists() and not target.is_dir():
        raise Refused(f"{target} is a file: name a folder")
    if target.resolve() in (project.docs, project.root):
        raise Refused(f"{target} holds the pages themselves: name another folder")
    foreign = target.is_dir() and any(target.iterdir()) and not (target / RECORD).is_file()
    if foreign and not force:
        raise Refused(f"{target} is not empty, and no export wrote it: empty it, or say --force")


def outside(target: Path, pages: Sequence[Page], project: Project) -> list[Page]:
    """The pages that are none of an earlier export."""
    inside = target.resolve()
    return [page for page in pages if not (project.root / page.path).is_relative_to(inside)]


def contents(
    pages: Sequence[Page],
    executed: Mapping[str, ExecutedPage],
    folders: Iterable[Path],
    project: Project,
) -> dict[str, bytes | Path]:
    """What an export holds, by path: pages with their images, and other files as they are.

    Args:
        pages: The pages as read.
        executed: The pages as executed, by path, without failures.
        folders: Where the other files are.
        project: Where they all live.

    Raises:
        Refused: An image of a page would have the path of something else.
    """
    held: dict[str, bytes | Path] = {
        _name(file, project): file
        for folder in folders
        for file in _files(folder.resolve(), project)
    }
    named = {file.resolve(): name for name, file in held.items() if isinstance(file, Path)}
    for page in pages:
        file = (project.root / page.path).resolve()
        name = named.get(file) or _name(file, project)
        held.pop(name, None)
        text, images = markdown(page, executed[page.path])
        made = {str(PurePosixPath(name).parent / path): data for path, data in images.items()}
        if taken := sorted(made.keys() & held.keys()):
            raise Refused(f"{page.path}: there is another {taken[0]}: rename one of the two")
        held |= {name: text.encode(), **made}
    return held


def _name(file: Path, project: Project) -> str:
    """Where a file stands in an export: as from the folder of the pages."""
    homes = (home for home in (project.docs, project.root) if file.is_relative_to(home))
    return file.relative_to(next(homes, file.parent)).as_posix()


def _files(folder: Path, project: Project) -> Iterator[Path]:
    """All files of a folder, but for hidden ones, other exports, and the theme's templates."""
    templates = project.docs / "templates" if project.docs != project.root else None
    if (folder / RECORD).exists() or folder == templates:
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in PASSED:
            continue
        if path.is_dir():
            yield from _files(path, project)
        elif path.is_file():
            yield path


def write(
    held: Mapping[str, bytes | Path], target: Path, *, force: bool = False, whole: bool = True
) -> None:
    """Make a folder hold an export.

    Args:
        held: What the export holds, by path.
        target: The folder.
        force: May it overwrite files that no export wrote?
        whole: Is this all? Then what an earlier export wrote beside it goes.

    Raises:
        Refused: It would overwrite files that no export wrote.
    """
    before = _recorded(target)
    after = {name: _digest(content) for name, content in held.items()}
    there = {name: _digest(target / name) for name in before | after if (target / name).is_file()}
    foreign = [
        str(target / name)
        for name in sorted(there.keys() & after.keys())
        if there[name] not in (before.get(name), after[name])
    ]
    if foreign and not force:
        wrong = "not as an export wrote it: move it away, or say --force"
        raise Refused(f"{', '.join(foreign)}: {wrong}")
    target.mkdir(parents=True, exist_ok=True)
    _record(before, target)
    stale = before.keys() - after.keys() if whole else set()
    for name in stale:
        if there.get(name) == before[name]:
            _remove(target / name, target)
    for name, content in held.items():
        if there.get(name) != after[name]:
            _put(target / name, content)
    _record(after if whole else before | after, target)


def _record(wrote: Mapping[str, str], target: Path) -> None:
    _put(target / RECORD, json.dumps(wrote, indent=1, sort_keys=True).encode())


def _recorded(target: Path) -> dict[str, str]:
    """What the last export wrote here; nothing where its record is damaged."""
    try:
        found = json.loads((target / RECORD).read_text("utf-8"))
        inside = target.resolve()
        return {
            str(name): str(digest)
            for name, digest in found.items()
            if (inside / name).resolve().is_relative_to(inside)
        }
    except (OSError, ValueError, AttributeError):
        return {}


def _digest(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put(path: Path, content: bytes | Path) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        if isinstance(content, bytes):
            part.write_bytes(content)
        else:
            shutil.copyfile(content, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _remove(path: Path, top: Path) -> None:
    """Remove a file, and the folders that it leaves empty."""
    path.unlink()
    with contextlib.suppress(OSError):  # not empty
        while (path := path.parent) != top:
            path.rmdir()
