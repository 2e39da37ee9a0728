"""A pruned style sheet keeps what may concern a page, and nothing that cannot."""

import pytest

from site_finish.pruning import classes, pruned, words

USED = frozenset({"a", "b"})


def test_classes_are_read_from_a_page() -> None:
    assert classes('<p class="a b"><i class="b\nc"></i><b title="d">') == {"a", "b", "c"}


@pytest.mark.parametrize(
    "rule",
    [
        ".a{color:red}",
        ".a.b>p:hover{color:red}",
        "p{color:red!important}",
        ".a:not(.gone){color:red}",
        "@media print{.a{color:red}}",
        "@font-face{font-family:x}",
        ".a{--x:1;width:var(--x)}",
        '.a::before{content:";}"}',
    ],
)
def test_what_may_concern_the_page_stays_as_it_is(rule: str) -> None:
    assert pruned(rule, USED) == f"{rule}\n"


def test_a_variable_stays_that_another_sheet_reads() -> None:
    assert pruned("p{--x:var(--y);--z:1}", USED, frozenset({"--x"})) == "p{--x:var(--y)}\n"


def test_a_script_may_use_each_of_its_words_as_a_class() -> None:
    assert words('e.className="md-tip md-tip--open"') >= {"md-tip", "md-tip--open"}


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".gone{color:red} .a{color:red}", ".a{color:red}\n"),
        (".a .gone,.b{color:red}", ".b{color:red}\n"),
        ("@media print{.gone{color:red}} p{top:0}", "p{top:0}\n"),
        ("/* why */ .a /* who */{ color : red; }", ".a{color:red}\n"),
        (":root{--x:1;--y:2;top:var(--x)}", ":root{--x:1;top:var(--x)}\n"),
        (":root{--x:var(--y);--y:2} p{top:0}", "p{top:0}\n"),
        (":root{--x:1} .gone{top:var(--x)} p{top:0}", "p{top:0}\n"),
    ],
)
def test_what_cannot_concern_it_goes(css: str, left: str) -> None:
    assert pruned(css, USED) == left


def test_a_selector_goes_that_holds_what_is_unwanted() -> None:
    css = "[data-x] *,.a{top:0} [data-x] :after{top:1}"
    assert pruned(css, USED, unwanted="[data-x]") == ".a{top:0}\n"
