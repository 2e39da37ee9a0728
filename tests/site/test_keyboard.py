"""Everything on the site is within reach of a keyboard, and shows when it has the focus.

A tour of all pages takes minutes. It is made each week and before each deployment (`WHOLE_SITE=1`);
at other times pages of each kind are toured.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.keyboard import tour
from tests.server import Server
from tests.visits import addresses, opened

NARROW = ["", "404.html", "convolution/", "notebooks/cnn-1d/"]
"""Pages of each kind, at the width of a phone, where the navigation is a drawer."""
KINDS = [*NARROW, "experiments/", "experiments/errors/", "glossary/", "snippets/"]
"""One page of each kind, and those with the most to reach."""
HAS_FOCUS = "document.activeElement"


@pytest.fixture
def wide(browser: object) -> Iterator[object]:
    """An empty page, as wide as a desk's."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield page
    page.close()


@pytest.fixture
def narrow(browser: object) -> Iterator[object]:
    """An empty page, as narrow as a phone's."""
    page = browser.new_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    yield page
    page.close()


def wrong_in(page: object, served: Server, names: list[str]) -> list[str]:
    wrong = []
    for name in names:
        opened(page, served.address + name)
        page.evaluate("document.querySelectorAll('article details').forEach(d => d.open = true)")
        if page.locator("article .sp-widget").count():
            page.locator("article .sp-widget").first.scroll_into_view_if_needed()
            page.locator("article .sp-live").last.wait_for(timeout=10_000)
        page.evaluate("scrollTo(0, 0)")
        found = tour(page)
        assert found.reached > 5, name
        wrong += [f"/{name}: {line}" for line in found.wrong()]
    return wrong


def test_tab_reaches_and_shows_everything(wide: object, site: Path, served: Server) -> None:
    every = addresses(site)
    pages = every if os.environ.get("WHOLE_SITE") else [name for name in KINDS if name in every]
    assert len(pages) > 5
    assert wrong_in(wide, served, pages) == []


def test_so_it_does_on_a_phone(narrow: object, site: Path, served: Server) -> None:
    assert wrong_in(narrow, served, [name for name in NARROW if name in addresses(site)]) == []


def test_the_first_thing_on_a_page_leads_past_the_navigation(wide: object, served: Server) -> None:
    opened(wide, served.address + "convolution/")
    wide.keyboard.press("Tab")
    assert wide.evaluate(f"{HAS_FOCUS}.matches('.md-skip')")
    wide.keyboard.press("Enter")
    wide.wait_for_url("**/convolution/#convolution")
    wide.keyboard.press("Tab")
    assert wide.evaluate(f"Boolean({HAS_FOCUS}.closest('article'))")


def test_escape_leaves_the_search(wide: object, served: Server) -> None:
    opened(wide, served.address)
    wide.keyboard.press("/")
    wide.locator(".md-search :focus").wait_for()
    wide.keyboard.type("kernel")
    wide.keyboard.press("Escape")
    wide.locator(".md-search :focus").wait_for(state="detached")
    assert not wide.locator("#__search").is_checked()


def test_space_opens_the_drawer_and_its_sections_and_escape_leaves_it(
    narrow: object, served: Server
) -> None:
    opened(narrow, served.address)
    narrow.locator("#__drawer").focus()
    narrow.keyboard.press("Space")
    assert narrow.locator("#__drawer").is_checked()
    for _ in range(40):
        narrow.keyboard.press("Tab")
        if narrow.evaluate(f"{HAS_FOCUS}.matches('.md-nav--primary .md-nav__toggle:not(#__toc)')"):
            break
    narrow.keyboard.press("Space")
    narrow.keyboard.press("Tab")
    assert narrow.evaluate(f"{HAS_FOCUS}.pathname").startswith("/experiments/")
    narrow.keyboard.press("Escape")
    assert not narrow.locator("#__drawer").is_checked()
    assert narrow.evaluate(f"{HAS_FOCUS}.id") == "__drawer"


def test_the_tour_notices_what_is_wrong(wide: object) -> None:
    """In a page made to be wrong."""
    wide.set_content(
        "<style>b, i { outline: none; display: block } :focus-visible { outline: 2px solid }"
        "b:focus-visible { outline: none } i { position: fixed; left: -900px }</style>"
        "<p><a href='#'>Good</a><b tabindex=0>Plain</b><i tabindex=0>Away</i></p>"
    )
    found = tour(wide)
    assert found.missed == []
    assert [line.split()[-1] for line in found.unmarked] == ["Plain"]
    assert [line.split()[-1] for line in found.hidden] == ["Away"]
