"""Plain words of code need no element; what a reader sees, selects and copies is the same."""

import re

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from site_finish.words import PLAIN, joined

CODE = '''\
def mean(x, axis=-1):
    """The mean of `x`."""
    assert axis < 0, f"{axis} < 0: \\n"
    return x.sum(axis) / (x.shape[axis])  # <one> & another
'''
HTML = highlight(CODE, PythonLexer(), HtmlFormatter())


def words(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<span class="(\w+)">([^<]+)</span>', html)


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_the_text_is_the_same() -> None:
    assert text(joined(HTML)) == text(HTML)


def test_plain_words_have_no_element_and_all_others_keep_theirs() -> None:
    assert {kind for kind, _ in words(HTML)} > set(PLAIN)
    left = words(joined(HTML))
    assert not {kind for kind, _ in left} & set(PLAIN)
    kept = [(kind, word) for kind, word in words(HTML) if kind not in PLAIN]
    for kind in {kind for kind, _ in kept}:
        before = "".join(word for of, word in kept if of == kind)
        assert "".join(word for of, word in left if of == kind) == before


def test_neighbours_of_one_kind_are_one_element() -> None:
    html = '<span class="s2">"</span><span class="s2">a &lt;</span><span class="s2">"</span>'
    assert joined(html) == '<span class="s2">"a &lt;"</span>'
    apart = '<span class="s2">"</span><span class="si">{</span>'
    assert joined(apart) == apart


def test_an_element_within_another_stays() -> None:
    line = '<span class="hll"><span class="k">del</span> <span class="n">x</span></span>'
    assert joined(line) == '<span class="hll"><span class="k">del</span> x</span>'
