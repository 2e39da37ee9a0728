"""Listens to a reader's own run of a notebook, and has it compared with what the page claims.

A notebook carries this module, with `tokens`, `compare` and `verdicts`, in a cell of its own: they
need nothing else of the generator. In plain Python it does nothing.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
import sys
import traceback
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .verdicts import Claim, Verdicts, exercise

_MARK = re.compile(r"# (Exercise \d+(?:, part \d+)?):")
_STYLE = re.compile(r"\x1b\[[0-9;]*m")  # what colours a terminal
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_FORMS = ("image/svg+xml", "image/png", "text/markdown", "text/plain")


def key(source: str) -> str:
    """How a cell is known again: by its code, or, where a student writes it, by its first line."""
    mark = _MARK.match(source.strip())
    return mark[1] if mark else hashlib.sha256(source.strip().encode()).hexdigest()[:12]


class Witness:
    """Listens to the cells of a notebook.

    Args:
        claims: What each cell must show: the attributes of `Claim`.
        tested: The versions that the page ran with, by the names of the distributions.
    """

    def __init__(self, claims: Iterable[Mapping[str, Any]], tested: Mapping[str, str]) -> None:
        self.verdicts = Verdicts(claims, tested)
        self._now: Sequence[Claim] = ()
        self._blank = ""  # the open exercise that keeps this cell from being run
        self._waiting: dict[str, str] = {}  # open exercises, and the names that they would define
        self._said: list[str] = []
        self._caught: Any = None
        self._warnings: Sequence[Any] = ()
        self._out: Any = None
        ipython = sys.modules.get("IPython")
        self._shell = ipython.get_ipython() if ipython else None
        if self._shell is not None:
            self._shell.events.register("pre_run_cell", self.begin)
            self._shell.events.register("post_run_cell", self.end)
            self._shell.ast_transformers.append(self)
            self._publish = self._shell.display_pub.publish
            self._shell.display_pub.publish = self._shown

    def close(self) -> None:
        """Listen no longer."""
        if self._shell is not None:
            self._shell.events.unregister("pre_run_cell", self.begin)
            self._shell.events.unregister("post_run_cell", self.end)
            self._shell.ast_transformers.remove(self)
            self._shell.display_pub.publish = self._publish
            self._shell = None

    def report(self) -> None:
        """Say how many of the page's claims hold here."""
        if self._shell is not None:
            self.verdicts.report()

    def begin(self, info: Any) -> None:
        """A cell begins: listen to what it prints, if it claims something."""
        self._now = self.verdicts.of(key(info.raw_cell))
        self._said, self._blank, self._caught = [], "", None
        if not self._now:
            return
        self._out = _Tee(sys.stdout, self._said)
        sys.stdout = self._out
        if self._now[0].warns:
            self._caught = warnings.catch_warnings(record=True)
            self._warnings = self._caught.__enter__()
            warnings.simplefilter("default")

    def visit(self, tree: ast.Module) -> ast.Module:
        """What is run of a cell: nothing, where it needs an exercise that is not answered yet.

        IPython calls this for each cell before it compiles it.
        """
        defines = self._now[0].defines if self._now else None
        name = self._now[0].cell if defines is not None else ""
        if name and any(map(_dots, tree.body)):
            self._blank = name
            self._wait(name, defines or ())
        elif name:
            self._waiting = {n: by for n, by in self._waiting.items() if by != name}
            open_parts = (by for by in self._waiting.values() if exercise(by) == exercise(name))
            self._blank = next(open_parts, "")
        self._blank = self._blank or self._missing(tree)
        if not self._blank:
            return tree
        if not name:
            self._wait(self._blank, _stored(tree))
        return ast.Module(body=[], type_ignores=[])

    def _wait(self, name: str, names: Iterable[str]) -> None:
        self._waiting.update(dict.fromkeys([name, *names], name))

    def _missing(self, tree: ast.Module) -> str:
        """The open exercise that would define a name which this cell reads, and nobody defined."""
        known = {*vars(builtins), *getattr(self._shell, "user_ns", {}), *_stored(tree)}
        names = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        return next((self._waiting[n] for n in names if n in self._waiting and n not in known), "")

    def end(self, result: Any) -> None:
        """A cell has ended: compare what it showed, and tell the reader."""
        claims, blank = self._now, self._blank
        self._now, self._blank = (), ""  # what a front end runs unseen is no cell
        out: Any = sys.stdout
        if out is self._out:
            sys.stdout = out.stream
        self._out = None
        warned = self._warned(claims)
        if blank:
            print(f"{exercise(blank)}: not answered yet.")
            for claim in claims:
                self.verdicts.open(claim)
        elif claims:
            error = result.error_before_exec or result.error_in_exec
            shown = "".join(self._said) + self._ending(claims[0], result.result, error) + warned
            self.verdicts.judge(claims, shown, error)

    def _warned(self, claims: Sequence[Claim]) -> str:
        """What a cell said that is meant to warn; the reader sees it too."""
        if self._caught is None:
            return ""
        self._caught.__exit__(None, None, None)
        told = ""
        for one in self._warnings:
            text = f"{one.category.__name__}: {one.message}\n"
            sys.stderr.write(text)
            told += text if claims[0].warns in [c.__name__ for c in one.category.__mro__] else ""
        return told

    def _ending(self, claim: Claim, value: object, error: BaseException | None) -> str:
        """What a cell shows after its prints: its exception, or its value."""
        if error is not None:
            lines = traceback.format_exception_only(error)
            last = lines[-1 if isinstance(error, SyntaxError) else 0]
            said = _STYLE.sub("", last).rstrip() + "\n"
            return f"Traceback (most recent call last):\n    ...\n{said}" if claim.prompt else said
        if value is None:
            return ""
        if claim.prompt:
            return f"{value!r}\n"
        if type(value).__module__.partition(".")[0] == "matplotlib" or self._shell is None:
            return ""
        data, _ = self._shell.display_formatter.format(value, include=_FORMS)
        return _plain(data)

    def _shown(self, data: Any, *rest: Any, **more: Any) -> Any:
        """Listen to `display(…)` too."""
        if self._now and isinstance(data, dict):
            self._said.append(_plain(data))
        return self._publish(data, *rest, **more)


class _Tee:
    """A stream that also keeps what is written to it."""

    def __init__(self, stream: Any, kept: list[str]) -> None:
        self.stream, self._kept = stream, kept

    def write(self, text: str) -> Any:
        self._kept.append(text)
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _plain(data: Mapping[str, Any]) -> str:
    """A value's plain text; nothing where it is a picture or Markdown."""
    text = str(data.get("text/plain", ""))
    pictured = any(form in data for form in _FORMS[:-1])
    return "" if pictured or not text or _ADDRESS.search(text) else f"{text}\n"


def _dots(node: ast.stmt) -> bool:
    """Is this statement nothing but `...`?"""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is ...
    )


def _stored(tree: ast.Module) -> set[str]:
    """The names that code defines, those of its functions' arguments among them."""
    nodes = list(ast.walk(tree))
    names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    names |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    return names | {n.asname or n.name for n in nodes if isinstance(n, ast.alias)}
