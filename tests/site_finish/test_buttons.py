"""Each block of code has its copy button in the page itself, and what it copies is the block."""

import re

from site_finish.buttons import with_buttons

PAGE = (
    '<div class="highlight"><pre><span></span><code>a\n</code></pre></div>'
    "<pre><code>an output</code></pre>"
    '<div class="highlight"><pre><span></span><code>b\n</code></pre></div>'
)


def test_each_button_names_the_code_that_stands_beside_it() -> None:
    html = with_buttons(PAGE)
    pattern = r'target="#([\w-]+)"(?:(?!</pre>).)*<code id="([\w-]+)"[^>]*>(.)'
    found = re.findall(pattern, html, re.DOTALL)
    assert [(own == target, code) for target, own, code in found] == [(True, "a"), (True, "b")]
    assert len({own for _, own, _ in found}) == 2


def test_an_output_has_none() -> None:
    assert "<pre><code>an output</code></pre>" in with_buttons(PAGE)
    assert with_buttons(PAGE).count("<button") == 2
