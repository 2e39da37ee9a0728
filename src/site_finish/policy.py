"""A content security policy in every page: what may run there, and from where.

Scripts run from this site's own files, or if their text is one that the policy names by its hash.
Nothing is asked of another host, and nothing is evaluated. A page is a file on any server, so the
policy stands in the page itself, and it is the same in all pages: instant navigation brings the
content of one page into another.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

from . import tags

_HEAD = '<meta charset="utf-8">'
_CODE = ("", "text/javascript", "module")


def inline_scripts(html: str) -> list[str]:
    """The texts of a page's inline scripts, of those that a browser would run."""
    return [
        text
        for given, text in tags.raw(html, "script")
        if text and "src" not in given and given.get("type", "") in _CODE
    ]


def policy(scripts: Iterable[str]) -> str:
    """The policy of a site with these inline scripts."""
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}
    named = "".join(f" 'sha256-{one}'" for one in sorted(hashes))
    rules = {
        "default-src": "'none'",
        "script-src": f"'self'{named}",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def protect(site: Path) -> None:
    """Put the policy into all pages of a built site.

    Raises:
        ValueError: A page has no place for it.
    """
    pages = {path: path.read_text("utf-8") for path in sorted(site.rglob("*.html"))}
    rule = policy(script for html in pages.values() for script in inline_scripts(html))
    meta = f'{_HEAD}<meta http-equiv="Content-Security-Policy" content="{rule}">'
    for path, html in pages.items():
        if _HEAD not in html:
            raise ValueError(f"{path.relative_to(site)} has no `{_HEAD}`")
        path.write_text(html.replace(_HEAD, meta, 1), "utf-8", newline="\n")
