"""`adopt` makes a folder green in one step, and changes nothing but the marks that it sets."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from sybil_pages.claims import failures
from sybil_pages.cli import main
from sybil_pages.commands.adopt import adopt
from sybil_pages.commands.marks import page_mark, reason
from sybil_pages.page import ExecutedPage, Page
from sybil_pages.read import read_file


@pytest.fixture
def folder(bench) -> Callable[..., tuple[int, dict[str, str], list[str]]]:
    """Adopt some pages: the exit status, what the files say then, what was said."""

    def execute(pages: Sequence[Page]) -> Mapping[str, ExecutedPage]:
        running = {page.path: bench.pool.submit(page, project=bench.project) for page in pages}
        return {path: future.result() for path, future in running.items()}

    def folder(
        pages: Mapping[str, str | bytes], *, yes: bool = True, ask=None, meanwhile=None
    ) -> tuple[int, dict[str, str], list[str]]:
        for name, text in pages.items():
            (bench.root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        read = [read_file(bench.root / name, bench.project) for name in pages]
        if meanwhile:
            meanwhile()
        said: list[str] = []
        status = adopt(read, bench.project, execute, yes=yes, ask=ask, say=said.append)
        after = {name: (bench.root / name).read_bytes() for name in pages}
        again = [read_file(bench.root / name, bench.project) for name in pages]
        if status == 0:
            executed = execute(again)
            left = [
                p.report(page.path) for page in again for p in failures(page, executed[page.path])
            ]
            assert left == []
            assert adopt(again, bench.project, execute, yes=True, say=lambda _text: None) == 0
            assert {name: (bench.root / name).read_bytes() for name in pages} == after
        return status, {name: data.decode("utf-8", "replace") for name, data in after.items()}, said

    return folder


@pytest.fixture
def one(folder) -> Callable[..., tuple[str, list[str]]]:
    """Adopt one page, to the end: its text then, what was said."""

    def one(text: str) -> tuple[str, list[str]]:
        status, texts, said = folder({"page.md": text})
        assert status == 0
        return texts["page.md"], said

    return one


MARK = "#| run: false\n#| reason: not yet: "
BLOCKS = {
    "an exception": ("1 / 0", "ZeroDivisionError: division by zero"),
    "a syntax error": ("1 +", "SyntaxError: invalid syntax"),
    "a missing package": (
        "import nowhere_to_be_found",
        "ModuleNotFoundError: No module named 'nowhere_to_be_found'",
    ),
    "a process that dies": ("import os; os._exit(3)", "the interpreter died here (exit code 3)"),
    "magic": (
        "%timeit 1",
        "SyntaxError: invalid syntax (a page is plain Python: no %magic, no !command; use …",
    ),
}


@pytest.mark.parametrize(("code", "why"), BLOCKS.values(), ids=BLOCKS)
def test_a_block_that_fails_is_marked_with_the_first_line_of_the_error(
    one, code: str, why: str
) -> None:
    text, said = one(f"# A\n\n```python\n{code}\n```\n\n```python\n1 + 1\n```\n")
    assert text == f"# A\n\n```python\n{MARK}{why}\n{code}\n```\n\n```python\n1 + 1\n```\n"
    assert said == ["page.md: 1 block marked `run: false`", "1 page: 1 block marked"]


def test_a_wrong_claim_is_marked_too(one) -> None:
    text, _ = one("```python\n1 + 1\n```\n\n```output\n3\n```\n")
    why = "claimed `3`, computed `2` ('3' is not '2')"
    assert text == f"```python\n{MARK}{why}\n1 + 1\n```\n\n```output\n3\n```\n"


def test_a_figure_without_alt_is_marked_below_the_other_options(one) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\n"
    text, _ = one(f"```python\n#| caption: x\n{code}```\n")
    assert text.startswith("```python\n#| caption: x\n#| run: false\n#| reason: not yet: the block")
    assert text.endswith(f"\n{code}```\n")


PLACES = {
    "the page": ("", "# A  \n\n"),
    "a list": ("    ", "- item\n\n"),
    "a list indented by tabs": ("\t", "- item\n\n"),
    "a quote": ("> ", "text\n\n"),
    "an admonition": ("    ", "!!! note\n\n"),
    "front matter and a byte order mark": ("", "\ufeff---\ntitle: x\n---\n\n"),
    "a byte order mark": ("", "\ufeff"),
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("prefix", "head"), PLACES.values(), ids=PLACES)
def test_the_mark_stands_above_the_first_prompt_and_every_other_byte_stays(
    one, prefix: str, head: str, end: str
) -> None:
    def page(mark: str) -> str:
        lines = ["~~~ pycon", *mark.splitlines(), ">>> 1 / 0", "1", "~~~"]
        return (head + "\n".join(prefix + line for line in lines) + "\n\n*x*  \n\ty").replace(
            "\n", end
        )

    text, _ = one(page(""))
    assert text == page(f"{MARK}ZeroDivisionError: division by zero")


def test_what_breaks_because_of_a_mark_is_marked_in_the_next_round(one) -> None:
    text, said = one(
        "```python\nx = 1\nprint(x)\n```\n```output\n2\n```\n\n"
        "```python\nx\n```\n\n```python\n5\n```\n"
    )
    assert text.count("run: false") == 2
    assert "reason: not yet: NameError: name 'x' is not defined\nx\n" in text
    assert said == ["page.md: 2 blocks marked `run: false`", "1 page: 2 blocks marked"]


def test_blocks_behind_a_dead_interpreter_get_their_chance(one) -> None:
    text, _ = one("```python\nimport os; os._exit(1)\n```\n\n```python\nprint(1)\n```\n")
    assert text.count("run: false") == 1


LANGUAGES = {
    "py3": ("python", "not yet: it was `py3`, which is not executed"),
    "IPython": ("python", "not yet: it was `IPython`, which is not executed"),
    "python-console": ("pycon", "not yet: it was `python-console`, which is not executed"),
    "pyhton": ("python", "not yet: it was `pyhton`, which is not executed"),
    "pycon3": ("pycon", "not yet: it was `pycon3`, which is not executed"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alias_of_python_becomes_python_that_does_not_run_yet(one, language: str) -> None:
    new, why = LANGUAGES[language]
    text, said = one(f'> ``` {language} title="a {language}"\n> x\n> ```\n')
    assert text == (
        f'> ``` {new} title="a {language}"\n> #| run: false\n> #| reason: {why}\n> x\n> ```\n'
    )
    assert said[0] == f"page.md: line 1: `{language}` is `{new}` now, and does not run yet"


def test_a_language_that_nobody_knows_becomes_text(one) -> None:
    text, said = one("\ufeff```{ .klingon .annotate }\r\nx\r\n```\r\n")
    assert text == "\ufeff```{ .text .annotate }\r\nx\r\n```\r\n"
    assert "`klingon` is `text` now" in said[0]


def test_a_diagram_is_not_turned_into_text(bench, one) -> None:
    before = "```mermaid\ngraph LR\n```\n"
    text, _ = one(before)
    assert text.endswith(before)


def test_a_session_without_prompts_and_a_missing_reason_are_marked_in_their_blocks(one) -> None:
    text, _ = one("```pycon\nx\n```\n\n```python\n#| run: false\n1\n```\n")
    assert text == (
        f"```pycon\n{MARK}a `pycon` block without a `>>>` prompt\nx\n```\n\n"
        f"```python\n{MARK}nobody wrote down why it does not run\n1\n```\n"
    )


PAGES = {
    "an unclosed fence": "```python\nx\n",
    "a missing include": '--8<-- "nowhere.py"\n',
    "a stray output fence": "text\n\n```output\n1\n```\n",
    "an unknown option": "```python\n#| label: x\n1\n```\n",
    "an inline expression that fails": "It is `{python} 1 / 0`.\n",
    "an inline expression that does not end": "It is `{python} 1\n+ 1`.\n",
}


@pytest.mark.parametrize("before", PAGES.values(), ids=PAGES)
def test_what_no_option_can_mark_is_marked_in_the_front_matter(one, before: str) -> None:
    text, said = one(before)
    head, end, rest = text.partition("\n---\n\n")
    assert (end, rest) == ("\n---\n\n", before)
    assert head.startswith('---\nsybil-pages:\n  run: false\n  reason: "not yet: ')
    assert said[0].startswith("page.md: the page does not run yet: line ")


WHY = 'not yet: "it"'
KEYS = '  run: false\n  reason: "not yet: \\"it\\""\n'
FRONT = {
    "none": ("x\n", f"---\nsybil-pages:\n{KEYS}---\n\nx\n"),
    "a blank first line": ("\nx\n", f"---\nsybil-pages:\n{KEYS}---\n\nx\n"),
    "a byte order mark": ("\ufeffx", f"\ufeff---\nsybil-pages:\n{KEYS}---\n\nx"),
    "a title": ("---\ntitle: x  \n---\nx", f"---\ntitle: x  \nsybil-pages:\n{KEYS}---\nx"),
    "dots at its end": ("---\ntitle: x\n...\nx", f"---\ntitle: x\nsybil-pages:\n{KEYS}...\nx"),
    "no line end behind it": ("---\na: 1\n---", f"---\na: 1\nsybil-pages:\n{KEYS}---"),
    "rules of ours": (
        "---\nsybil-pages:  # why\n  network: true\ntitle: x\n---\n",
        f"---\nsybil-pages:  # why\n{KEYS}  network: true\ntitle: x\n---\n",
    ),
    "rules indented by four": (
        "---\nsybil-pages:\n    network: true\n---\n",
        f"---\nsybil-pages:\n{KEYS.replace('  r', '    r')}    network: true\n---\n",
    ),
    "rules in braces": (
        "---\nsybil-pages: {network: true}\n---\n",
        '---\nsybil-pages: {network: true, run: false, reason: "not yet: \\"it\\""}\n---\n',
    ),
    "rules without a reason": (
        "---\nsybil-pages:\n  run: false\n---\n",
        '---\nsybil-pages:\n  reason: "not yet: \\"it\\""\n  run: false\n---\n',
    ),
    "two lines that are none": (
        "---\n\ntext\n\n---\n",
        f"---\nsybil-pages:\n{KEYS}---\n\n---\n\ntext\n\n---\n",
    ),
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("before", "after"), FRONT.values(), ids=FRONT)
def test_front_matter_is_merged_as_text(bench, before: str, after: str, end: str) -> None:
    if end in before or "\n" in before or end == "\n":
        marked = page_mark(before.replace("\n", end), WHY)
        assert marked == after.replace("\n", end)
        rules = bench.read(marked).rules
        assert (rules.run, rules.reason) == (False, WHY)


def test_rules_that_are_no_mapping_are_left_to_their_author(folder) -> None:
    before = "---\nsybil-pages: [1]\n---\n"
    status, texts, said = folder({"page.md": before})
    assert (status, texts["page.md"]) == (1, before)
    assert "page.md:2: `sybil-pages:` is a mapping" in said[0]


def test_a_page_that_is_not_utf8_is_reported_and_left_alone(folder) -> None:
    status, texts, said = folder({"a.md": b"caf\xe9\n", "b.md": "```python\n1 / 0\n```\n"})
    assert status == 1
    assert texts["a.md"] == "caf\ufffd\n"
    assert texts["b.md"].startswith(f"```python\n{MARK}")
    assert "a.md:1: byte 0xe9 is not UTF-8" in said[0]


def test_included_code_is_marked_in_the_page_that_shows_it(bench, one) -> None:
    part = bench.write("part.py", "#| caption: x\n1 / 0\n")
    text, _ = one('- a\n\n    ```python\n    --8<-- "part.py"\n    ```\n')
    assert text == (
        "- a\n\n    ```python\n    #| run: false\n"
        "    #| reason: not yet: ZeroDivisionError: division by zero\n"
        '    --8<-- "part.py"\n    ```\n'
    )
    assert part.read_text() == "#| caption: x\n1 / 0\n"


def test_a_fence_in_an_included_file_makes_the_page_wait(bench, one) -> None:
    part = bench.write("part.txt", "```python\n1 / 0\n```\n")
    text, said = one('# A\n\n--8<-- "part.txt"\n')
    assert text.startswith("---\nsybil-pages:\n  run: false\n")
    assert part.read_text() == "```python\n1 / 0\n```\n"
    assert "line 3: ZeroDivisionError" in said[0]


def test_the_total_names_all_that_was_done(folder) -> None:
    _, _, said = folder(
        {
            "a.md": "```python\n1 / 0\n```\n\n```python\n1 +\n```\n",
            "b.md": "```python\n1\n```\n",
            "c.md": "```py3\nx\n```\n\n```klingon\nx\n```\n",
            "d.md": "```python\n",
        }
    )
    assert said[-1] == "4 pages: 3 blocks marked, 1 page marked as a whole, 1 fence shown as `text`"


@pytest.mark.parametrize("answer", [True, False, None])
def test_it_asks_before_it_writes(folder, answer: bool | None) -> None:
    asked = []

    def ask(question: str) -> bool:
        asked.append(question)
        return bool(answer)

    before = "```python\n1 / 0\n```\n"
    status, texts, said = folder(
        {"page.md": before}, yes=False, ask=None if answer is None else ask
    )
    assert status == (0 if answer else 1)
    assert (texts["page.md"] == before) == (not answer)
    assert len(asked) == (answer is not None)
    assert ("add --yes" in said[-1]) == (answer is None)


def test_a_file_that_changed_meanwhile_is_left_alone(bench, folder) -> None:
    status, texts, said = folder(
        {"page.md": "```python\n1 / 0\n```\n"},
        meanwhile=lambda: (bench.root / "page.md").write_text("new"),
    )
    assert (status, texts["page.md"]) == (1, "new")
    assert "page.md: the file changed since it was read" in said[1]


def test_a_folder_without_faults_is_left_alone(folder) -> None:
    status, _, said = folder({"page.md": "```python\n1\n```\n"})
    assert (status, said) == (0, ["1 page: nothing to mark"])


def test_a_reason_is_one_short_line_without_the_path_of_this_machine(bench) -> None:
    message = f"FileNotFoundError: '{bench.root}/data/x.csv'\n    open(...)"
    assert reason(message, bench.project) == "not yet: FileNotFoundError: 'data/x.csv'"
    assert len(reason("word " * 100, bench.project)) < 100


def test_the_command_adopts_a_folder(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("```python\n1 / 0\n```\n")
    assert main(["adopt", "docs"]) == 1
    assert "nothing is written; to write that, add --yes" in capsys.readouterr().out
    assert main(["adopt", "--yes", "docs"]) == 0
    assert "run: false" in page.read_text()
    assert main(["check", "docs"]) == 0
