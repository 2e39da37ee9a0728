"""What a page prints, whoever writes it: Python, a C library, a child process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from .mistakes import STYLE

MOST = 1_000_000
"""Characters of output that a block may show."""


class TooMuch(Exception):
    """A block shows more than anybody reads."""


class Capture:
    """What this process writes to a file descriptor, whoever writes it."""

    def __init__(self, descriptor: int, path: Path, stream: IO[str]) -> None:
        self._stream, self._owner = stream, os.getpid()
        writer = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(writer, descriptor)
        os.close(writer)
        self._reader = path.open(encoding="utf-8", errors="backslashreplace", newline="")

    def take(self) -> str:
        """What was written since the last call.

        Raises:
            TooMuch: It is more than anybody reads; the rest is passed over.
        """
        self._stream.flush()
        if os.getpid() != self._owner:  # a forked child has run to the end of the block
            os._exit(0)
        text = self._reader.read(MOST + 1)
        if len(text) > MOST:
            self._reader.seek(0, os.SEEK_END)
            raise TooMuch(f"printed more than {MOST:,} characters: show less of it")
        return STYLE.sub("", text.replace("\r\n", "\n"))
