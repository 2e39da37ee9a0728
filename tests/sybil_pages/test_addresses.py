"""A page's links lead to the same places from wherever its text is read."""

import pytest

from sybil_pages.addresses import Addresses, fenced

SITE = {
    "index.md": "",
    "relu.md": "relu/",
    "experiments/drums.md": "experiments/drums/",
    "experiments/spectra.md": "experiments/spectra/",
    "assets/a b.svg": "assets/a%20b.svg",
}


def addresses(page: str, here: str, root: str = "") -> Addresses:
    return Addresses(page, here, SITE.get, root)


@pytest.mark.parametrize(
    ("page", "here", "link", "there"),
    [
        ("relu.md", "notebooks/relu.ipynb", "experiments/drums.md#x", "../experiments/drums/#x"),
        ("relu.md", "notebooks/student/relu.ipynb", "index.md", "../../"),
        ("relu.md", "notebooks/relu.ipynb", "#recap", "../relu/#recap"),
        ("relu.md", "notebooks/relu.ipynb", "assets/a%20b.svg", "../assets/a%20b.svg"),
        ("experiments/drums.md", "notebooks/experiments/drums.ipynb", "../relu.md", "../../relu/"),
        ("experiments/drums.md", "scripts/experiments/drums.py", "spectra.md",
         "../../experiments/spectra/"),
        ("experiments/drums.md", "experiments/drums/index.md", "spectra.md", "../spectra/"),
    ],
)  # fmt: skip
def test_without_an_address_of_the_site_links_are_relative(
    page: str, here: str, link: str, there: str
) -> None:
    assert addresses(page, here).of(link) == there


def test_with_an_address_of_the_site_links_hold_from_everywhere() -> None:
    found = addresses("experiments/drums.md", "notebooks/experiments/drums.ipynb", "https://a.b/c/")
    assert found.of("../relu.md#why") == "https://a.b/c/relu/#why"
    assert found.of("../index.md") == "https://a.b/c/"


@pytest.mark.parametrize("link", ["https://keras.io", "mailto:a@b.c", "/root", "unknown.md"])
def test_what_leads_elsewhere_stays(link: str) -> None:
    assert addresses("relu.md", "notebooks/relu.ipynb").of(link) == link


def test_all_kinds_of_links_are_found_and_code_is_left_alone() -> None:
    text = (
        "See [`Dense`](index.md) and ![a](assets/a%20b.svg), not `[x](index.md)`.\n"
        '<a href="index.md">home</a>\n\n[ref]: experiments/drums.md\n'
        "```md\n[x](index.md)\n```\n"
    )
    assert addresses("relu.md", "relu/index.md").everywhere(text) == (
        "See [`Dense`](../) and ![a](../assets/a%20b.svg), not `[x](index.md)`.\n"
        '<a href="../">home</a>\n\n[ref]: ../experiments/drums/\n'
        "```md\n[x](index.md)\n```\n"
    )


def test_a_fence_ends_with_as_many_marks_as_it_began() -> None:
    lines = ["a", "````md", "```py", "```", "````", "b"]
    assert fenced(lines) == [False, True, True, True, True, False]
