"""Every figure of the built site is small, safe, labelled, and right in both themes."""

import base64
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from snippets import drawing
from sybil_pages.colours import COLOURS
from tests.contrast import colour, contrast, over

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
THEMES = {"light": "default", "dark": "slate"}
PAINT = re.compile(
    r"none|currentColor|url\(#f[0-9a-f]{8}-\d+-\d+\)"
    r"|var\(--sp-(?:paper|ink-[1-9]|blue|orange|green|purple|gold|grey|red|brown|pink|cyan), "
    r"#[0-9a-f]{6}\)"
)


@pytest.fixture(scope="module")
def figures(site: Path) -> dict[str, list[str]]:
    """The figures of each page, as they stand there."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        html = path.read_text("utf-8")
        name = path.relative_to(site).as_posix()
        found[name] = re.findall(r'<svg class="sp-svg".*?</svg>', html, re.DOTALL)
    assert sum(map(len, found.values())) > 40
    return found


@pytest.fixture(scope="module")
def trees(figures: dict[str, list[str]]) -> list[tuple[str, ElementTree.Element]]:
    """Each figure as a tree, with a name by which to find it."""
    return [
        (f"{page}: {svg.partition('aria-label=')[2][:60]}", ElementTree.fromstring(svg))
        for page, some in figures.items()
        for svg in some
    ]


def test_each_figure_is_an_image_with_a_label(trees) -> None:
    assert [n for n, tree in trees if tree.get("role") != "img" or not tree.get("aria-label")] == []


def test_no_figure_has_style_or_script_or_asks_for_anything(trees) -> None:
    wrong = []
    for name, tree in trees:
        for element in tree.iter():
            tag = element.tag.removeprefix(SVG)
            events = [key for key in element.attrib if key.lower().startswith("on")]
            if tag == "foreignObject" and [child.tag for child in element] == [f"{SVG}img"]:
                continue  # a photograph, as a file of the site's own
            if tag in ("style", "script", "metadata", "a", "foreignObject", "animate") or events:
                wrong.append(f"{name}: <{tag}> {events}")
            for key, value in element.attrib.items():
                address = key in ("href", LINK) and not value.startswith(("#", "data:image/webp;"))
                if key == "style" or address or re.search(r"url\((?!#)|https?:", value):
                    wrong.append(f"{name}: {key}={value[:60]}")
    assert wrong == []


def test_no_figure_holds_a_date_or_a_random_name(figures) -> None:
    found = re.compile(
        r"\b20\d\d-\d\d-\d\dT|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|matplotlib", re.IGNORECASE
    )
    assert [page for page, some in figures.items() if found.search("".join(some))] == []


def test_ids_say_their_block_and_are_unique_in_their_page(figures) -> None:
    for page, some in figures.items():
        ids = re.findall(r'\sid="([^"]*)"', "".join(some))
        assert [name for name in ids if not re.fullmatch(r"f[0-9a-f]{8}-\d+-\d+", name)] == []
        assert len(ids) == len(set(ids)), page
        assert set(re.findall(r"url\(#([^)]+)\)", "".join(some))) <= set(ids)


def test_each_line_and_text_follows_the_theme(trees) -> None:
    """Only photographs keep their colours, and nothing is drawn on these here."""
    wrong = {
        f"{name}: {key}={element.get(key)}"
        for name, tree in trees
        for element in tree.iter()
        for key in ("fill", "stroke")
        if not PAINT.fullmatch(element.get(key, "none"))
    }
    assert sorted(wrong) == []


def test_each_photograph_is_a_webp_of_at_most_30_kilobytes(trees) -> None:
    sizes = {}
    for name, tree in trees:
        for image in tree.iter(f"{SVG}image"):
            content = base64.b64decode(image.get(LINK).removeprefix("data:image/webp;base64,"))
            assert Image.open(io.BytesIO(content)).format == "WEBP"
            sizes[f"{name} {len(sizes)}"] = len(content)
    assert len(sizes) > 40
    assert {name: size for name, size in sizes.items() if size > 30_000} == {}


def test_no_figure_is_large(trees) -> None:
    """Most are a few kilobytes; the largest hold photographs, or thousands of points."""
    sizes = sorted(len(ElementTree.tostring(tree)) for _, tree in trees)
    assert sizes[len(sizes) // 2] < 6_000
    assert sizes[-1] < 150_000


# The colours of this site


def said(root: Path, theme: str) -> dict[str, str]:
    """Return what this site's style sheet says for a theme."""
    css = (root / "docs" / "assets" / "site.css").read_text("utf-8")
    inside = re.search(rf'\n *\[data-md-color-scheme="{THEMES[theme]}"\] {{([^}}]*)}}', css)
    assert inside
    return dict(re.findall(r"(--[\w-]+):\s*(#\w{6})", inside[1]))


@pytest.mark.parametrize("theme", THEMES)
def test_all_that_figures_say_can_be_read_on_this_sites_paper(root: Path, theme: str) -> None:
    page = said(root, theme)
    paper, ink = colour(page["--md-default-bg-color"]), colour(page["--site-ink"])
    values = {
        name: colour(light if theme == "light" else dark) for light, (name, dark) in COLOURS.items()
    }
    faint = {name for name, value in values.items() if contrast(value, paper) < 4.5}
    covered = {n for n, value in values.items() if contrast(ink, over(value, 0.4, paper)) < 4.5}
    assert (faint, covered) == (set(), set())
    assert contrast(colour(page["--site-ink-2"]), paper) >= 4.5  # captions


def test_the_snippet_draws_in_the_colours_that_the_site_replaces() -> None:
    names = {name: f"--sp-{name}" for name in drawing.COLOURS if name != "black"}
    assert len(names) == 6
    assert {COLOURS[drawing.COLOURS[name]][0] for name in names} == set(names.values())
