"""Run one page's blocks in order through Sybil, in this process, and record what they show."""

from __future__ import annotations

import ast
import codeop
import json
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from time import perf_counter
from typing import Any

from sybil.example import Example

from . import comparisons, landlock
from .capture import MOST, Capture, TooMuch
from .mistakes import advice, assigned, last_line
from .page import Block, Entry, Options, Statement, counted
from .values import formatted, in_sentence, is_figure, is_plumbing, pictures, plain
from .widgets import FIGURE, MIME

_SAID = 5_000  # characters of a message, or of a value in a sentence
_DENIED = re.compile(r"ermission denied|unable to open database|readonly database")
_WARNED = 100  # warnings of a block that are recorded


class Runner:
    """Evaluates the blocks of one page, one after another, in one namespace.

    Attributes:
        name: The page's path, the file name that its code has in tracebacks.
        namespace: The variables of the page: those of a real `__main__` module.
    """

    def __init__(
        self,
        name: str,
        out: Capture,
        err: Capture,
        send: Callable[[Any], None],
        refused: list[tuple[int | None, str]],
    ) -> None:
        self.name = name
        self._out, self._err, self._send, self._refused = out, err, send, refused
        self._compile = codeop.Compile()  # remembers `from __future__` from block to block
        self._outputs: list[dict[str, Any]] = []
        module = types.ModuleType("__main__")
        module.__file__ = name
        module.__spec__ = ModuleSpec("__main__", None)  # so that no process that it spawns runs it
        module.__dict__["display"] = self._display
        sys.modules["__main__"] = module
        self.namespace = module.__dict__
        self._evaluate = {
            "python": self._python,
            "pycon": self._session,
            "inline": self._inline,
            "widget": self._widget,
        }

    def __call__(self, example: Example) -> None:
        """Evaluate one Sybil example, whose `parsed` is a `Block`, and send its cell."""
        block: Block = example.parsed
        self._send({"begin": block.number})
        self._outputs = []
        started = perf_counter()
        record: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            for quiet in (ResourceWarning, PendingDeprecationWarning, ImportWarning):
                warnings.simplefilter("ignore", quiet)  # as Python itself does
            try:
                self._evaluate[block.kind](block, record)
            except TooMuch as error:
                record["failure"] = {"at": block.first + 1, "message": str(error)}
            except BaseException as error:  # also SystemExit: nothing that a page does ends the run
                self._failed(block, error, record)
        self._warned(block, caught, record)
        if block.options.raises and "raised" not in record and "failure" not in record:
            wrong = f"the block must raise {block.options.raises}; it raised nothing"
            record["failure"] = {"at": block.first + 1, "message": wrong}
        self._show(block, record)
        if self._refused:  # the cause, even where the page caught or wrapped what it was told
            at, wrong = self._refused[0]
            record["failure"] = {"at": at or block.first + 1, "message": wrong}
        self._refused.clear()
        record["seconds"] = perf_counter() - started
        record["stderr"] = self._said()
        self._send(
            {
                "cell": {
                    "cell_type": "code",
                    "id": block.cell_id,
                    "metadata": {"sybil_pages": record},
                    "execution_count": None,
                    "source": block.source,
                    "outputs": self._outputs,
                }
            }
        )

    def _python(self, block: Block, record: dict[str, Any]) -> None:
        value = self._run(block.code, block.at)
        self._flush()
        if value is not None:
            self._display(value)

    def _inline(self, block: Block, record: dict[str, Any]) -> None:
        text = in_sentence(self._value(block.code, block.at))
        if len(text) > _SAID:
            raise TooMuch(f"a value of {len(text):,} characters in a sentence: show less of it")
        record["value"] = text

    def _widget(self, block: Block, record: dict[str, Any]) -> None:
        """Evaluate what a widget shows; its figure waits, as any, for the end of the block."""
        values = {}
        for entry in block.entries:
            value = self._value(entry.source, entry.at)
            try:
                if entry.key != FIGURE:
                    values[entry.key] = plain(value)
                elif not is_figure(getattr(value, "figure", value)):  # of axes: theirs
                    kind = type(value).__name__
                    raise ValueError(f"a widget's figure is a matplotlib Figure, not a {kind}")
            except ValueError as error:
                record["failure"] = {"at": entry.at, "message": f"`{entry.key}`: {error}"}
                return
        self._flush()
        data = {MIME: {"name": block.widget, "values": values}}
        self._outputs.append({"output_type": "display_data", "data": data, "metadata": {}})

    def _value(self, source: str, at: int) -> object:
        """The value of an expression that stands at line `at`."""
        code = self._compile("\n" * (at - 1) + source, self.name, "eval")
        return eval(code, self.namespace)

    def _session(self, block: Block, record: dict[str, Any]) -> None:
        record["compared"] = []
        record["computed"] = [self._prompt(statement, record) for statement in block.statements]

    def _prompt(self, statement: Statement, record: dict[str, Any]) -> str:
        """Run one doctest statement; what it shows at a prompt, a traceback included."""
        raised, compared = "", comparisons.Compared()
        try:
            source = "\n" * (statement.at - 1) + statement.source + "\n"
            compared = comparisons.run(source, self.name, self._compile, self.namespace)
        except Exception as error:
            raised = "Traceback (most recent call last):\n    ...\n" + last_line(error)
        record["compared"].append(compared)
        text = self._out.take() + raised
        self._outputs.append({"output_type": "stream", "name": "stdout", "text": text})
        return text

    def _run(self, code: str, at: int) -> object:
        """Run code that stands at line `at`; the value of its last expression, if it has one."""
        source = "\n" * (at - 1) + code + "\n"
        tree = ast.parse(source, self.name)
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr) or _hidden(source, last):
            exec(self._compile(source, self.name, "exec"), self.namespace)
            return None
        del tree.body[-1]
        exec(self._compile(tree, self.name, "exec"), self.namespace)  # type: ignore[arg-type]
        value = ast.Expression(last.value)
        return eval(self._compile(value, self.name, "eval"), self.namespace)  # type: ignore[arg-type]

    def _show(self, block: Block, record: dict[str, Any]) -> None:
        """Collect what the block printed and drew, if it is not too much."""
        try:
            self._flush()
        except TooMuch as error:
            record["failure"] = {"at": block.first + 1, "message": str(error)}
        self._draw(block, record)
        size = sum(len(json.dumps(output)) for output in self._outputs)
        if size > 8 * MOST:
            wrong = f"shows {size / 1e6:.0f} MB of values and figures: show less of it"
            record.setdefault("failure", {"at": block.first + 1, "message": wrong})
            self._outputs.clear()

    def _said(self) -> str:
        try:
            return self._err.take()
        except TooMuch as error:
            return f"({error})"

    def _flush(self) -> None:
        if text := self._out.take():
            self._outputs.append({"output_type": "stream", "name": "stdout", "text": text})

    def _display(self, *values: object) -> None:
        """Show values as a notebook does; figures wait for the end of the block."""
        self._flush()
        for value in values:
            if is_figure(value) or is_plumbing(value):
                continue
            data = formatted(value)
            if data:
                shown = {"output_type": "display_data", "data": data, "metadata": {}}
                self._outputs.append(shown)

    def _draw(self, block: Block, record: dict[str, Any]) -> None:
        try:
            figures = pictures(block.source, tabled=block.options.table)
        except Exception as error:  # a figure may fail as late as when it is drawn
            self._failed(block, error, record)
            return
        for data in figures:
            self._outputs.append({"output_type": "display_data", "data": data, "metadata": {}})
        options = block.options
        if "failure" not in record and len(figures) != len(options.alt) and block.kind != "inline":
            wrong = (
                f"the block draws {counted(len(figures), 'figure')} "
                f"and has {counted(len(options.alt), 'alt')}: "
                "each figure needs a line `#| alt: what the figure shows`"
            )
            record["failure"] = {"at": block.first + 1, "message": wrong}

    def _failed(self, block: Block, error: BaseException, record: dict[str, Any]) -> None:
        wanted = block.options.raises
        if wanted and wanted in [cls.__name__ for cls in type(error).__mro__]:
            record["raised"] = True
            self._flush()
            name, said = type(error).__name__, last_line(error)
            shown = {"output_type": "error", "ename": name, "evalue": said.partition(": ")[2]}
            self._outputs.append({**shown, "traceback": [said]})
            return
        message = clipped(last_line(error))
        message += advice(error) + _denied(message)
        if wanted:
            message = f"the block must raise {wanted}; it raised {message}"
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == self.name]
        at = frames[-1].lineno if frames else None
        if isinstance(error, SyntaxError) and error.filename == self.name:
            at = error.lineno
        record["failure"] = {"at": at or block.at, "message": message}
        record["defines"] = assigned(block.code)
        if isinstance(error, NameError):
            record["failure"]["missing"] = error.name

    def _warned(
        self, block: Block, caught: list[warnings.WarningMessage], record: dict[str, Any]
    ) -> None:
        """Hold the block to its `warns`; a warning about the page's own code is a failure else."""
        wanted = block.options.warns
        for one in caught:
            text = clipped(f"{one.category.__name__}: {one.message}")
            names = [cls.__name__ for cls in one.category.__mro__]
            if wanted and wanted in names:
                record["warned"] = True
                shown = {"output_type": "stream", "name": "stdout", "text": text + "\n"}
                self._outputs.append(shown)
            elif one.filename == self.name and "failure" not in record:
                wrong = f"{text} (say `#| warns: {one.category.__name__}` where it is meant)"
                record["failure"] = {"at": one.lineno, "message": wrong}
            elif len(record.setdefault("warnings", [])) < _WARNED:
                record["warnings"].append(text)
        if wanted and "warned" not in record and "failure" not in record:
            wrong = f"the block must give the warning {wanted}; it gave none of that name"
            record["failure"] = {"at": block.first + 1, "message": wrong}


def _hidden(source: str, last: ast.Expr) -> bool:
    """Does a `;` end the last expression?"""
    assert last.end_lineno is not None
    assert last.end_col_offset is not None
    rest = source.splitlines()[last.end_lineno - 1].encode()[last.end_col_offset :]
    return rest.lstrip(b" )").startswith(b";")


def clipped(text: str) -> str:
    """A message without the middle that nobody reads."""
    return text if len(text) <= _SAID else f"{text[: _SAID - 500]} … {text[-500:]}"


def _denied(message: str) -> str:
    """What to do where not we, but the system refused to write."""
    if not landlock.bound or not _DENIED.search(message):
        return ""
    return (
        " (a page writes only to temporary files (`tempfile`), unless its front matter says "
        "`sybil-pages: {writes: true}`)"
    )


def block_from(data: dict[str, Any]) -> Block:
    """Read a block back from JSON."""
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in data["options"].items()
    }
    options = Options(**given)
    statements = tuple(Statement(**statement) for statement in data["statements"])
    entries = tuple(Entry(**entry) for entry in data["entries"])
    return Block(**{**data, "options": options, "statements": statements, "entries": entries})
