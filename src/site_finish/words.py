"""The words of code, each in an element of its own only if it looks different from those around it.

A highlighter puts every name and every bracket into one: of a long page's elements, most are these,
and a phone pays for each whenever the page is styled or laid out.
"""

from __future__ import annotations

import re

PLAIN = ("n", "o", "p", "w")
"""Names, operators, punctuation, white space: all in the colour of code (docs/assets/site.css)."""
_PLAIN = re.compile(rf'<span class="(?:{"|".join(PLAIN)})">([^<]*)</span>')
_CUT = re.compile(r'(<span class="([a-z]\w?)">[^<]*)</span>((?:<span class="\2">[^<]*</span>)+)')
_TAGS = re.compile(r"<[^>]*>")


def joined(html: str) -> str:
    """A page whose plain words are text, and whose neighbours of one kind are one element."""
    html = _PLAIN.sub(r"\1", html)
    return _CUT.sub(lambda cut: f"{cut[1]}{_TAGS.sub('', cut[3])}</span>", html)
