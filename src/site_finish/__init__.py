"""What finishes this site, and is no part of the generator.

Without this folder, and its lines in `mkdocs.yml` and `pyproject.toml`, the site builds as well.
"""
