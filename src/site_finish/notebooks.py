"""Notebook pages as mkdocs-jupyter renders them, without what each of them carries alone.

That is half a megabyte of style sheet, which all of them can share, a MathJax setting and a
drawing library's loader, which ask another host and which no notebook of this site needs.
"""

from __future__ import annotations

import re

STYLES = "assets/notebooks.css"
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>\s*", re.DOTALL)
_SCRIPT = re.compile(r"<script(?P<head>[^>]*)>(?P<text>.*?)</script>\s*", re.DOTALL)
_FOREIGN = ("MathJax", "mermaid")


def is_notebook(html: str) -> bool:
    """Was the page rendered by mkdocs-jupyter?"""
    return 'class="jupyter-wrapper"' in html


def slimmed(html: str, address: str) -> tuple[str, list[str]]:
    """A notebook's page without style sheets of its own.

    Args:
        html: The page.
        address: The address of the shared style sheet, from the page.

    Returns:
        The page, and the style sheets that it had.
    """
    styles = _STYLE.findall(html)
    html = _STYLE.sub("", html)
    html = _SCRIPT.sub(lambda m: "" if _is_foreign(m["head"], m["text"]) else m[0], html)
    link = f'<link rel="stylesheet" href="{address}">'
    return html.replace("<script", f"{link}<script", 1), styles  # scripts look for style sheets


def _is_foreign(head: str, text: str) -> bool:
    return 'src="data:' in head or any(name in text for name in _FOREIGN)
