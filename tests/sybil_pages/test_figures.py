"""A figure is one small SVG that follows the site's theme, the same bytes every time."""

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgba
from matplotlib.figure import Figure
from PIL import Image

from sybil_pages.figures import svg
from sybil_pages.paths import path
from sybil_pages.project import Project
from sybil_pages.weave import fill, standalone, weave
from sybil_pages.workers import Pool
from tests.contrast import colour, over

PLOT = """
    ```python
    #| alt: It grows & grows.
    #| caption: The `line`.
    import matplotlib.pyplot as plt
    plt.plot([1, 2, 4], label="growth")
    plt.title("Growth")
    plt.show()
    ```
"""
x = np.linspace(0, 9, 300)
random = np.random.default_rng(0)


def svgs(bench, text: str) -> list[str]:
    _, executed = bench.run(text)
    outputs = [output for cell in executed["cells"] for output in cell["outputs"]]
    return [o["data"]["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {})]


def figure_of(draw: Callable[[Axes], object], **size: object) -> Figure:
    """Return a figure with one axes, drawn on."""
    figure = Figure(**size)
    draw(figure.add_subplot())
    return figure


def drawn(draw: Callable[[Axes], object]) -> str:
    """Return a figure with one axes, drawn on, as we write it."""
    return svg(figure_of(draw), "f-0")


def written(figure: Figure, **settings: object) -> str:
    """Return a figure as matplotlib itself writes it."""
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "same", **settings}):
        figure.savefig(buffer, format="svg", transparent=True, bbox_inches="tight")
    return buffer.getvalue()


def texts(drawing: str) -> dict[str, ElementTree.Element]:
    """Return the texts of a figure, which own or inherit their fill."""
    found = {}

    def look(parent: ElementTree.Element, fill: str) -> None:
        for element in parent:
            mine = element.get("fill", fill)
            if element.tag.endswith("}text"):
                element.set("fill", mine)
                found[str(element.text)] = element
            look(element, mine)

    look(ElementTree.fromstring(drawing), "currentColor")
    return found


def pixels(address: str) -> np.ndarray:
    """Return the pixels of an image's data address."""
    content = base64.b64decode(address.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


# What a page holds


def test_show_works_and_never_warns(bench) -> None:
    assert bench.check(PLOT) == []


def test_a_figure_carries_role_label_and_caption(bench) -> None:
    page, executed = bench.run(PLOT)
    html, _ = fill(page, executed, "<p>sybilpagesblock00000</p>")
    assert weave(page).count("sybilpagesblock00000") == 1
    assert '<svg class="sp-svg" role="img" aria-label="It grows &amp; grows."' in html
    assert "<figcaption>The <code>line</code>.</figcaption>" in html


def test_the_same_page_gives_the_same_bytes(bench) -> None:
    assert svgs(bench, PLOT) == svgs(bench, PLOT)


def test_a_figure_has_no_style_no_script_no_date_and_no_address(bench) -> None:
    link = PLOT.replace('label="growth"', 'url="https://example.org"')
    for drawing in svgs(bench, PLOT) + svgs(bench, link):
        foreign = r"<style|style=|<script|<metadata|<a |<dc:|https?://(?!www\.w3\.org/)"
        assert not re.search(foreign, drawing)


def test_ids_are_unique_in_a_page_even_if_two_blocks_are_the_same(bench) -> None:
    map_ = PLOT.replace("plt.plot([1, 2, 4], label", "plt.plot([1, 2, 4], '^', clip_on=True, label")
    map_ = map_.replace("plt.title", "plt.xlim(0, 1); plt.title")
    whole = "".join(svgs(bench, map_ + map_ + map_.replace("Growth", "Other")))
    ids = re.findall(r' id="([^"]+)"', whole)
    assert len(ids) == len(set(ids)) >= 3
    assert all(re.fullmatch(r"f[0-9a-f]{8}-\d+-\d+", name) for name in ids)
    assert all(f"#{name}" in whole for name in ids)


def test_a_displayed_figure_and_an_open_one_are_shown_once_each(bench) -> None:
    text = """
        ```python
        #| alt: One.
        #| alt: Two.
        import matplotlib.pyplot as plt
        from matplotlib.figure import Figure
        first, axes = plt.subplots()
        axes.set_title("first")
        second = Figure()
        second.suptitle("second")
        display(second)
        first
        ```
    """
    found = svgs(bench, text)
    assert ["first" in one for one in found] == [True, False]
    assert ["second" in one for one in found] == [False, True]


def test_a_page_that_draws_nothing_imports_no_matplotlib(tmp_path: Path, bench) -> None:
    text = "```pycon\n>>> import sys\n>>> 'matplotlib' in sys.modules\nFalse\n```\n"
    bench.pool = Pool(Project(tmp_path, tmp_path), 1)  # in which no page before it has drawn
    assert bench.check(text) == []
    bench.pool.close()


# What follows the theme


def test_text_stays_text_and_follows_the_page() -> None:
    drawing = drawn(lambda ax: (ax.plot([1, 2, 4]), ax.set_title("Growth")))
    assert ElementTree.fromstring(drawing).attrib["fill"] == "currentColor"
    assert texts(drawing)["Growth"].get("fill") == "currentColor"
    assert 'stroke="currentColor"' in drawing
    assert "#000000" not in drawing


def test_data_colours_are_variables_with_a_fallback() -> None:
    drawing = drawn(lambda ax: [ax.plot([0, n]) for n in range(10)])
    names = ["blue", "orange", "green", "red", "purple", "brown", "pink", "grey", "gold", "cyan"]
    assert re.findall(r"var\(--sp-(\w+), #[0-9a-f]{6}\)", drawing) == names


def test_a_grid_and_a_legend_follow_too() -> None:
    drawing = drawn(lambda ax: (ax.plot([1, 2], label="a"), ax.grid(), ax.legend()))
    assert 'stroke="var(--sp-ink-3, #b0b0b0)"' in drawing
    assert 'fill="var(--sp-paper, #ffffff)"' in drawing
    assert not re.search(r'(?:fill|stroke)="#', drawing)


def test_what_is_drawn_on_a_photograph_keeps_its_colours() -> None:
    def draw(ax: Axes) -> None:
        ax.imshow(np.arange(36).reshape(6, 6))
        ax.text(1, 1, "black")
        ax.text(2, 2, "white", color="w")
        ax.plot([4], [4], "w^")
        ax.set_title("outside")

    found = texts(drawing := drawn(draw))
    assert [found[t].get("fill") for t in ("black", "white")] == ["#000000", "#ffffff"]
    assert found["outside"].get("fill") == found["2"].get("fill") == "currentColor"
    assert "--sp-paper" not in drawing


def test_what_is_drawn_among_points_of_its_authors_colours_follows_the_theme() -> None:
    """Points that are pixels are no photograph: the page shines through between them."""
    points = random.normal(size=(2, 20_000))
    drawing = drawn(lambda ax: (ax.scatter(*points, c=points[0]), ax.text(0, 0, "note")))
    assert texts(drawing)["note"].get("fill") == "currentColor"
    assert "clear" not in drawing


def test_black_text_on_a_data_colour_is_paper_and_beside_it_ink() -> None:
    def draw(ax: Axes) -> None:
        bars = ax.bar(["a", "b"], [1, 2])
        ax.bar_label(bars, ["in", "side"], label_type="center")
        ax.bar_label(bars, ["above", "it"])

    found = texts(drawn(draw))
    assert {found[t].get("fill") for t in ("in", "side")} == {"var(--sp-paper, #ffffff)"}
    assert {found[t].get("fill") for t in ("above", "it")} == {"currentColor"}


def test_text_in_a_box_of_its_authors_colour_stays_black() -> None:
    drawing = drawn(lambda ax: ax.text(0.5, 0.5, "note", bbox={"facecolor": "#ffee88"}))
    assert texts(drawing)["note"].get("fill") == "#000000"


# Pixels


def fading(low: str, high: str) -> ListedColormap:
    """Return a colour map whose two hues are the more opaque the farther from its middle."""
    ramp = np.linspace(-1, 1, 511)
    return ListedColormap([to_rgba(low if v < 0 else high, abs(v)) for v in ramp])


def test_a_map_in_data_colours_is_a_mask_for_each_of_them() -> None:
    values = np.array([[-1.0, -0.5, 0.0], [0.02, 0.5, 1.0]])
    image = {"cmap": fading("#0067a3", "#c44e00"), "vmin": -1, "vmax": 1}
    drawing = drawn(lambda ax: ax.imshow(values, **image))
    root = ElementTree.fromstring(drawing.replace("xlink:", "").replace(' xmlns="', ' ns="'))
    masks = {mask.get("id"): pixels(mask[0].get("href"))[..., 0] for mask in root.iter("mask")}
    sheets = {r.get("fill"): masks[r.get("mask")[5:-1]] for r in root.iter("rect") if r.get("mask")}
    assert len(masks) == 2
    blue, orange = sheets["var(--sp-blue, #0067a3)"], sheets["var(--sp-orange, #c44e00)"]
    np.testing.assert_allclose(blue / 255, np.clip(-values, 0, 1), atol=0.005)
    np.testing.assert_allclose(orange / 255, np.clip(values, 0, 1), atol=0.005)


def test_a_faint_value_keeps_its_sign() -> None:
    """Also where the other hue alone is strong."""
    values = np.array([[-1.0, -0.9, 0.1]])
    image = {"cmap": fading("#0067a3", "#c44e00"), "vmin": -1, "vmax": 1}
    drawing = drawn(lambda ax: ax.imshow(values, **image))
    assert 'fill="var(--sp-orange, #c44e00)"' in drawing


PHOTOGRAPHS = {
    "viridis": {"X": np.arange(400).reshape(20, 20)},
    "grey": {"X": np.eye(28), "cmap": "gray"},  # nearly all of it black
    "red, white and blue": {"X": np.arange(400).reshape(20, 20), "cmap": "RdBu"},
    "colour": {"X": random.integers(0, 255, (20, 20, 3), dtype=np.uint8)},
}


@pytest.mark.parametrize("given", PHOTOGRAPHS.values(), ids=PHOTOGRAPHS)
def test_any_other_image_stays_as_it_is(given: dict[str, object]) -> None:
    drawing = drawn(lambda ax: ax.imshow(**given))
    assert "<mask" not in drawing
    shown = pixels(re.findall(r'xlink:href="([^"]+)"', drawing)[0])
    figure = Figure()
    image = figure.add_subplot().imshow(**given)
    assert np.array_equal(shown, image.to_rgba(image.get_array(), bytes=True)[..., :3])


TEN = ["blue", "orange", "green", "red", "purple", "brown", "pink", "grey", "gold", "cyan"]
LARGE = {
    "a cloud": (lambda ax: ax.plot(*random.normal(size=(2, 20_000)), "."), ["blue"]),
    "a crowd": (lambda ax: [ax.plot(random.normal(size=1500) + n) for n in range(40)], TEN),
    "a mesh": (lambda ax: ax.pcolormesh(random.normal(size=(200, 200))), []),
}


@pytest.mark.parametrize(("draw", "colours"), LARGE.values(), ids=LARGE)
def test_large_data_is_pixels_in_the_colours_of_the_theme_and_the_axes_are_not(
    draw: Callable[[Axes], object], colours: list[str]
) -> None:
    drawing = drawn(draw)
    assert drawing.count("<image") == max(1, len(colours))
    assert drawing.count("<text") > 8
    assert len(drawing) < 250_000
    sheets = re.findall(r'<rect[^>]*fill="var\(--sp-(\w+), #\w+\)" mask="url', drawing)
    assert sorted(sheets) == sorted(colours)


def test_a_black_cloud_is_ink() -> None:
    points = random.normal(size=(2, 20_000))
    drawing = drawn(lambda ax: ax.scatter(*points, s=4, c="k", alpha=0.2))
    assert re.search(r'<rect[^>]*fill="currentColor" mask="url', drawing)


def test_many_points_on_a_smooth_line_stay_a_line() -> None:
    many = np.linspace(0, 9, 100_000)
    drawing = drawn(lambda ax: ax.plot(many, np.sin(many), many, np.cos(many)))
    assert drawing.count("<image") == 0
    assert 'stroke="var(--sp-blue, #0067a3)"' in drawing
    assert len(drawing) < 10_000


def test_an_array_of_more_values_than_pixels_is_resampled() -> None:
    drawing = drawn(lambda ax: ax.imshow(random.normal(size=(1100, 1000))))
    shown = pixels(re.findall(r'href="(data:[^"]+)"', drawing)[0])
    assert max(shown.shape) < 800


def test_a_photograph_has_at_most_30_kilobytes_even_if_it_is_noise() -> None:
    noise = random.integers(0, 255, (900, 900, 3), dtype=np.uint8)
    drawing = drawn(lambda ax: ax.imshow(noise))
    (address,) = re.findall(r'href="(data:image/webp;base64,[^"]+)"', drawing)
    assert 5_000 < len(base64.b64decode(address.partition(",")[2])) <= 30_000


def test_a_photograph_is_small_and_alike() -> None:
    pytest.importorskip("sklearn", reason="the photograph comes with scikit-learn")
    from sklearn.datasets import load_sample_image

    grey = load_sample_image("china.jpg")[::2, ::2].mean(axis=2)
    drawing = drawn(lambda ax: ax.imshow(grey, cmap="gray", vmin=0, vmax=255))
    (address,) = re.findall(r'href="(data:image/webp;base64,[^"]+)"', drawing)
    assert len(drawing) < 30_000
    assert np.abs(pixels(address)[..., 0] - grey).mean() < 5


# How small it is

TYPICAL = {
    "a line": lambda ax: ax.plot([1, 2, 4]),
    "curves": lambda ax: (ax.plot(x, np.sin(x), x, np.cos(x), label="a"), ax.grid(), ax.legend()),
    "noise": lambda ax: ax.plot(random.normal(size=3000)),
    "bars": lambda ax: ax.bar(list("abc"), [1, 2, 3]),
    "a histogram": lambda ax: ax.hist(random.normal(size=1000), 40),
    "points": lambda ax: ax.scatter(*random.normal(size=(2, 400))),
    "coloured points": lambda ax: ax.scatter(*random.normal(size=(2, 400)), c=np.arange(400)),
    "crosses": lambda ax: ax.plot(*random.normal(size=(2, 400)), "x"),
    "triangles": lambda ax: ax.plot(*random.normal(size=(2, 400)), "^"),
    "cells": lambda ax: ax.pcolormesh(random.normal(size=(12, 12))),
    "contours": lambda ax: ax.contourf(np.add.outer(x, x**2)),
    "arrows": lambda ax: ax.quiver(*random.normal(size=(2, 10, 10))),
    "errors": lambda ax: ax.errorbar(np.arange(9), np.arange(9), 1, capsize=3),
    "a logarithmic scale": lambda ax: ax.loglog([1, 10, 1000]),
    "boxes": lambda ax: ax.boxplot(random.normal(size=(30, 4))),
}


@pytest.mark.parametrize("draw", TYPICAL.values(), ids=TYPICAL)
def test_a_figure_is_at_most_a_third_of_what_matplotlib_writes(
    draw: Callable[[Axes], object],
) -> None:
    figure = figure_of(draw)
    assert 3 * len(svg(figure, "f-0")) <= len(written(figure))


def followed(d: str) -> np.ndarray:
    """Return the places that a path names: one command after the other, the plain way."""
    found: list[np.ndarray] = []
    here = start = np.zeros(2)
    for command, text in re.findall(r"([A-Za-z])([^A-Za-z]*)", d):
        numbers = np.array([float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", text)])
        if command in "hv":
            numbers = np.outer(numbers, [command == "h", command == "v"]).ravel()
        pairs = numbers.reshape(-1, {"q": 2, "c": 3}.get(command, 1), 2)
        for some in pairs:
            found += list(some + (here if command.islower() else 0))
            here = found[-1]
        start = here if command == "M" else start
        here = start if command == "z" else here
    return np.array(found)


@pytest.mark.parametrize("seed", range(5))
def test_no_place_of_a_path_moves_by_what_the_eye_can_see(seed: int) -> None:
    """By a twentieth of a point at most, at the end of a long path too: nothing adds up."""
    rng = np.random.default_rng(seed)
    said, exact = "", []
    for command in ["M", *rng.choice(list("LLQCMz"), 400)]:
        some = rng.normal(0, 30, size=({"z": 0, "Q": 2, "C": 3}.get(command, 1), 2))
        exact += list(some)
        said += " ".join([command, *map(str, some.ravel())]) + "\n"
    short, (left, top, right, bottom) = path(said, 1)
    assert len(short) < len(said) / 3
    np.testing.assert_allclose(followed(short), exact, atol=0.0501)
    assert (left, top) == pytest.approx(np.min(exact, axis=0), abs=0.0501)
    assert (right, bottom) == pytest.approx(np.max(exact, axis=0), abs=0.0501)


# What it looks like


SAME = {
    "lines": lambda ax: (ax.plot(x, np.sin(x), "#0067a3"), ax.plot(x, np.cos(x), "k:"), ax.grid()),
    "noise": lambda ax: ax.plot(np.random.default_rng(1).normal(size=900), c="#c44e00", lw=0.7),
    "marks": lambda ax: [
        ax.plot(x[n::40], np.full(len(x[n::40]), n), mark, c="#0067a3")
        for n, mark in enumerate(["o", ".", "^", "s", "x", "+", "D", "*"])
    ],
    "two-coloured marks": lambda ax: ax.plot(
        x[::20], x[::20], "o", mfc="#00664a", mec="k", ms=9, alpha=0.5
    ),
    "points": lambda ax: ax.scatter(x[::6], np.sin(x[::6]), s=60, c=x[::6], alpha=0.6),
    "bars": lambda ax: (
        ax.bar(list("abcd"), [1, 2, 3, 1], color="#0067a3", ec="k", width=1),
        ax.bar(list("abcd"), [1, 2, 0.5, 3], color="#c44e00", alpha=0.5),
    ),
    "cells": lambda ax: ax.pcolormesh(np.arange(60).reshape(6, 10), edgecolors="k"),
    "areas": lambda ax: (
        ax.fill_between(x, np.sin(x), np.cos(x), fc="#00664a", alpha=0.4, hatch="//"),
        ax.axhspan(-0.5, 0.5, fc="#c44e00", alpha=0.3),
    ),
    "a map": lambda ax: ax.imshow(
        np.sin(np.arange(48)).reshape(6, 8), cmap=fading("#0067a3", "#c44e00"), interpolation="none"
    ),
    "an image": lambda ax: ax.imshow(np.arange(48).reshape(6, 8), interpolation="none"),
    "a cut": lambda ax: (ax.plot(x, 9 * np.sin(9 * x), "k-o"), ax.set(xlim=(1, 2), ylim=(-5, 5))),
    "insets": lambda ax: ax.inset_axes((0.2, 0.2, 0.4, 0.4)).plot([1, 3, 2], c="#94237a"),
}


@pytest.mark.parametrize("draw", SAME.values(), ids=SAME)
def test_it_looks_as_matplotlib_drew_it(draw: Callable[[Axes], object], browser: object) -> None:
    """In a browser, pixel by pixel, on white paper and in light values."""
    figure = figure_of(draw, figsize=(4, 3))
    theirs = written(figure, **{"svg.fonttype": "none"})
    ours = standalone(svg(figure, "f-0"))
    page = browser.new_page(viewport={"width": 600, "height": 450})
    shots = []
    for drawing in (theirs, ours):
        wordless = re.sub(r">[^<\s][^<]*</text>", "></text>", drawing[drawing.index("<svg") :])
        same_size = re.sub(r'(<svg[^>]*) width="[^"]*" height="[^"]*"', r"\1", wordless)
        page.set_content(f'<body style="margin: 0; background: white">{same_size}')
        shots.append(np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), int))
    page.close()
    far = np.abs(shots[0] - shots[1]).max(axis=-1)
    assert shots[0].min() < 128  # there is something to see
    assert (far > 80).mean() < 0.0005
    assert far.mean() < 1.5  # of 255: edges that lie a little otherwise between two pixels


SHEET = """<!doctype html><title>A figure</title><style>{styles}
body {{ margin: 0; background: var(--sp-paper); color: {ink} }}</style>
<body data-md-color-scheme="{scheme}" class="md-typeset"><div class="sp-scroll">{drawing}</div>"""
PAGES = {
    "default": ("#fcfcfa", "#1b2027cc", "#c44e00"),
    "slate": ("#14171f", "#e4e7edcc", "#ff9c57"),
}


def test_a_map_is_mixed_from_the_themes_own_colours(browser: object) -> None:
    """A value of half the limit is half of the hue on the page's paper, in either theme."""
    import sybil_pages

    styles = Path(sybil_pages.__file__).parent / "assets" / "sybil-pages.css"
    image = {"cmap": fading("#0067a3", "#c44e00"), "vmin": -1, "vmax": 1, "aspect": "auto"}
    figure = figure_of(lambda ax: (ax.imshow([[0.5]], **image), ax.text(0.1, 0.1, "text")))
    drawing = svg(figure, "f-0").replace("<svg ", '<svg class="sp-svg" ', 1)
    page = browser.new_page(viewport={"width": 600, "height": 450})
    for scheme, (paper, ink, orange) in PAGES.items():
        css = styles.read_text("utf-8").replace("var(--md-default-bg-color, Canvas)", paper)
        page.set_content(SHEET.format(styles=css, scheme=scheme, ink=ink, drawing=drawing))
        shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        expected = 255 * over(colour(orange), 0.5, colour(paper))
        assert np.abs(shot[150, 150] - expected).max() <= 3
        fill = page.locator("text", has_text="text").evaluate("e => getComputedStyle(e).fill")
        shown = [float(n) for n in re.findall(r"[\d.]+", fill)]
        assert len(shown) == 3 or shown[3] == 1, "a tint shines through text that is not opaque"
    page.close()


def test_an_edge_with_more_behind_it_is_shaded(browser: object) -> None:
    import sybil_pages

    styles = Path(sybil_pages.__file__).parent / "assets" / "sybil-pages.css"
    empty = '<svg class="sp-svg" width="700" height="100" viewBox="0 0 700 100"></svg>'
    page = browser.new_page(viewport={"width": 360, "height": 100})
    for scheme, (paper, ink, _) in PAGES.items():
        css = styles.read_text("utf-8").replace("var(--md-default-bg-color, Canvas)", paper)
        page.set_content(SHEET.format(styles=css, scheme=scheme, ink=ink, drawing=empty))
        box = page.locator(".sp-scroll")
        shaded = []
        for left in (0, 60, 1000):
            box.evaluate("(element, left) => { element.scrollLeft = left }", left)
            shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), int)
            far = np.abs(shot[50] - 255 * colour(paper)).max(axis=-1)
            shaded.append((far[1] > 12, far[-2] > 12))
            assert far[180] <= 1
        assert shaded == [(False, True), (True, True), (True, False)]
    page.close()
