"""A page is painted first and styled once: what the theme's script does comes after, and is little.

On a phone each new styling of a long page takes a fraction of a second in which nothing answers.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from tests.server import Server, serving
from tests.visits import opened

NAME = "convolution/"
NOTE_START = """
let theirs;
Object.defineProperty(window, "component$", {
  get: () => theirs,
  set: value => { theirs = value; window.started = performance.now(); },
});
"""
STARTED = "() => window.component$"  # a function: the policy allows no other text to be run
SHEETS = "[...document.querySelectorAll('head link[rel=stylesheet]')]"


@pytest.fixture
def page(browser: object) -> Iterator[object]:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.add_init_script(NOTE_START)
    yield page
    page.close()


def test_the_page_is_painted_before_the_themes_script_starts(page: object, served: Server) -> None:
    opened(page, served.address + NAME)
    painted = page.evaluate("performance.getEntriesByName('first-paint')[0].startTime")
    assert painted < page.evaluate("window.started")


def test_the_root_and_its_style_sheets_stay_as_they_were_painted(
    page: object, served: Server
) -> None:
    """The theme would change them, and with them all that is on the page."""
    page.goto(served.address + NAME, wait_until="commit")
    page.wait_for_function("() => document.body")
    root = page.evaluate("document.documentElement.outerHTML.match(/^<html[^>]*>/)[0]")
    page.wait_for_function(STARTED)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.outerHTML.match(/^<html[^>]*>/)[0]") == root
    links = page.evaluate(f"{SHEETS}.map(link => link.getAttribute('href'))")
    assert len(links) >= 4
    assert all(link.startswith(served.address) for link in links)
    assert page.locator("meta[name=color-scheme]").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_browsers_own_parts_follow_the_theme(page: object, served: Server, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    opened(page, served.address + NAME)
    root = "getComputedStyle(document.documentElement).colorScheme"
    assert page.evaluate(root) == theme
    page.locator("label[for=__palette_1]:visible").click()
    if theme == "light":
        page.locator("label[for=__palette_2]:visible").click()
    page.wait_for_function(f"() => {root} !== {theme!r}")


def test_colours_change_at_once_when_a_reader_switches_the_theme(
    page: object, served: Server
) -> None:
    opened(page, served.address + NAME)
    page.evaluate("""
      window.durations = [];
      new MutationObserver(() => {
        if (!document.body.hasAttribute("data-md-color-switching")) return;
        const code = getComputedStyle(document.querySelector("article code"));
        durations.push(code.transitionDuration, code.backgroundColor);
      }).observe(document.body, { attributeFilter: ["data-md-color-switching"] });
    """)
    colour = "getComputedStyle(document.querySelector('article code')).backgroundColor"
    before = page.evaluate(colour)
    assert page.evaluate(colour.replace("backgroundColor", "transitionDuration")) != "0s"
    page.locator("label[for=__palette_1]:visible").click()
    page.locator("label[for=__palette_2]:visible").click()
    page.wait_for_function(f"() => {colour} !== {before!r}")
    page.wait_for_function("() => !document.body.hasAttribute('data-md-color-switching')")
    assert page.evaluate("durations.filter((_, n) => n % 2 === 0)") == ["0s", "0s"]
    assert page.evaluate("durations.at(-1)") == page.evaluate(colour)


@pytest.fixture
def small(root: Path, tmp_path: Path) -> Iterator[Server]:
    """A site with this site's templates and two scripts of its own."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# A page", "utf-8")
    first = "document$.subscribe(() => { document.body.dataset.first = 'ran'; });"
    (tmp_path / "docs" / "first.js").write_text(first, "utf-8")
    (tmp_path / "docs" / "second.mjs").write_text("document.body.dataset.second = 'ran'", "utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Small\n"
        "theme: {name: material, font: false, palette: {scheme: default},"
        f" custom_dir: '{root / 'docs' / 'templates'}'}}\n"
        "extra_javascript: [first.js, second.mjs]\n"
        "plugins: [search]\n",
        "utf-8",
    )
    build(load_config(str(tmp_path / "mkdocs.yml")))
    with serving(tmp_path / "site") as server:
        yield server


def test_scripts_of_a_fork_find_what_the_theme_offers(page: object, small: Server) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(small.address, wait_until="load")
    page.wait_for_function(
        "() => document.body.dataset.first && document.body.dataset.second", timeout=10_000
    )
    assert wrong == []


def test_a_page_that_opens_in_the_background_starts_there(page: object, served: Server) -> None:
    page.add_init_script(
        "Object.defineProperty(document, 'hidden', { get: () => true });"
        "window.requestAnimationFrame = () => 0;"
    )
    page.goto(served.address + NAME, wait_until="load")
    page.wait_for_function(STARTED, timeout=10_000)


@pytest.mark.parametrize(("system", "palette"), [("light", "default"), ("dark", "slate")])
def test_a_first_visit_begins_in_the_colours_of_the_system(
    served: Server, browser: object, system: str, palette: str
) -> None:
    """They do not come with the theme's script, after a page of the other colours was painted."""
    page = browser.new_page(color_scheme=system)
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () =>"
        " { window.began = [document.body.dataset.mdColorScheme,"
        " getComputedStyle(document.documentElement).colorScheme] })"
    )
    opened(page, served.address + NAME)
    assert page.evaluate("window.began") == [palette, system]
    assert page.evaluate("document.body.dataset.mdColorScheme") == palette
    page.close()
