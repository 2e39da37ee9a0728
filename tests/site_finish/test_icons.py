"""The small signs are the kernel that the site's sign names and that the tutorial computes with."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from site_finish.icons import favicon, kernel_of, touch

DOCS = Path(__file__).parents[2] / "docs"
SVG = (DOCS / "assets" / "kernel.svg").read_text("utf-8")
ORANGE = (0xE8, 0x79, 0x3A)


def is_orange(image: Image.Image) -> np.ndarray:
    """The middle of each of nine cells: is it orange?"""
    pixels = np.asarray(image.convert("RGB")).astype(int)
    inside = np.argwhere(np.abs(pixels - ORANGE).max(axis=-1) < 3)
    low, high = inside.min(axis=0), inside.max(axis=0)
    at = [np.linspace(low[k], high[k], 7)[1::2].astype(int) for k in range(2)]
    return np.abs(pixels[np.ix_(*at)] - ORANGE).max(axis=-1) < 3


def test_the_sign_is_the_kernel_of_the_page_on_convolution() -> None:
    kernel, _ = kernel_of(SVG)
    page = (DOCS / "convolution.md").read_text("utf-8")
    computed = re.search(r"^kernel = np\.array\((.*)\)$", page, re.MULTILINE)
    assert computed
    assert str(kernel) == computed[1]


def test_its_squares_are_where_its_title_says() -> None:
    kernel, colours = kernel_of(SVG)
    for colour, value in zip(colours, (1, 0), strict=True):
        path = re.search(rf'fill="{colour}"[^>]*d="([^"]*)"', SVG)
        assert path
        squares = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h", path[1])}
        assert squares == {
            (2 + 10 * x, 2 + 10 * y)
            for y, row in enumerate(kernel)
            for x, one in enumerate(row)
            if one == value
        }


def test_the_icon_has_the_sizes_of_a_browser_and_shows_the_kernel() -> None:
    icon = Image.open(io.BytesIO(favicon(SVG)))
    assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    for size in sorted(icon.info["sizes"]):
        icon.size = size
        assert is_orange(icon).tolist() == [
            [True, False, True],
            [False, True, False],
            [True, False, True],
        ]


def test_the_sign_for_phones_is_opaque_and_shows_the_kernel() -> None:
    image = Image.open(io.BytesIO(touch(SVG)))
    assert (image.format, image.size) == ("PNG", (180, 180))
    assert np.asarray(image.convert("RGBA"))[..., 3].min() == 255
    assert is_orange(image).sum() == 5


def test_the_same_sign_has_the_same_bytes() -> None:
    assert (favicon(SVG), touch(SVG)) == (favicon(SVG), touch(SVG))


@pytest.mark.parametrize("svg", ["<svg></svg>", "<svg><title>[[1]]</title></svg>"])
def test_a_sign_that_names_no_kernel_is_an_error(svg: str) -> None:
    with pytest.raises(
        ValueError, match=r"`<title>… \[\[1, 0\], \[0, 1\]\]</title>` and two fills"
    ):
        kernel_of(svg)
