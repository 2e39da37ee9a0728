"""The paths that the string constants of some code name, whoever opens them."""

from __future__ import annotations

import ast
import glob
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_FILE = re.compile(r"[\w./-]*\w\.\w{1,5}")  # what looks like a file even where there is none
_FOLDERS = 20  # folders that others may be named from: more are hardly meant


@dataclass
class Named:
    """What string constants name.

    Attributes:
        root: The folder that most paths start in.
        paths: Files, folders, and what looks like a file that is missing.
        whole: Folders that are meant with all that they hold: named with a `/`.
    """

    root: Path
    paths: set[Path] = field(default_factory=set)
    whole: set[Path] = field(default_factory=set)

    def add(self, source: str, folder: Path) -> None:
        """Add what some code names.

        Args:
            source: The code.
            folder: The folder of its file: some code starts there.
        """
        texts = set(_constants(source))
        bases = list(dict.fromkeys((self.root, folder)))
        known = {base.resolve() for base in bases}  # a link may lead round in a circle
        for base in bases:  # a path may be joined from several constants: it grows meanwhile
            for text in texts:
                path = Path(os.path.normpath(base / os.path.expanduser(text)))
                if os.path.isdir(path):  # it knows no error, whatever the text
                    self._folder(path, text)
                    if path.resolve() not in known and len(known) < _FOLDERS:
                        known.add(path.resolve())
                        bases.append(path)
                elif os.path.isfile(path) or (base == self.root and _FILE.fullmatch(text)):
                    self.paths.add(path)
                elif "*" in text:
                    self._pattern(base, text)

    def _folder(self, path: Path, text: str) -> None:
        if path.is_relative_to(self.root):  # what stands in others is not the project's
            self.paths.add(path)
            if "/" in text or os.sep in text:
                self.whole.add(path)

    def _pattern(self, base: Path, text: str) -> None:
        """The files that a pattern means, and the folder where more may appear."""
        above, _, last = text.rpartition("/")
        if last and "*" not in above and above and os.path.isdir(base / above):
            self.paths.add(base / above)
            self.paths.update(map(Path, glob.glob(str(base / text))))


def _constants(source: str) -> Iterator[str]:
    """The string constants of some code that could name a path."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text.strip("./") and len(text) < 300 and not set(text) & set("\n\0<>|?"):
                yield text
