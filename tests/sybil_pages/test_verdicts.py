"""A reader's own run is compared as the page was, and what differs is told in plain words."""

import pytest

from sybil_pages.verdicts import Verdicts

ONE = {"cell": "a", "about": "mean(x)", "claim": "0.33", "prompt": True}


@pytest.mark.parametrize(
    ("claim", "shown", "error", "state"),
    [
        ({"claim": "0.33"}, "0.3333\n", None, "holds"),
        ({"claim": "0.33"}, "0.34\n", None, "misses"),
        ({"claim": "0.33", "tolerance": "0.1"}, "0.4\n", None, "holds"),
        ({"claim": "1"}, "1\nValueError: x\n", ValueError("x"), "misses"),
        ({"raises": "ValueError"}, "", UnicodeError("a subclass"), "holds"),
        ({"raises": "ValueError"}, "", KeyError("x"), "misses"),
        ({"raises": "ValueError"}, "", None, "misses"),
        ({"raises": "ValueError", "claim": "ValueError: x"}, "ValueError: x\n", ValueError("x"),
         "holds"),
        ({"raises": "ValueError", "claim": "ValueError: x"}, "ValueError: y\n", ValueError("y"),
         "misses"),
        ({"claim": "Traceback (most recent call last):\n    ...\nKeyError: 1"},
         "Traceback (most recent call last):\n    ...\nKeyError: 1\n", KeyError(1), "holds"),
    ],
)  # fmt: skip
def test_a_claim_holds_as_it_does_on_the_page(
    claim: dict, shown: str, error: Exception | None, state: str
) -> None:
    verdicts = Verdicts([{"cell": "a", **claim}], {})
    verdicts.judge(verdicts.of("a"), shown, error)
    assert list(verdicts.states.values()) == [state]


def test_of_cells_with_the_same_code_each_has_its_claim(
    capsys: pytest.CaptureFixture[str],
) -> None:
    verdicts = Verdicts([{**ONE, "claim": "1"}, {**ONE, "claim": "2"}], {})
    for shown in ("1\n", "2\n", "2\n", "1\n"):
        verdicts.judge(verdicts.of("a"), shown, None)
    verdicts.report()
    assert capsys.readouterr().out == "2 of 2 claims hold here.\n"
    verdicts.judge(verdicts.of("a"), "3\n", None)
    assert "The page has\n    1\n" in capsys.readouterr().out


def test_other_versions_are_named_where_a_claim_does_not_hold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    verdicts = Verdicts([ONE], {"numpy": "0.1", "no-such-package": "2.0"})
    verdicts.judge(verdicts.of("a"), "0.3333\n", None)
    assert capsys.readouterr().out == ""
    verdicts.judge(verdicts.of("a"), "", None)
    told = capsys.readouterr().out
    assert told.startswith("The page has\n    0.33\nand this run gave\n    nothing\n")
    assert "(the page: 0.1), no-such-package missing (the page: 2.0)." in told


def test_an_exercise_is_as_good_as_its_worst_part(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [f"Exercise {n}, part {k}" for n in (1, 2, 3) for k in (1, 2)]
    verdicts = Verdicts([{"cell": name, "claim": "1", "defines": []} for name in parts], {})
    for name in parts[:3]:
        verdicts.judge(verdicts.of(name), "1\n", None)
    verdicts.judge(verdicts.of(parts[3]), "2\n", None)
    verdicts.open(*verdicts.of(parts[4]))
    capsys.readouterr()
    verdicts.report()
    assert capsys.readouterr().out == (
        "0 of 0 claims hold here.\nExercises: right: 1; not yet right: 2; not answered yet: 3.\n"
    )
