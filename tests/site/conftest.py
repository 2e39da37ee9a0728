"""The tutorial's site, built once from the very executions that the pages' items report.

Both sides meet in the cache: what pytest executed is valid for the build that follows.
"""

import os
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from sybil_pages.pytest_plugin import Pages

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def site(pages: Pages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, as `mkdocs build --strict` makes it."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    for path in sorted((ROOT / "docs").rglob("*.md")):
        pages.executed(pages.load(path))
    target = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(target), strict=True))
    return target
