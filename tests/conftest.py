"""What several folders of tests share: the project's executed pages, and a browser."""

import shutil
from collections.abc import Iterator

import pytest

from sybil_pages.pytest_plugin import Pages
from tests.tools import needed


@pytest.fixture(scope="session")
def pages(request: pytest.FixtureRequest) -> Pages:
    """The pages as pytest executes them, once for all tests that ask for them."""
    found = request.config.pluginmanager.get_plugin("sybil_pages_of_project")
    assert isinstance(found, Pages)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A headless Chromium, through playwright: where there is one, that which draws no window."""
    names = ("chromium-headless-shell", "chromium-browser")
    found = next(filter(None, map(shutil.which, names)), None)
    path = found or needed("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()
