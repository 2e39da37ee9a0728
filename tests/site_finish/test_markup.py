"""What the theme and the libraries write is mended where a checker or a keyboard stumbles."""

import pytest

from site_finish.markup import mended


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('<label class="a" tabindex="">', '<label class="a">'),
        (
            '<image width="3" image-rendering="pixelated"/>',
            '<image width="3" class="site-pixels"/>',
        ),
        ('<clipboard-copy for="a">', '<clipboard-copy role="button" tabindex="0" for="a">'),
        (
            '<div class="highlight-ipynb hl-python">',
            '<div class="highlight-ipynb hl-python" tabindex="0" role="group" aria-label="Code">',
        ),
        (
            "<table>\n<tr></tr></table>",
            '<div class="site-table" tabindex="0" role="group" aria-label="Table">'
            "<table>\n<tr></tr></table></div>",
        ),
        (
            '<a class="headerlink" href="#a" title="Link">¶</a>',
            '<a class="headerlink" href="#a" aria-label="Link" data-title="Link">¶</a>',
        ),
        (
            '<a href="." title="T" class="md-header__button md-logo">',
            '<a href="." data-title="T" class="md-header__button md-logo">',
        ),
        (
            '<label class="md-header__button md-icon" title="T" for="a">',
            '<label class="md-header__button md-icon" data-title="T" for="a">',
        ),
        (
            '<a href="." class="md-nav__link">\n  <span class="md-ellipsis">',
            '<a href="." class="md-nav__link">\n  <span class="site-entry">',
        ),
        ('<label for="__toc">Contents</label>', "<label>Contents</label>"),
    ],
)
def test_it_is_mended_and_nothing_around_it(wrong: str, right: str) -> None:
    assert mended(f"<p>a</p>{wrong}<p>b</p>") == f"<p>a</p>{right}<p>b</p>"


@pytest.mark.parametrize(
    "right",
    [
        '<label tabindex="0">',
        '<div tabindex="">',
        "<code>&lt;table&gt;</code>",
        '<input id="__toc"><label for="__toc">',
        '<table class="a"></table>',
        '<label title="T" for="a"><a class="md-header__button">',
        '<a class="site-term" href="#a" title="T">',
        '<div class="md-header__topic"><span class="md-ellipsis">',
    ],
)
def test_what_is_right_or_of_another_kind_stays(right: str) -> None:
    assert mended(right) == right


def test_it_is_mended_once() -> None:
    page = '<clipboard-copy for="a"></clipboard-copy><div class="highlight-ipynb x"></div>'
    assert mended(mended(page)) == mended(page)
