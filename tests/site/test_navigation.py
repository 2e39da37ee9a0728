"""A click brings the next page into this one, under the same policy, and nothing breaks on the way.

The theme fetches a page of the site's map and puts its content in place. Where the site has no
address, and so no map, links are ordinary ones.
"""

from collections.abc import Iterable, Iterator

import pytest

from tests.server import Server

PAGES = {  # five pages of different kinds, and how many widgets each has
    "convolution/": 2,
    "experiments/reach/": 1,
    "notebooks/cnn-1d/": 0,
    "glossary/": 0,
    "pooling/": 1,
}
CHAPTERS = ["relu/", "pooling/", "convolution/", "cnn-1d/", "activation-functions/"]
NOTE_VIOLATIONS = """
window.refused = [];
addEventListener("securitypolicyviolation", event => refused.push(event.violatedDirective));
"""


class Reader:
    """A reader with a browser, who notes all that goes wrong."""

    def __init__(self, browser: object, server: Server) -> None:
        self.address = server.address
        self.wrong: list[str] = []
        self.page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        self.page.add_init_script(NOTE_VIOLATIONS)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on(
            "console",
            lambda message: message.type == "error" and self.wrong.append(message.text),
        )
        self.page.on(
            "request",
            lambda one: one.url.startswith((self.address, "data:")) or self.wrong.append(one.url),
        )
        self.page.goto(self.address, wait_until="networkidle")
        self.page.evaluate("window.stayed = true")

    def follow(self, name: str) -> None:
        """Click on a page in the navigation, and wait until it is there."""
        nav = self.page.locator(f"nav.md-nav--primary a.md-nav__link[href$='{name}']")
        nav.first.click()
        self.page.wait_for_url(f"{self.address}{name}")
        here = self.page.locator(f".md-nav__link--active[href='{self.address}{name}']")
        relative = self.page.locator(".md-nav__link--active[href='./']")
        here.or_(relative).first.wait_for(state="attached", timeout=10_000)

    @property
    def stayed(self) -> bool:
        """Is it still the document that was loaded first?"""
        return bool(self.page.evaluate("window.stayed === true"))

    def refused(self) -> list[str]:
        """What the policy has refused in this document."""
        return self.page.evaluate("window.refused")


def there(server: Server, names: Iterable[str]) -> list[str]:
    """The pages of these that the site has; who makes a site from this one may drop some."""
    return [name for name in names if next(server.folder.glob(f"**/{name}index.html"), None)]


@pytest.fixture
def chapters(hosted: Server) -> list[str]:
    """Two chapters or more."""
    return there(hosted, CHAPTERS)


@pytest.fixture
def reader(hosted: Server, browser: object) -> Iterator[Reader]:
    reader = Reader(browser, hosted)
    yield reader
    reader.page.close()


def drawn(page: object) -> list[float]:
    """The widths of the figures that are to be seen."""
    return page.locator("article svg[role=img]:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().width)"
    )


def test_five_pages_are_visited_in_one_document(reader: Reader, hosted: Server) -> None:
    for name in there(hosted, PAGES):
        widgets = PAGES[name]
        reader.follow(name)
        live = reader.page.locator("article .sp-live")
        if widgets:
            reader.page.locator("article .sp-widget").first.scroll_into_view_if_needed()
            live.nth(widgets - 1).wait_for(timeout=10_000)
        assert live.count() == widgets, name
        assert min(drawn(reader.page), default=100) >= 100, name
        assert reader.page.locator("article h1").count() == 1, name
    assert reader.stayed
    assert (reader.wrong, reader.refused()) == ([], [])


def test_a_widget_that_came_by_a_click_moves(reader: Reader, hosted: Server) -> None:
    reader.follow(next(name for name in there(hosted, PAGES) if PAGES[name]))
    reader.page.locator("article .sp-widget").first.scroll_into_view_if_needed()
    live = reader.page.locator("article .sp-live").first
    live.wait_for(timeout=10_000)
    live.scroll_into_view_if_needed()
    before = live.inner_html()
    live.locator("button:visible:not([disabled])").first.click()
    reader.page.wait_for_function(
        "before => document.querySelector('article .sp-live').innerHTML !== before", arg=before
    )
    assert (reader.stayed, reader.wrong, reader.refused()) == (True, [], [])


def test_search_and_theme_go_on_working_after_a_click(reader: Reader, chapters: list[str]) -> None:
    reader.follow(chapters[0])
    page = reader.page
    page.locator("label[for=__palette_1]").click()
    page.locator("label[for=__palette_2]").click()
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    page.locator("input.md-search__input").click()
    page.locator("input.md-search__input").type(chapters[1].strip("/"))
    page.locator(f"a.md-search-result__link[href*='{chapters[1]}']").first.click()
    page.wait_for_url(f"**/{chapters[1]}**")
    page.wait_for_function(
        f"() => document.querySelector('link[rel=canonical]').href.endsWith('{chapters[1]}')"
    )
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    assert (reader.stayed, reader.wrong, reader.refused()) == (True, [], [])


def test_back_leads_back(reader: Reader, chapters: list[str]) -> None:
    reader.follow(chapters[0])
    title = reader.page.title()
    reader.follow(chapters[1])
    assert reader.page.title() != title
    reader.page.go_back()
    reader.page.wait_for_function("title => document.title === title", arg=title)
    assert reader.page.url == reader.address + chapters[0]
    assert (reader.stayed, reader.wrong) == (True, [])


def test_each_page_tells_its_own_address_and_title(reader: Reader, chapters: list[str]) -> None:
    reader.follow(chapters[0])
    canonical = reader.page.locator("head link[rel=canonical]")
    assert canonical.evaluate_all("all => all.map(one => one.href)") == [
        reader.address + chapters[0]
    ]
    title = reader.page.locator("head meta[property='og:title']").get_attribute("content")
    assert reader.page.title().startswith(title)


def test_without_an_address_links_load_the_page_anew(served: Server, browser: object) -> None:
    reader = Reader(browser, served)
    for name in there(served, CHAPTERS)[:2]:
        reader.page.evaluate("window.stayed = true")
        reader.follow(name)
        assert not reader.stayed
    assert (reader.wrong, reader.refused()) == ([], [])
    reader.page.close()


def test_without_scripts_links_lead_on(hosted: Server, browser: object) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(hosted.address)
    page.locator(".site-buttons >> text=Start reading").click()
    name = there(hosted, CHAPTERS)[0]
    page.locator(f".site-contents a[href='{name}']").click()
    assert page.url == hosted.address + name
    assert page.locator("article h1").count() == 1
    page.close()
