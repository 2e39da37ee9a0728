"""A folder of code to copy → what each file answers, offers and needs, and what its tests say."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_NAMES = {  # as their makers write them; anything else goes by the name that one imports
    "keras": "Keras",
    "matplotlib": "Matplotlib",
    "numpy": "NumPy",
    "pandas": "pandas",
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "tensorflow": "TensorFlow",
    "torch": "PyTorch",
}
_WORDS = {
    **{name: shown for name, shown in _NAMES.items() if name != "torch"},
    **{"1d": "1D", "2d": "2D", "3d": "3D", "cnn": "CNN", "gelu": "GELU", "nan": "NaN"},
    **{"relu": "ReLU", "python": "Python", "sklearns": "scikit-learn's", "scipys": "SciPy's"},
}
_MARKER = re.compile(r"^[ \t]*#[ \t]*-+8<-+[ \t]+\[(?:start|end)[^\n]*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """One file, or one folder, of code to copy.

    Attributes:
        name: The name that one imports.
        files: The text of each of its files, by its path from the folder of all snippets.
        question: The first line of its docstring: what it answers; empty where it has none.
        about: The rest of its docstring.
        offers: Its public functions and classes, each with the first line of its docstring.
        needs: The packages to install for it.
        beside: The other snippets that it imports: copy them with it.
        tests: What its tests say, as sentences.
    """

    name: str
    files: Mapping[str, str]
    question: str = ""
    about: str = ""
    offers: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()

    @property
    def is_package(self) -> bool:
        """Is it a folder?"""
        return f"{self.name}/__init__.py" in self.files

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return sum(len(text.splitlines()) for text in self.files.values())


def read(folder: Path, tests: Path) -> list[Snippet]:
    """All snippets of a folder, by name.

    Args:
        folder: The folder; one that is not there holds no snippets.
        tests: The folder of `test_<name>.py`; a snippet may have none.

    Raises:
        ValueError: A file is no Python; its path and line are named.
    """
    names: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.py")):
        if path.stem != "__init__":
            names[path.stem] = [path]
    for path in sorted(folder.glob("*/__init__.py")):
        names[path.parent.name] = sorted(path.parent.rglob("*.py"))
    return [_snippet(name, names[name], folder, tests) for name in sorted(names)]


def shown(text: str) -> str:
    """Code as a reader copies it: without the marks of its parts, which pages include."""
    return _MARKER.sub("", text).strip("\n") + "\n"


def _snippet(name: str, paths: Sequence[Path], folder: Path, tests: Path) -> Snippet:
    trees = {path.relative_to(folder).as_posix(): _tree(path) for path in paths}
    head = next(tree for uri, tree in trees.items() if uri in (f"{name}.py", f"{name}/__init__.py"))
    question, _, about = (ast.get_docstring(head) or "").partition("\n")
    imported = [one for uri, tree in trees.items() for one in _imports(tree, uri, folder.name)]
    roots = {root for kind, root in imported if kind == "package"}
    test = tests / f"test_{name}.py"
    return Snippet(
        name,
        {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths},
        question.strip(),
        about.strip(),
        _offers(head, trees.values()),
        tuple(sorted((_NAMES.get(r, r) for r in roots - sys.stdlib_module_names), key=str.lower)),
        tuple(sorted({root for kind, root in imported if kind == "snippet"} - {name})),
        tuple(_sentences(_tree(test))) if test.is_file() else (),
    )


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text("utf-8"))
    except SyntaxError as error:
        where = f"{path.parent.name}/{path.name}:{error.lineno or 1}"
        raise ValueError(f"{where}: this is no Python: {error.msg}") from error


def _imports(tree: ast.Module, uri: str, root: str) -> Iterator[tuple[str, str]]:
    """What a module imports: packages and other snippets; not what its demonstration does."""
    inside = uri.count("/")  # so many levels up is the folder of all snippets
    for statement in tree.body:
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first, _, rest = alias.name.partition(".")
                    yield ("snippet", rest) if first == root and rest else ("package", first)
            elif isinstance(node, ast.ImportFrom):
                yield from _from(node, inside, root)


def _from(node: ast.ImportFrom, inside: int, root: str) -> Iterator[tuple[str, str]]:
    parts = (node.module or "").split(".")
    if node.level == 0 and parts[0] != root:
        yield "package", parts[0]
        return
    if node.level not in (0, inside + 1):
        return  # a file of the same snippet
    parts = parts[1:] if node.level == 0 else parts
    named = parts[:1] if parts and parts[0] else [alias.name for alias in node.names]
    yield from (("snippet", name) for name in named)


def _offers(head: ast.Module, trees: Iterable[ast.Module]) -> dict[str, str]:
    """The public functions and classes of a module, or those that a package's head brings in."""
    defined = {
        node.name: (ast.get_docstring(node) or "").partition("\n")[0]
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    own = [n.name for n in head.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    brought = [
        a.asname or a.name for n in head.body if isinstance(n, ast.ImportFrom) for a in n.names
    ]
    return {name: defined[name] for name in (*own, *brought) if name in defined}


def _sentences(tree: ast.Module) -> Iterator[str]:
    """What a file of tests says: the names of its tests, read as sentences."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            words = [_WORDS.get(w, w) for w in node.name.removeprefix("test_").split("_") if w]
            sentence = " ".join(words)
            yield sentence[:1].upper() + sentence[1:] + "."
