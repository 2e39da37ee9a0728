"""A page tells how long it takes, by its words and its code, and what comes before it."""

import pytest

from site_finish.reading import facts, headed, minutes, timed


def test_two_hundred_words_take_a_minute() -> None:
    assert minutes("word " * 200) == 1
    assert minutes("word " * 1000) == 5


def test_no_page_takes_no_time() -> None:
    assert minutes("# Title") == 1


def test_twenty_lines_of_code_take_a_minute_and_their_words_none() -> None:
    code = "\n".join(f"name_{n} = one + two + three + four + five" for n in range(100))
    assert minutes(f"```python\n{code}\n```\n") == 5


def test_empty_lines_of_code_cost_nothing() -> None:
    assert minutes("```python\n" + "x = 1\n\n\n" * 40 + "```\n") == 2


@pytest.mark.parametrize("mark", ["```", "````", "~~~"])
def test_every_kind_of_fence_is_code_also_inside_an_admonition(mark: str) -> None:
    lines = "    x = 1\n" * 60
    assert minutes(f'??? note "Title"\n\n    {mark}python\n{lines}    {mark}\n') == 3


def test_markup_addresses_comments_and_placeholders_are_no_words() -> None:
    link = "[word](https://example.org/a/b/c/d/e/f/g.html) <!-- a b c --> sybilpagesblock00012 "
    assert minutes(link * 400) == 2


def test_the_line_below_the_title_names_what_the_page_builds_on() -> None:
    line = facts(12, [("ReLU", "../relu/"), ("Pooling & more", "../pooling/"), ("A", "../a/")])
    assert "12 min to read" in line
    assert (
        'Builds on <a href="../relu/">ReLU</a>, <a href="../pooling/">Pooling &amp; more</a>'
        ' and <a href="../a/">A</a>'
    ) in line


def test_a_page_that_needs_nothing_says_nothing_of_it() -> None:
    assert "Builds" not in facts(3, [])


def test_the_line_stands_below_the_first_title_only() -> None:
    html = headed("<h1>A</h1><p>x</p><h1>B</h1>", "LINE")
    assert html == "<h1>A</h1>\nLINE<p>x</p><h1>B</h1>"


def test_each_entry_of_a_list_of_contents_gets_the_time_of_its_page() -> None:
    listed = (
        '<div class="site-contents">\n<ol>\n<li><a href="relu/">ReLU</a>\nWhy?</li>\n'
        '<li><a href="#here">This page</a> What?</li>\n<li>Left out. Why?</li>\n'
        '<li><a href="other/">Other</a> Who?</li>\n</ol>\n</div>'
    )
    times = {"relu/": 18, "": 20}
    html = timed(f'<ul><li><a href="relu/">not in a list</a></li></ul>{listed}', times.get)
    assert html.count("site-time") == 2
    assert "Left out" not in html
    assert '<a href="other/">Other</a> Who?</li>' in html
    assert 'Why?<span class="site-time">18 min</span></li>' in html
    assert 'What?<span class="site-time">20 min</span></li>' in html
    assert html.startswith('<ul><li><a href="relu/">not in a list</a></li></ul>')
