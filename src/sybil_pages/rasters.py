"""The pixels of a figure: photographs in few bytes, and maps whose colours follow the theme."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Iterator, Set
from itertools import count
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .colours import CLEAR, KNOWN

Pixels = NDArray[np.uint8]

_SMOOTH = 100  # pixels from which a raster is a photograph, and not cells to tell apart
_LOSSLESS = 8_000  # bytes up to which a raster keeps every pixel's value
_MOST = 30_000  # bytes that a raster may have
_SEEN = 4  # of 255: the opacity from which a pixel shows
_NEAR = 4  # of 255: how far a colour may be from a data colour, and be this one
_PURE = 0.98  # of a map is in data colours, all but the blends where two of them meet


def replace(root: Element, drawn: Set[str]) -> None:
    """Turn PNG images into WebP, and maps in data colours into masks over these colours.

    A map in which the magnitude is the opacity of one hue, or of two, becomes a sheet of each hue
    behind a mask: the hue is then a colour like any other, and follows the theme.

    Args:
        root: The drawing.
        drawn: The colours of what matplotlib drew as pixels, if it drew in plain colours only.
    """
    names = map("mask-{}".format, count())
    for parent in list(root.iter()):
        if any(child.tag == "image" for child in parent):
            children: list[Element] = []
            for child in parent:
                children += _sheets(child, drawn, names) if child.tag == "image" else [child]
            parent[:] = children


def _sheets(image: Element, drawn: Set[str], names: Iterator[str]) -> list[Element]:
    """What stands for one image: itself, smaller, or a mask and a sheet for each of its colours."""
    if float(image.get("width", 0)) > _SMOOTH:
        image.attrib.pop("image-rendering", None)
    source = image.attrib.pop("href").partition(",")[2]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(source))).convert("RGBA"))
    sheets: list[Element] = []
    for colour, opacity in separated(pixels, drawn).items():
        mask = Element("mask", {"id": (name := next(names))})
        mask.append(Element("image", {k: v for k, v in image.items() if k in _WITHIN}))
        _embed(mask[0], opacity)
        sheet = Element("rect", {k: v for k, v in image.items() if k in _AROUND})
        sheets += [mask, sheet]
        sheet.attrib |= {"fill": colour, "mask": f"url(#{name})"}
    if sheets:
        return sheets
    if pixels[..., 3].min() < 255:
        image.set(CLEAR, "")
    _embed(image, pixels if CLEAR in image.attrib else pixels[..., :3])
    return [image]


_WITHIN = ("x", "y", "width", "height", "image-rendering")
_AROUND = ("x", "y", "width", "height", "transform", "opacity")


def separated(pixels: Pixels, drawn: Set[str]) -> dict[str, Pixels]:
    """Take a raster in data colours apart into these, and how opaque each is where.

    Args:
        pixels: Red, green, blue and opacity, shape (height, width, 4).
        drawn: Colours that it is known to be drawn in, where they meet and blend.

    Returns:
        The opacity, shape (height, width), by colour; nothing for a photograph.
    """
    opacity = pixels[..., 3]
    seen = opacity >= _SEEN
    clear = bool(opacity.min() < _SEEN)  # a line drawing, whose black and white are ink and paper
    known = [*KNOWN, *(("#000000", "#ffffff") if clear else ())]
    shown = pixels[seen][:, :3]
    _, distance = _nearest(shown[:: 1 + len(shown) // 5000], known)
    pure = len(shown) and (distance <= _NEAR).mean() >= _PURE
    if not pure and not (clear and drawn):
        return {}
    packed = shown @ np.array([65536, 256, 1], np.uint32)
    colours, places = np.unique(packed, return_inverse=True)
    rgb = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], -1)
    nearest, distance = _nearest(rgb, known)
    exact = nearest[distance == distance.min()]
    inks = [known[n] for n in np.unique(exact)] if pure else sorted(drawn)
    which = np.full(opacity.shape, -1)
    which[seen] = _nearest(rgb, inks)[0][places]
    return {
        ink: np.where(which == n, opacity, 0).astype(np.uint8)
        for n, ink in enumerate(inks)
        if (which == n).any()
    }


def _nearest(colours: NDArray[np.unsignedinteger], known: list[str]) -> tuple[Pixels, Pixels]:
    """The known colour that is nearest to each colour, and how far it is."""
    reference = np.array([list(bytes.fromhex(name[1:])) for name in known])
    far = np.abs(colours[:, None].astype(int) - reference).max(-1)
    return far.argmin(-1), far.min(-1)


def _embed(element: Element, pixels: Pixels) -> None:
    """Give an image its pixels as WebP, lossy only where the lossless one is large."""
    image = Image.fromarray(pixels)
    some = zlib.compress(pixels[::8].tobytes(), 1)  # tells in no time what is no use to try
    content = _webp(image, lossless=True) if len(some) < _LOSSLESS else b""
    if not 0 < len(content) <= _LOSSLESS:
        content = _photograph(image)
        element.set("preserveAspectRatio", "none")
    element.set("href", "data:image/webp;base64," + base64.b64encode(content).decode())


def _photograph(image: Image.Image) -> bytes:
    """A photograph as well as so many bytes can show it."""
    content = _webp(image)
    if len(content) > _MOST:
        content = _webp(image, quality=50)
    while len(content) > _MOST:
        share = 0.95 * (_MOST / len(content)) ** 0.5
        image = image.resize((int(share * image.width) or 1, int(share * image.height) or 1))
        content = _webp(image, quality=50)
    return content


def _webp(image: Image.Image, *, quality: int = 80, lossless: bool = False) -> bytes:
    small = io.BytesIO()
    image.save(small, "WEBP", quality=quality, lossless=lossless, method=4)
    return small.getvalue()
