"""Formulas are MathML in the page: no dollar, no script, and what is no formula is an error."""

from xml.etree import ElementTree

import pytest
from markdown import Markdown

from site_finish.formulas import mathml, with_formulas

MATHML = "{http://www.w3.org/1998/Math/MathML}"


def rendered(text: str) -> str:
    md = Markdown(
        extensions=["pymdownx.arithmatex", "md_in_html"],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    return with_formulas(md.convert(text))


def test_a_formula_has_its_parts_in_their_order() -> None:
    root = ElementTree.fromstring(mathml(r"y_i = \sum_{j=0}^{k-1} w_j\, x_{i+j} + b"))
    assert root.tag == f"{MATHML}math"
    assert "".join(root.itertext()).split() == ["yi=∑j=0k−1wjxi+j+b"]
    assert [child.tag.removeprefix(MATHML) for child in root[0]][:3] == ["msub", "mo", "msubsup"]


def test_it_carries_its_latex_for_those_who_hear_it() -> None:
    root = ElementTree.fromstring(mathml(r"a < b \& \text{\"c\"}"))
    assert root.attrib["alttext"] == r"a < b \& \text{\"c\"}"


def test_in_a_sentence_it_stays_in_the_sentence() -> None:
    html = rendered("The eigenvalue $l(l+1)$ comes $2l+1$ times.")
    assert html.startswith("<p>The eigenvalue <math ")
    assert html.count('display="inline"') == 2
    assert "$" not in html


def test_as_a_paragraph_it_stands_by_itself_and_scrolls() -> None:
    html = rendered("Before.\n\n$$\n\\lambda = \\frac{1}{2}\n$$\n\nAfter.")
    assert '<div class="site-formula" tabindex="0"' in html
    assert 'display="block"' in html
    assert "arithmatex" not in html


def test_prices_code_and_escaped_dollars_stay() -> None:
    text = r"From $5 to $7, `$x$`, and \$x\$."
    assert rendered(text) == "<p>From $5 to $7, <code>$x$</code>, and $x$.</p>"


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\frac{1", "a brace is not closed"),
        ("x^2^3", "is no formula"),
        (r"\unknwon{x}", r"there is no command `\unknwon`"),
    ],
)
def test_what_is_no_formula_is_an_error_that_names_it(latex: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"formula|command") as error:
        mathml(latex)
    assert said in str(error.value)
    assert latex in str(error.value)
