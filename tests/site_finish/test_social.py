"""The card is drawn from a page's figure: its photograph at the left, its maps at the right."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from site_finish.social import AXIS, SIZE, card, dark_colours, picture

ROOT = Path(__file__).parents[2]
FONT = ROOT / "docs/assets/fonts/atkinson-hyperlegible-next-normal.woff2"
COLOURS = {
    "md-default-bg-color": "#000000",
    "site-ink": "#ffffff",
    "site-ink-2": "#aaaaaa",
    "sp-blue": "#0000ff",
    "sp-orange": "#ff8800",
    "sp-green": "#00ff00",
}


def image(level: int) -> str:
    buffer = io.BytesIO()
    Image.new("L", (30, 20), level).save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<image width="30" height="20" xlink:href="data:image/png;base64,{data}"/>'


def figure(maps: dict[str, int], photograph: int = 200) -> str:
    """A page with a figure as the generator writes it."""
    masks = "".join(
        f'<mask id="m{n}">{image(level)}</mask>'
        f'<rect width="30" height="20" fill="var(--{name}, #123456)" mask="url(#m{n})"/>'
        for n, (name, level) in enumerate(maps.items())
    )
    return (
        '<p>Text</p><svg class="sp-svg" role="img" aria-label="Eaves &amp; columns." '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<g>{image(photograph)}</g>{masks}</svg><p>More</p>"
    )


def drawn(html: str, title: str = "Title", promise: str = "Promise") -> Image.Image:
    found = picture(html)
    assert found
    return Image.open(io.BytesIO(card(found, title, promise, COLOURS, FONT)))


def test_the_figure_is_read_with_its_alt_text() -> None:
    found = picture(figure({"sp-blue": 255, "sp-green": 0}))
    assert found
    assert found.alt == "Eaves & columns."
    assert found.photograph.getpixel((5, 5)) == 200
    assert {name: one.getpixel((5, 5)) for name, one in found.maps.items()} == {
        "sp-blue": 255,
        "sp-green": 0,
    }


@pytest.mark.parametrize("html", ["<p>No figure</p>", figure({})])
def test_a_page_without_such_a_figure_gives_no_card(html: str) -> None:
    assert picture(html) is None


def test_the_card_has_the_size_that_networks_ask_for() -> None:
    made = drawn(figure({"sp-blue": 255}))
    assert (made.format, made.size) == ("PNG", (1200, 630)) == ("PNG", SIZE)


def test_left_is_the_photograph_and_right_what_the_filters_found() -> None:
    made = drawn(figure({"sp-blue": 128, "sp-green": 0})).convert("RGB")
    left, right = made.getpixel((10, 600)), made.getpixel((round(AXIS * 1200) + 20, 600))
    assert len(set(left)) == 1
    assert 150 < left[0] < 200
    assert right[:2] == (0, 0)
    assert abs(right[2] - 128) <= 2


def test_both_texts_are_in_it_and_within_it() -> None:
    made = {
        words: np.asarray(drawn(figure({"sp-blue": 0}), *words).convert("L")).astype(int)
        for words in [("", ""), ("A title of some length", ""), ("", "A promise of some length")]
    }
    empty = made.pop(("", ""))
    for pixels in made.values():
        changed = np.argwhere(np.abs(pixels - empty) > 40)
        assert len(changed) > 500
        assert changed[:, 1].min() > AXIS * 1200
        assert changed[:, 1].max() < 1190
        assert changed[:, 0].max() < 620


def test_the_same_figure_gives_the_same_bytes() -> None:
    found = picture(figure({"sp-blue": 255, "sp-orange": 40}))
    assert found
    one, other = (card(found, "Title", "Promise", COLOURS, FONT) for _ in range(2))
    assert one == other


def test_the_colours_are_those_of_the_dark_scheme() -> None:
    css = (ROOT / "docs/assets/site.css").read_text("utf-8")
    css += (ROOT / "src/sybil_pages/assets/sybil-pages.css").read_text("utf-8")
    colours = dark_colours(css)
    assert set(COLOURS) <= set(colours)
    assert colours["md-default-bg-color"] == "#14171f"
