"""A page runs again when what it used changes, whoever opened it; and no other page does."""

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from sybil_pages.cache import Cache
from sybil_pages.claims import failures
from sybil_pages.execution import start_all
from sybil_pages.page import Block, ExecutedPage, Page
from sybil_pages.read import read
from sybil_pages.workers import Pool, Quiet

AWAY = "AWAY"  # stands for a folder outside the project
UNRELATED = {
    "new.txt": "x",
    "new.py": "x = 1",
    "new/data.h5": "x",
    "tools/unrelated.py": "x = 2",
    "pages/other.md": "# Other\n\nMore words.\n",
    "site/index.html": "<p>",
}


def data(path: Path, value: int) -> None:
    """A file of the kind that its name says, which holds a value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            file["x"] = value
    elif path.suffix == ".png":
        Image.new("L", (8, 8), value).save(path)
    elif path.suffix == ".db":
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as connection:
            connection.execute("create table numbers (x)")
            connection.execute("insert into numbers values (?)", [value])
        connection.close()
    elif path.suffix == ".npy":
        np.save(path, np.full(3, value))
    elif path.suffix == ".py":
        path.write_text(f"VALUE = {value}\n")
    else:
        path.write_text(f"{value}\n")


@pytest.fixture
def project(bench, tmp_path_factory: pytest.TempPathFactory):
    """A project with data of all kinds."""
    for name in (
        "data.h5", "data.png", "data.db", "data.npy", "data.txt", "images/a/1.png",
        "images/b/1.png", "folder/data.h5", "tools/data.h5", "tools/shapes.py", "single.py",
    ):  # fmt: skip
        data(bench.root / name, 1)
    bench.write("tools/__init__.py", "from . import shapes\n")
    bench.write("tools/unrelated.py", "x = 1")
    bench.write("broken.py", "VALUE = = 1\n")
    bench.write("pages/other.md", "# Other\n")
    bench.write(
        "tools/reader.py",
        """
        import os
        import h5py

        def read():
            with h5py.File(os.path.join(os.path.dirname(__file__), "data.h5")) as file:
                return file["x"][()]
        """,
    )
    bench.away = tmp_path_factory.mktemp("away")
    (bench.away / "editable").mkdir()
    bench.write(str(bench.away / "editable" / "__init__.py"), "from .part import VALUE\n")
    data(bench.away / "editable" / "part.py", 1)
    data(bench.away / "data.h5", 1)
    bench.write(str(bench.away / "editable" / "broken.py"), "VALUE = = 1\n")
    return bench


def page_of(bench, code: str, name: str = "page.md") -> Page:
    text = f"```py\n{code.replace(AWAY, str(getattr(bench, 'away', '')))}\n```\n"
    return read(name, text, bench.project)


def executed(bench, page: Page) -> ExecutedPage:
    """A page that ran without a fault, and is kept."""
    result = bench.pool.submit(page, project=bench.project).result()
    assert failures(page, result) == []
    cache = Cache(bench.project)
    cache.complete(result["metadata"]["sybil_pages"])
    cache.store(page, result)
    return result


def reason(bench, page: Page) -> str:
    """Why a page must run; nothing if it need not."""
    return Cache(bench.project).load(page)[1]


H5 = "import h5py\n"
USED = {
    "h5py": (f"{H5}h5py.File('data.h5')['x'][()]", "data.h5"),
    "h5py, a path of parts": (
        f"{H5}from pathlib import Path\nh5py.File(Path('folder') / 'data.h5')['x'][()]",
        "folder/data.h5",
    ),
    "h5py, a path with a name in it": (
        f"{H5}name = 'd' + 'ata'\nh5py.File(f'folder/{{name}}.h5')['x'][()]",
        "folder/data.h5",
    ),
    "h5py in a module, beside it": (
        "from tools.reader import read\nread()",
        "tools/data.h5",
    ),
    "h5py, outside the project": (f"{H5}h5py.File('{AWAY}/data.h5')['x'][()]", f"{AWAY}/data.h5"),
    "SQLite": (
        "import sqlite3\nconnection = sqlite3.connect('data.' + 'db')\n"
        "connection.execute('select x from numbers').fetchall()",
        "data.db",
    ),
    "SQLite by an address": (
        "import sqlite3\nconnection = sqlite3.connect('file:data.db?mode=ro', uri=True)\n"
        "connection.execute('select x from numbers').fetchall()",
        "data.db",
    ),
    "a memory map": (
        "import numpy as np\nnp.memmap('data.' + 'npy', mode='r').sum()",
        "data.npy",
    ),
    "an array": ("import numpy as np\nnp.load('data.' + 'npy', mmap_mode='r')", "data.npy"),
    "an image by matplotlib": (
        "import matplotlib.image\nmatplotlib.image.imread('data.' + 'png').sum()",
        "data.png",
    ),
    "an image by Pillow": (
        "from PIL import Image\nImage.open('images/' + 'a/1.png').getpixel((0, 0))",
        "images/a/1.png",
    ),
    "another program": (
        "import subprocess\nname = 'data.txt'\nsubprocess.run(['cat', name]);",
        "data.txt",
    ),
    "an input that is declared": (
        "#| inputs: data.txt\nimport subprocess\nsubprocess.run(['sh', '-c', 'cat d*.txt']);",
        "data.txt",
    ),
    "an input that is a folder": (
        "#| inputs: images\nimport subprocess\nsubprocess.run('cat im*/*/*', shell=True);",
        "images/b/1.png",
    ),
    "an input that is not there yet": ("#| inputs: later.txt\n1", "later.txt"),
    "an input outside the project": (f"#| inputs: {AWAY}/data.h5\n1", f"{AWAY}/data.h5"),
    "a folder that is walked": (
        "import os, subprocess\nfor path, _, names in os.walk('images'):\n"
        "    for name in sorted(names):\n        subprocess.run(['wc', os.path.join(path, name)])",
        "images/b/1.png",
    ),
    "a new file in a folder that is walked": (
        "import os\nlen([name for _, _, names in os.walk('images') for name in names])",
        "images/b/2.png",
    ),
    "the names in a folder": ("import os\nsorted(os.listdir('folder'))", "folder/new.txt"),
    "a pattern": ("import glob\nglob.glob('images/a/*.png')", "images/a/2.png"),
    "a file that is missing": (
        "try:\n    open('later' + '.txt')\nexcept OSError:\n    print('missing')",
        "later.txt",
    ),
    "a file that is not looked for in Python": (
        f"{H5}try:\n    h5py.File('later.h5')\nexcept OSError:\n    print('missing')",
        "later.h5",
    ),
    "a file that is asked about": ("import os\nos.path.exists('later.txt')", "later.txt"),
    "a module": ("import single\nsingle.VALUE", "single.py"),
    "a module that is missing": (
        "try:\n    import later\nexcept ImportError:\n    print('missing')",
        "later.py",
    ),
    "a module in a package": ("import tools.shapes\ntools.shapes.VALUE", "tools/shapes.py"),
    "a module of a package's own": ("import tools\ntools.shapes.VALUE", "tools/shapes.py"),
    "a package": ("import tools.shapes\ntools.shapes.VALUE", "tools/__init__.py"),
    "a module by name": (
        "import importlib\nimportlib.import_module('sin' + 'gle').VALUE",
        "single.py",
    ),
    "a module that failed": (
        "try:\n    import broken\nexcept SyntaxError:\n    print('broken')",
        "broken.py",
    ),
    "a package outside the project": (
        f"import sys\nsys.path.append('{AWAY}')\nimport editable\neditable.VALUE",
        f"{AWAY}/editable/part.py",
    ),
    "a module outside the project that failed": (
        f"import sys\nsys.path.append('{AWAY}')\n"
        "try:\n    import editable.broken\nexcept SyntaxError:\n    print('broken')",
        f"{AWAY}/editable/broken.py",
    ),
}


@pytest.mark.parametrize(("code", "name"), USED.values(), ids=USED)
def test_a_page_runs_again_when_what_it_used_changes(project, code: str, name: str) -> None:
    page = page_of(project, code)
    executed(project, page)
    for unrelated, text in UNRELATED.items():
        project.write(unrelated, text)
    assert reason(project, page) == ""
    path = project.root / name.replace(AWAY, str(project.away))
    before = path.read_bytes() if path.exists() else None
    data(path, 2)
    label = name.replace(AWAY, project.away.as_posix())
    assert reason(project, page) in (f"{label} changed", f"{Path(label).parent} changed")
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)
    assert reason(project, page) == ""


def test_a_session_is_read_like_a_block(project) -> None:
    text = "```pycon\n>>> import h5py\n>>> int(h5py.File('data.h5')['x'][()])\n1\n```\n"
    page = read("page.md", text, project.project)
    executed(project, page)
    data(project.root / "data.h5", 2)
    assert reason(project, page) == "data.h5 changed"


def test_a_page_runs_again_when_what_tensorflow_used_changes(project) -> None:
    pytest.importorskip("tensorflow", reason="it comes with the tutorial")
    code = """
import keras, tensorflow as tf
images = keras.utils.image_dataset_from_directory("images", verbose=False, image_size=(8, 8))
print(sum(float(tf.reduce_sum(x)) for x, _ in images))
print(tf.io.read_file("data.txt").numpy(), len(tf.io.gfile.glob("folder/*.h5")))
"""
    page = page_of(project, code)
    executed(project, page)
    assert reason(project, page) == ""
    for name, why in {
        "data.txt": "data.txt",
        "images/b/1.png": "images/b/1.png",
        "images/b/2.png": "images/b",
        "folder/new.h5": "folder",
    }.items():
        before = (project.root / name).read_bytes() if (project.root / name).exists() else None
        data(project.root / name, 2)
        assert reason(project, page) == f"{why} changed"
        if before is None:
            (project.root / name).unlink()
        else:
            (project.root / name).write_bytes(before)
        assert reason(project, page) == ""


def test_of_many_files_their_sizes_and_times_count(project) -> None:
    for n in range(1200):
        data(project.root / "many" / f"{n}.txt", n)
    page = page_of(project, "import os\nlen(os.listdir('many/'))")
    executed(project, page)
    assert reason(project, page) == ""
    data(project.root / "many" / "7.txt", 77)
    assert reason(project, page) == "many/* changed"


class Heard(Quiet):
    """What a watcher hears: which pages run, and why."""

    def __init__(self, begun: Callable[[int], None] = print) -> None:
        self.reasons: dict[str, str] = {}
        self._begun = begun

    def runs(self, page: Page, reason: str) -> None:  # noqa: D102 -- the protocol says it
        self.reasons[page.path] = reason

    def begins(self, page: Page, block: Block) -> None:  # noqa: D102 -- the protocol says it
        self._begun(block.number)


@pytest.fixture
def own(bench) -> Iterator[Pool]:
    """A pool of the project's own, whose cache is the project's."""
    pool = Pool(bench.project, 2)
    yield pool
    pool.close()


def test_exactly_the_pages_that_used_it_run_again(project, own: Pool) -> None:
    pages = [
        page_of(project, "from tools.reader import read\nread()", "a.md"),
        page_of(project, "import tools.shapes\ntools.shapes.VALUE", "b.md"),
        page_of(project, "open('data.txt').read()", "c.md"),
        page_of(project, "1 + 1", "d.md"),
    ]

    def reasons() -> dict[str, str]:
        heard = Heard()
        for future in start_all(pages, own, heard).values():
            future.result()
        return heard.reasons

    assert reasons() == dict.fromkeys(("a.md", "b.md", "c.md", "d.md"), "never executed here")
    assert reasons() == {}
    data(project.root / "tools" / "data.h5", 2)
    assert reasons() == {"a.md": "tools/data.h5 changed"}
    data(project.root / "tools" / "shapes.py", 2)
    why = "tools/shapes.py changed"
    assert reasons() == {"a.md": why, "b.md": why}
    data(project.root / "data.txt", 2)
    assert reasons() == {"c.md": "data.txt changed"}
    assert reasons() == {}


def test_a_file_that_changed_while_the_page_ran_is_not_trusted(project) -> None:
    text = "```py\nopen('data.txt').read()\n```\n\n```py\nimport time\ntime.sleep(0.5)\n```\n"
    page = read("page.md", text, project.project)
    second = threading.Event()
    heard = Heard(lambda number: second.set() if number == 1 else None)
    future = project.pool.submit(page, heard, project.project)
    assert second.wait(20)
    data(project.root / "data.txt", 2)
    cache = Cache(project.project)
    cache.complete(future.result()["metadata"]["sybil_pages"])
    cache.store(page, future.result())
    assert reason(project, page) == "data.txt changed"


def test_what_a_page_wrote_itself_is_no_dependency(project) -> None:
    text = (
        "---\nsybil-pages: {writes: true}\n---\n\n```py\nfrom pathlib import Path\n"
        "Path('made.txt').write_text('x')\nPath('made.txt').read_text()\n```\n"
    )
    page = read("page.md", text, project.project)
    executed(project, page)
    assert reason(project, page) == ""


ODD = {
    "a long name": f"open.__name__, {'x' * 280!r}",
    "a pipe": "import os\nos.close(os.open('pipe', os.O_RDONLY | os.O_NONBLOCK))",
    "a folder in itself": "import os\nos.path.exists('loop/loop/loop')",
    "the page's own folder": "import os\nlen(os.listdir('pages/'))",
    "a temporary module": (
        "import sys, tempfile\nfrom pathlib import Path\nfolder = Path(tempfile.mkdtemp())\n"
        "(folder / 'made.py').write_text('VALUE = 1')\nsys.path.append(str(folder))\nimport made"
    ),
    "a module that wakes when it is asked": (
        "import sys\nclass Lazy:\n    def __getattr__(self, name): raise ImportError(name)\n"
        "sys.modules['lazy'] = Lazy()"
    ),
    "a database in memory": "import sqlite3\nsqlite3.connect(':memory:').close()",
    "a device": "len(open('/dev/zero', 'rb').read(3))",
}


@pytest.mark.parametrize("code", ODD.values(), ids=ODD)
def test_a_page_stays_valid_whatever_it_names(project, code: str) -> None:
    if sys.platform != "win32":
        os.mkfifo(project.root / "pipe")
        (project.root / "loop").symlink_to(".")
    page = page_of(project, code, "pages/page.md")
    executed(project, page)
    project.write("pages/other.md", "# Other\n\nOther words.\n")
    assert reason(project, page) == ""


def test_what_only_another_page_imports_is_no_dependency(project, own: Pool) -> None:
    numbers = page_of(project, "import numpy, sys\n'matplotlib' in sys.modules", "numbers.md")
    drawing = page_of(project, "import matplotlib.pyplot", "drawing.md")
    running = start_all([drawing, numbers], own, Quiet())
    about = {name: future.result() for name, future in running.items()}
    (shown,) = about["numbers.md"]["cells"][0]["outputs"]
    assert shown["data"] == {"text/plain": "True"}  # the fork server has imported it
    versions = {name: found["metadata"]["sybil_pages"]["versions"] for name, found in about.items()}
    assert set(versions["numbers.md"]) == {"numpy"}
    assert {"matplotlib", "numpy", "pillow"} <= set(versions["drawing.md"])


def test_pages_that_are_spawned_give_the_same(project) -> None:
    text = """
        ```py
        #| alt: It grows.
        import random, tools.shapes
        import matplotlib.pyplot as plt
        import numpy as np
        plt.plot(np.random.default_rng(0).normal(size=9).cumsum())
        print({"a", "b", "c"}, hash("a"), tools.shapes.VALUE, open("data.txt").read())
        {"x": 1.5, "y": np.arange(3)}
        ```

        ```py
        #| raises: ZeroDivisionError
        1 / 0
        ```

        ```pycon
        >>> np.linspace(0, 1, 3)
        array([0. , 0.5, 1. ])
        ```

        It is `{python} 1 + 1`.
    """
    page = project.read(text)
    found = []
    for conditions in ({}, {"SYBIL_PAGES_START": "spawn"}):
        pool = Pool(project.project, 1, conditions)
        try:
            result = pool.submit(page).result()
        finally:
            pool.close()
        assert failures(page, result) == []
        Cache(project.project).complete(result["metadata"]["sybil_pages"])
        about = result["metadata"]["sybil_pages"]
        for cell in result["cells"]:
            del cell["metadata"]["sybil_pages"]["seconds"]
        # Pillow before 13 imports it wherever it is there, in a forked page before the page begins
        about["versions"].pop("defusedxml", None)
        found.append((result["cells"], about["dependencies"]["files"], about["versions"]))
    assert found[0] == found[1]
