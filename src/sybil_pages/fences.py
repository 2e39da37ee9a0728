"""The fences of a page, found through the code of pymdownx, so that both agree on what is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .mistakes import assigned
from .page import Origin, Page, Problem
from .project import Project

CODE = ("python", "py", "python3", "pycon")

INDENTED = "Python-Markdown does not render this fence as a fence here; check its indent"
_FENCE_LIKE = re.compile(r"[> \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})[^`]*$")
_BELOW_TEXT = re.compile(r"[ ]*(?:\w(?!\w*[.)] )|#)")  # no list marker, no admonition, no tab
_INDENTED = ("admonition", "attr_list", "def_list", "footnotes", "md_in_html",
             "pymdownx.details", "pymdownx.superfences", "pymdownx.tabbed")  # fmt: skip
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Cause(Problem):
    """A problem that leaves names undefined, which later blocks then miss.

    Attributes:
        undefined: Those names; None where nobody can know them.
    """

    undefined: frozenset[str] | None = None


def explained(page: Page, failure: dict[str, Any]) -> bool:
    """Does a block miss a name only because of what is wrong with the page above it?"""
    missing = failure.get("missing")
    line = page.problem(failure["at"], "").line
    return missing is not None and any(
        problem.line <= line and (problem.undefined is None or missing in problem.undefined)
        for problem in page.problems
        if isinstance(problem, Cause)
    )


@dataclass(frozen=True)
class Fence:
    """A fence as Python-Markdown's superfences read it; `first` and `last` as in `Block`."""

    first: int
    last: int
    prefix: str
    language: str
    code: tuple[str, ...]


class _Line(str):
    """A line that remembers where it stands, also behind the indent of its include."""

    __slots__ = ("origin",)
    origin: Origin

    @classmethod
    def made(cls, text: str, origin: Origin) -> _Line:
        line = cls(text)
        line.origin = origin
        return line

    def __radd__(self, indent: str) -> _Line:
        return _Line.made(str.__add__(indent, self), self.origin)


def front_matter(text: str) -> str:
    """The page's front matter with its fences; empty where there is none."""
    match = _FRONT_MATTER.match(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    return match[0] if match else ""


def expand(page: Page, project: Project) -> None:
    """Expand `--8<--` includes through pymdownx's own code."""
    text = page.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = _FRONT_MATTER.sub(lambda match: "\n" * match[0].count("\n"), text)
    page.lines = text.split("\n")
    if "8<-" not in text:
        return
    from markdown import Markdown
    from pymdownx.snippets import SnippetMissingError

    from .includes import Preprocessor

    at = 0

    class Includes(Preprocessor):  # type: ignore[misc, valid-type]
        def read_lines(self, path: str) -> list[str]:
            name = _relative(path, project)
            return [
                _Line.made(line, Origin(at, name, n))
                for n, line in enumerate(super().read_lines(path), 1)
            ]

        def dedent(self, lines: list[str]) -> list[str]:
            plain = super().dedent(lines)
            origins = [getattr(line, "origin", Origin(at)) for line in lines]
            return [_Line.made(t, o) for t, o in zip(plain, origins, strict=True)]

    def numbered() -> Iterator[str]:
        nonlocal at
        for at, line in enumerate(page.lines, 1):
            yield _Line.made(line, Origin(at))

    includes = Includes(project.include_options(), Markdown())
    while True:  # without the lines whose include is missing
        includes.seen = set()
        try:
            lines = includes.parse_snippets(numbered())
            break
        except (SnippetMissingError, OSError, UnicodeDecodeError) as error:
            page.problems.append(Cause(at, _missing(error, project)))
            page.lines[at - 1] = ""
    page.origins = [getattr(line, "origin", Origin(at)) for line in lines]
    page.lines = [str(line) for line in lines]


def _missing(error: Exception, project: Project) -> str:
    """What is wrong with an include, and where its file or section is looked for."""
    if "section" in str(error):
        return f"{error}: mark it in the file with `# --8<-- [start:NAME]` and `[end:NAME]`"
    folders = [project.name(Path(path)) for path in project.include_options()["base_path"]]
    named = ["the project's root" if name == "." else f"`{name}`" for name in folders]
    return f"{error}: it is looked for in {', '.join(named)}"


def _relative(path: str, project: Project) -> str:
    resolved = Path(path).resolve()
    inside = resolved.is_relative_to(project.root)
    return resolved.relative_to(project.root).as_posix() if inside else resolved.name


def find(page: Page, project: Project) -> list[Fence]:
    """Find the fences of the expanded page, and report what looks like a fence and is none."""
    from markdown import Markdown
    from pymdownx.superfences import SuperFencesBlockPreprocessor

    found: list[Fence] = []

    class Finder(SuperFencesBlockPreprocessor):  # type: ignore[misc]
        def process_nested_block(self, ws: str, content: str, start: int, end: int) -> None:
            code = tuple(line[self.ws_virtual_len :] for line in self.code)
            found.append(Fence(start, end, self.ws, (self.lang or "").lower(), code))
            self.clear()

    custom = [{"class": "", **fence} for fence in project.fences]
    md = Markdown(
        extensions=["attr_list", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": custom}},
    )
    registered: Any = md.preprocessors["fenced_code_block"]
    finder = Finder(md)
    finder.config, finder.extension = registered.config, registered.extension
    finder.get_hl_settings()
    finder.clear()
    finder.stack = []
    lines = [line.expandtabs(md.tab_length) for line in page.lines]
    finder.search_nested([line if line.strip() else "" for line in lines])
    inside = {n for fence in found for n in range(fence.first, fence.last)}
    for n, line in enumerate(lines):
        if n not in inside and _FENCE_LIKE.match(line):
            page.problems.append(page.problem(n + 1, _stray(line)))
            break  # what follows an unclosed fence is guesswork
    indented = _indented(lines, found)
    for fence in indented:
        page.problems.append(cause(page, fence, INDENTED))
    return [replace(fence, language="") if fence in indented else fence for fence in found]


def cause(page: Page, fence: Fence, message: str) -> Cause:
    """What is wrong with a fence that should be code, and the names that it leaves undefined."""
    problem = page.problem(fence.first + 1, message)
    code = "\n".join(re.sub(r"^(>>>|\.\.\.) ?", "", line) for line in fence.code)
    return Cause(problem.line, message, problem.included, frozenset(assigned(code)))


def _stray(line: str) -> str:
    return (
        f"`{line.strip()}` opens a fence that Python-Markdown does not render as one: "
        "it is not closed, its lines are indented less than it, it shares a line with a list "
        "marker, or it has an unknown attribute"
    )


def _indented(lines: list[str], found: list[Fence]) -> list[Fence]:
    """The fences that are indented below plain text, and that Markdown therefore takes for code.

    Rendering decides, with the extensions under which text is indented; it is asked only where a
    look at the lines above raises the doubt, because it takes its time.
    """
    doubtful = [fence for fence in found if _below_text(lines, fence)]
    if not doubtful:
        return []
    from markdown import markdown

    tokens = {fence: f"sybilpagesfence{n:05}" for n, fence in enumerate(found)}
    shown: list[str | None] = list(lines)
    for fence, token in tokens.items():
        shown[fence.first : fence.last] = [None] * (fence.last - fence.first)
        shown[fence.first] = f"{fence.prefix}...\n\n{fence.prefix}{token}\n"
    html = markdown("\n".join(x for x in shown if x is not None), extensions=list(_INDENTED))
    code = "".join(re.findall(r"<pre>.*?</pre>", html, re.DOTALL))
    return [fence for fence in doubtful if tokens[fence] in code]


def _below_text(lines: list[str], fence: Fence) -> bool:
    """Is a fence indented as code is, and the nearest line that is indented less plain text?"""
    indent = len(fence.prefix)
    if indent < 4 or fence.prefix.strip():
        return False
    above = (line for line in reversed(lines[: fence.first]) if line.strip())
    less = next((line for line in above if len(line) - len(line.lstrip()) < indent), "")
    return bool(_BELOW_TEXT.match(less))
