"""What a page must not do: reach the network, write under the project. Both are refused.

Runs in the page's process. The audit hook sees what Python does; `landlock` binds C libraries and
other programs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {  # which arguments are paths, and which the open folders that these start in
    "os.remove": ((0, 1),), "os.rmdir": ((0, 1),), "os.mkdir": ((0, 2),), "os.chmod": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)), "os.link": ((1, 3),), "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),), "os.chown": ((0, 3),), "os.utime": ((0, 3),),
    "os.setxattr": ((0, None),), "os.removexattr": ((0, None),),
}  # fmt: skip
_NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_ADDRESSES = {
    "socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getnameinfo": 0,
}  # fmt: skip
_WATCHED = frozenset(("open", *_CHANGES, *_NAMES, *_ADDRESSES))


class Guard:
    """Watches what this process does from now on, and refuses what the page may not do.

    Args:
        root: The project's root.
        free: Folders that may be written wherever they stand.
        rules: What the page's front matter allows: `network`, `writes`.
        name: The page's path, the file name that its code has.

    Attributes:
        refused: What was refused: the line, where it is known, and a message.
        written: The files that were opened to be written.
    """

    def __init__(
        self, root: Path, free: Iterable[Path], rules: Mapping[str, Any], name: str
    ) -> None:
        self.refused: list[tuple[int | None, str]] = []
        self.written: set[str] = set()
        self._root = root.resolve()
        self._free = [folder.resolve() for folder in free]
        self._rules, self._name = rules, name
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in _WATCHED:
            return
        if event in _NAMES:
            self._reaches(args[0])
        elif event in _ADDRESSES:
            address = args[_ADDRESSES[event]]
            if isinstance(address, tuple) and address:  # else it is a file of this machine
                self._reaches(address[0])
        elif event in _CHANGES:
            for path, folder in _CHANGES[event]:
                self._writes(args[path], args[folder] if folder is not None else -1)
        elif isinstance(args[2], int) and args[2] & WRITES:
            self._writes(args[0])

    def _writes(self, path: Any, folder: int = -1) -> None:
        """Refuse to change a file of the project, unless the page's front matter allows it."""
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        start = f"/proc/self/fd/{folder}" if folder >= 0 else "."
        full = Path(os.path.realpath(os.path.join(start, os.fsdecode(path))))
        self.written.add(str(full))
        if self._rules["writes"] or not full.is_relative_to(self._root):
            return
        if not any(full.is_relative_to(free) for free in self._free):
            self._refuse(
                f"the page tried to write {full.relative_to(self._root).as_posix()}; a page writes "
                "only to temporary files (`tempfile`), unless its front matter says "
                "`sybil-pages: {writes: true}`"
            )

    def _reaches(self, host: Any) -> None:
        """Refuse the network, unless the page's front matter allows it; this machine is none."""
        if isinstance(host, (bytes, bytearray)):
            host = host.decode(errors="replace")
        if self._rules["network"] or not isinstance(host, str) or _is_here(host):
            return
        self._refuse(
            f"the page tried to reach the network ({host}); it may not, unless its front matter "
            "says `sybil-pages: {network: true}`"
        )

    def _refuse(self, message: str) -> None:
        frame = sys._getframe()
        while frame.f_back and frame.f_code.co_filename != self._name:
            frame = frame.f_back
        known = frame.f_code.co_filename == self._name
        self.refused.append((frame.f_lineno if known else None, message))
        raise PermissionError(message)


def _is_here(host: str) -> bool:
    """Is this a name or an address of this machine?"""
    import ipaddress
    import socket

    if host in ("", "localhost", "localhost.localdomain") or host == socket.gethostname():
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)
