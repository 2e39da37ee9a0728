"""The tutorial's site, built once from the very executions that the pages' items report.

Both sides meet in the cache: what pytest executed is valid for the build that follows.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from sybil_pages.pytest_plugin import Pages
from tests.server import Server, serving

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def site(pages: Pages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, as `mkdocs build --strict` makes it, or has made it (`BUILT_SITE`)."""
    if "BUILT_SITE" in os.environ:
        built = ROOT / os.environ["BUILT_SITE"]
        assert (built / "index.html").is_file()
        return built
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    for path in sorted((ROOT / "docs").rglob("*.md")):
        pages.executed(pages.load(path))
    target = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(target), strict=True))
    return target


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[Server]:
    """The built site, as a host on the web would send it."""
    with serving(site) as server:
        yield server


@pytest.fixture(scope="session")
def hosted(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The site in a folder of a host, built with its address, as the deploy workflow builds it."""
    folder = tmp_path_factory.mktemp("host")
    with serving(folder) as server:
        server.address += "tutorial/"
        config = load_config(
            str(ROOT / "mkdocs.yml"),
            site_dir=str(folder / "tutorial"),
            site_url=server.address,
            repo_url="https://github.com/someone/tutorial",
            strict=True,
        )
        build(config)
        shutil.copy(folder / "tutorial" / "404.html", folder)
        yield server
