"""pymdownx's includes, which read a file in a method of its own; before 13.1 they had none.

Those before 13.1 are what Python 3.11.0 to 3.11.4 gets.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import FunctionType
from typing import Any

from pymdownx.snippets import SnippetPreprocessor


class _Whole:
    """A line as an older pymdownx takes it from a file; what it strips off is off already."""

    def __init__(self, line: str) -> None:
        self.line = line

    def endswith(self, _: tuple[str, ...]) -> bool:
        return False

    def strip(self, _: str) -> str:
        return self.line


class _Reading(SnippetPreprocessor):  # type: ignore[misc]
    """An older preprocessor, with the method."""

    def read_lines(self, path: str) -> list[str]:
        """A file's lines, without their ends."""
        with open(path, encoding=self.encoding) as file:
            text = file.read()
        return text.split("\n") if text else []

    def parse_snippets(self, *args: Any, **options: Any) -> Any:
        """Do what it always did, but for how it opens a file."""
        parse = SnippetPreprocessor.parse_snippets
        scope = parse.__globals__ | {"open": self._opened}
        return FunctionType(parse.__code__, scope, parse.__name__, parse.__defaults__)(
            self, *args, **options
        )

    def _opened(self, path: str, *_: Any, **__: Any) -> AbstractContextManager[list[_Whole]]:
        return nullcontext([_Whole(line) for line in self.read_lines(path)])


Preprocessor = SnippetPreprocessor if hasattr(SnippetPreprocessor, "read_lines") else _Reading
