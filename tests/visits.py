"""Each page of a built site, opened once in each width, and looked at in both themes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests import axe
from tests.server import Server

THEMES = {"light": "default", "dark": "slate"}
FIRST = {360: "dark", 1280: "light"}
"""The widths, and the theme in which a page is opened; it changes to the other without a reload."""

_NOTE_VIOLATIONS = """
window.refused = [];
addEventListener("securitypolicyviolation", event =>
  refused.push(`${event.effectiveDirective} refuses ${event.blockedURI} (${event.sourceFile})`));
"""


def opened(page: object, address: str) -> None:
    """Open a page, and wait until the theme's script has run: that starts after the first paint."""
    page.goto(address, wait_until="load")
    page.wait_for_function("() => window.component$")  # a function: the policy runs no other text


class Seen(NamedTuple):
    """Something that should not be.

    Attributes:
        about: `whole`, `error`, `request`, `policy` or `axe`.
        page: The page, from the site's root.
        width: In pixels.
        theme: The theme at that moment.
        what: What is wrong.
    """

    about: str
    page: str
    width: int
    theme: str
    what: str

    def __str__(self) -> str:
        return f"/{self.page} ({self.width} px, {self.theme}): {self.what}"


class Visits:
    """What was seen in all pages.

    Attributes:
        seen: All that should not be.
        counted: How many `pages`, `figures` and `widgets` there were, all widths together.
    """

    def __init__(self, browser: object, server: Server) -> None:
        self.seen: list[Seen] = []
        self.counted: Counter[str] = Counter()
        self._browser = browser
        self._server = server
        self._at = ("", 0, "")

    def note(self, about: str, what: str) -> None:
        """Remember what is wrong where the visit is now."""
        self.seen.append(Seen(about, *self._at, what))

    def about(self, kind: str) -> list[str]:
        """All that is wrong in one respect, as lines to read."""
        return [str(one) for one in self.seen if one.about == kind]

    def visit(self, names: list[str]) -> None:
        """Open pages in each width."""
        for width, theme in FIRST.items():
            page = self.window(width, theme)
            for name in names:
                page.emulate_media(color_scheme=theme)
                self._at = (name, width, theme)
                opened(page, self._server.address + name)
                self._look(page, width)
                self._both_themes(page, name, width, theme)
                self._ask_what_was_refused(page)
            page.context.close()

    def window(self, width: int, theme: str) -> object:
        """An empty page, watched from now on."""
        self._at = ("", width, theme)
        context = self._browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        context.add_init_script(_NOTE_VIOLATIONS)
        page = context.new_page()
        page.on("pageerror", lambda error: self.note("error", str(error)))
        page.on("console", self._said)
        page.on("request", self._asked)
        return page

    def _said(self, message: object) -> None:
        if message.type == "error":
            self.note("error", message.text)

    def _asked(self, request: object) -> None:
        if not request.url.startswith((self._server.address, "data:", "blob:")):
            self.note("request", f"asks {request.url}")

    def _look(self, page: object, width: int) -> None:
        """Is the page as it should be, all folded parts open?"""
        self.counted["pages"] += 1
        if page.locator("article h1").count() != 1:
            self.note("whole", "has no single heading of the first rank")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            self.note("whole", "is wider than its window")
        page.evaluate("document.querySelectorAll('article details').forEach(d => d.open = true)")
        widgets = page.locator("article .sp-widget").count()
        self.counted["widgets"] += widgets
        if widgets:
            self._come_near(page, widgets)
        for label, *size in page.evaluate(_FIGURES):
            self.counted["figures"] += 1
            if size[0] < 100 or size[1] < 20:
                self.note("whole", f"a figure is not drawn: {label}")

    def _come_near(self, page: object, widgets: int) -> None:
        """Their script waits for that."""
        page.locator("article .sp-widget").first.scroll_into_view_if_needed()
        moving = page.locator("article .sp-live:visible")
        try:
            moving.nth(widgets - 1).wait_for(timeout=10_000)
        except Exception:
            self.note("whole", f"{moving.count()} of {widgets} widgets move")

    def _both_themes(self, page: object, name: str, width: int, first: str) -> None:
        axe.prepare(page)
        for theme in (first, *(other for other in THEMES if other != first)):
            self._at = (name, width, theme)
            page.emulate_media(color_scheme=theme)
            try:
                page.wait_for_selector(
                    f"body[data-md-color-scheme={THEMES[theme]}]", state="attached", timeout=5000
                )
            except Exception:
                self.note("whole", f"is not in the {theme} theme")
            for violation in axe.violations(
                page, colours_only=theme != first
            ):  # the rest is as it was
                self.note("axe", str(violation))

    def leave(self, page: object) -> None:
        """Close a page, when what its policy refused has been noted."""
        self._ask_what_was_refused(page)
        page.context.close()

    def _ask_what_was_refused(self, page: object) -> None:
        for refused in page.evaluate("window.refused"):
            self.note("policy", refused)


_FIGURES = """() => [...document.querySelectorAll("article svg[role=img]")]
  .filter(figure => !figure.closest(".sp-moves > .sp-static"))  // a widget stands in its place
  .map(figure => [figure.getAttribute("aria-label"),
                  figure.getBoundingClientRect().width, figure.getBoundingClientRect().height])"""


def addresses(site: Path) -> list[str]:
    """All pages of a site, from its root."""
    found = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    assert found
    return [name.removesuffix("index.html") for name in found]
