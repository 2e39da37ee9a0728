"""A language model finds each page with what it is about, and all pages in one file."""

from site_finish.llms import OPTIONAL, Entry, full, short

ONE = Entry("One", "https://example.org/one/index.md", "What\n  comes first.")
TWO = Entry("Two", "two/index.md")


def test_the_list_is_as_its_convention_asks() -> None:
    sections = {OPTIONAL: [TWO], "Chapters": [ONE], "Empty": []}
    assert short("Site", "What it\nis.", sections) == (
        "# Site\n\n> What it is.\n\n"
        "## Chapters\n\n- [One](https://example.org/one/index.md): What comes first.\n\n"
        "## Optional\n\n- [Two](two/index.md)\n"
    )


def test_all_pages_follow_each_other_with_their_addresses() -> None:
    assert full("Site", "What it is.", [(ONE, "# One\n\nText.\n\n"), (TWO, "# Two\n")]) == (
        "# Site\n\n> What it is.\n"
        "\n---\n\nSource: https://example.org/one/index.md\n\n# One\n\nText.\n"
        "\n---\n\nSource: two/index.md\n\n# Two\n"
    )
