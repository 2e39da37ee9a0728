"""A figure is one small SVG that follows the site's theme, the same bytes every time."""

import base64
import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from sybil_pages.weave import fill, weave

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


def svgs(bench, text: str) -> list[str]:
    _, executed = bench.run(text)
    outputs = [output for cell in executed["cells"] for output in cell["outputs"]]
    return [o["data"]["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {})]


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


def test_text_stays_text_and_follows_the_page(bench) -> None:
    (svg,) = svgs(bench, PLOT)
    root = ElementTree.fromstring(svg)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Growth" in texts
    assert root.attrib["fill"] == "currentColor"
    assert 'stroke="currentColor"' in svg
    assert "#000000" not in svg
    assert "#ffffff" not in svg


def test_data_colours_are_variables_with_a_fallback(bench) -> None:
    (svg,) = svgs(bench, PLOT)
    assert 'stroke="var(--sp-blue, #0067a3)"' in svg


def test_a_figure_has_no_style_no_script_and_no_address(bench) -> None:
    (svg,) = svgs(bench, PLOT)
    assert not re.search(r"<style|style=|<script|<metadata|https?://(?!www\.w3\.org)", svg)


def test_ids_are_unique_and_all_of_them_are_used(bench) -> None:
    svg = "".join(svgs(bench, PLOT + PLOT.replace("Growth", "Other")))
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids)) > 0
    assert all(f"#{name}" in svg for name in ids)


def test_a_figure_is_at_most_a_third_of_what_matplotlib_writes(bench) -> None:
    sizes = """
        ```python
        #| alt: It grows.
        import io, matplotlib.pyplot as plt
        plt.plot([1, 2, 4])
        plain = io.StringIO()
        plt.savefig(plain, format="svg")
        print(len(plain.getvalue()))
        ```
    """
    _, executed = bench.run(sizes)
    text, figure = executed["cells"][0]["outputs"]
    assert len(figure["data"]["image/svg+xml"]) * 3 <= int(text["text"])


def test_a_photograph_is_small(bench) -> None:
    pytest.importorskip("sklearn", reason="the photograph comes with scikit-learn")
    text = """
        ```python
        #| alt: A temple.
        import matplotlib.pyplot as plt
        from sklearn.datasets import load_sample_image
        plt.imshow(load_sample_image("china.jpg")[::2, ::2].mean(axis=2), cmap="gray");
        ```
    """
    (svg,) = svgs(bench, text)
    assert "data:image/webp;base64," in svg
    assert len(svg) < 40_000


LARGE = {
    "a cloud": "plt.plot(*random.normal(size=(2, 20_000)), '.');",
    "a crowd of lines": "plt.plot(random.normal(size=(50, 2000)));",
    "a mesh": "plt.pcolormesh(random.normal(size=(200, 200)));",
}


def drawing(code: str) -> str:
    start = "#| alt: Many.\nimport matplotlib.pyplot as plt, numpy as np\n"
    return f"```py\n{start}random = np.random.default_rng(0)\n{code}\n```\n"


@pytest.mark.parametrize("code", LARGE.values(), ids=LARGE)
def test_large_data_is_one_raster_and_the_axes_are_not(bench, code: str) -> None:
    (svg,) = svgs(bench, drawing(code))
    assert svg.count("<image") == 1
    assert svg.count("<text") > 8
    assert len(svg) < 250_000


def test_many_points_on_a_smooth_line_stay_a_line(bench) -> None:
    code = "x = np.linspace(0, 9, 100_000)\nplt.plot(x, np.sin(x), x, np.cos(x));"
    (svg,) = svgs(bench, drawing(code))
    assert svg.count("<image") == 0
    assert 'stroke="var(--sp-blue, #0067a3)"' in svg
    assert len(svg) < 20_000


def test_an_array_of_more_values_than_pixels_is_resampled(bench) -> None:
    (svg,) = svgs(bench, drawing("plt.imshow(random.normal(size=(1100, 1000)));"))
    content = re.search(r"data:image/webp;base64,([^\"]+)", svg)
    assert content is not None
    width, height = Image.open(io.BytesIO(base64.b64decode(content[1]))).size
    assert max(width, height) < 800


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
    assert ["first" in svg for svg in found] == [True, False]
    assert ["second" in svg for svg in found] == [False, True]


def test_a_page_that_draws_nothing_imports_no_matplotlib(bench) -> None:
    text = "```pycon\n>>> import sys\n>>> 'matplotlib' in sys.modules\nFalse\n```\n"
    assert bench.check(text) == []
