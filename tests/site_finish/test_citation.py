"""The citation has one source, `CITATION.cff`, and is right as words and as BibTeX."""

from pathlib import Path

import pytest

from site_finish.citation import bibtex, markdown, plain, read

PERSON = {"family-names": "Beethoven", "given-names": "Ludwig", "name-particle": "van"}
GIVEN = {
    "title": "Filters & maps: a 100 % tutorial",
    "authors": [PERSON, {"name": "Sun and Moon"}],
    "date-released": "2026-11-23",
    "version": "1.2",
    "license": "MIT",
}


def written(folder: Path, text: str) -> Path:
    path = folder / "CITATION.cff"
    path.write_text(text, "utf-8")
    return path


def test_in_words_it_says_who_when_what_and_where() -> None:
    assert plain(GIVEN, "https://example.org/") == (
        "van Beethoven, Ludwig, Sun and Moon (2026). Filters & maps: a 100 % tutorial, "
        "version 1.2. https://example.org/"
    )


def test_what_the_file_does_not_say_is_left_out() -> None:
    bare = {"title": "Maps", "authors": [{"name": "We"}]}
    assert plain(bare) == "We. Maps."
    assert bibtex(bare) == "@misc{maps,\n  title   = {{Maps}},\n  author  = {{We}},\n}"


def test_bibtex_keeps_capitals_and_a_group_as_one_author() -> None:
    assert bibtex(GIVEN, "https://example.org/a_b/").splitlines() == [
        "@misc{filters-maps-2026,",
        r"  title   = {{Filters \& maps: a 100 \% tutorial}},",
        "  author  = {van Beethoven, Ludwig and {Sun and Moon}},",
        "  year    = {2026},",
        "  version = {1.2},",
        "  url     = {https://example.org/a_b/},",
        "  note    = {MIT licence},",
        "}",
    ]


def test_both_stand_in_blocks_that_can_be_copied() -> None:
    text = markdown(GIVEN)
    assert text.count("```") == 4
    assert text.startswith("```text\nvan Beethoven")
    assert "\n```bibtex\n@misc{" in text


def test_the_file_of_this_project_can_be_cited() -> None:
    given = read(Path(__file__).parents[2] / "CITATION.cff")
    assert plain(given).count("Convolutional networks in Keras") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: Maps\n", "CITATION.cff has no `authors`"),
        ("- a\n- b\n", "CITATION.cff has no `title`"),
        ("title: [\n", "CITATION.cff cannot be read"),
    ],
)
def test_a_file_that_cites_nothing_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(written(tmp_path, text))


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"CITATION.cff cannot be read"):
        read(tmp_path / "CITATION.cff")
