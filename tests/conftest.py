"""The project's own pages, executed once for all tests that ask for them."""

import pytest

from sybil_pages.pytest_plugin import Pages


@pytest.fixture(scope="session")
def pages(request: pytest.FixtureRequest) -> Pages:
    """The pages as pytest executes them."""
    found = request.config.pluginmanager.get_plugin("sybil_pages_of_project")
    assert isinstance(found, Pages)
    return found
