"""`accept` rewrites the claims that do not hold, and not one byte beside them."""

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from sybil_pages.claims import Claim
from sybil_pages.cli import main
from sybil_pages.commands.accept import accept
from sybil_pages.commands.renew import renewed, rounded
from sybil_pages.compare import compare
from sybil_pages.page import not_executed
from sybil_pages.read import read_file


class Told(list[str]):
    """What was said, as one text."""

    def __str__(self) -> str:
        return "\n".join(self)


@pytest.fixture
def take(bench) -> Callable[..., tuple[int, str, str]]:
    """Accept the claims of a page: the exit status, what the file says then, what was said."""

    def take(text: str, *, yes: bool = True, ask=None, meanwhile=None) -> tuple[int, str, str]:
        path = bench.root / "page.md"
        path.write_bytes(text.encode())
        page = read_file(path, bench.project)
        executed = bench.pool.submit(page, project=bench.project).result()
        if meanwhile:
            meanwhile(path)
        said = Told()
        status = accept(
            [page], {page.path: executed}, bench.project, yes=yes, ask=ask, say=said.append
        )
        return status, path.read_bytes().decode(), str(said)

    return take


def block(code: str, claim: str) -> str:
    return f"```python\n{code}\n```\n\n```output\n{claim}\n```\n"


DRIFT = {
    "the digits that miss": ("print(0.5, 0.71828, 3)", "0.50 0.70 3", "0.50 0.72 3"),
    "digits in a text": (
        "print('loss 0.123 after 3 s')",
        "loss 0.5 after 3 s",
        "loss 0.1 after 3 s",
    ),
    "an array's own layout": (
        "print('[[0.5 0.25] [1.5 2.]]')",
        "[[0.5  0.20]\n [1.5  3.  ]]",
        "[[0.5  0.25]\n [1.5  2.  ]]",
    ),
    "an elision": ("print('a 0.5 b 0.7 c')", "a 0.5 ... 0.6 c", "a 0.5 ... 0.7 c"),
    "a number that starts with": ("print(1 / 3)", "0.44...", "0.33..."),
    "an exponent": ("print('1.2345e-04')", "1.00e-04", "1.23e-04"),
    "a sign": ("print(-0.25)", "0.30", "-0.25"),
    "a tolerance": ("#| tolerance: 0.01\nprint(0.12345)", "0.50", "0.12"),
    "fewer digits than claimed": ("print(2.5)", "3.14159", "2.5"),
    "a bare point, which is exact": ("print('1.25')", "1.", "1.25"),
}


@pytest.mark.parametrize(("code", "claim", "then"), DRIFT.values(), ids=DRIFT)
def test_numeric_drift_changes_the_digits_that_miss(take, code: str, claim: str, then: str) -> None:
    status, text, said = take(block(code, claim))
    assert (status, text) == (0, block(code, then))
    assert "numeric drift, only digits differ: 1 claim" in said
    assert "real change" not in said


CHANGE = {
    "a word": ("print('a', 0.25)", "b 0.2", "a 0.25"),
    "a whole number": ("print([1, 2.5])", "[2, 2.0]", "[1, 2.5]"),
    "more lines": ("print('a\\n\\nb')", "a", "a\n\nb"),
    "fewer lines": ("print('a')", "a\nb\nc", "a"),
    "another layout": ("print('a', end='\\n\\n')", "a  b", "a"),
    "nothing left": ("x = 1", "2", None),
}


@pytest.mark.parametrize(("code", "claim", "then"), CHANGE.values(), ids=CHANGE)
def test_a_real_change_becomes_the_computed_text(
    take, code: str, claim: str, then: str | None
) -> None:
    status, text, said = take(block(code, claim))
    expected = block(code, then or "").replace(
        "\n\n```\n", "\n```\n" if then is None else "\n\n```\n"
    )
    assert (status, text) == (0, expected)
    assert "real change: 1 claim" in said


def test_the_two_kinds_of_change_are_shown_apart_with_their_lines(take) -> None:
    text = "# A\n\n" + block("print(0.75)", "0.5") + block("print('a')", "b")
    status, _, said = take(text, yes=False)
    assert status == 1
    assert said == (
        "page.md: numeric drift, only digits differ: 1 claim\n\n"
        "page.md:8\n      ```output\n    - 0.5\n    + 0.8\n\n"
        "page.md: real change: 1 claim\n\n"
        "page.md:15\n      ```output\n    - b\n    + a\n\n"
        "page.md: nothing is changed; to take these values: sybil-pages accept --yes page.md\n"
    )


SESSION = ">>> 1 / 3\n0.30\n>>> for i in range(2):\n...     print(i)\n0\n7\n\n>>> 2"
SESSION_THEN = ">>> 1 / 3\n0.33\n>>> for i in range(2):\n...     print(i)\n0\n1\n\n>>> 2\n2"


def inside(prefix: str, head: str, text: str) -> str:
    lines = ["```pycon", *text.split("\n"), "```"]
    return head + "\n".join((prefix + line).rstrip() for line in lines) + "\n\n*end*  \n"


PLACES = {
    "the page": ("", "# A  \n\n"),
    "a list": ("    ", "- item\n\n"),
    "a list indented by tabs": ("\t", "- item\n\n"),
    "a quote": ("> ", "text\n\n"),
    "an admonition": ("    ", "!!! note\n\n"),
    "a tab in an admonition": ("        ", '!!! note\n\n    === "A"\n\n'),
    "front matter and a byte order mark": ("", "\ufeff---\ntitle: x\n---\n\n"),
    "a byte order mark": ("", "\ufeff"),
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("prefix", "head"), PLACES.values(), ids=PLACES)
def test_every_other_byte_stays_wherever_the_claim_stands(
    take, prefix: str, head: str, end: str
) -> None:
    before = inside(prefix, head, SESSION).replace("\n", end)
    status, text, _ = take(before)
    assert (status, text) == (0, inside(prefix, head, SESSION_THEN).replace("\n", end))


def test_lines_of_a_claim_that_stay_keep_their_bytes(take) -> None:
    before = "~~~ python\nprint('a\\nb\\nc')\n~~~\n~~~output\na \t\nx\nc\t\n~~~"
    assert take(before)[:2] == (0, before.replace("\nx\n", "\nb\n"))


def test_blank_lines_are_spelled_as_the_block_spells_them(take) -> None:
    before = ">>> print('a\\n\\nb')\na\n<BLANKLINE>\nx\n>>> print('c\\n\\nd')\nc"
    then = ">>> print('a\\n\\nb')\na\n<BLANKLINE>\nb\n>>> print('c\\n\\nd')\nc\n<BLANKLINE>\nd"
    assert take(inside("", "", before))[:2] == (0, inside("", "", then))


def test_a_traceback_keeps_its_frames(take) -> None:
    head = (
        ">>> int('x')\nTraceback (most recent call last):\n  File \"here\", line 1\n    int('x')\n"
    )
    then = "ValueError: invalid literal for int() with base 10: 'x'"
    status, text, _ = take(inside("", "", f"{head}TypeError: no\n>>> 1\n1"))
    assert (status, text) == (0, inside("", "", f"{head}{then}\n>>> 1\n1"))


def test_the_comment_before_the_next_prompt_stays(take) -> None:
    before = ">>> 1 + 1\n3\n\n# Then:\n>>> 3\n3"
    then = ">>> 1 + 1\n2\n\n# Then:\n>>> 3\n3"
    assert take(inside("", "", before))[:2] == (0, inside("", "", then))


def test_a_claim_of_nothing_computed_goes(take) -> None:
    assert take(inside("", "", ">>> x = 1\n1\n>>> x\n1"))[1] == inside(
        "", "", ">>> x = 1\n>>> x\n1"
    )


def test_what_holds_is_left_alone(take) -> None:
    before = block("print(1 / 3)", "0.3") + inside("> ", "", ">>> 2\n2")
    assert take(before) == (0, before, "every claim holds: there is nothing to accept")


def test_accepting_twice_changes_nothing_the_second_time(take) -> None:
    _, once, _ = take(inside("", "", SESSION))
    assert take(once) == (0, once, "every claim holds: there is nothing to accept")


def test_a_block_that_failed_is_named_and_the_other_claims_are_taken(take) -> None:
    status, text, said = take(block("1 / 0", "0") + block("print(1)", "2"))
    assert (status, text) == (1, block("1 / 0", "0") + block("print(1)", "1"))
    assert "page.md:2: ZeroDivisionError: division by zero\n    1 / 0\n    (this cannot be" in said


def test_an_exception_in_a_session_is_no_claim_to_take(take) -> None:
    before = inside("", "", ">>> 1 / 0\n1\n>>> 2\n2")
    status, text, said = take(before)
    assert (status, text) == (1, before)
    assert "page.md:2: ZeroDivisionError" in said


def test_a_claim_in_an_included_file_is_named_and_not_rewritten(bench, take) -> None:
    included = bench.write("part.txt", "0.3\n0.7\n")
    before = '```python\nprint("0.3\\n0.5")\n```\n\n```output\n--8<-- "part.txt"\n```\n'
    status, text, said = take(before)
    assert (status, text, included.read_text()) == (1, before, "0.3\n0.7\n")
    assert "page.md:6: part.txt:2: claimed `0.7`, computed `0.5`" in said
    assert "included file: change it there" in said


CANNOT = {
    "the end of its own fence": block("print('```')", "x"),
    "an include": block("print('--8<-- \"x.md\"')", "x"),
    "a prompt in a session": inside("", "", ">>> print('>>> 1')\n2"),
}


@pytest.mark.parametrize("before", CANNOT.values(), ids=CANNOT)
def test_a_text_that_no_claim_can_say_is_named_and_the_others_are_taken(take, before: str) -> None:
    status, text, said = take(before + block("print(1)", "2"))
    assert (status, text) == (1, before + block("print(1)", "1"))
    assert "no claim can say this" in said


def test_a_page_that_was_not_executed_is_left_alone(bench) -> None:
    page = bench.read(block("print(1)", "2"))
    said = Told()
    status = accept([page], {page.path: not_executed(page)}, bench.project, say=said.append)
    assert status == 1
    assert "page.md:1: was not executed, so nothing is known about its claims" in str(said)


@pytest.mark.parametrize("answer", [True, False])
def test_it_asks_for_each_page(take, answer: bool) -> None:
    asked = []

    def ask(question: str) -> bool:
        asked.append(question)
        return answer

    before = block("print(1)", "2")
    status, text, said = take(before, yes=False, ask=ask)
    assert asked == ["Rewrite page.md?"]
    assert (status, text) == ((0, block("print(1)", "1")) if answer else (1, before))
    assert ("1 claim rewritten" if answer else "nothing is changed") in said


def test_without_a_terminal_nothing_is_changed(take) -> None:
    before = block("print(1)", "2")
    status, text, said = take(before, yes=False)
    assert (status, text) == (1, before)
    assert "    - 2\n    + 1" in said
    assert "to take these values: sybil-pages accept --yes page.md" in said


def test_a_file_that_changed_meanwhile_is_left_alone(take) -> None:
    status, text, said = take(block("print(1)", "2"), meanwhile=lambda path: path.write_text("new"))
    assert (status, text) == (1, "new")
    assert "page.md: the file changed since it was read: nothing is written" in said


def test_the_file_keeps_its_mode_and_nothing_is_left_beside_it(bench, take) -> None:
    take(block("print(1)", "2"), meanwhile=lambda path: path.chmod(0o640))
    assert (bench.root / "page.md").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in bench.root.iterdir()] == ["page.md"]


def test_a_folder_that_cannot_be_written_is_reported(take, monkeypatch) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    before = block("print(1)", "2")
    status, text, said = take(before)
    assert (status, text) == (1, before)
    assert "No space left on device" in said


ROUNDED = {
    "as many decimals": ("0.934567", "0.91", "0.93"),
    "fewer than claimed": ("2.5", "3.14159", "2.5"),
    "up over nine": ("9.96e-04", "1.5e-03", "1.0e-03"),
    "another exponent": ("2.4712e-04", "1.5e-03", "2.5e-04"),
    "an exponent that was none": ("1.23456e-05", "0.0012", "1.2e-05"),
    "no exponent any more": ("0.024712", "1.5e-03", "0.025"),
    "no exponent, and more digits before the point": ("1234.56", "1.5e3", "1234.6"),
    "a plus": ("+0.7777", "+0.50", "+0.78"),
    "a minus": ("-0.0012", "0.50", "-0.00"),
}


@pytest.mark.parametrize(("number", "like", "then"), ROUNDED.values(), ids=ROUNDED)
def test_a_number_is_rounded_to_the_digits_of_another(number: str, like: str, then: str) -> None:
    assert rounded(number, like) == then
    assert compare(then, number) is None


def test_every_renewed_claim_holds() -> None:
    """Random texts: whatever was claimed, what it becomes holds."""
    rng = random.Random(5)
    pieces = ["1.5", "-2.25", "...", "[", "]", " ", "\n", "12", "nan", "0.", "1.50e-03", "a", ","]
    drifts = 0
    for _ in range(1500):
        shape = rng.choices(pieces, k=rng.randint(1, 9))
        other = [rng.choice(pieces) if rng.random() < 0.15 else piece for piece in shape]
        texts = ("".join(other), "".join(shape))
        computed = texts[1].replace("1.5", f"{rng.uniform(-9, 9):.5f}").replace("...", "7 a")
        tolerance = rng.choice([None, None, Decimal("0.1"), Decimal(0)])
        claim = Claim(texts[0], computed, 1, tolerance)
        if claim.miss():
            new = renewed(claim)
            drifts += new.drift
            assert compare("\n".join(new.lines), computed, tolerance) is None, claim
    assert drifts > 50


def test_the_command_rewrites_the_pages_that_it_is_given(
    tmp_path: Path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one.md", "two.md"):
        Path(name).write_text(block("print(1)", "2"))
    assert main(["accept", "one.md"]) == 1
    assert "accept --yes one.md" in capsys.readouterr().out
    assert main(["accept", "--yes", "one.md"]) == 0
    assert Path("one.md").read_text() == block("print(1)", "1")
    assert Path("two.md").read_text() == block("print(1)", "2")
