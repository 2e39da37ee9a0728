"""Denies writing below a folder: to this process, to what it starts, and to their C libraries.

What escapes the audit hook of `observe` does not escape Linux's Landlock, where the kernel has it.
Its rules can only allow; therefore the folders beside the path to the folder are allowed, and what
stands right in one of the folders above is refused too. The network is left to the hook: Landlock
knows ports, not addresses, and this machine must stay within reach.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .linux import no_new_privileges

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, the same on all architectures
_ABI = 3  # of Linux 6.2, the first that binds truncation too
_WRITES = sum(1 << bit for bit in (1, *range(4, 15)))  # write, remove, make, move, truncate
_MOST = 5000  # folders beside the path: to allow more takes longer than a page may wait

bound = False
"""Is this process bound?"""


def protect(folder: Path, free: Iterable[Path]) -> None:
    """Refuse writing below a folder from now on, except in some folders.

    Args:
        folder: The folder.
        free: Folders that may be written wherever they stand; missing ones are passed over.
    """
    global bound
    if sys.platform != "linux":
        return
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(_CREATE, None, 0, 1) < _ABI:
            return
        allowed = [*_beside(folder.resolve()), *map(os.fspath, free)]
    except (OSError, AttributeError):  # no such system call, or a folder that nobody may list
        return
    if len(allowed) > _MOST:
        return
    handled = struct.pack("=Q", _WRITES)
    rules = libc.syscall(_CREATE, handled, len(handled), 0)
    for path in allowed:
        _allow(libc, rules, path)
    bound = no_new_privileges() and libc.syscall(_RESTRICT, rules, 0) == 0
    os.close(rules)


def _beside(folder: Path) -> Iterator[str]:
    """The folders in the folders above, but not on the path; a link may lead anywhere."""
    for above, inner in zip(folder.parents, (folder, *folder.parents), strict=False):
        with os.scandir(above) as entries:
            for entry in entries:
                if entry.name != inner.name and entry.is_dir(follow_symlinks=False):
                    yield entry.path


def _allow(libc: ctypes.CDLL, rules: int, path: str) -> None:
    """Allow writing below a folder, unless it is gone."""
    try:
        opened = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    libc.syscall(_ADD, rules, 1, struct.pack("=Qi", _WRITES, opened), 0)
    os.close(opened)
