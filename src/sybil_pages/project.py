"""The folder that pages live in: where they are and how they spell includes and fences."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SNIPPETS = "pymdownx.snippets"
SUPERFENCES = "pymdownx.superfences"
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
    """

    root: Path
    docs: Path
    includes: Mapping[str, Any] = field(default_factory=dict)
    fences: tuple[Mapping[str, Any], ...] = ()

    def include_options(self) -> dict[str, Any]:
        """The options of pymdownx's include code: a missing file is an error, paths start here."""
        options = {**INCLUDES, "base_path": ["."], **self.includes, "check_paths": True}
        base = options["base_path"]
        paths = [base] if isinstance(base, str) else [os.fspath(path) for path in base]
        names = {"$config_dir": str(self.root), "$docs_dir": str(self.docs)}
        for name, folder in names.items():
            paths = [path.replace(name, folder) for path in paths]
        return {**options, "base_path": [str(self.root / path) for path in paths]}


def from_config(root: Path, docs: Path, extensions: Mapping[str, Any]) -> Project:
    """Make a project from a site's Markdown extensions, by name with their options."""
    return Project(
        root.resolve(),
        docs.resolve(),
        dict(extensions.get(SNIPPETS) or {}),
        tuple((extensions.get(SUPERFENCES) or {}).get("custom_fences") or ()),
    )


def from_file(config: Path) -> Project:
    """Make a project from an `mkdocs.yml`, without importing MkDocs or what the file names."""
    data = yaml.load(config.read_text("utf-8"), _Loader) or {}
    root = config.parent
    docs = root / data.get("docs_dir", "docs")
    return from_config(root, docs, _by_name(data.get("markdown_extensions") or []))


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
