"""The first view of any page, all that a browser loads for it, is light: it is counted in bytes.

What counts is what a browser that has never been here is sent: the page, its style sheets, scripts,
fonts and images, gzipped as a host on the web does it.
"""

from pathlib import Path

import pytest

from tests.server import serving
from tests.visits import addresses, opened

LIMIT = 200 * 1024
NOTEBOOKS = 250 * 1024
"""A notebook's page also holds the style sheet of its cells."""


@pytest.fixture(scope="module")
def loaded(site: Path, browser: object) -> dict[str, dict[str, int]]:
    """Of each page, the bytes of each file that its first view loads."""
    found = {}
    with serving(site) as server:
        for name in addresses(site):
            server.sent.clear()
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            opened(page, server.address + name)
            page.wait_for_load_state("networkidle")
            page.close()
            found[name] = dict(server.sent)
    return found


def test_the_first_view_of_each_page_is_light(loaded: dict[str, dict[str, int]]) -> None:
    heavy = []
    for name, files in loaded.items():
        limit = NOTEBOOKS if name.startswith("notebooks/") else LIMIT
        if sum(files.values()) > limit:
            parts = sorted(files.items(), key=lambda item: -item[1])
            heavy.append(f"/{name}: {sum(files.values())} bytes, {limit} allowed: {parts[:6]}")
    assert heavy == []


def test_what_a_page_needs_was_counted(loaded: dict[str, dict[str, int]]) -> None:
    for name, files in loaded.items():
        kinds = {Path(path).suffix for path in files}
        assert {".css", ".js", ".woff2"} <= kinds, name
        assert f"/{name}" in files
