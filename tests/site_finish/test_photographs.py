"""Photographs below the first figure are files that wait; masks are light; data stay sharp."""

import base64
import io

import numpy as np
from PIL import Image

from site_finish.photographs import apart, lighter


def noise(width: int = 200, height: int = 120, quality: int = 90) -> bytes:
    """A WebP image that no format makes small."""
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "WEBP", quality=quality)
    return kept.getvalue()


def image(content: bytes, more: str = "") -> str:
    data = base64.b64encode(content).decode()
    return f'<image width="9" height="6" {more}xlink:href="data:image/webp;base64,{data}"/>'


def figure(inside: str) -> str:
    return f'<svg class="sp-svg" role="img">{inside}</svg>'


def test_a_photograph_below_the_first_figure_becomes_a_file_in_its_place() -> None:
    first, second = figure(image(noise())), figure(image(noise(), 'transform="scale(2)" '))
    html, files = apart(f"{first}<p>And</p>{second}", lambda path: f"../{path}")
    ((path, content),) = files.items()
    assert content == noise()
    assert html.startswith(f"{first}<p>And</p>")
    assert (
        '<foreignObject width="9" height="6" transform="scale(2)">'
        f'<img class="site-photograph" src="../{path}" alt="" loading="lazy"/></foreignObject>'
    ) in html


def test_a_small_image_stays_where_it_is() -> None:
    html = figure("") + figure(image(noise(8, 8)))
    assert apart(html, str) == (html, {})


def test_a_large_image_in_a_mask_stays_there_and_is_made_smaller() -> None:
    html, files = apart(figure(f'<mask id="m">{image(noise())}</mask><g/>'), str)
    assert files == {}
    content = base64.b64decode(html.partition("base64,")[2].partition('"')[0])
    assert len(content) <= 7000 < len(noise())
    assert Image.open(io.BytesIO(content)).format == "WEBP"


def test_data_that_are_drawn_as_squares_are_never_blurred() -> None:
    sharp = image(noise(), 'class="site-pixels" ')
    html = figure(f'<mask id="m">{sharp}</mask>')
    assert apart(html, str) == (html, {})


def test_a_lighter_image_has_the_same_shape() -> None:
    small = Image.open(io.BytesIO(lighter(noise(300, 200), 3000)))
    assert abs(small.width / small.height - 1.5) < 0.05


def test_a_page_without_figures_is_left_alone() -> None:
    assert apart("<p>Words</p>", str) == ("<p>Words</p>", {})
