"""What a copy button gives: code that runs as it is, without prompts and outputs.

Material's button takes the attribute `data-copy` of what surrounds the code, where there is one.
"""

from __future__ import annotations

import re
from html import escape, unescape

from .page import Block

_CONSOLE = re.compile(
    r'(?P<div><div class="(?:language-console highlight|highlight language-console)")'
    r"(?P<rest>[^>]*>.*?<code[^>]*>(?P<code>.*?)</code>)",
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>")
_PROMPT = "$ "


def attribute(code: str) -> str:
    """The attribute with which an element's code is copied."""
    return f' data-copy="{escape(code).replace(chr(10), "&#10;")}"'


def of_session(block: Block) -> str:
    """The attribute of a block that is a session at the prompt; nothing for another one."""
    return attribute(block.source) if block.statements else ""


def with_consoles(html: str) -> str:
    """A rendered page whose shell sessions are copied as their commands alone."""

    def marked(match: re.Match[str]) -> str:
        lines = unescape(_TAG.sub("", match["code"])).splitlines()
        commands = [line.removeprefix(_PROMPT) for line in lines if line.startswith(_PROMPT)]
        return match["div"] + (attribute("\n".join(commands)) if commands else "") + match["rest"]

    return _CONSOLE.sub(marked, html) if "language-console" in html else html
