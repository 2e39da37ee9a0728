"""Small mendings of what the theme and the libraries write, so that checkers and keyboards agree.

Each stands here with its reason. What they change has no other effect in a browser.
"""

from __future__ import annotations

import re

_MENDED = (
    # Material: an empty number, which browsers read as none.
    (re.compile(r'(<label [^>]*?) tabindex=""'), r"\1"),
    # Matplotlib: the checker knows the values of SVG 1.1 alone, browsers those of CSS as well.
    (re.compile(r'(<image [^>]*?)image-rendering="pixelated"'), r'\1class="site-pixels"'),
    # mkdocs-jupyter: its script adds the role, too late for a label that is there from the start.
    (re.compile(r"<clipboard-copy (?!role=)"), '<clipboard-copy role="button" tabindex="0" '),
    # Material: the box that opens the drawer, which docs/assets/site.css shows to the keyboard.
    (re.compile(r'(<input [^>]*id="__drawer")(?! aria)'), r'\1 aria-label="Navigation"'),
    # Material: a dialog without a name.
    (re.compile(r'(<div class="md-search" [^>]*role="dialog")>'), r'\1 aria-label="Search">'),
    # Material: a title becomes a tooltip, which the theme's script prepares for each when the page
    # opens, a hundred of them; docs/templates/main.html makes it a title when it is wanted.
    (
        re.compile(r'(<a class="headerlink" [^>]*)title="([^"]*)"'),
        r'\1aria-label="\2" data-title="\2"',
    ),
    (
        re.compile(
            r"(<(?:a|button|label)(?= [^>]*md-(?:header__button|search__icon))[^>]*) title="
        ),
        r"\1 data-title=",
    ),
    # Material: so it watches what may be cut off; entries of the navigation have as many lines as
    # they need.
    (re.compile(r'(class="md-nav__link[^>]*>\s*<span class=")md-ellipsis'), r"\1site-entry"),
    # mkdocs-jupyter: a stop before each cell, where there is nothing to do.
    (re.compile(r'(<div class="jp-Cell-inputWrapper") tabindex="0"'), r"\1"),
    # Whatever may scroll sideways can be reached and scrolled by keyboard.
    (
        re.compile(r'<div class="highlight-ipynb ([^"]*)">'),
        r'<div class="highlight-ipynb \1" tabindex="0" role="group" aria-label="Code">',
    ),
    (
        re.compile(r"<table>.*?</table>", re.DOTALL),
        r'<div class="site-table" tabindex="0" role="group" aria-label="Table">\g<0></div>',
    ),
)


def mended(html: str) -> str:
    """A whole page, mended."""
    for wrong, right in _MENDED:
        html = wrong.sub(right, html)
    if 'id="__toc"' not in html:  # Material: no such box in a page that the navigation leaves out
        html = html.replace(' for="__toc"', "")
    return html
