"""The offline edition, unpacked and opened as files: nothing is missing, nothing is asked for."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.links import check_links
from tests.visits import opened

NAME = "convolutional-networks-in-keras"


@pytest.fixture(scope="module")
def offline(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked edition, in a folder whose name has a space and a sign."""
    folder = tmp_path_factory.mktemp("to read") / "é"
    with zipfile.ZipFile(site / f"{NAME}.zip") as packed:
        packed.extractall(folder)
    return folder / NAME


@pytest.fixture
def page(browser: object) -> Iterator[object]:
    """A page that fails on any error and on any request that leaves the disk."""
    wrong: list[str] = []
    made = browser.new_page(viewport={"width": 1280, "height": 900})
    made.on("pageerror", lambda error: wrong.append(f"{made.url}: {error}"))
    made.on(
        "console",
        lambda said: said.type in ("error", "warning") and wrong.append(f"{made.url}: {said.text}"),
    )
    made.on(
        "requestfailed",
        lambda request: (
            request.failure == "net::ERR_ABORTED"  # the visit went on
            or wrong.append(f"{made.url}: no {request.url}")
        ),
    )
    made.on(
        "request",
        lambda request: (
            request.url.startswith(("file:", "data:"))
            or wrong.append(f"{made.url}: asks {request.url}")
        ),
    )
    yield made
    made.close()
    assert wrong == []


def test_no_link_is_broken_where_nobody_serves(offline: Path) -> None:
    found = check_links(offline, served=False)
    assert (found.files > 40, found.links > 5000, found.anchors > 2000) == (True, True, True)
    assert found.broken == []


def test_every_result_of_the_search_is_a_file(offline: Path) -> None:
    script = (offline / "search" / "search_index.js").read_text("utf-8")
    docs = json.loads(script.removeprefix("var __index = "))["docs"]
    named = {entry["location"].partition("#")[0] for entry in docs}
    assert len(named) > 20
    assert [name for name in sorted(named) if not (offline / name).is_file()] == []


def test_every_page_opens_and_is_whole(offline: Path, page: object) -> None:
    drawn = 0
    for path in sorted(offline.rglob("index.html")):
        opened(page, path.as_uri())
        assert page.locator("article h1").count() == 1, path
        drawn += page.locator("article svg[role=img]").count()
    assert drawn > 100


def test_the_search_finds_a_word_and_opens_its_page(offline: Path, page: object) -> None:
    page.goto((offline / "experiments" / "reach" / "index.html").as_uri())
    field = page.locator("input.md-search__input")
    field.click()
    field.press_sequentially("cross-correlation")
    result = page.locator(".md-search-result__link", has_text="Is it really a convolution?").first
    result.wait_for(timeout=60_000)
    result.click()
    page.wait_for_url("**/convolution/index.html?h=*#is-it-really-a-convolution")
    assert page.title().startswith("Convolution - ")


def test_a_widget_moves(offline: Path, page: object) -> None:
    page.goto((offline / "convolution" / "index.html").as_uri())
    widget = page.locator("sp-sliding-window").first
    widget.scroll_into_view_if_needed()  # it comes when the reader comes near
    before = widget.locator(".sp-live").inner_text()
    widget.get_by_role("button", name="One step forward").first.click()
    assert widget.locator(".sp-live").inner_text() != before


def test_a_link_of_the_navigation_opens_its_page(offline: Path, page: object) -> None:
    page.goto((offline / "index.html").as_uri())
    page.locator(".md-nav--primary").get_by_role("link", name="Pooling", exact=True).click()
    page.wait_for_url("**/pooling/index.html")
    assert page.title().startswith("Pooling - ")
