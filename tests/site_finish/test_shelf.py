"""Snippets stand in the order in which a reader meets their code, and all of them can be taken."""

import io
import zipfile
from pathlib import Path

import pytest

from site_finish.shelf import shelf

NAV = ["index.md", "one.md", {"Part": ["two.md"]}]
PAGES = {
    "two.md": '--8<-- "snippets/late.py"\nfrom snippets import early',
    "one.md": '--8<-- "snippets/early.py"\n',
    "index.md": "from snippets import used, late",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Four snippets, one of which no page uses; one is a folder."""
    (tmp_path / "snippets" / "used").mkdir(parents=True)
    for name in ("late.py", "early.py", "alone.py", "used/__init__.py"):
        (tmp_path / "snippets" / name).write_text(f"# {name}\n")
    return tmp_path


def test_who_shows_the_code_comes_before_who_imports_it(project: Path) -> None:
    found = shelf(project, NAV, PAGES)
    names = {title: [one.name for one in members] for title, members in found.groups.items()}
    assert names == {"Chapters": ["early", "used"], "Part": ["late"], "More": ["alone"]}


def test_a_page_that_shows_the_code_is_not_said_to_import_it(project: Path) -> None:
    found = shelf(project, NAV, {**PAGES, "one.md": PAGES["one.md"] + "from snippets import early"})
    (early, *_) = found.snippets
    assert [one.uri for one in found.showing(early)] == ["one.md"]
    assert [one.uri for one in found.importing(early)] == ["two.md"]


def test_each_file_each_folder_and_all_at_once_can_be_taken(project: Path) -> None:
    (project / "snippets" / "__init__.py").write_text("# head\n")
    files = shelf(project, NAV, PAGES).files()
    assert sorted(files) == [
        "snippets/alone.py",
        "snippets/early.py",
        "snippets/late.py",
        "snippets/snippets.zip",
        "snippets/used.zip",
        "snippets/used/__init__.py",
    ]
    assert files["snippets/late.py"] == b"# late.py\n"
    names = {
        name: zipfile.ZipFile(io.BytesIO(files[f"snippets/{name}.zip"])).namelist()
        for name in ("used", "snippets")
    }
    assert names["used"] == ["used/__init__.py"]
    assert names["snippets"][0] == "snippets/__init__.py"
    assert len(names["snippets"]) == 5


def test_a_project_without_snippets_offers_nothing(tmp_path: Path) -> None:
    found = shelf(tmp_path, None, PAGES)
    assert (found.snippets, found.files()) == ([], {})
