"""Pages use a snippet where they include its code or import it, in the navigation's order."""

import pytest

from site_finish.uses import Chapter, chapters


def used(text: str) -> tuple[set[str], set[str]]:
    """What a page shows, and what it imports."""
    (one,) = chapters(None, {"a.md": text}, "snippets")
    return set(one.shows), set(one.imports)


@pytest.mark.parametrize(
    "text",
    [
        '```python\n--8<-- "snippets/peak.py"\n```',
        "    --8<-- 'snippets/peak.py:part'",
        '--8<-- "snippets/peak/ink.py"',
        "--8<--\n./snippets/peak.py\n--8<--",
    ],
)
def test_an_include_shows_the_snippet(text: str) -> None:
    assert used(text) == ({"peak"}, set())


@pytest.mark.parametrize(
    "text",
    [
        "from snippets import peak",
        ">>> from snippets import peak as p  # a comment",
        "    from snippets.peak import height",
        "from snippets.peak.ink import (\n    dot,\n)",
        "from snippets import (\n    peak,\n)",
        "import snippets.peak",
    ],
)
def test_an_import_uses_it(text: str) -> None:
    assert used(f"Text.\n\n{text}\n") == (set(), {"peak"})


@pytest.mark.parametrize(
    "text",
    ["from elsewhere import peak", "Take it from snippets, import peak.", "snippets/peak.py"],
)
def test_other_text_does_not(text: str) -> None:
    assert used(text) == (set(), set())


def test_pages_come_in_the_navigations_order_with_its_titles() -> None:
    nav = ["b.md", {"Part": ["c.md", {"Own title": "d.md"}, {"Deep": ["e.md"]}]}, "gone.md"]
    pages = {
        "a.md": "no heading",
        "b.md": "---\ntitle: From the front\n---\n# Heading",
        "c.md": "# From the heading { #id }",
        "d.md": "# Not this",
        "e.md": "# Deep",
    }
    found = [(one.uri, one.title, one.section) for one in chapters(nav, pages, "snippets")]
    assert found == [
        ("b.md", "From the front", ""),
        ("c.md", "From the heading", "Part"),
        ("d.md", "Own title", "Part"),
        ("e.md", "Deep", "Part"),
        ("a.md", "a.md", ""),
    ]


def test_a_chapter_says_both() -> None:
    text = '--8<-- "snippets/a.py"\nfrom snippets import b, c'
    (one,) = chapters(["x.md"], {"x.md": text}, "snippets")
    assert one == Chapter("x.md", "x.md", "", frozenset("a"), frozenset("bc"))
