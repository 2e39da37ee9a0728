"""An edition carries what its page needs: packages, the project's files, and nothing more."""

import json
import os
import sys

import numpy
import pytest
import sklearn

from sybil_pages.companions import claims_cell, companions, files_cell, set_up_cell
from sybil_pages.conditions import distributions
from sybil_pages.luggage import install_missing, write_missing


def test_packages_are_pinned_as_tested_by_the_names_of_their_modules(bench) -> None:
    bench.write("tools/__init__.py", "from .deep import x\n")
    bench.write("tools/deep.py", "import sklearn\n\nx = 1\n")
    _, found = bench.cells("```python\nimport os\nimport numpy.linalg\nimport tools\n```")
    assert found.needed == {
        "numpy": f"numpy=={numpy.__version__}",
        "sklearn": f"scikit-learn=={sklearn.__version__}",
    }
    assert found.tested == {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__}


def test_the_backend_of_keras_is_a_package_too(bench) -> None:
    page, executed = bench.run("```python\nx = 1\n```")
    executed["metadata"]["sybil_pages"] |= {
        "backend": "tensorflow",
        "versions": {"tensorflow": "2.21.0"},
    }
    found = companions(page, executed, bench.project)
    assert found.needed == {"tensorflow": "tensorflow==2.21.0"}
    assert found.environment == {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}


def test_files_of_the_project_come_along_and_large_ones_do_not(bench) -> None:
    bench.write("tools/__init__.py", "")
    bench.write("tools/deep.py", "from tools.deeper import y\n")
    bench.write("tools/deeper.py", "y = 1\n")
    bench.write("tools/unused.py", "")
    bench.write("data.csv", "1,2\n")
    bench.write("large.csv", "1" * 100_001)
    (bench.root / "raw.bin").write_bytes(b"\0\1")
    _, found = bench.cells("""
        ```python
        from tools.deep import y
        read = [open(name, "rb").read() for name in ("data.csv", "large.csv", "raw.bin")]
        ```
    """)
    assert found.files == {
        "data.csv": "1,2\n",
        "tools/__init__.py": "",
        "tools/deep.py": "from tools.deeper import y\n",
        "tools/deeper.py": "y = 1\n",
    }


def test_the_set_up_does_nothing_where_everything_is_there(
    bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.write("tools.py", "x = 1\n")
    _, found = bench.cells("```python\nimport numpy\nimport tools\n```")
    monkeypatch.chdir(bench.root)
    before = {path: path.stat().st_mtime_ns for path in bench.root.rglob("*")}
    names: dict[str, object] = {}
    exec(set_up_cell(found), names)
    assert {path: path.stat().st_mtime_ns for path in bench.root.rglob("*")} == before
    assert capsys.readouterr().out == ""
    assert set(names) == {"__builtins__"}


def test_a_missing_package_is_installed_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr("subprocess.check_call", asked.append)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.delenv("SYBIL_NEW", raising=False)
    needed = {"numpy": "numpy==9.9", "no_such_module": "no-such==1.0"}
    environment = {"KERAS_BACKEND": "tensorflow", "SYBIL_NEW": "1"}
    install_missing(needed, environment)
    assert asked == [[sys.executable, "-m", "pip", "install", "--quiet", "no-such==1.0"]]
    assert (os.environ["KERAS_BACKEND"], os.environ["SYBIL_NEW"]) == ("jax", "1")


def test_an_environment_without_pip_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("subprocess.check_call", lambda command: asked.append(command[2]))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    install_missing({"no_such_module": "no-such==1.0"}, {})
    assert asked == ["ensurepip", "pip"]


def test_files_are_written_only_where_they_are_missing(
    tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_text("mine\n")
    write_missing({"a.py": "theirs\n", "b/c.py": "π\n"}, str(tmp_path))
    assert (tmp_path / "a.py").read_text() == "mine\n"
    assert (tmp_path / "b" / "c.py").read_text("utf-8") == "π\n"
    assert capsys.readouterr().out == (
        "a.py is here already, and differs from the page's: it stays as it is.\n"
    )


def test_code_that_writes_files_writes_those_very_texts(tmp_path) -> None:
    texts = {"a.py": "'''\\d'''\nx = '\\n'\n", "b.py": '"""\\d."""\n', "c.txt": "a\\"}
    exec(files_cell(texts, repr(str(tmp_path))), {})
    assert {name: (tmp_path / name).read_text("utf-8") for name in texts} == texts


def test_in_plain_python_the_claims_do_nothing(bench, capsys: pytest.CaptureFixture[str]) -> None:
    cells, found = bench.cells("```pycon\n>>> 1 + 1\n2\n```")
    names: dict[str, object] = {}
    exec(claims_cell(cells, found), names)
    exec("page_claims.report()", names)
    assert set(names) == {"__builtins__", "page_claims"}
    assert capsys.readouterr().out == ""


def test_the_claims_stand_in_the_cell_one_a_line(bench) -> None:
    cells, found = bench.cells("""
        ```pycon
        #| tolerance: 0.5
        >>> 1.5
        1.2
        ```
    """)
    (line,) = (n for n in claims_cell(cells, found).splitlines() if n.startswith('{"cell"'))
    told = json.loads(line)
    assert len(told.pop("cell")) == 12
    assert told == {"about": "1.5", "claim": "1.2", "prompt": True, "tolerance": "0.5"}


def test_a_module_is_brought_by_a_distribution_of_another_name() -> None:
    known = ["scikit-learn", "numpy", "pillow"]
    assert distributions(["PIL", "numpy", "none", "sklearn"], known) == {
        "PIL": "pillow",
        "numpy": "numpy",
        "sklearn": "scikit-learn",
    }
