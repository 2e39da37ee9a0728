"""Every colour of a figure is right on a light page and on a dark one, and for colour-blind eyes.

Stock Material for MkDocs stands for any site here: its backgrounds and its ink are read from its
own style sheets.
"""

import colorsys
import re
from functools import cache
from pathlib import Path

import material
import numpy as np
import pytest
from matplotlib.colors import to_hex

import sybil_pages
from sybil_pages.colours import COLOURS, paint, variables
from tests.contrast import SEEN, Colour, colour, contrast, least_difference, over

STYLES = Path(sybil_pages.__file__).parent / "assets" / "sybil-pages.css"
VALUES = {
    "light": {name: light for light, (name, _) in COLOURS.items()},
    "dark": {name: dark for name, dark in COLOURS.values()},
}
SCHEMES = {"light": "default", "dark": "slate"}
SIX = ["--sp-blue", "--sp-orange", "--sp-green", "--sp-purple", "--sp-gold", "--sp-grey"]
TINT = 0.4  # the strongest tint under a text


def block(css: str, selector: str) -> dict[str, str]:
    """Return what the rules of a selector say of variables."""
    said: dict[str, str] = {}
    for selectors, inside in re.findall(
        r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    ):
        if selector in [one.strip().replace('"', "") for one in selectors.split(",")]:
            said |= dict(re.findall(r"(--[\w-]+):\s*([^;]+)", inside))
    return said


@cache
def stock(theme: str) -> dict[str, Colour]:
    """Return the paper and the ink, without its transparency, of stock Material."""
    folder = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"
    (main,), (palette,) = folder.glob("main.*.css"), folder.glob("palette.*.css")
    light = block(main.read_text("utf-8"), "[data-md-color-scheme=default]")
    said = (
        light
        if theme == "light"
        else block(palette.read_text("utf-8"), "[data-md-color-scheme=slate]")
    )
    found = {}
    for noun, name in (("paper", "--md-default-bg-color"), ("ink", "--md-default-fg-color")):
        text = said[name].replace("var(--md-hue)", light["--md-hue"].removesuffix("deg"))
        if text.startswith("hsla("):
            hue, saturation, lightness = (float(n) for n in re.findall(r"[\d.]+", text)[:3])
            found[noun] = np.array(
                colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
            )
        else:
            short = text.removeprefix("#")
            found[noun] = colour(
                "#" + ("".join(2 * c for c in short) if len(short) == 3 else short[:6])
            )
    return found


@pytest.mark.parametrize("theme", VALUES)
def test_the_style_sheet_has_the_values_of_the_figures(theme: str) -> None:
    css = STYLES.read_text("utf-8")
    said = block(css, f"[data-md-color-scheme={SCHEMES[theme]}]")
    assert {name: said[name] for name in VALUES[theme]} == VALUES[theme]


@pytest.mark.parametrize("name", VALUES["light"])
@pytest.mark.parametrize("theme", VALUES)
def test_each_data_colour_can_be_read_as_text_on_its_page(theme: str, name: str) -> None:
    """And so is well above the 3:1 of lines and marks."""
    assert contrast(colour(VALUES[theme][name]), stock(theme)["paper"]) >= 4.5


@pytest.mark.parametrize("name", VALUES["light"])
@pytest.mark.parametrize("theme", VALUES)
def test_a_text_can_be_read_on_the_strongest_tint(theme: str, name: str) -> None:
    page = stock(theme)
    cell = over(colour(VALUES[theme][name]), TINT, page["paper"])
    assert contrast(page["ink"], cell) >= 4.5


@pytest.mark.parametrize("name", VALUES["light"])
@pytest.mark.parametrize("theme", VALUES)
def test_paper_can_be_read_on_a_data_colour(theme: str, name: str) -> None:
    assert contrast(stock(theme)["paper"], colour(VALUES[theme][name])) >= 4.5


@pytest.mark.parametrize("theme", VALUES)
def test_a_grey_of_half_ink_is_a_mark_and_one_of_eight_tenths_a_text(theme: str) -> None:
    page = stock(theme)
    thinned = {n: over(page["ink"], n / 10, page["paper"]) for n in (5, 8)}
    assert contrast(thinned[5], page["paper"]) >= 3
    assert contrast(thinned[8], page["paper"]) >= 4.5


@pytest.mark.parametrize("eye", SEEN)
@pytest.mark.parametrize("theme", VALUES)
def test_no_two_of_the_first_six_look_alike_to_any_eye(theme: str, eye: str) -> None:
    """Three times what can just be told; the other four are for pages with more series."""
    assert least_difference([VALUES[theme][name] for name in SIX], SEEN[eye]) >= 6
    every = 10 if eye == "all three cones" else 3.5
    assert least_difference(list(VALUES[theme].values()), SEEN[eye]) >= every


# Which colours follow


def test_matplotlibs_ten_colours_are_ten_variables() -> None:
    cycle = [to_hex(f"C{n}") for n in range(10)]
    paints = variables(set(cycle))
    assert {paints[c].partition(",")[0].removeprefix("var(") for c in cycle} == set(VALUES["light"])


@pytest.mark.parametrize(
    ("letter", "name"),
    [("b", "blue"), ("g", "green"), ("r", "red"), ("c", "cyan"), ("m", "purple"), ("y", "gold")],
)
def test_the_one_letter_colours_follow_too(letter: str, name: str) -> None:
    paints = variables({to_hex(letter)})
    assert paints[to_hex(letter)].startswith(f"var(--sp-{name}, ")


def test_two_colours_of_one_figure_stay_two() -> None:
    paints = variables({"#1f77b4", "#0000ff"})
    assert paints == {"#1f77b4": "var(--sp-blue, #0067a3)"}


@pytest.mark.parametrize(
    ("grey", "painted"),
    [
        ("#000000", "currentColor"),
        ("#808080", "var(--sp-ink-5, #808080)"),
        ("#b0b0b0", "var(--sp-ink-3, #b0b0b0)"),
        ("#ffffff", "var(--sp-paper, #ffffff)"),
        ("#123456", "#123456"),
        ("none", "none"),
    ],
)
def test_black_is_ink_white_is_paper_and_grey_is_between(grey: str, painted: str) -> None:
    assert paint(grey, {}) == painted


def test_each_grey_of_a_figure_is_in_the_style_sheet() -> None:
    css = STYLES.read_text("utf-8")
    greys = {
        re.findall(r"--sp-[\w-]+", paint(f"#{n:02x}{n:02x}{n:02x}", {}))[0]
        for n in range(1, 255)
        if n > 12
    }
    assert {name for name in greys if f"{name}:" not in css} == set()


@pytest.mark.parametrize("grey", ["#808080", "#cccccc", "#e5e5e5"])
def test_no_grey_text_is_too_faint_to_read(grey: str) -> None:
    assert paint(grey, {}, text=True).startswith("var(--sp-grey,")
