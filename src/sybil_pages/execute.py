"""Run one page's blocks in order through Sybil, in this process, and record what they show.

`workers` starts this module in a process of its own, writes one JSON request to its standard input
and reads one JSON line an event from its standard output: `{"begin": n}`, then `{"cell": {…}}`, for
each block; at the end `{"dependencies": {…}}`.
"""

from __future__ import annotations

import ast
import codeop
import io
import json
import linecache
import os
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from sybil.document import Document
from sybil.example import Example
from sybil.region import Region

from .mistakes import STYLE, advice, assigned, last_line
from .observe import Observer
from .page import Block, Options, Statement
from .values import drawn, formatted, is_figure, is_plumbing


class Capture:
    """What this process writes to a file descriptor, whoever writes it."""

    def __init__(self, descriptor: int, path: Path, stream: IO[str]) -> None:
        self._stream = stream
        writer = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(writer, descriptor)
        os.close(writer)
        self._reader = path.open(encoding="utf-8", errors="backslashreplace", newline="")

    def take(self) -> str:
        """What was written since the last call."""
        self._stream.flush()
        return STYLE.sub("", self._reader.read().replace("\r\n", "\n"))


class Runner:
    """Evaluates the blocks of one page, one after another, in one namespace.

    Attributes:
        name: The page's path, the file name that its code has in tracebacks.
        namespace: The variables of the page: those of a real `__main__` module.
    """

    def __init__(self, name: str, out: Capture, err: Capture, send: Callable[[Any], None]) -> None:
        self.name = name
        self._out, self._err, self._send = out, err, send
        self._compile = codeop.Compile()  # remembers `from __future__` from block to block
        self._outputs: list[dict[str, Any]] = []
        module = types.ModuleType("__main__")
        module.__file__ = name
        module.__dict__["display"] = self._display
        sys.modules["__main__"] = module
        self.namespace = module.__dict__

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
                {"python": self._python, "pycon": self._session, "inline": self._inline}[
                    block.kind
                ](block, record)
            except BaseException as error:  # also SystemExit: nothing that a page does ends the run
                self._failed(block, error, record)
        self._warned(block, caught, record)
        if block.options.raises and "raised" not in record and "failure" not in record:
            wrong = f"the block must raise {block.options.raises}; it raised nothing"
            record["failure"] = {"at": block.first + 1, "message": wrong}
        self._flush()
        self._draw(block, record)
        record["seconds"] = perf_counter() - started
        record["stderr"] = self._err.take()
        self._send(
            {
                "cell": {
                    "cell_type": "code",
                    "id": f"block-{block.number}",
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
        source = "\n" * (block.at - 1) + block.code
        value = eval(self._compile(source, self.name, "eval"), self.namespace)
        record["value"] = value if isinstance(value, str) else repr(value)

    def _session(self, block: Block, record: dict[str, Any]) -> None:
        record["computed"] = [self._prompt(statement) for statement in block.statements]

    def _prompt(self, statement: Statement) -> str:
        """Run one doctest statement; what it shows at a prompt, a traceback included."""
        raised = ""
        try:
            source = "\n" * (statement.at - 1) + statement.source + "\n"
            exec(self._compile(source, self.name, "single"), self.namespace)
        except Exception as error:
            raised = "Traceback (most recent call last):\n    ...\n" + last_line(error)
        text = self._out.take() + raised
        self._outputs.append({"output_type": "stream", "name": "stdout", "text": text})
        return text

    def _run(self, code: str, at: int) -> object:
        """Run code that stands at line `at`; the value of its last expression, if it has one."""
        source = "\n" * (at - 1) + code + "\n"
        self._compile(source, self.name, "exec")  # one syntax error is like another: for its text
        tree = ast.parse(source, self.name)
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr) or _hidden(source, last):
            exec(self._compile(source, self.name, "exec"), self.namespace)
            return None
        del tree.body[-1]
        exec(self._compile(tree, self.name, "exec"), self.namespace)  # type: ignore[arg-type]
        value = ast.Expression(last.value)
        return eval(self._compile(value, self.name, "eval"), self.namespace)  # type: ignore[arg-type]

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
            figures = drawn(block.source)
        except Exception as error:  # a figure may fail as late as when it is drawn
            self._failed(block, error, record)
            return
        for svg in figures:
            data = {"image/svg+xml": svg}
            self._outputs.append({"output_type": "display_data", "data": data, "metadata": {}})
        options = block.options
        if "failure" not in record and len(figures) != len(options.alt) and block.kind != "inline":
            wrong = (
                f"the block draws {_count(figures, 'figure')} "
                f"and has {_count(options.alt, 'alt')}: "
                "each figure needs a line `#| alt: what the figure shows`"
            )
            record["failure"] = {"at": block.first + 1, "message": wrong}

    def _failed(self, block: Block, error: BaseException, record: dict[str, Any]) -> None:
        wanted = block.options.raises
        if wanted and wanted in [cls.__name__ for cls in type(error).__mro__]:
            record["raised"] = True
            self._flush()
            shown = {"output_type": "error", "ename": type(error).__name__, "evalue": str(error)}
            self._outputs.append({**shown, "traceback": [last_line(error)]})
            return
        message = last_line(error) + advice(error)
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
            text = f"{one.category.__name__}: {one.message}"
            names = [cls.__name__ for cls in one.category.__mro__]
            if wanted and wanted in names:
                record["warned"] = True
                shown = {"output_type": "stream", "name": "stdout", "text": text + "\n"}
                self._outputs.append(shown)
            elif one.filename == self.name and "failure" not in record:
                wrong = f"{text} (say `#| warns: {one.category.__name__}` where it is meant)"
                record["failure"] = {"at": one.lineno, "message": wrong}
            else:
                record.setdefault("warnings", []).append(text)
        if wanted and "warned" not in record and "failure" not in record:
            wrong = f"the block must give the warning {wanted}; it gave none of that name"
            record["failure"] = {"at": block.first + 1, "message": wrong}


def _hidden(source: str, last: ast.Expr) -> bool:
    """Does a `;` end the last expression?"""
    assert last.end_lineno is not None
    assert last.end_col_offset is not None
    rest = source.splitlines()[last.end_lineno - 1].encode()[last.end_col_offset :]
    return rest.lstrip(b" )").startswith(b";")


def _count(items: object, noun: str) -> str:
    number = len(items)  # type: ignore[arg-type]
    return f"{number} {noun}" + ("" if number == 1 else "s")


def block_from(data: dict[str, Any]) -> Block:
    """Read a block back from JSON."""
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in data["options"].items()
    }
    options = Options(**given)
    statements = tuple(Statement(**statement) for statement in data["statements"])
    return Block(**{**data, "options": options, "statements": statements})


def main() -> None:
    """Run the page that the request on standard input describes."""
    request = json.loads(sys.stdin.buffer.read())
    wire = os.fdopen(os.dup(1), "w", encoding="utf-8")
    closed = os.open(os.devnull, os.O_RDONLY)
    os.dup2(closed, 0)
    os.close(closed)
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    scratch = Path(request["scratch"])
    out = Capture(1, scratch / "out", sys.stdout)
    err = Capture(2, scratch / "err", sys.stderr)

    def send(event: Any) -> None:
        wire.write(json.dumps(event) + "\n")
        wire.flush()

    name = request["path"]
    script = [line + "\n" for line in request["script"]]
    linecache.cache[name] = (sum(map(len, script)), None, script, name)
    observer = Observer(Path.cwd())
    sys.argv = [name]
    sys.path.insert(0, os.getcwd())
    runner = Runner(name, out, err, send)
    document = Document(request["text"], name)
    document.namespace = runner.namespace
    for data in request["blocks"]:
        document.add(Region(data.pop("start"), data.pop("start_end"), block_from(data), runner))
    for example in document.examples():
        example.evaluate()
    sources = [data["code"] for data in request["blocks"]]
    send({"dependencies": observer.dependencies(sources)})
    wire.close()
    os._exit(0)  # threads that a page left running must not hold the build
