"""A snippet is read as it stands: its question, what it offers and needs, what its tests say."""

from pathlib import Path

import pytest

from site_finish.snippets import Snippet, read, shown

PEAK = '''# --8<-- [start:peak]
"""Where is the peak?

Source: our own.
"""

import math
from collections.abc import Sequence

import numpy as np
import sklearn.datasets
from scipy import stats

from .heights import height


class Peak:
    """One peak."""


def peak(x):
    """Find it."""
    import keras


def _hidden():
    """Nobody asks for it."""
# --8<-- [end:peak]


if __name__ == "__main__":
    import matplotlib.pyplot

    from snippets import tides
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("snippets", "tests"):
        (tmp_path / folder).mkdir()
    return tmp_path


def only(project: Path, **files: str) -> Snippet:
    """The first snippet of a folder with these modules."""
    for name, text in files.items():
        (project / "snippets" / f"{name}.py").write_text(text, "utf-8")
    return read(project / "snippets", project / "tests")[0]


def test_the_docstrings_first_line_is_the_question(project: Path) -> None:
    snippet = only(project, peak=PEAK)
    assert (snippet.question, snippet.about) == ("Where is the peak?", "Source: our own.")


def test_public_names_are_offered_with_what_they_do(project: Path) -> None:
    assert only(project, peak=PEAK).offers == {"Peak": "One peak.", "peak": "Find it."}


def test_it_needs_what_it_imports_by_the_names_of_their_makers(project: Path) -> None:
    """The demonstration's imports do not count, those in a function do."""
    snippet = only(project, peak=PEAK)
    assert snippet.needs == ("Keras", "NumPy", "scikit-learn", "SciPy")
    assert snippet.beside == ("heights",)


@pytest.mark.parametrize(
    "line",
    ["from . import heights", "from snippets.heights import h", "import snippets.heights"],
)
def test_another_snippet_is_found_however_it_is_imported(project: Path, line: str) -> None:
    assert only(project, peak=line).beside == ("heights",)


def test_a_folder_is_one_snippet_and_its_files_need_not_be_copied_apart(project: Path) -> None:
    folder = project / "snippets" / "draw"
    folder.mkdir()
    head = '"""How does one draw?"""\n\nfrom .ink import dot\nfrom .ink import COLOUR\n'
    (folder / "__init__.py").write_text(head)
    imports = "import numpy\nfrom ..peak import peak\nfrom . import paper\n"
    (folder / "ink.py").write_text(f'{imports}def dot():\n    """A dot."""\ndef blot(): ...\n')
    (folder / "paper.py").write_text("")
    (snippet,) = read(project / "snippets", project / "tests")
    assert list(snippet.files) == ["draw/__init__.py", "draw/ink.py", "draw/paper.py"]
    assert snippet.is_package
    assert snippet.offers == {"dot": "A dot."}
    assert (snippet.needs, snippet.beside) == (("NumPy",), ("peak",))


def test_names_of_tests_are_read_as_sentences(project: Path) -> None:
    (project / "tests" / "test_peak.py").write_text(
        "def test_a_1d_peak_is_where_keras_puts_it(): ...\n"
        "def help_only(): ...\n"
        "class TestRelu:\n    def test_relu_keeps_nan(self): ...\n"
    )
    assert only(project, peak=PEAK).tests == (
        "A 1D peak is where Keras puts it.",
        "ReLU keeps NaN.",
    )


def test_neither_docstring_nor_test_nor_folder_is_needed(project: Path) -> None:
    snippet = only(project, bare="x = 1\n")
    assert (snippet.question, snippet.tests, snippet.offers) == ("", (), {})
    assert read(project / "elsewhere", project / "tests") == []


def test_what_is_no_python_is_named_with_its_line(project: Path) -> None:
    with pytest.raises(ValueError, match=r"snippets/peak\.py:2: this is no Python"):
        only(project, peak="x = 1\ndef :\n")


def test_the_marks_of_parts_are_not_copied() -> None:
    assert shown(PEAK).startswith('"""Where is the peak?')
    assert "8<" not in shown(PEAK)
    assert shown(PEAK).count("\n") == PEAK.count("\n") - 2
