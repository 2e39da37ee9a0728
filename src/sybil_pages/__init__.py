"""Execute a Markdown page's code, check what the page claims, and weave in outputs and figures.

The rooms, in the order in which a page passes through them; imports point from the later to the
earlier, but for the adapters, which stand above all:

- Reading: `project`, `fences`, `read`, and what they make: `page`.
- Deciding what must run: `imports`, `conditions`, `states`, `cache`, `execution`.
- Running, here or elsewhere: `workers`, `cluster`, `serving`; `supervisor`, `running`, `preload`.
- In the page's own process: `process`, `execute`, `values`, `figures`, `mistakes`; `observe`,
  `named`, `guard`, `landlock`, `linux`.
- Verifying: `tokens`, `compare`, `claims`, `census`.
- Showing: `weave`, `in_place`, `editions`, `report`, `progress`.
- Adapters: `mkdocs_plugin`, `pytest_plugin`, `cli` with its `commands`.
"""
