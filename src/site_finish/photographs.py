"""Photographs of figures, as light as a page that is read from its top needs them.

A figure carries its photographs in itself, so that it is whole wherever it goes. In a page of many
figures most of them are far below what is read first. There they become images that say
`loading="lazy"`: that holds without a script, in print, and for a file that nobody serves. A mask,
through which a figure shows a colour of the theme, holds no such image: it is made smaller.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable

from PIL import Image

FOLDER = "assets/figures"
_FIGURE = re.compile(r'<svg class="sp-svg".*?</svg>', re.DOTALL)
_MASK = re.compile(r"(<mask.*?</mask>)", re.DOTALL)
_IMAGE = re.compile(
    r'<image (?P<place>[^>]*?)(?P<key>(?:xlink:)?href)="data:image/webp;base64,(?P<content>[^"]+)"'
    r"(?P<more>[^>]*?)(?:/>|></image>)"
)
_SMALL = 2500
"""Bytes; asking for a smaller photograph costs more than it weighs."""
_MASK_MOST = 7000
"""Bytes of a photograph in a mask; 300 × 200 pixels of one are good in that."""


def apart(html: str, address: Callable[[str], str]) -> tuple[str, dict[str, bytes]]:
    """A page whose photographs are files, those of its first figure aside, and its masks light.

    Args:
        html: The page.
        address: From a path in the site to its address in the page.

    Returns:
        The page, and its photographs by their paths.
    """
    found: dict[str, bytes] = {}

    def image(match: re.Match[str]) -> str:
        content = base64.b64decode(match["content"])
        if len(content) < _SMALL:
            return match[0]
        path = f"{FOLDER}/{hashlib.sha256(content).hexdigest()[:16]}.webp"
        found[path] = content
        place = f"{match['place']}{match['more']}".replace('preserveAspectRatio="none"', "")
        shown = f'<img class="site-photograph" src="{address(path)}" alt="" loading="lazy"/>'
        return f"<foreignObject {' '.join(place.split())}>{shown}</foreignObject>"

    def part(text: str) -> str:
        return _IMAGE.sub(_masked if text.startswith("<mask") else image, text)

    def figure(match: re.Match[str]) -> str:
        if match.start() == first:  # the reader waits for it
            return _MASK.sub(lambda mask: part(mask[0]), match[0])
        return "".join(map(part, _MASK.split(match[0])))

    first = html.find('<svg class="sp-svg"')
    return _FIGURE.sub(figure, html), found


def _masked(match: re.Match[str]) -> str:
    """An image of a mask; data that are drawn as sharp squares stay as they are."""
    content = base64.b64decode(match["content"])
    if len(content) <= _MASK_MOST or "pixel" in match[0].partition("base64")[0]:
        return match[0]
    return match[0].replace(match["content"], base64.b64encode(lighter(content)).decode())


def lighter(content: bytes, most: int = _MASK_MOST) -> bytes:
    """A WebP image in so many bytes: with fewer details first, and then with fewer pixels.

    Args:
        content: The image.
        most: The most bytes that it may take.
    """
    image: Image.Image = Image.open(io.BytesIO(content))
    small = _webp(image, 65)
    while len(small) > most:
        share = 0.95 * (most / len(small)) ** 0.5
        size = (int(share * image.width) or 1, int(share * image.height) or 1)
        image = image.resize(size)
        small = _webp(image, 65)
    return small


def _webp(image: Image.Image, quality: int) -> bytes:
    small = io.BytesIO()
    image.save(small, "WEBP", quality=quality, method=6)
    return small.getvalue()
