"""A claim holds exactly where the rules for claims say so."""

from decimal import Decimal

import pytest

from sybil_pages.claims import compare

HOLDS = {
    "a float within half a unit of its last digit": ("3.14", "3.1415"),
    "a float exactly half a unit off": ("3.14", "3.135"),
    "a bare point against the same value": ("1.", "1.0"),
    "an exponent": ("loss 1e-3", "loss 1.2e-03"),
    "arrays with other gaps inside brackets": ("[1. 2.]", "[ 1.  2. ]"),
    "arrays with other line breaks": ("array([0.5, 2.1])", "array([0.52,\n       2.06])"),
    "nested arrays": ("[[1 2]\n [3 4]]", "[[1 2] [3 4]]"),
    "minus zero": ("[-0.  1.]", "[0. 1.]"),
    "both parts of a complex number": ("(1.5+2.5j)", "(1.52+2.46j)"),
    "minus zero in a complex number": ("(0.0-0.0j)", "(0.0+0.0j)"),
    "nan and inf": ("nan -inf", "nan -inf"),
    "white space at line ends": ("x  \ny", "x\ny"),
    "an elision in a line": ("a ... d", "a b c d"),
    "an elision of everything": ("...", "anything\nat all"),
    "an elision of nothing": ("a...", "a"),
    "a number that starts with": ("0.33...", "0.3333"),
    "a whole number that starts with": ("12...", "1234"),
    "a float at the end of a sentence": ("It is 0.9.", "It is 0.92."),
    "an unclosed bracket": ("a ( b", "a ( b"),
}
FAILS = {
    "a float one unit off": ("3.14", "3.15"),
    "a float a little more than half a unit off": ("3.14", "3.1451"),
    "one decimal shown": ("0.9", "1.0"),
    "zero against a tenth": ("0.0", "0.1"),
    "a bare point against anything else": ("1.", "1.0004"),
    "swapped elements": ("[1. 2.]", "[2. 1.]"),
    "a whole number against a float": ("3", "3.0"),
    "a float against a whole number": ("12.0", "12"),
    "a version": ("3.15.1", "3.15.2"),
    "a number with a unit": ("1.5s", "1.6s"),
    "a word with digits": ("float32", "float64"),
    "gaps outside brackets": ("a b", "a  b"),
    "line breaks outside brackets": ("a b", "a\nb"),
    "a sign": ("-0.5", "0.5"),
    "a sign after a word": ("x = -1.5", "x = 1.5"),
    "an operator": ("1-0.5", "1+0.5"),
    "the imaginary part": ("(1.5+2.5j)", "(1.5-2.5j)"),
    "nan against a number": ("nan", "0.0"),
    "the rest behind an elision": ("a ... d", "a b c e"),
    "a number that starts with something else": ("0.33...", "0.34"),
    "an exponent behind a beginning": ("1.5...", "1.5e-07"),
    "an output that nobody claims": ("", "x"),
    "a claim of nothing computed": ("x", ""),
    "a dtype": ("array([1.], dtype=float32)", "array([1.])"),
    "a percent sign": ("5.0%", "5.0"),
}


@pytest.mark.parametrize(("claimed", "computed"), HOLDS.values(), ids=HOLDS)
def test_a_claim_holds(claimed: str, computed: str) -> None:
    assert compare(claimed, computed) is None


@pytest.mark.parametrize(("claimed", "computed"), FAILS.values(), ids=FAILS)
def test_a_claim_fails(claimed: str, computed: str) -> None:
    assert compare(claimed, computed) is not None


def test_a_tolerance_replaces_half_a_unit() -> None:
    assert compare("0.50", "0.53", Decimal("0.05")) is None
    assert compare("0.50", "0.56", Decimal("0.05")) is not None
    assert compare("1.", "1.04", Decimal("0.05")) is None


def test_a_tolerance_leaves_whole_numbers_exact() -> None:
    assert compare("3 of 5", "4 of 5", Decimal(2)) is not None


def test_a_tolerance_of_zero_means_equal_as_text() -> None:
    assert compare("0.5", "0.50", Decimal(0)) is not None
    assert compare("0.5", "0.5", Decimal(0)) is None


def test_a_miss_names_the_line_both_texts_and_by_how_much() -> None:
    miss = compare("0.50\n0.70", "0.50\n0.74")
    assert miss is not None
    assert (miss.line, miss.claimed, miss.computed) == (1, "0.70", "0.74")
    assert miss.by == "0.70 misses 0.74 by 0.04"


def test_a_miss_behind_the_end_says_that_nothing_more_was_claimed() -> None:
    miss = compare("a", "a\nb")
    assert miss is not None
    assert (miss.claimed, miss.computed) == ("nothing more", "b")
