"""The folder that pages live in: where they are and how they spell includes and fences."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

SNIPPETS = "pymdownx.snippets"
SUPERFENCES = "pymdownx.superfences"
EXECUTE = ("auto", "always", "never")
INCLUDES: Mapping[str, Any] = {
    "restrict_base_path": True,
    "encoding": "utf-8",
    "auto_append": [],
    "url_download": False,
    "url_max_size": 0,
    "url_timeout": 10.0,
    "url_request_headers": {},
    "dedent_subsections": False,
    "max_retries": 0,
    "backoff_factor": 0,
}


@dataclass(frozen=True)
class Project:
    """A folder of pages.

    Attributes:
        root: The folder where pages run: the one that holds `mkdocs.yml`.
        docs: The folder of the pages, `root` itself where there is no `mkdocs.yml`.
        includes: The site's own options for `pymdownx.snippets`.
        fences: The site's own `custom_fences`, which are display.
        include: Patterns of the pages that take part, from `docs`; `*` also stands for `/`.
        execute: `auto` (what is not valid in the cache), `always`, or `never`.
        scheduler: The address of a Dask scheduler that hands out the pages; empty for none.
    """

    root: Path
    docs: Path
    includes: Mapping[str, Any] = field(default_factory=dict)
    fences: tuple[Mapping[str, Any], ...] = ()
    include: tuple[str, ...] = ("*",)
    execute: str = "auto"
    scheduler: str = ""

    def takes_part(self, path: Path) -> bool:
        """Is this file a page that is executed and verified?"""
        if path.suffix not in (".md", ".markdown"):
            return False
        if not path.is_relative_to(self.docs):
            return True
        name = path.relative_to(self.docs).as_posix()
        return any(fnmatch(name, pattern) for pattern in self.include)

    def name(self, path: Path) -> str:
        """How reports name a file: from the root, with `/`."""
        resolved = path.resolve()
        inside = resolved.is_relative_to(self.root)
        return (resolved.relative_to(self.root) if inside else path).as_posix()

    def include_options(self) -> dict[str, Any]:
        """The options of pymdownx's include code: a missing file is an error, paths start here."""
        options = {**INCLUDES, "base_path": ["."], **self.includes, "check_paths": True}
        base = options["base_path"]
        paths = [base] if isinstance(base, str) else [os.fspath(path) for path in base]
        names = {"$config_dir": str(self.root), "$docs_dir": str(self.docs)}
        for name, folder in names.items():
            paths = [path.replace(name, folder) for path in paths]
        return {**options, "base_path": [str(self.root / path) for path in paths]}


def from_config(
    root: Path, docs: Path, extensions: Mapping[str, Any], options: Mapping[str, Any]
) -> Project:
    """Make a project from a site's Markdown extensions and the plugin's options.

    Args:
        root: The folder that holds `mkdocs.yml`.
        docs: The folder of the pages.
        extensions: The site's Markdown extensions, by name with their options.
        options: The options of the plugin `sybil-pages`.

    Raises:
        ValueError: `execute` is none of `auto`, `always`, `never`.
    """
    execute = os.environ.get("SYBIL_PAGES_EXECUTE") or options.get("execute") or "auto"
    if execute not in EXECUTE:
        raise ValueError(f"sybil-pages: execute is one of {', '.join(EXECUTE)}, not {execute!r}")
    return Project(
        root.resolve(),
        docs.resolve(),
        dict(extensions.get(SNIPPETS) or {}),
        tuple((extensions.get(SUPERFENCES) or {}).get("custom_fences") or ()),
        tuple(options.get("include") or ("*",)),
        execute,
        options.get("scheduler") or "",
    )


def from_file(config: Path) -> Project:
    """Make a project from an `mkdocs.yml`, without importing MkDocs or what the file names."""
    data = yaml.load(config.read_text("utf-8"), _Loader) or {}
    root = config.parent
    docs = root / data.get("docs_dir", "docs")
    options = _by_name(data.get("plugins") or []).get("sybil-pages") or {}
    return from_config(root, docs, _by_name(data.get("markdown_extensions") or []), options)


def above(start: Path) -> Project:
    """The project of the nearest `mkdocs.yml` above a path, or a folder without configuration."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "mkdocs.yml").is_file():
            return from_file(folder / "mkdocs.yml")
    here = Path.cwd().resolve()
    folder = start if start.is_dir() else start.parent
    root = here if folder.is_relative_to(here) else folder
    return Project(root, root, execute=os.environ.get("SYBIL_PAGES_EXECUTE") or "auto")


def has_plugin(config: Path) -> bool:
    """Does this `mkdocs.yml` list the `sybil-pages` plugin?"""
    data = yaml.load(config.read_text("utf-8"), _Loader) or {}
    return "sybil-pages" in _by_name(data.get("plugins") or [])


def _by_name(items: Iterable[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """MkDocs admits a list of names and one-key mappings, or one mapping."""
    if isinstance(items, Mapping):
        return dict(items)
    named: dict[str, Any] = {}
    for item in items:
        named.update(item if isinstance(item, Mapping) else {item: None})
    return named


class _Loader(yaml.SafeLoader):
    """Reads `!relative` as the path that it says, and `!ENV` and `!!python/name:` as nothing."""


_Loader.add_constructor("!relative", lambda loader, node: str(node.value))
_Loader.add_multi_constructor("", lambda loader, suffix, node: None)
