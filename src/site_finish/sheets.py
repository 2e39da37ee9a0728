"""The style sheets that come with the theme and the notebooks, pruned to what this site uses."""

from __future__ import annotations

from pathlib import Path

from .notebooks import STYLES
from .pruning import classes, pruned, variables, words

_THEIRS = ("assets/stylesheets/*.css", STYLES)
_SWITCHING = "[data-md-color-switching]"
"""The theme sets this attribute whenever a page opens, and a rule for all of the page makes that
dear; where a reader does switch, docs/templates/main.html brings the rule."""


def slim(site: Path) -> None:
    """Prune the style sheets of a built site that are not its own.

    What a class of a page or a word of a script may ask for stays.
    """
    used = {name for path in site.rglob("*.html") for name in classes(path.read_text("utf-8"))}
    used |= {name for path in site.rglob("*.js") for name in words(path.read_text("utf-8"))}
    theirs = [path for pattern in _THEIRS for path in sorted(site.glob(pattern))]
    texts = {path: path.read_text("utf-8") for path in site.rglob("*.css")}
    for path in theirs:
        others = [text for other, text in texts.items() if other != path]
        read = variables("\n".join(others))
        left = pruned(texts[path], frozenset(used), frozenset(read), _SWITCHING)
        path.write_text(left, "utf-8", newline="\n")
