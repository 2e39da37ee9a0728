"""The checks check: a claim that is off by one unit or one character is refused, each one of them.

Every claim of every page is changed, number by number and word by word, and so is the computed text
that it stands for. What is a number and what is a word is said here once more, in other terms.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import pytest

from sybil_pages.claims import Claim, claims
from sybil_pages.pytest_plugin import Pages

DOCS = Path(__file__).parents[2] / "docs"
FLOAT = re.compile(
    r"(?:(?<![\w)\]])[-+])?(?<![\w.])(?:\d+\.(?!\.)\d*|\.\d+)(?:e[-+]?\d+)?(?=j\b|(?!\w|\.\d))"
)
WORD = re.compile(r"\w+")
ELISION = "..."


@dataclass
class Trial:
    """What became of the changes: how many of each kind, and those that were not refused."""

    tried: Counter[str] = field(default_factory=Counter)
    admitted: list[str] = field(default_factory=list)

    def refuse(self, kind: str, claim: Claim) -> None:
        """Note one change, which must be refused."""
        self.tried[kind] += 1
        if claim.miss() is None:
            self.admitted.append(f"{kind}: {claim.text!r} for {claim.computed!r}")


def perturb(claim: Claim, trial: Trial) -> None:
    """Try all changes of one claim."""
    trial.tried["claims"] += 1
    if claim.miss() is not None:
        trial.admitted.append(f"refused as it stands: {claim.text!r} for {claim.computed!r}")
    floats = list(FLOAT.finditer(claim.text))
    for n, found in enumerate(floats):
        for text in beyond(claim, n, found):
            trial.refuse("floats", with_text(claim, found, text))
        for computed in computed_beyond(claim, n, found):
            trial.refuse("computed floats", replace(claim, computed=computed))
    inside = {at for found in floats for at in range(*found.span())}
    for found in WORD.finditer(claim.text):
        if found.start() in inside:
            continue
        if found[0].isdecimal():
            for number in (int(found[0]) + 1, int(found[0]) - 1):
                trial.refuse("whole numbers", with_text(claim, found, str(number)))
        else:
            trial.refuse("words", with_text(claim, found, misspelled(found[0])))
    more = "{}\n0" if not claim.text.endswith(ELISION) else "0\n{}"
    trial.refuse("computed texts", replace(claim, computed=more.format(claim.computed)))


def with_text(claim: Claim, found: re.Match[str], text: str) -> Claim:
    start, end = found.span()
    return replace(claim, text=claim.text[:start] + text + claim.text[end:])


def misspelled(word: str) -> str:
    middle = len(word) // 2
    return word[:middle] + ("x" if word[middle] != "x" else "y") + word[middle + 1 :]


def unit(number: str) -> Decimal:
    """One of the last digit that is shown."""
    mantissa, _, exponent = number.partition("e")
    return Decimal(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def beyond(claim: Claim, n: int, found: re.Match[str]) -> Iterator[str]:
    """A claimed float, one unit higher and lower; two where that is no mistake.

    A claim of 0.12 for 0.125 may as well say 0.13. A tolerance admits more, and is exceeded.
    """
    one, value = unit(found[0]), Decimal(found[0])
    step = one if not claim.tolerance else one * (2 * claim.tolerance // one + 1)
    pair = counterpart(claim, n)
    tie = pair is None or abs(Decimal(pair[0]) - value) == one / 2
    for shift in (step, -step):
        yield written(value + shift * (2 if tie else 1), found[0])


def written(value: Decimal, like: str) -> str:
    """A number in the digits and the notation of another."""
    mantissa, e, exponent = like.partition("e")
    digits = len(mantissa.partition(".")[2])
    point = "." if mantissa.endswith(".") else ""
    return f"{value.scaleb(-int(exponent or 0)):.{digits}f}{point}{e}{exponent}"


def computed_beyond(claim: Claim, n: int, found: re.Match[str]) -> Iterator[str]:
    """The computed text with 0.6 of the claim's unit added to what the claim says, or taken.

    A bare point as in `1.` admits nothing.
    """
    bare = found[0].partition("e")[0].endswith(".")
    reach = Decimal("0.001" if bare else "0.6") * unit(found[0])
    if claim.tolerance is not None:
        reach = max(claim.tolerance * Decimal("1.2"), reach)
    pair = counterpart(claim, n)
    text, place = (claim.text, found) if pair is None else (claim.computed, pair)
    for shift in (reach, -reach):
        changed = f"{Decimal(found[0]) + shift:f}"
        yield text[: place.start()] + changed + text[place.end() :]


def counterpart(claim: Claim, n: int) -> re.Match[str] | None:
    """The computed float that stands for the claim's float number `n`; None behind elisions."""
    found = list(FLOAT.finditer(claim.computed))
    if ELISION in claim.text or len(found) != len(FLOAT.findall(claim.text)):
        return None
    return found[n]


def counted(lines: list[str]) -> int:
    """The prompts of the sessions and the `output` fences of a page, found line by line."""
    count, fence, language, idle = 0, "", "", False
    for line in (line.strip("> \t") if ">>>" not in line else line for line in lines):
        mark = re.match(r"(`{3,}|~{3,})\s*\{?\s*\.?(\w*)", line)
        if fence:
            closes = mark and mark[1].startswith(fence) and not line.strip("`~ ")
            fence = "" if closes else fence
            idle = idle or line == "#| run: false"
            count += language == "pycon" and not idle and bool(re.match(r"[> \t]*>>> ", line))
        elif mark:
            fence, language, idle = mark[1], mark[2], False
            count += language == "output"
    return count


@pytest.fixture(scope="module")
def trials(pages: Pages) -> dict[str, Trial]:
    """What became of the changes, page by page."""
    found: dict[str, Trial] = {}
    for path in sorted(DOCS.rglob("*.md")):
        page = pages.load(path)
        cells = {cell["id"]: cell for cell in pages.executed(page)["cells"]}
        trial = found[page.path] = Trial()
        for block in page.runs():
            if block.kind != "inline":
                for claim in claims(block, cells[f"block-{block.number}"]):
                    perturb(claim, trial)
    return found


def test_every_change_of_every_claim_of_the_site_is_refused(
    trials: dict[str, Trial], capsys: pytest.CaptureFixture[str]
) -> None:
    total = sum((trial.tried for trial in trials.values()), Counter())
    with capsys.disabled():
        told = ", ".join(f"{number} {kind}" for kind, number in total.items())
        print(f"\nperturbed in {len(trials)} pages: {told}")
    assert [what for trial in trials.values() for what in trial.admitted] == []
    assert {kind for kind, number in total.items() if number} == {
        "claims",
        "floats",
        "computed floats",
        "whole numbers",
        "words",
        "computed texts",
    }


def test_no_claim_of_the_site_was_left_out(trials: dict[str, Trial], pages: Pages) -> None:
    tried = {page: trial.tried["claims"] for page, trial in trials.items()}
    root = pages.project.root
    assert tried == {page: counted((root / page).read_text().split("\n")) for page in trials}
    assert sum(tried.values()) > 0


PAIRS: dict[str, tuple[str, str, str | None]] = {
    "a float": ("0.33", "0.3333333333333333", None),
    "a float in a sentence": ("It is 0.9.", "It is 0.92.", None),
    "a negative float": ("x = -1.50", "x = -1.4961", None),
    "minus zero": ("-0.0", "0.0", None),
    "a bare point": ("[1. 2.]", "[1. 2.]", None),
    "an exponent": ("1.5e-03", "0.0015312", None),
    "a whole number": ("3 of 12", "3 of 12", None),
    "a version and a type": ("numpy 2.4.1 float32", "numpy 2.4.1 float32", None),
    "an array": ("[[0.1 0.25]\n [3.0 4.5]]", "[[0.1049  0.25012]  [2.98  4.5031]]", None),
    "a complex number": ("(1.5+2.5j)", "(1.52+2.46j)", None),
    "an elision": ("loss ... 0.25 of 3", "loss 0.5 0.251 of 3", None),
    "an elided array": ("[0.5 ... 2.5]", "[0.52 1.01 1.47 2.46]", None),
    "a tolerance": ("0.50 after 3", "0.5312 after 3", "0.05"),
    "a tolerance below the unit": ("0.5", "0.5001", "0.001"),
    "a tolerance of 0": ("0.50", "0.50", "0"),
    "nan": ("[nan 1.5]", "[  nan 1.496]", None),
    "a tie": ("0.12", "0.125", None),
}


@pytest.mark.parametrize(("claimed", "computed", "tolerance"), PAIRS.values(), ids=PAIRS)
def test_every_change_of_a_claim_is_refused(
    claimed: str, computed: str, tolerance: str | None
) -> None:
    trial = Trial()
    perturb(Claim(claimed, computed, 1, tolerance and Decimal(tolerance)), trial)
    assert trial.admitted == []
    assert trial.tried.total() > 2


def test_the_perturbation_notices_a_check_that_checks_nothing() -> None:
    """The counterproof: an elision admits anything, and each change of it is reported."""
    trial = Trial()
    perturb(Claim("...", "anything 0.5", 1), trial)
    assert trial.admitted == ["computed texts: '...' for '0\\nanything 0.5'"]
