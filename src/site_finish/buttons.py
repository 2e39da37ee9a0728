"""A copy button at each block of code, written when the site is built.

The theme writes it in the browser, and measures every block while it does: on a phone that stops
the page for a second. Here it is part of the page, and `content.lazy` has the theme look at a block
when a reader comes to it. What the button gives, and how, stays the theme's; it gives the `pre` an
id of its own then, so the button's way to the code must not lead over that one.
"""

from __future__ import annotations

import re
from itertools import count

_BLOCK = re.compile(r"<pre><span></span><code>")
_BUTTON = (
    '<pre><span></span><span class="md-code__nav">'
    '<button class="md-code__button" type="button" aria-label="Copy to clipboard"'
    ' data-title="Copy to clipboard"'
    ' data-clipboard-target="#site-code-{n}" data-md-type="copy"></button></span>'
    '<code id="site-code-{n}" tabindex="0">'
)


def with_buttons(html: str) -> str:
    """A page with a button in each block of code; each can be reached and scrolled by keyboard."""
    numbers = count(1)
    return _BLOCK.sub(lambda _: _BUTTON.format(n=next(numbers)), html)
