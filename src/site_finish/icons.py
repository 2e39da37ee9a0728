"""The kernel of the site's sign as small pictures, for what shows no SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from PIL import Image, ImageDraw

FAVICON = "favicon.ico"
TOUCH = "assets/touch.png"
_TITLE = re.compile(r"<title>[^\[]*(?P<kernel>\[\[.*?\]\])[^<]*</title>")
_FILL = re.compile(r'fill="(?P<colour>#[0-9a-fA-F]{6})"')


def kernel_of(svg: str) -> tuple[list[list[int]], tuple[str, str]]:
    """The kernel that the sign's title names, and the colours of its ones and zeros.

    Raises:
        ValueError: The sign names no kernel, or does not have two colours.
    """
    title, fills = _TITLE.search(svg), _FILL.findall(svg)
    if not title or len(fills) != 2:
        raise ValueError(
            "the sign is an SVG with `<title>… [[1, 0], [0, 1]]</title>` and two fills"
        )
    rows = re.findall(r"\[([\d, ]+)\]", title["kernel"])
    return [[int(one) for one in row.split(",")] for row in rows], (fills[0], fills[1])


def drawn(
    kernel: Sequence[Sequence[int]], colours: tuple[str, str], size: int, paper: str | None
) -> Image.Image:
    """The kernel as squares.

    Args:
        kernel: Ones and zeros, as many rows as columns.
        colours: That of the ones; that of the zeros, which is thinned.
        size: Pixels of a side.
        paper: The colour behind it, with a margin; None: none of both.
    """
    count = len(kernel)
    margin = size // 6 if paper else 0
    cell = (size - 2 * margin) // count
    gap = max(1, cell // 5)
    margin += (size - 2 * margin - cell * count + gap) // 2
    image = Image.new("RGBA", (size, size), paper or (0, 0, 0, 0))
    for y, row in enumerate(kernel):
        for x, one in enumerate(row):
            fill = colours[0] if one else f"{colours[1]}73"  # 45 % of it, as the sign has it
            at = (margin + x * cell, margin + y * cell)
            box = (*at, at[0] + cell - gap - 1, at[1] + cell - gap - 1)
            square = Image.new("RGBA", (size, size), (0, 0, 0, 0))
            ImageDraw.Draw(square).rectangle(box, fill)
            image.alpha_composite(square)
    return image


def favicon(svg: str) -> bytes:
    """The sign in three sizes, as ICO."""
    kernel, colours = kernel_of(svg)
    buffer = io.BytesIO()
    images = [drawn(kernel, colours, size, None) for size in (16, 32, 48)]
    images[-1].save(buffer, "ICO", append_images=images[:-1], sizes=[one.size for one in images])
    return buffer.getvalue()


def touch(svg: str) -> bytes:
    """The sign on white, as PNG of the size that phones ask for."""
    kernel, colours = kernel_of(svg)
    buffer = io.BytesIO()
    drawn(kernel, colours, 180, "#ffffff").save(buffer, "PNG", compress_level=9)
    return buffer.getvalue()
