"""In a real Chromium, every page is whole, accessible, and keeps to itself.

Figures are drawn, widgets move, no error is logged, no other host is asked, the security policy
refuses nothing, and axe finds nothing against WCAG 2.2 AA. Each page is opened at 360 and at 1280
pixels, folded parts open, and looked at in both themes.
"""

from pathlib import Path

import pytest

from tests.server import Server
from tests.visits import Visits, addresses, opened


@pytest.fixture(scope="module")
def visits(site: Path, served: Server, browser: object) -> Visits:
    """What was seen in all pages, at both widths and in both themes."""
    visits = Visits(browser, served)
    visits.visit(addresses(site))
    return visits


def test_every_page_is_whole(visits: Visits) -> None:
    assert visits.about("whole") == []
    assert visits.counted["pages"] > 40
    assert visits.counted["figures"] > 80
    assert visits.counted["widgets"] >= 10


def test_no_page_reports_an_error(visits: Visits) -> None:
    assert visits.about("error") == []


def test_no_page_asks_another_host(visits: Visits) -> None:
    assert visits.about("request") == []


def test_no_page_does_what_its_policy_refuses(visits: Visits) -> None:
    assert visits.about("policy") == []


def test_axe_finds_nothing_against_wcag_2_2_aa(visits: Visits) -> None:
    assert visits.about("axe") == []


def test_axe_is_awake(browser: object) -> None:
    """What it must find in a page made to be wrong, also after that page was thinned out."""
    from tests import axe

    page = browser.new_page()
    page.set_content(
        "<html lang=en><title>t</title><img src=''><a href='#'></a>"
        "<pre style='background: #fff'><span class=k style='color: #bbb'>def</span></pre>"
    )
    axe.prepare(page)
    found = {violation.rule for violation in axe.violations(page)}
    assert found >= {"image-alt", "link-name", "color-contrast"}
    page.close()


def colour_of(page: object, css: str) -> str:
    return page.locator("article svg[role=img] text").first.evaluate(
        f"element => getComputedStyle(element).{css}"
    )


def test_figures_follow_the_theme_without_a_reload(served: Server, browser: object) -> None:
    page = browser.new_page(color_scheme="light")
    opened(page, served.address + "convolution/")
    light = colour_of(page, "fill")
    page.emulate_media(color_scheme="dark")
    page.locator("body[data-md-color-scheme=slate]").wait_for(timeout=5000)
    assert colour_of(page, "fill") != light
    page.close()


def test_search_theme_and_navigation_ask_no_other_host_and_break_no_policy(
    served: Server, browser: object
) -> None:
    visits = Visits(browser, served)
    page = visits.window(1280, "light")
    opened(page, served.address)
    page.keyboard.press("/")
    page.keyboard.type("cross-correlation")
    page.wait_for_selector(".md-search-result__item", timeout=20_000)
    assert page.locator(".md-search-result__item").count() >= 1
    page.keyboard.press("Escape")
    for _ in range(3):
        page.locator("label[for^=__palette]:visible").click()
    page.locator(".md-nav--primary a[href$='convolution/']").click()
    page.wait_for_url("**/convolution/")
    page.locator("article .sp-widget").first.scroll_into_view_if_needed()  # its script waits for it
    page.locator("article .sp-live").first.wait_for(timeout=20_000)
    page.locator("article .sp-live button:visible").first.click()
    page.wait_for_timeout(300)
    visits.leave(page)
    assert [str(one) for one in visits.seen] == []
