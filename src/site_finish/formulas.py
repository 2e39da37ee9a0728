"""LaTeX → MathML, when the site is built: no script, no font, no other host.

`pymdownx.arithmatex` finds the formulas (`$…$` in a sentence, `$$…$$` as a paragraph), and
`latex2mathml` writes them; every browser of today draws MathML by itself.
"""

from __future__ import annotations

import re
from html import escape, unescape

from latex2mathml.converter import convert

_FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)
_COMMAND = re.compile(r"<m[io][^>]*>\\(?P<name>\w+)</m[io]>")


def mathml(latex: str, *, block: bool = False) -> str:
    """A formula as MathML, which carries its LaTeX in words for those who copy or hear it.

    Args:
        latex: The formula, without dollars.
        block: Does it stand by itself?

    Raises:
        ValueError: It is no LaTeX, or has a command that is not known here.
    """
    bare = re.sub(r"\\.", "", latex)  # without `\{`
    if bare.count("{") != bare.count("}"):
        raise ValueError(f"`{latex.strip()}` is no formula: a brace is not closed, or not opened")
    try:
        made = convert(latex.strip(), display="block" if block else "inline")
    except Exception as error:  # the library raises errors of many kinds
        said = str(error) or type(error).__name__
        raise ValueError(f"`{latex.strip()}` is no formula: {said}") from error
    if unknown := _COMMAND.search(made):
        raise ValueError(f"`{latex.strip()}`: there is no command `\\{unknown['name']}`")
    return made.replace("<math ", f'<math alttext="{escape(latex.strip())}" ', 1)


def with_formulas(html: str) -> str:
    """A rendered page with its formulas as MathML.

    Raises:
        ValueError: As `mathml`.
    """

    def formula(match: re.Match[str]) -> str:
        block = match["tag"] == "div"
        made = mathml(unescape(match["latex"]), block=block)
        if not block:
            return made
        label = 'tabindex="0" role="group" aria-label="Formula"'  # a wide one scrolls
        return f'<div class="site-formula" {label}>{made}</div>'

    return _FORMULA.sub(formula, html)
