"""The first use of a glossary's word leads to its definition, and nothing else changes."""

import re
from pathlib import Path

import pytest
from markdown import Markdown

from site_finish.glossary import Glossary, Term, terms

DOCS = Path(__file__).parents[2] / "docs"
ENTRIES = """
# Glossary

Kernel, filter { #kernel }
:   A small array of *weights* that [slides](a.md#b) over
    the input. → [Shown](convolution.md#one) and [there](relu.md)

Receptive field { #receptive-field }

:   What one output sees.

Batch { #batch }
:   Some examples.
"""


def rendered(text: str) -> str:
    glossary = Glossary()
    glossary.terms = terms(ENTRIES)
    return Markdown(
        extensions=[
            "abbr",
            "admonition",
            "attr_list",
            "footnotes",
            "md_in_html",
            "pymdownx.arithmatex",
            "pymdownx.details",
            "pymdownx.superfences",
            "tables",
            "toc",
            glossary,
        ],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    ).convert(text)


def marked(text: str) -> list[str]:
    return re.findall(r'class="site-term"[^>]*>([^<]*)</a>', rendered(text))


def test_an_entry_has_its_words_its_anchor_and_its_definition_as_plain_text() -> None:
    first, second, third = terms(ENTRIES)
    assert first == Term(
        ("Kernel", "filter"),
        "kernel",
        "A small array of weights that slides over the input.",
        frozenset({"convolution.md", "relu.md"}),
    )
    assert (second.anchor, second.definition) == ("receptive-field", "What one output sees.")
    assert third.shown == frozenset()


def test_a_word_is_a_link_that_says_what_it_means() -> None:
    assert rendered("The kernel slides.") == (
        '<p>The <a class="site-term" href="glossary.md#kernel" '
        'title="A small array of weights that slides over the input.">kernel</a> slides.</p>'
    )


def test_only_the_first_use_in_a_page_is_marked_under_whichever_name() -> None:
    text = "# Page\n\nA kernel, a kernel.\n\n## Section\n\nA filter and a batch. A batch."
    assert marked(text) == ["kernel", "batch"]


def test_plurals_capitals_and_broken_lines_are_the_same_word() -> None:
    assert marked("Filters have receptive\nfields. Batches too.") == [
        "Filters",
        "receptive\nfields",
        "Batches",
    ]


@pytest.mark.parametrize(
    "word", ["kernels_size", "subkernel", "pre-batch", "batch-norm", "batched"]
)
def test_a_part_of_another_word_is_not_the_word(word: str) -> None:
    assert marked(f"The {word} is there.") == []


@pytest.mark.parametrize(
    "text",
    [
        "# The kernel",
        "### A `batch` and a kernel",
        "Code: `kernel`",
        "```\nkernel\n```",
        "    kernel",
        "A [kernel](relu.md) in a link",
        "[The **kernel**](relu.md)",
        "| kernel |\n|---|\n| kernel |",
        '??? question "The kernel"\n\n    A kernel.',
        '!!! note "A kernel"\n\n    Text.',
        "$kernel$",
        "<!-- a kernel -->",
        "Text[^1].\n\n[^1]: A kernel.",
    ],
)
def test_headings_code_links_tables_and_folded_parts_stay(text: str) -> None:
    before = rendered("Nothing.")  # it renders at all
    assert before == "<p>Nothing.</p>"
    assert marked(text) == []


def test_a_word_that_the_page_sets_off_is_explained_there_and_never_marked() -> None:
    assert marked("A **kernel** is small. A kernel slides. A batch.") == ["batch"]
    assert marked("Such a *filter* is a kernel.") == []
    assert marked("**What a kernel does.** A kernel slides.") == ["kernel"]


def test_words_are_found_in_the_order_in_which_one_reads() -> None:
    text = "Batch, *one* receptive field,\n\n- a kernel in a list\n- a batch"
    assert marked(text) == ["Batch", "receptive field", "kernel"]


def test_the_text_is_the_same_but_for_the_links() -> None:
    text = 'A kernel, *a* receptive field `x` and "a batch" – end.\n\n!!! note\n\n    A kernel.'
    bare = re.sub(r'<a class="site-term"[^>]*>([^<]*)</a>', r"\1", rendered(text))
    glossary = Markdown(extensions=["admonition", "attr_list"])
    assert bare == glossary.convert(text)


def test_two_entries_with_one_anchor_are_an_error_that_names_the_line() -> None:
    with pytest.raises(ValueError, match=r"glossary.md:4: `a` is defined twice"):
        terms("One { #a }\n:   Text.\n\nTwo { #a }\n:   Text.\n")


def test_an_entry_without_a_definition_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"glossary.md:1: `a` is not defined"):
        terms("One { #a }\n:   → [there](relu.md)\n")


def test_each_entry_of_the_site_has_at_most_two_sentences_and_a_place_that_shows_it() -> None:
    found = terms((DOCS / "glossary.md").read_text("utf-8"))
    assert len(found) > 40
    for term in found:
        sentences = re.findall(r"[^.?!]+[.?!](?=\s|$)", term.definition)
        assert 1 <= len(sentences) <= 2, term.words
        assert "".join(sentences).strip() == term.definition, term.words
        assert term.shown, term.words


def test_every_entry_of_the_site_was_read() -> None:
    text = (DOCS / "glossary.md").read_text("utf-8")
    assert len(terms(text)) == len(re.findall(r"^:   ", text, re.MULTILINE))
