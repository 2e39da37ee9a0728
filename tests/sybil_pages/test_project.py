"""A project is read from `mkdocs.yml` without importing MkDocs or what the file names."""

from pathlib import Path

import pytest

from sybil_pages.project import from_file, has_plugin

PATHS = {
    "nothing": ("", ["."]),
    "a path": ("base_path: parts", ["parts"]),
    "paths": ("base_path: [parts, docs]", ["parts", "docs"]),
    "the folder of mkdocs.yml": ("base_path: [!relative $config_dir]", ["."]),
    "the folder of the pages": ("base_path: [!relative $docs_dir]", ["pages"]),
    "a folder below it": ("base_path: [!relative $config_dir/parts]", ["parts"]),
}


def config(root: Path, options: str) -> Path:
    path = root / "mkdocs.yml"
    path.write_text(
        "site_name: !ENV [NAME, x]\ndocs_dir: pages\nplugins: [search, {sybil-pages: {}}]\n"
        "markdown_extensions:\n  - admonition\n"
        "  - pymdownx.superfences:\n      custom_fences:\n        - name: mermaid\n"
        "          class: mermaid\n          format: !!python/name:none.such\n"
        f"  - pymdownx.snippets: {{{options}}}\n",
        "utf-8",
    )
    return path


@pytest.mark.parametrize(("options", "folders"), PATHS.values(), ids=PATHS)
def test_includes_start_where_the_site_says(
    tmp_path: Path, options: str, folders: list[str]
) -> None:
    project = from_file(config(tmp_path, options))
    found = [Path(path).resolve() for path in project.include_options()["base_path"]]
    assert found == [(tmp_path / folder).resolve() for folder in folders]


def test_a_missing_include_is_an_error_whatever_the_site_says(tmp_path: Path) -> None:
    project = from_file(config(tmp_path, "check_paths: false"))
    assert project.include_options()["check_paths"] is True


def test_folder_and_fences_are_those_of_the_site(tmp_path: Path) -> None:
    project = from_file(config(tmp_path, ""))
    assert (project.root, project.docs) == (tmp_path.resolve(), (tmp_path / "pages").resolve())
    assert [fence["name"] for fence in project.fences] == ["mermaid"]


def test_a_site_takes_part_where_it_lists_the_plugin(tmp_path: Path) -> None:
    path = config(tmp_path, "")
    assert has_plugin(path)
    path.write_text("plugins: [search]\n", "utf-8")
    assert not has_plugin(path)
