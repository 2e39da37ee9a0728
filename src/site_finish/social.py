"""The picture of the site for those who share its address, drawn from the home page's figure.

The figure holds what the page computed: a photograph, and for each filter a map of where it
responded. The card shows the one half of the photograph, and what the filters made of the other.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from xml.etree import ElementTree

from PIL import Image, ImageDraw, ImageFont

CARD = "assets/card.png"
SIZE = (1200, 630)  # what the networks ask for
AXIS = 0.315
"""Where the photograph ends, as a share of the width: at the axis of the building on it."""
_FIGURE = re.compile(r'<svg class="sp-svg".*?</svg>', re.DOTALL)
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_FILL = re.compile(r"var\(--(?P<name>[\w-]+)")
_DARK = re.compile(r'\[data-md-color-scheme="slate"\][^{]*\{(?P<rules>[^}]*)\}')
_COLOUR = re.compile(r"--(?P<name>[\w-]+):\s*(?P<colour>#[0-9a-fA-F]{6})\b")


@dataclass(frozen=True)
class Picture:
    """What a figure holds.

    Attributes:
        alt: Its text alternative.
        photograph: What went in, in grey.
        maps: Where each filter responded (grey, 255: most), by the name of its colour.
    """

    alt: str
    photograph: Image.Image
    maps: Mapping[str, Image.Image]


def picture(html: str) -> Picture | None:
    """The photograph and the maps of a page's first figure; None where there are none."""
    found = _FIGURE.search(html)
    if not found:
        return None
    figure = ElementTree.fromstring(found[0])
    masks = {mask.get("id"): mask for mask in figure.iter(f"{_SVG}mask")}
    hidden = {id(image) for mask in masks.values() for image in mask.iter(f"{_SVG}image")}
    photographs = [one for one in figure.iter(f"{_SVG}image") if id(one) not in hidden]
    maps = {}
    for shape in figure.iter(f"{_SVG}rect"):
        mask = masks.get((shape.get("mask") or "").removeprefix("url(#").removesuffix(")"))
        fill = _FILL.match(shape.get("fill") or "")
        if mask is not None and fill:
            maps[fill["name"]] = _raster(mask[0])
    if not photographs or not maps:
        return None
    return Picture(figure.get("aria-label") or "", _raster(photographs[0]), maps)


def _raster(image: ElementTree.Element) -> Image.Image:
    data = image.attrib[_HREF].partition("base64,")[2]
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("L")


def dark_colours(css: str) -> dict[str, str]:
    """The colours of a style sheet's dark scheme, by the names of their variables."""
    blocks = (block["rules"] for block in _DARK.finditer(css))
    return {rule["name"]: rule["colour"] for block in blocks for rule in _COLOUR.finditer(block)}


def card(of: Picture, title: str, promise: str, colours: Mapping[str, str], font: Path) -> bytes:
    """The card, as PNG.

    Args:
        of: What it shows.
        title: In large letters.
        promise: Below it, smaller.
        colours: `md-default-bg-color`, `site-ink`, `site-ink-2`, and that of each map.
        font: A variable font file with the axis of weights.

    Raises:
        KeyError: A colour is missing.
    """
    photograph = _covering(of.photograph).convert("RGB")
    sheet = Image.new("RGB", SIZE, colours["md-default-bg-color"])
    photograph = Image.blend(photograph, sheet, 0.12)  # not brighter than the title
    for name, where in of.maps.items():
        sheet.paste(colours[name], mask=_covering(where))
    half = round(AXIS * SIZE[0])
    left = (0, 0, half, SIZE[1])
    sheet.paste(photograph.crop(left), left)
    draw = ImageDraw.Draw(sheet)
    draw.line((half, 0, half, SIZE[1]), colours["site-ink"], 2)
    _write(draw, title, promise, colours, font)
    buffer = io.BytesIO()
    sheet.quantize(256, dither=Image.Dither.NONE).save(buffer, "PNG", compress_level=9)
    return buffer.getvalue()


def _covering(image: Image.Image) -> Image.Image:
    """The image as large as the card; what does not fit is cut off below."""
    height = round(image.height * SIZE[0] / image.width)
    return image.resize((SIZE[0], height), Image.Resampling.BICUBIC).crop((0, 0, *SIZE))


def _write(
    draw: ImageDraw.ImageDraw, title: str, promise: str, colours: Mapping[str, str], font: Path
) -> None:
    """Three squares, the title, the promise: in the empty sky."""
    left, y = 664, 60
    for n, name in enumerate(("sp-blue", "sp-orange", "sp-green")):
        draw.rectangle((left + 32 * n, y, left + 32 * n + 19, y + 19), colours[name])
    y += 44
    for text, width, weight, size, colour in (
        (title, 14, 750, 62, "site-ink"),
        (promise, 27, 450, 27, "site-ink-2"),
    ):
        letters = ImageFont.truetype(str(font), size)
        letters.set_variation_by_axes([weight])
        for line in wrap(text, width):
            draw.text((left - 3, y), line, colours[colour], letters)
            y += round(size * 1.2)
        y += 22
