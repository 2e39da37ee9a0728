"""What stands around the text: a home page, times, terms, a citation, a card, and a kind 404."""

import io
import re
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import urljoin

import pytest
import yaml
from mkdocs.utils.meta import get_data
from PIL import Image

from site_finish.words import PLAIN
from tests.published import published
from tests.server import Server
from tests.visits import opened

TERM = re.compile(r'<a class="site-term" href="([^"]*)" title="([^"]*)">([^<]*)</a>')
SHIFT = """
window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => { shift += one.value; }))
  .observe({type: "layout-shift", buffered: true});
"""


def pages(site: Path) -> dict[str, str]:
    """The HTML of all pages, by their address from the site's root."""
    found = {
        path.relative_to(site).as_posix().removesuffix("index.html"): path.read_text("utf-8")
        for path in sorted(site.rglob("index.html"))
    }
    assert len(found) > 20
    return found


def article(html: str) -> str:
    return html[html.index("<article") : html.index("</article>")]


def ids(html: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', html))


def leads_somewhere(site: Path, page: str, href: str) -> bool:
    """Is there a page, with such an anchor, where a link of a page leads?"""
    address, _, anchor = (
        urljoin(f"https://x/{page}", href).removeprefix("https://x/").partition("#")
    )
    file = site / address / "index.html"
    return file.is_file() and (not anchor or anchor in ids(file.read_text("utf-8")))


# ---- The home page ----


def test_the_front_has_a_promise_buttons_and_the_computed_picture(site: Path) -> None:
    html = article((site / "index.html").read_text("utf-8"))
    front = html[html.index('<div class="site-front">') : html.index("<h2")]
    assert front.count("<h1") == front.count('class="sp-svg"') == 1
    assert front.count('class="site-promise"') == 1
    buttons = re.findall(r'<a class="md-button[^"]*" href="([^"]*)"', front)
    assert len(buttons) == 3
    assert [one for one in buttons if not leads_somewhere(site, "", one)] == []


def test_the_list_of_contents_leads_to_pages_and_tells_their_times(root: Path, site: Path) -> None:
    html = (site / "index.html").read_text("utf-8")
    listed = "".join(re.findall(r'<div class="site-contents.*?</div>', html, re.DOTALL))
    entries = re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)
    written = re.findall(
        r"^(?:-|\d+\.) +\[[^\]]*\]\(([\w/-]*\.md)",
        (root / "docs/index.md").read_text("utf-8"),
        re.M,
    )
    there = [one for one in written if one in published(root)]
    assert len(there) > 5
    made = "snippets/index.md" in written  # when the site is built
    assert len(entries) == len(there) + made + 1  # and this page
    timed = re.compile(r'<a href="([^"#]+)">.*<span class="site-time">(\d+) min', re.DOTALL)
    told = dict(found.groups() for entry in entries if (found := timed.search(entry)))
    assert len(told) >= len(there) - 2  # one looks things up in the glossary and the ledger
    for name, minutes in told.items():
        own = (site / name / "index.html").read_text("utf-8")
        assert f"<span>{minutes} min to read</span>" in own, name


@pytest.mark.parametrize("width", [360, 1280])
def test_the_home_page_does_not_jump_and_its_picture_fits(
    served: Server, browser: object, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.add_init_script(SHIFT)
    page.goto(served.address, wait_until="networkidle")
    assert page.evaluate("window.shift") < 0.01
    picture = page.locator(".site-front .sp-svg").bounding_box()
    assert picture["x"] >= 0
    assert picture["x"] + picture["width"] <= width
    assert page.locator(".site-buttons a").first.bounding_box()["y"] < 700  # without scrolling
    page.close()


# ---- Times and prerequisites ----


def test_each_page_to_read_says_how_long_it_takes_and_what_it_builds_on(
    root: Path, site: Path
) -> None:
    names = published(root)
    needed = 0
    for name in sorted({*names} - {"index.md"}):
        about = get_data((root / "docs" / name).read_text("utf-8-sig"))[1]
        address = name.removesuffix(".md").removesuffix("index").rstrip("/") + "/"
        html = (site / address / "index.html").read_text("utf-8")
        line = re.search(r'<p class="site-reading"[^>]*>(.*?)</p>', html)
        assert bool(line) == about.get("reading", True), name
        if line:
            assert re.match(r"<span>\d+ min to read</span>", line[1]), name
            links = [
                urljoin(f"https://x/{address}", one) for one in re.findall('href="([^"]*)', line[1])
            ]
            needs = [normpath(join(dirname(name), one)) for one in about.get("needs", [])]
            kept = [one.removesuffix(".md").removesuffix("index") for one in needs if one in names]
            assert [one.removeprefix("https://x/").rstrip("/") for one in links] == kept, name
            needed += len(kept)
    assert needed > 10


# ---- The glossary ----


def test_each_marked_word_leads_to_the_definition_that_it_shows(site: Path) -> None:
    found = pages(site)
    glossary = {
        anchor: " ".join(re.sub(r"<[^>]*>", "", text.partition("→")[0]).split())
        for anchor, text in re.findall(
            r'<dt id="([^"]*)">.*?</dt>\s*<dd>(.*?)</dd>', found["glossary/"], re.DOTALL
        )
    }
    assert len(glossary) > 40
    total = 0
    for name, html in found.items():
        marked = TERM.findall(html)
        total += len(marked)
        for href, title, word in marked:
            assert leads_somewhere(site, name, href), (name, href)
            assert unescape(title) == unescape(glossary[href.partition("#")[2]]), (name, word)
        leads = [href for href, _, _ in marked]
        assert len(leads) == len(set(leads)), name
        assert len(leads) <= 20, f"{name}: too many dots"
    assert total > 40
    assert TERM.findall(found["glossary/"]) == TERM.findall(found["ledger/"]) == []


def test_no_word_is_marked_in_a_heading_in_code_in_a_table_or_in_a_link(site: Path) -> None:
    within = re.compile(r"<(h[1-6]|code|pre|table|summary|figcaption)\b[^>]*>.*?</\1>", re.DOTALL)
    wrong = [
        (name, part[0][:80])
        for name, html in pages(site).items()
        for part in within.finditer(article(html))
        if "site-term" in part[0]
    ]
    assert wrong == []


def test_a_marked_word_shows_its_meaning_to_the_mouse_and_to_the_keyboard(
    served: Server, browser: object
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    name = next(name for name, html in pages(served.folder).items() if len(TERM.findall(html)) > 3)
    page.goto(served.address + name, wait_until="networkidle")
    term = page.locator("a.site-term").first
    meaning = term.get_attribute("title")
    tooltip = page.locator(".md-tooltip2[role=tooltip]")
    for show, hide in (
        (term.hover, lambda: page.mouse.move(2, 2)),
        (term.focus, lambda: page.evaluate("document.activeElement.blur()")),
    ):
        show()
        page.locator(".md-tooltip2--active").wait_for(timeout=5000)
        assert tooltip.inner_text().strip() == meaning
        assert term.get_attribute("aria-describedby") == tooltip.get_attribute("id")
        hide()
        tooltip.wait_for(state="detached", timeout=5000)
    assert term.get_attribute("title") == meaning
    page.close()


# ---- The words of code ----

_STYLES = """kinds => {
  const code = document.querySelector("article .highlight pre code");
  code.closest(".highlight").style.contentVisibility = "visible"; // not only when it comes near
  const seen = element => {
    const { color, backgroundColor, font, textDecoration } = getComputedStyle(element);
    return [color, backgroundColor === "rgba(0, 0, 0, 0)", font, textDecoration].join(" ");
  };
  const made = [...kinds, "k"].map(kind => {
    const word = Object.assign(document.createElement("span"), { className: kind });
    word.append("x");
    code.append(word);
    return [kind, seen(word)];
  });
  const none = document.createElement("span");
  code.append(none);
  return { ...Object.fromEntries(made), none: seen(none) };
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_without_an_element_look_as_they_would_in_one(
    served: Server, browser: object, theme: str
) -> None:
    page = browser.new_page(color_scheme=theme)
    opened(page, served.address + "convolution/")
    looks = page.evaluate(_STYLES, list(PLAIN))
    assert {looks[kind] for kind in PLAIN} == {looks["none"]}
    assert looks["k"] != looks["none"]
    page.close()


# ---- The citation ----


def test_the_citation_is_that_of_the_file_and_can_be_copied(
    root: Path, hosted: Server, browser: object
) -> None:
    given = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    page = browser.new_page()
    page.goto(hosted.address, wait_until="networkidle")
    page.locator(".site-links >> text=Cite").click()
    blocks = page.locator("#how-do-i-cite-it ~ .highlight")
    assert blocks.count() == 2
    for text in blocks.all_inner_texts():
        assert given["title"] in text
        assert hosted.address in text
    assert blocks.last.locator("button.md-code__button").count() == 1
    page.close()


# ---- What others show of the site ----


def metas(html: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]*)" content="([^"]*)"', html)
    assert len(found) == len(dict(found))
    return {name: unescape(content) for name, content in found}


def test_with_an_address_every_page_offers_the_card(hosted: Server) -> None:
    site = hosted.folder / "tutorial"
    figure = re.search(
        'class="sp-svg" role="img" aria-label="([^"]*)"', (site / "index.html").read_text("utf-8")
    )
    assert figure
    for name, html in pages(site).items():
        told = metas(html)
        assert told["og:url"] == f"{hosted.address}{name}", name
        assert told["og:image"] == f"{hosted.address}assets/card.png", name
        assert f'<link rel="canonical" href="{told["og:url"]}">' in html, name
        assert told["twitter:card"] == "summary_large_image"
        assert told["og:image:alt"] == unescape(figure[1])
        assert min(len(told["og:title"]), len(told["og:description"])) > 3, name
        title = re.search(r"<title>(.*?) - ", html)
        assert title or name == ""
        assert not title or name == "" or told["og:title"] == unescape(title[1]), name


def test_without_an_address_no_page_names_one(site: Path) -> None:
    for name, html in pages(site).items():
        assert not {"og:url", "og:image", "twitter:card"} & set(metas(html)), name
        assert 'rel="canonical"' not in html, name


def test_the_card_is_a_picture_of_the_right_size_and_the_same_in_both_builds(
    site: Path, hosted: Server
) -> None:
    made = (site / "assets/card.png").read_bytes()
    assert Image.open(io.BytesIO(made)).size == (1200, 630)
    assert len(made) < 400_000
    assert made == (hosted.folder / "tutorial/assets/card.png").read_bytes()


def test_the_small_signs_are_there_and_named_in_every_page(site: Path) -> None:
    with Image.open(site / "favicon.ico") as icon, Image.open(site / "assets/touch.png") as touch:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
        assert touch.size == (180, 180)
    for name, html in pages(site).items():
        for rel, file in (("icon", "favicon.ico"), ("apple-touch-icon", "assets/touch.png")):
            links = re.findall(rf'<link rel="{rel}"[^>]*href="([^"]*{file})"', html)
            assert len(links) == 1, name
            assert urljoin(f"https://x/{name}", links[0]) == f"https://x/{file}", name


# ---- Nothing found ----


@pytest.mark.parametrize("lost", ["nowhere", "experiments/no/such/page/"])
def test_a_lost_reader_is_led_back_from_any_depth(
    hosted: Server, browser: object, lost: str
) -> None:
    page = browser.new_page()
    wrong: list[str] = []
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("response", lambda one: one.status != 200 and wrong.append(one.url))
    page.goto(hosted.address + lost, wait_until="networkidle")
    assert wrong == [hosted.address + lost]  # all that it needs is there
    assert page.locator("h1").inner_text() == "Nothing at this place"
    map_ = page.locator(".site-nothing text").all_text_contents()
    assert map_.count("0") == 25 + 4 + 9
    link = page.locator("article li a").nth(1)
    title = link.inner_text()
    link.click()
    page.wait_for_function("title => document.title.startsWith(title)", arg=title)
    assert page.url.startswith(hosted.address)
    page.close()


# ---- Edit, view, and the foot ----


def test_each_written_page_leads_to_its_source_and_no_other_does(
    root: Path, hosted: Server
) -> None:
    repo = "https://github.com/someone/tutorial"
    docs = root / "docs"
    for name, html in pages(hosted.folder / "tutorial").items():
        file = next(
            (f for f in (f"{name}index.md", f"{name.rstrip('/')}.md") if (docs / f).is_file()), None
        )
        found = re.findall(r'<a href="([^"]*)"[^>]*class="md-content__button', html)
        kinds = (
            [] if file is None else [f"{repo}/{kind}/main/docs/{file}" for kind in ("blob", "edit")]
        )
        assert found == kinds, name


def test_without_a_repository_nothing_leads_to_one(site: Path) -> None:
    for name, html in pages(site).items():
        assert "md-content__button" not in html, name
        assert ">Source</a>" not in html, name


def test_the_foot_of_every_page_leads_to_licence_source_and_citation(hosted: Server) -> None:
    for name, html in pages(hosted.folder / "tutorial").items():
        foot = html[html.index('<ul class="site-links">') :]
        links = {
            text: href for href, text in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', foot)
        }
        assert {"Source", "Licence", "Cite"} <= set(links), name
        assert leads_somewhere(hosted.folder / "tutorial", name, links["Cite"]), name
