"""Attributes change and elements go; text, code and scripts keep every byte."""

import pytest

from site_finish.tags import attributes, changed, without


def louder(html: str) -> str:
    return changed(html, ("href",), str.upper)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="x">x</a>', '<a href="X">x</a>'),
        ("<a class=b href='x y' id=c>", '<a class=b href="X Y" id=c>'),
        ("<a title='a > b' href=x>", "<a title='a > b' href=\"X\">"),
        ('<A HREF="a&amp;b">', '<A HREF="A&amp;B">'),
        ("<link\n  rel=icon\n  href = x\n>", '<link\n  rel=icon\n  href = "X"\n>'),
    ],
)
def test_a_value_changes_and_its_tag_stays(html: str, expected: str) -> None:
    assert louder(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<pre>&lt;a href="x"&gt;</pre>',
        '<!-- <a href="x"> -->',
        "<script>let a = '<a href=\"x\">';</script>",
        '<title><a href="x"></title>',
        "<p title='href=\"x\"'>",
        '<a data-href="x" href="X">',
        "<p>1 < 2, href = x > 1</p>",
    ],
)
def test_what_is_no_such_attribute_keeps_its_bytes(html: str) -> None:
    assert louder(html) == html


def test_the_tag_of_a_script_is_a_tag() -> None:
    assert (
        louder('<script href="x">"<a href=y>"</script>') == '<script href="X">"<a href=y>"</script>'
    )


def test_attributes_are_read_with_and_without_values() -> None:
    assert attributes(" data-x href='a' Class = b hidden") == {
        "data-x": "",
        "hidden": "",
        "href": "a",
        "class": "b",
    }


def test_an_element_goes_with_what_is_in_it() -> None:
    html = "<ul><li>a</li><li data-x><ul><li>b</li></ul>c</li><li>d</li></ul>"
    assert without(html, ("data-x",), lambda name, given: "data-x" in given) == (
        "<ul><li>a</li><li>d</li></ul>"
    )


def test_an_element_without_an_end_goes_alone() -> None:
    html = '<meta charset="utf-8"><meta name="gone"><link href="x"><p>name</p>'
    assert without(html, ("name",), lambda name, given: given.get("name") == "gone") == (
        '<meta charset="utf-8"><link href="x"><p>name</p>'
    )
