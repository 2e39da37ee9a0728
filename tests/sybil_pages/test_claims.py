"""A claim holds exactly where the rules for claims say so."""

import itertools
import random
import re
from decimal import Decimal

import numpy as np
import pytest

from sybil_pages.claims import Claim, claims, compare
from sybil_pages.compare import align
from sybil_pages.tokens import Token, tokens

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
    "an array with nan and inf": ("[ nan  inf -inf 0.50]", "[   nan    inf   -inf 0.4983]"),
    "complex numbers in an array": ("[1.2+2.j, 3.+0.j]", "[1.25+2.j , 3.  +0.j ]"),
    "an exponent and an imaginary part": ("1.0e-03+2.50j", "1.0001e-03+2.4999j"),
    "a tuple over two lines": ("(0.5,\n 1.5)", "(0.5, 1.5)"),
    "an array whose rest is elided": ("[[0.1, 0.2],\n ...", "[[0.1, 0.2], [0.3, 0.4]]"),
    "an array whose beginning is elided": ("...\n 0.4]]", "[[0.1, 0.2],\n  [0.3,   0.4]]"),
    "a half-open interval and an elision": ("[0, 1)  x ...", "[0, 1)  x y"),
    "several elisions": ("a ... c ... e", "a b c d c d e"),
    "an elision in the summary of an array": ("[0. 1. ... 9.]", "[0. 1. 2. ... 8. 9.]"),
    "dots that were printed": ("Loading 12... done", "Loading 12... done"),
    "a word with a digit and an elision": ("layer1... 3", "layer1 (Conv1D) 3"),
    "a number that starts with, up to its point": ("1...", "1.5"),
    "tabs": ("a   b", "a\tb"),
    "doctest's blank line": ("a\n<BLANKLINE>\nb", "a\n\nb\n"),
    "a line of blanks at the end": ("a", "a\n   \n"),
    "blank lines at the beginning": ("\n\na", "\na"),
    "carriage returns": ("1\n2", "1\r\n2\r\n"),
    "nothing": ("", ""),
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
    "nan against inf": ("[nan 1.]", "[inf 1.]"),
    "a missing element": ("[1. 2.]", "[1. 2. 3.]"),
    "elements run together": ("[1. 2.]", "[1.2.]"),
    "a complex number's other half": ("(1.5+2.5j)", "(1.6+2.5j)"),
    "a number with a unit, imaginary by its looks": ("x2.5j", "x2.4j"),
    "a bare point in an array": ("[1. 2.]", "[1. 2.0001]"),
    "a bare point and an exponent": ("1.e-03", "1.1e-03"),
    "an element beside an elision": ("[0.1 ... 0.9]", "[0.1 0.5 0.8]"),
    "what stands between two elisions": ("a ... x ... e", "a b c d e"),
    "the order behind elisions": ("... a ... b ...", "x b x a x"),
    "more than an elision admits": ("... a", "a b"),
    "an array whose rest is elided, and wrong": ("[[0.1, 0.2],\n ...", "[[0.1, 0.3], [0.3, 0.4]]"),
    "a number whose dots nobody claims": ("12", "12..."),
    "a number that starts with, and a unit": ("12...", "12px"),
    "a float with dots against a word": ("0.5...", "nan"),
    "a number too big for a float": ("1e99999", "1e99998"),
    "the gap before a comma outside brackets": ("a, b", "a , b"),
    "a line of the middle": ("a\nb\nc", "a\nc"),
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


def test_a_tolerance_of_zero_is_exact_in_arrays_too() -> None:
    assert compare("[0.50 1.]", "[ 0.50  1. ]", Decimal(0)) is None
    assert compare("[0.50 1.]", "[0.501 1.]", Decimal(0)) is not None
    assert compare("-0.0", "0.0", Decimal(0)) is not None


def test_a_tolerance_counts_from_the_claim_and_includes_its_end() -> None:
    assert compare("0.50", "0.52", Decimal("0.02")) is None
    assert compare("0.50", "0.5200001", Decimal("0.02")) is not None


def test_every_number_holds_as_python_rounds_it_and_not_one_unit_away() -> None:
    """Python's own rounding is the oracle."""
    rng = random.Random(1)
    for _ in range(500):
        value = rng.uniform(-1, 1) * 10 ** rng.randint(-6, 6)
        digits = rng.randint(1, 8)
        claimed = f"{value:.{digits}f}"
        unit = Decimal(1).scaleb(-digits)
        assert compare(f"x = {claimed}", f"x = {value!r}") is None, (claimed, value)
        for wrong in (Decimal(claimed) + unit, Decimal(claimed) - unit):
            assert compare(f"x = {wrong:f}", f"x = {Decimal(value):.20f}") is not None, value


SHAPES = [(7,), (30,), (2, 3), (2, 2, 4)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["real", "complex", "holes"])
def test_an_array_holds_however_numpy_lays_it_out(shape: tuple[int, ...], kind: str) -> None:
    """NumPy prints the claim in one width and few digits, and the computed array in another."""
    rng = np.random.default_rng(3)
    array = rng.normal(size=shape) * 100
    if kind == "complex":
        array = array + 1j * rng.normal(size=shape)
    if kind == "holes":
        array.flat[0], array.flat[1], array.flat[2] = np.nan, np.inf, -np.inf
    for separator in (" ", ", "):
        printed = [
            np.array2string(
                array,
                max_line_width=width,
                precision=digits,
                separator=separator,
                floatmode="fixed",  # a bare point, which NumPy prints for -201.999, is exact
            )
            for width, digits in ((200, 8), (30, 2))
        ]
        assert compare(printed[1], printed[0]) is None
        other = array.copy()
        other.flat[-1] += 0.02
        wrong = np.array2string(other, max_line_width=200, precision=8, separator=separator)
        assert compare(printed[1], wrong) is not None


def test_the_summary_of_a_long_array_holds() -> None:
    array = np.arange(5000) / 8
    assert compare(str(array), np.array2string(array, max_line_width=30)) is None
    assert compare(str(array), np.array2string(array, threshold=9999)) is None


def test_elision_agrees_with_a_regular_expression() -> None:
    """Every claim of up to four tokens against every text of up to five."""
    checked = 0
    texts = ["".join(t) for n in range(1, 6) for t in itertools.product("~!", repeat=n)]
    for n in range(1, 5):
        for claim in itertools.product(("~", "!", "..."), repeat=n):
            pattern = re.compile("".join(".*" if t == "..." else re.escape(t) for t in claim))
            for text in texts:
                expected = pattern.fullmatch(text) is not None
                assert (compare("".join(claim), text) is None) == expected, (claim, text)
                checked += 1
    assert checked == (3 + 9 + 27 + 81) * 62


@pytest.mark.parametrize("computed", ["~" * 400, "~" * 399 + "?", "~!" * 200])
def test_many_elisions_take_no_more_steps_than_tokens_times_tokens(computed: str) -> None:
    steps = 0

    def same(want: Token, got: Token) -> bool:
        nonlocal steps
        steps += 1
        return want.text == got.text

    claimed = "...".join(["~~~!"] * 25) + "...x"
    assert align(claimed, computed, same).stop is not None
    assert 0 < steps <= len(tokens(claimed)) * len(computed)


def test_every_text_fulfils_itself() -> None:
    """Whatever it is made of: what a claim shows is what was computed."""
    rng = random.Random(2)
    pieces = [
        "1.5",
        "-",
        "...",
        "[",
        ")",
        " ",
        "\n",
        "12",
        "j",
        "nan",
        "0.",
        ",",
        "e5",
        "+2.5j",
        "a",
    ]
    for _ in range(1000):
        text = "".join(rng.choices(pieces, k=rng.randint(1, 12)))
        assert compare(text, text) is None, text


def test_a_miss_names_the_line_both_texts_and_by_how_much() -> None:
    miss = compare("0.50\n0.70", "0.50\n0.74")
    assert miss is not None
    assert (miss.line, miss.claimed, miss.computed) == (1, "0.70", "0.74")
    assert miss.by == "0.70 misses 0.74 by 0.04; half a unit of its last digit is 0.005"


MISSES = {
    "a tolerance": ("0.5", "0.6", Decimal("0.01"), "0.5 misses 0.6 by 0.1; the tolerance is 0.01"),
    "a tolerance of 0": ("0.5", "0.50", Decimal(0), "0.5 is not written 0.50"),
    "a bare point": ("1.", "1.25", None, "1. misses 1.25 by 0.25; a bare point is exact"),
    "a hair's breadth": (
        "0.5",
        "0.5500001",
        None,
        "by 0.0501; half a unit of its last digit is 0.05",
    ),
    "a word": ("cat", "dog", None, "'cat' is not 'dog'"),
    "a number of NumPy's": (
        "0.50",
        "np.float64(0.5)",
        None,
        "'0.50' is not 'np': NumPy names the type of a number, `float(…)` takes it away",
    ),
    "a whole number": ("3 cats", "4 cats", None, "'3' is not '4'"),
    "white space": ("a b", "a  b", None, "white space differs"),
    "more on the line": ("a", "a b c", None, "`b c` is not claimed"),
}


@pytest.mark.parametrize(("claimed", "computed", "tolerance", "by"), MISSES.values(), ids=MISSES)
def test_a_miss_says_by_how_much(
    claimed: str, computed: str, tolerance: Decimal | None, by: str
) -> None:
    miss = compare(claimed, computed, tolerance)
    assert miss is not None
    assert (miss.claimed, miss.computed) == (claimed, computed)
    assert by in miss.by


def test_a_miss_in_an_array_names_the_line_of_each_text() -> None:
    miss = compare("[[0.1 0.2]\n [0.3 0.4]]", "[[0.1 0.2] [0.3 0.5]]")
    assert miss is not None
    assert (miss.line, miss.claimed, miss.computed) == (1, " [0.3 0.4]]", "[[0.1 0.2] [0.3 0.5]]")
    assert miss.by.startswith("0.4 misses 0.5 by 0.1")


def test_blank_lines_above_a_claim_count_for_its_line() -> None:
    miss = compare("\n\n0.5\n0.6", "0.5\n0.7")
    assert miss is not None
    assert (miss.line, miss.claimed) == (3, "0.6")


def test_a_miss_behind_the_end_says_that_nothing_more_was_claimed() -> None:
    miss = compare("a", "a\nb")
    assert miss is not None
    assert (miss.claimed, miss.computed) == ("nothing more", "b")


def session(bench, text: str) -> list[Claim]:
    page, executed = bench.run(f"```pycon\n{text}\n```\n")
    return list(claims(page.blocks[0], executed["cells"][0]))


def test_a_claimed_traceback_holds_whatever_its_frames(bench) -> None:
    (claim,) = session(
        bench,
        ">>> int('x')\nTraceback (most recent call last):\n  File somewhere\n    int('x')\n"
        "ValueError: invalid literal for int() with base 10: 'x'",
    )
    assert claim.miss() is None


def test_a_wrong_traceback_is_reported_at_its_last_line(bench) -> None:
    (claim,) = session(
        bench,
        ">>> int('x')\nTraceback (most recent call last):\n  File somewhere\n    int('x')\n"
        "ValueError: no",
    )
    miss = claim.miss()
    assert miss is not None
    assert miss[0] == 6
    assert "claimed `ValueError: no`, computed `ValueError: invalid literal" in miss[1]


def test_an_elision_does_not_stand_for_an_exception(bench) -> None:
    (claim,) = session(bench, ">>> 1 / 0\n...")
    miss = claim.miss()
    assert miss is not None
    assert miss == (2, "ZeroDivisionError: division by zero\n    1 / 0")


def test_a_comment_before_the_next_prompt_is_not_claimed(bench) -> None:
    one, two = session(bench, ">>> 1 + 1\n2\n\n# Now the sum\n# of three.\n>>> 3\n3")
    assert (one.text, one.miss(), two.miss()) == ("2", None, None)


def test_a_comment_that_was_printed_is_claimed(bench) -> None:
    text = ">>> print('a\\n\\n# {}')\na\n\n# {}"
    assert [c.miss() is None for c in session(bench, text.format("b", "b"))] == [True]
    (wrong,) = session(bench, ">>> print('a\\n\\n# b')\na\n\n# c")
    assert wrong.miss() is not None
