"""Notebook pages share their style sheet, ask no other host, and keep their content."""

from site_finish.notebooks import is_notebook, slimmed

PAGE = """<html><head><title>T</title><script>sheets();</script></head>
<body><div class="jupyter-wrapper">
<style type="text/css">.a { color: red }</style>
<script src="data:text/javascript,"> </script>
<script type="text/x-mathjax-config">init_mathjax = function() { window.MathJax }</script>
<script type="module">import mermaid from "https://example.org/mermaid.mjs";</script>
<script>copy();</script>
<style>.b { color: blue }</style>
<p>Content</p></div></body></html>"""


def test_a_notebook_is_known_by_its_wrapper() -> None:
    assert is_notebook(PAGE)
    assert not is_notebook("<p>A page about <code>jupyter-wrapper</code></p>")


def test_style_sheets_leave_in_their_order_and_one_link_comes() -> None:
    html, styles = slimmed(PAGE, "../assets/notebooks.css")
    assert styles == [".a { color: red }", ".b { color: blue }"]
    assert "<style" not in html
    assert html.index('<link rel="stylesheet" href="../assets/notebooks.css">') < html.index(
        "<script"
    )


def test_what_asks_another_host_goes_and_the_rest_stays() -> None:
    html, _ = slimmed(PAGE, "x.css")
    assert html.count("<script") == 2
    assert "<script>copy();</script>" in html
    assert "<p>Content</p>" in html
