"""Every page of the built site, in a real Chromium: figures drawn, no error, no foreign request."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

THEMES = {"light": "default", "dark": "slate"}
WIDTHS = (360, 1280)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def addresses(site: Path) -> list[str]:
    """All pages of the site, from its root."""
    found = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    assert len(found) >= 8
    return [name.removesuffix("index.html") for name in found]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_page_is_whole(
    site: Path, served: str, browser: object, theme: str, width: int
) -> None:
    wrong: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    at = ""
    page.on("pageerror", lambda error: wrong.append(f"{at}: {error}"))
    page.on(
        "console",
        lambda message: message.type == "error" and wrong.append(f"{at}: {message.text}"),
    )
    page.on(
        "request",
        lambda request: (
            request.url.startswith((served, "data:")) or wrong.append(f"{at}: asks {request.url}")
        ),
    )
    drawn = moving = 0
    for at in addresses(site):
        page.goto(served + at, wait_until="load")
        if page.locator("body").get_attribute("data-md-color-scheme") != THEMES[theme]:
            wrong.append(f"{at}: is not in the {theme} theme")
        if page.locator("article h1").count() != 1:
            wrong.append(f"{at}: has no single heading of the first rank")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{at}: is wider than {width} pixels")
        for details in page.locator("article details").all():
            details.evaluate("element => { element.open = true }")
        widgets = page.locator("article .sp-widget").count()
        moving += widgets
        if page.locator("article .sp-live:visible").count() != widgets:
            wrong.append(f"{at}: a widget does not move")
        for figure in page.locator("article svg[role=img]").all():
            if figure.evaluate("element => Boolean(element.closest('.sp-moves > .sp-static'))"):
                continue  # a widget stands in its place
            box = figure.bounding_box()
            drawn += 1
            if not box or box["width"] < 100 or box["height"] < 20:
                wrong.append(f"{at}: a figure is not drawn: {figure.get_attribute('aria-label')}")
    page.close()
    assert wrong == []
    assert drawn > 20
    assert moving >= 5


def colour_of(page: object, css: str) -> str:
    return page.locator("article svg[role=img] text").first.evaluate(
        f"element => getComputedStyle(element).{css}"
    )


def test_figures_follow_the_theme_without_a_reload(served: str, browser: object) -> None:
    page = browser.new_page(color_scheme="light")
    page.goto(served + "convolution/", wait_until="load")
    light = colour_of(page, "fill")
    page.emulate_media(color_scheme="dark")
    page.locator("body[data-md-color-scheme=slate]").wait_for(timeout=5000)
    assert colour_of(page, "fill") != light
    page.close()


def test_search_finds_a_computed_output(served: str, browser: object) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(served, wait_until="load")
    page.locator("input.md-search__input").click()
    page.locator("input.md-search__input").type("cross-correlation")
    page.wait_for_selector(".md-search-result__item", timeout=10_000)
    assert page.locator(".md-search-result__item").count() >= 1
    page.close()
