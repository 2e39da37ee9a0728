"""A page harms nothing but itself: each fault is reported by its line, or does no harm at all."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import psutil
import pytest

from sybil_pages.cache import Cache
from sybil_pages.claims import failures, shown_text
from sybil_pages.page import ExecutedPage, Page
from sybil_pages.read import read, read_file
from sybil_pages.weave import fill, weave
from sybil_pages.workers import Pool

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no fork, no signals, no folders of processes"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets orphans be adopted")

NETWORK = "the page tried to reach the network (192.0.2.1)"
WRITES = "; a page writes only to temporary files (`tempfile`), unless its front matter says "
PRINTED = "; a page may print 64 MB"

REPORTED = {
    "a syntax error": ("x = 1\nx = = 2", 3, "SyntaxError: invalid syntax\n    x = = 2"),
    "an error that only compiling finds": ("x = 1\nreturn x", 3, "'return' outside function"),
    "an exception": ("x = 1\nx / 0", 3, "ZeroDivisionError: division by zero\n    x / 0"),
    "an exception that cannot be told": (
        "class E(Exception):\n    def __str__(self): 1 / 0\nraise E",
        4,
        "E: <exception str() failed>",
    ),
    "an exception of 50 MB": ("raise ValueError('x' * 50_000_000)", 2, "ValueError: xxx"),
    "a value that cannot be shown": (
        "class Value:\n    def __repr__(self): 1 / 0\nValue()",
        3,
        "ZeroDivisionError",
    ),
    "a value of 50 MB": ("'x' * 50_000_000", 1, "shows 50 MB of values and figures"),
    "a wrong claim": ("3 / 7\n```\n\n```output\n0.42", 6, "claimed `0.42`, computed `0.428"),
    "an endless loop": ("#| timeout: 0.5\nwhile True: pass", 1, "its limit of 0.5 s"),
    "a loop that catches everything": (
        "#| timeout: 0.5\nwhile True:\n    try:\n        while True: pass\n"
        "    except BaseException: pass",
        1,
        "its limit of 0.5 s",
    ),
    "a process that stops itself": (
        "#| timeout: 0.5\nimport os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        1,
        "its limit of 0.5 s",
    ),
    "an end of the process": ("import os\nos._exit(3)", 1, "died here (exit code 3)"),
    "an end of the process behind its last block": (
        "import os\nfolder = 'folder/'\nos.path.isdir = lambda path: os._exit(5)",
        1,
        "died here (exit code 5)",
    ),
    "a crash of the interpreter": (
        "import faulthandler\nfaulthandler._sigsegv()",
        1,
        "died here (signal 11)",
    ),
    "sys.exit": ("import sys\nsys.exit(0)", 3, "a page must not end the interpreter"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", 2, "KeyboardInterrupt"),
    "memory that is kept": (
        "#| memory: 0.3\nx = bytearray(500_000_000)\nimport time\ntime.sleep(9)",
        1,
        "more than its limit of 0.3 GB",
    ),
    "memory that is freed at once": (
        "#| memory: 0.2\nlen(bytearray(250_000_000));",
        1,
        "more than its limit of 0.2 GB",
    ),
    "100 MB that are printed": ("for _ in range(100): print('x' * 1_000_000)", 1, PRINTED),
    "100 MB past Python": (
        "import os\nfor _ in range(100): os.write(1, b'x' * 1_000_000);",
        1,
        PRINTED,
    ),
    "100 MB of errors": (
        "import os\nfor _ in range(100): os.write(2, b'x' * 1_000_000);",
        1,
        PRINTED,
    ),
    "100 MB of a child": (
        "import subprocess\nsubprocess.run(['head', '-c', '100000000', '/dev/zero']);",
        1,
        PRINTED,
    ),
    "2 MB that are printed": ("print('x' * 2_000_000)", 1, "printed more than 1,000,000"),
    "a question": ("input()", 2, "EOFError: EOF when reading a line (standard input is closed)"),
    "a download": (
        "import urllib.request\nurllib.request.urlopen('http://192.0.2.1')",
        3,
        NETWORK,
    ),
    "a download that gives up": (
        "import urllib.request\ntry:\n    urllib.request.urlopen('http://192.0.2.1')\n"
        "except Exception: pass",
        4,
        NETWORK,
    ),
    "a connection": (
        "import socket\nsocket.create_connection(('192.0.2.1', 80))",
        3,
        NETWORK,
    ),
    "a connection by number": (
        "import socket\nsocket.socket().connect_ex(('192.0.2.1', 80));",
        3,
        NETWORK,
    ),
    "a datagram": (
        "import socket\ns = socket.socket(type=socket.SOCK_DGRAM)\n"
        "try:\n    s.sendmsg([b'x'], [], 0, ('192.0.2.1', 9))\nexcept OSError: pass",
        5,
        NETWORK,
    ),
    "a name to look up": (
        "import socket\nsocket.gethostbyname_ex('example.com')",
        3,
        "reach the network (example.com)",
    ),
    "a name to look up backwards": (
        "import socket\ntry: socket.gethostbyaddr('192.0.2.1')\nexcept OSError: pass",
        3,
        NETWORK,
    ),
    "a file": ("open('new.txt', 'w')", 2, f"tried to write new.txt{WRITES}"),
    "a file that is given up": (
        "try:\n    open('new.txt', 'w')\nexcept OSError: pass",
        3,
        f"tried to write new.txt{WRITES}",
    ),
    "a file of another folder": (
        "import os\nos.chdir('folder')\nopen('../new.txt', 'a')",
        4,
        f"tried to write new.txt{WRITES}",
    ),
    "a folder": (
        "from pathlib import Path\nPath('new').mkdir()",
        3,
        f"tried to write new{WRITES}",
    ),
    "a removal": ("import os\nos.remove('data.txt')", 3, f"tried to write data.txt{WRITES}"),
    "a removal of a folder": (
        "import shutil\nshutil.rmtree('folder', ignore_errors=True)",
        3,
        f"tried to write folder/old.txt{WRITES}",
    ),
    "a copy": (
        "import shutil\nshutil.copy('data.txt', 'new.txt')",
        3,
        f"tried to write new.txt{WRITES}",
    ),
    "a move out": (
        "import shutil, tempfile\nshutil.move('data.txt', tempfile.gettempdir())",
        3,
        f"tried to write data.txt{WRITES}",
    ),
    "a link": ("import os\nos.symlink('data.txt', 'new.txt')", 3, f"write new.txt{WRITES}"),
    "a write behind another's back": (
        "import threading\n"
        "thread = threading.Thread(target=open, args=('new.txt', 'w'))\n"
        "threading.excepthook = print\nthread.start()\nthread.join()",
        1,
        f"tried to write new.txt{WRITES}",
    ),
}

HARMLESS = {
    "a forked child": "import os, time\nif os.fork() == 0:\n    time.sleep(900)",
    "a forked child that ends": "import os, sys\nif os.fork() == 0:\n    sys.exit(3)",
    "a daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        time.sleep(900)\n    os._exit(0)\nos.wait();"
    ),
    "a program that ignores signals": (
        "import subprocess\nsubprocess.Popen(['sh', '-c', 'trap \"\" TERM HUP INT; sleep 900'])\n"
        "import time\ntime.sleep(0.05)"
    ),
    "a process of multiprocessing": (
        "import multiprocessing, time\n"
        "multiprocessing.Process(target=time.sleep, args=[900]).start()"
    ),
    "a process of its own fork server": (
        "import multiprocessing, os, subprocess, time\n"
        "context = multiprocessing.get_context('forkserver')\n"
        "there = {'cwd': os.getcwd()}\n"
        "context.Process(target=subprocess.run, args=[['sleep', '900']], kwargs=there).start()\n"
        "time.sleep(0.5)"
    ),
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=[900]).start()",
    "a thread that computes": (
        "import threading\ndef f():\n    while True: pass\n"
        "threading.Thread(target=f, daemon=True).start()"
    ),
    "an exit handler that fails": "import atexit\natexit.register(lambda: 1 / 0);",
    "another working directory": "import os, tempfile\nos.chdir(tempfile.gettempdir())",
    "half a pair of surrogates": "print('\\ud800')\n'\\ud800'",
    "temporary files": (
        "import os, tempfile\nopen(os.open(tempfile.mkstemp()[1], os.O_RDWR), 'w').write('x')\n"
        "os.chmod(tempfile.mkdtemp(), 0);"
    ),
    "a server of this machine": (
        "import http.server, threading, urllib.request\n"
        "server = http.server.HTTPServer(('127.0.0.1', 0), http.server.BaseHTTPRequestHandler)\n"
        "threading.Thread(target=server.handle_request).start()\n"
        "try: urllib.request.urlopen(f'http://localhost:{server.server_port}')\n"
        "except urllib.error.HTTPError: print('answered')"
    ),
}


def fence(code: str) -> str:
    return f"```py\n{code}\n```\n"


def other(bench) -> tuple[Page, Future[ExecutedPage]]:
    """A page that runs beside the one that a test is about."""
    text = "# B\n\n```py\nx = 2\nx + 2\n```\n\n```output\n5\n```\n"
    page = read("other.md", text, bench.project)
    return page, bench.pool.submit(page, project=bench.project)


def left(root: Path) -> list[psutil.Process]:
    """The processes that stand in a folder."""
    found = psutil.process_iter(["cwd", "status"])
    return [p for p in found if p.info["status"] != "zombie" and Path(p.info["cwd"] or "-") == root]


def soon(condition, seconds: float = 5.0) -> bool:
    """Does it hold within some seconds?"""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(condition())


@pytest.fixture
def scratch(bench) -> Path:
    """The folder where the pool's pages have their temporary files."""
    _, executed = bench.run(fence("import tempfile\nprint(tempfile.gettempdir())"))
    return Path(shown_text(executed["cells"][0]).strip()).parent


@pytest.fixture
def untouched(bench, scratch: Path):
    """Nothing may be left, changed, or broken by what a test does."""
    bench.write("data.txt", "1\n")
    bench.write("folder/old.txt", "2\n")
    supervisor = bench.pool._process.pid
    yield
    files = {p.relative_to(bench.root).as_posix() for p in bench.root.rglob("*")}
    assert files == {"data.txt", "folder", "folder/old.txt"}
    assert (bench.root / "data.txt").read_text() == "1\n"
    assert left(bench.root) == []
    assert [*scratch.glob("page-*")] == []
    assert bench.pool._process.pid == supervisor
    assert bench.pool._process.poll() is None


@pytest.mark.parametrize(("code", "line", "message"), REPORTED.values(), ids=REPORTED)
def test_a_fault_is_reported_by_its_line_and_the_other_pages_run(
    bench, untouched, code: str, line: int, message: str
) -> None:
    beside, running = other(bench)
    started = time.monotonic()
    (report,) = bench.check(fence(code))
    assert report.startswith(f"page.md:{line}: ")
    assert message in report
    assert len(report) < 6_000
    assert time.monotonic() - started < 10
    (wrong,) = failures(beside, running.result())
    assert wrong.report("other.md").startswith("other.md:9: claimed `5`, computed `4`")


@linux
@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_what_a_page_leaves_does_no_harm(bench, untouched, code: str) -> None:
    beside, running = other(bench)
    text = fence(code) + '\n```pycon\n>>> print("here")\nhere\n```\n'
    assert bench.check(text) == []
    assert len(failures(beside, running.result())) == 1


def test_a_page_that_is_not_utf8_is_reported(bench) -> None:
    (bench.root / "page.md").write_bytes(b"# A\n\nna\xefve\n")
    page = read_file(bench.root / "page.md", bench.project)
    (problem,) = failures(page, bench.pool.submit(page).result())
    assert problem.report(page.path) == (
        "page.md:3: byte 0xef is not UTF-8: save the page as UTF-8"
    )


@linux
def test_a_daemon_whose_page_died_is_ended(bench, untouched) -> None:
    daemon = HARMLESS["a daemon"].replace("os.wait();", "os._exit(4)")
    assert bench.check(fence(daemon)) == ["page.md:1: the interpreter died here (exit code 4)"]


@linux
def test_only_the_page_goes_on_behind_a_fork(bench, untouched) -> None:
    text = fence("import os\npage = os.getpid()\nos.fork();")
    text += 9 * "\n```pycon\n>>> os.getpid() == page\nTrue\n```\n"
    assert bench.check(text) == []


OWN = "def f(x):\n    return 2 * x\n"
MANY = "import multiprocessing\nwith multiprocessing.get_context({!r}).Pool(2) as pool:\n    "
PARALLEL = {
    "fork": OWN + MANY.format("fork") + "print(pool.map(f, range(2)))",
    "spawn": MANY.format("spawn") + "print(pool.map((2).__mul__, range(2)))",
    "forkserver": MANY.format("forkserver") + "print(pool.map((2).__mul__, range(2)))",
    "the system's way": (
        f"{OWN}from concurrent.futures import ProcessPoolExecutor\n"
        "with ProcessPoolExecutor(2) as pool:\n    print(list(pool.map(f, range(2))))"
    ),
    "joblib": (
        f"{OWN}from joblib import Parallel, delayed\n"
        "print(Parallel(2)(delayed(f)(x) for x in range(2)))"
    ),
    "shared memory": (
        "from multiprocessing.shared_memory import SharedMemory\n"
        "memory = SharedMemory('sybil-pages-test', create=True, size=100)\nprint([0, 2])"
    ),
}


@linux
@pytest.mark.parametrize("code", PARALLEL.values(), ids=PARALLEL)
def test_a_page_may_compute_in_parallel(bench, untouched, code: str) -> None:
    if "joblib" in code:
        pytest.importorskip("joblib", reason="it comes with scikit-learn")
    before = set(os.listdir("/dev/shm"))
    assert bench.check(fence(f"{code}\n```\n\n```output\n[0, 2]")) == []
    new = {name for name in os.listdir("/dev/shm") if "test" in name or "joblib" in name}
    assert new <= before


def test_memory_that_processes_share_counts_once(bench) -> None:
    text = """
        ```py
        #| memory: 0.5
        import multiprocessing, time
        data = bytearray(b"x") * 250_000_000
        workers = [multiprocessing.Process(target=time.sleep, args=[0.7]) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        ```
    """
    assert bench.check(text) == []


def test_what_a_page_sets_does_not_reach_another_page(bench) -> None:
    shown = """
        ```py
        import decimal, os, locale, random, sys, warnings
        import matplotlib.pyplot as plt
        import numpy as np
        print(plt.rcParams["lines.linewidth"], plt.rcParams["figure.figsize"], os.getcwd())
        print(np.get_printoptions()["precision"], random.random() == CHANGED, sys.path[0])
        ```
    """
    changed = """
        ```py
        import os, random, sys, tempfile
        import matplotlib.pyplot as plt
        import numpy as np
        plt.style.use("ggplot")
        plt.rcParams["lines.linewidth"] = 9
        np.set_printoptions(precision=2)
        random.seed(0)
        sys.path.insert(0, "elsewhere")
        os.environ["COLUMNS"] = "10"
        os.chdir(tempfile.gettempdir())
        ```
    """
    shown = shown.replace("CHANGED", "0.8444218515250481")
    _, before = bench.run(shown)
    assert bench.check(changed) == []
    _, after = bench.run(shown)
    assert shown_text(before["cells"][0]) == shown_text(after["cells"][0]) != ""


def test_a_page_with_other_line_endings_is_the_same_page(bench) -> None:
    text = "# A\n\nSome \x0c\u2028\x85 prose.\n\n" + fence("x = 3\nx\n```\n\n```output\n3")
    text += "\n" + fence("1 / 0")
    found = []
    for end in ("\n", "\r\n"):
        (bench.root / "page.md").write_bytes(text.replace("\n", end).encode())
        page = read_file(bench.root / "page.md", bench.project)
        executed = bench.pool.submit(page, project=bench.project).result()
        found.append((executed["cells"][0]["outputs"], failures(page, executed), weave(page)))
    assert found[0] == found[1]
    (problem,) = found[0][1]
    assert problem.report("page.md").startswith("page.md:15: ZeroDivisionError")


@pytest.mark.parametrize("text", ["", "\n", "---\ntitle: A\n---\n", "---\ntitle: A\n---"])
def test_a_page_without_content_is_a_page(bench, text: str) -> None:
    (bench.root / "page.md").write_text(text)
    page = read_file(bench.root / "page.md", bench.project)
    executed = bench.pool.submit(page, project=bench.project).result()
    assert (failures(page, executed), executed["cells"]) == ([], [])
    assert fill(page, executed, "") == ("", [])


def test_the_time_of_a_page_grows_no_faster_than_its_blocks(bench) -> None:
    def seconds(blocks: int) -> float:
        text = "\n".join(
            f"## {n}\n\nIt is `{{python}} {n}`.\n\n```py\nx{n} = {n}\nx{n}\n```\n\n"
            f"```output\n{n}\n```\n"
            for n in range(blocks)
        )
        started = time.monotonic()
        page, executed = bench.run(text)
        html = "\n".join(f"<p>sybilpagesblock{n:05}</p>" for n in range(2 * blocks))
        assert failures(page, executed) == []
        assert len(weave(page)) < len(text) * 2
        assert fill(page, executed, html)[0].count("sp-output") == blocks
        return time.monotonic() - started

    seconds(1)
    assert seconds(1000) < 2 * 10 * seconds(100)


LARGE = {
    "a line": "plt.plot(random.normal(size=10_000_000).cumsum());",
    "a cloud": "plt.scatter(*random.normal(size=(2, 10_000_000)), s=1);",
}


@pytest.mark.parametrize("code", LARGE.values(), ids=LARGE)
def test_a_figure_of_10_million_points_is_small(bench, code: str) -> None:
    start = "#| alt: Many.\nimport matplotlib.pyplot as plt, numpy as np\n"
    text = fence(f"{start}random = np.random.default_rng(0)\n{code}")
    page, executed = bench.run(text)
    assert failures(page, executed) == []
    (output,) = executed["cells"][0]["outputs"]
    assert len(output["data"]["image/svg+xml"]) < 100_000


SPAWNED = ["an endless loop", "an end of the process", "a crash of the interpreter", "a file"]


def test_where_there_is_no_fork_faults_are_reported_alike(bench) -> None:
    pool = Pool(bench.project, 2, {"SYBIL_PAGES_START": "spawn"})
    pages = [bench.read(fence(REPORTED[name][0])) for name in SPAWNED]
    try:
        running = [pool.submit(page) for page in pages]
        found = [
            failures(page, future.result()) for page, future in zip(pages, running, strict=True)
        ]
    finally:
        pool.close()
    for name, problems in zip(SPAWNED, found, strict=True):
        _, line, message = REPORTED[name]
        assert [problem.line for problem in problems] == [line]
        assert message in problems[0].message
    assert left(bench.root) == []


# What escapes the audit hook, where the kernel has Landlock


def bound() -> bool:
    code = "from pathlib import Path; from sybil_pages import landlock as l"
    code += "; l.protect(Path.cwd(), []); print(l.bound)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return done.stdout.strip() == b"True"


landlock = pytest.mark.skipif(not bound(), reason="this kernel has no Landlock (Linux 6.2)")
ESCAPES = {
    "another program": ("import subprocess\nsubprocess.run(['touch', 'new.txt'], check=True)", ""),
    "another program that overwrites": (
        "import subprocess\nsubprocess.run('echo 2 > data.txt', shell=True, check=True)",
        "",
    ),
    "h5py": ("import h5py\nh5py.File('new.h5', 'w')", "Permission denied"),
    "SQLite": (
        "import sqlite3\nsqlite3.connect('new.db').execute('create table a (b)')",
        "unable to open database file",
    ),
    "a pipe": ("import os\nos.mkfifo('new')", "Permission denied"),
}


@landlock
@pytest.mark.parametrize(("code", "message"), ESCAPES.values(), ids=ESCAPES)
def test_what_escapes_python_cannot_write_under_the_project(
    bench, untouched, code: str, message: str
) -> None:
    (report,) = bench.check(fence(code))
    assert report.startswith("page.md:3: ")
    assert message in report
    assert not message or f"{WRITES}`sybil-pages: {{writes: true}}`)"[2:] in report


@landlock
def test_what_is_no_project_can_be_written_by_other_programs(bench, untouched) -> None:
    code = """
        ```py
        import os, subprocess, tempfile
        names = [tempfile.mkdtemp() + "/new", os.environ["MPLCONFIGDIR"] + "/new", "/dev/null"]
        names += ["/dev/shm/sybil-pages-test"] if os.path.isdir("/dev/shm") else []
        for name in names:
            subprocess.run(["touch", name], check=True)
        for name in names[1:2] + names[3:]:
            os.remove(name)
        ```
    """
    assert bench.check(code) == []


@landlock
def test_only_the_project_and_the_folders_above_are_bound(tmp_path: Path) -> None:
    for name in ("a/project/free", "a/beside", "b"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a" / "link").symlink_to("project")
    code = (
        "import sys; from pathlib import Path; from sybil_pages.landlock import protect\n"
        "protect(Path('a/project'), [Path('a/project/free'), Path('missing')])\n"
        "for name in sys.argv[1:]:\n"
        "    try: print(Path(name).write_text('x'))\n"
        "    except PermissionError: print('no')"
    )
    names = ["a/project/x", "a/link/y", "a/project/free/x", "a/beside/x", "b/x", "a/x"]
    command = [sys.executable, "-c", code, *names]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["no", "no", "1", "1", "1", "no"]


def test_front_matter_allows_what_is_refused(bench) -> None:
    text = """
        ---
        sybil-pages: {writes: true, network: true}
        ---

        ```py
        import os, socket, subprocess
        open("new.txt", "w").close()
        subprocess.run(["touch", "newer.txt"], check=True)
        with socket.socket(type=socket.SOCK_DGRAM) as s:
            try:
                s.connect(("192.0.2.1", 9))  # it sends nothing
            except OSError as error:
                assert error.errno, error  # there may be no way there, but nobody refused
        sorted(name for name in os.listdir() if name.startswith("new"))
        ```

        ```output
        ['new.txt', 'newer.txt']
        ```
    """
    assert bench.check(text) == []


# The cache


def entry(bench) -> tuple[Cache, Path, Page]:
    page, executed = bench.run(fence("x = 1\nx"))
    cache = Cache(bench.project)
    cache.complete(executed["metadata"]["sybil_pages"])
    cache.store(page, executed)
    (file,) = cache.folder.iterdir()
    return cache, file, page


def test_a_half_written_entry_is_a_miss(bench) -> None:
    cache, file, page = entry(bench)
    whole = file.read_bytes()
    assert cache.load(page)[1] == ""
    for end in range(0, len(whole), max(1, len(whole) // 60)):
        file.write_bytes(whole[:end])
        assert Cache(bench.project).load(page) == (None, "its cache entry is damaged")


def test_a_full_disk_leaves_no_part_of_an_entry(bench, monkeypatch) -> None:
    cache, file, page = entry(bench)
    _, executed = bench.run(fence("x = 2\nx"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = file.read_bytes()
    monkeypatch.setattr(json, "dump", full)
    monkeypatch.setattr(os, "replace", full)
    cache.complete(executed["metadata"]["sybil_pages"])
    cache.store(page, executed)
    assert [path.read_bytes() for path in cache.folder.iterdir()] == [before]


# Whole builds


FAULTY = {
    "syntax": ("x = = 2", "docs/syntax.md:4: SyntaxError"),
    "claim": ("1\n```\n\n```output\n2", "docs/claim.md:8: claimed `2`, computed `1`"),
    "loop": ("#| timeout: 0.5\nwhile True: pass", "docs/loop.md:3: ran longer than"),
    "exit": ("import os\nos._exit(0)", "docs/exit.md:3: the interpreter died here (exit code 0)"),
    "crash": (
        "import faulthandler\nfaulthandler._sigsegv()",
        "docs/crash.md:3: the interpreter died here (signal 11)",
    ),
    "loud": ("while True: print('x' * 1_000_000)", "docs/loud.md:3: printed "),
    "writes": ("open('docs/new.md', 'w')", "docs/writes.md:4: the page tried to write docs/new.md"),
    "leaves": (f"{HARMLESS['a daemon']}\n1 / 0", "docs/leaves.md:11: ZeroDivisionError"),
}
LASTING = """\
import os, subprocess, tempfile, time
subprocess.Popen(["sleep", "900"])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(900)
    os._exit(0)
open(os.path.join(tempfile.gettempdir(), "ready"), "w").write("x" * 1000)
while True:
    pass
"""


def site(root: Path, **pages: str) -> Path:
    """A project whose pages are blocks."""
    for folder in ("docs", "tmp", "site"):
        (root / folder).mkdir(parents=True)
    (root / "site" / "old.html").write_text("old")
    (root / "mkdocs.yml").write_text("site_name: A\nplugins: [sybil-pages]\n")
    for name, code in {"index": "x = 1\nx", **pages}.items():
        (root / "docs" / f"{name}.md").write_text(f"# A\n\n{fence(code)}")
    return root


def build(root: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(root / "mkdocs.yml"), *arguments],
        cwd=root.parent,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "TMPDIR": str(root / "tmp")},
        stderr=subprocess.PIPE,
        text=True,
    )


def remains(root: Path) -> list[object]:
    """The processes, temporary files and parts of files that a build left."""
    return [*left(root), *(root / "tmp").iterdir(), *root.rglob("*.part")]


def test_a_build_reports_all_faults_and_publishes_nothing(tmp_path: Path) -> None:
    root = site(tmp_path / "a", **{name: code for name, (code, _) in FAULTY.items()})
    (root / "docs" / "bytes.md").write_bytes(b"na\xefve\n")
    running = build(root)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 1
    for _, report in FAULTY.values():
        assert said.count(report) == 1
    assert "docs/bytes.md:1: byte 0xef is not UTF-8" in said
    assert "Traceback" not in said
    assert said.count("\ndocs/") == len(FAULTY) + 1
    assert [path.name for path in (root / "site").iterdir()] == ["old.html"]
    stored = root / ".cache" / "sybil-pages" / "pages"
    assert {path.stem for path in stored.iterdir()} == {"docs--claim.md", "docs--index.md"}
    assert remains(root) == []


def started(root: Path, build: subprocess.Popen[str]) -> psutil.Process:
    """The supervisor of a build whose page has come to its last line."""
    assert soon(lambda: [*root.glob("tmp/*/page-*/ready")], 30)
    (supervisor,) = psutil.Process(build.pid).children()
    return supervisor


@linux
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_build_that_is_ended_leaves_nothing(tmp_path: Path, name: str) -> None:
    root = site(tmp_path / "a", lasting=LASTING)
    running = build(root)
    started(root, running)
    assert soon(lambda: len(left(root)) == 3)
    running.send_signal(signal.Signals[name])
    running.communicate(timeout=60)
    assert running.returncode != 0
    assert soon(lambda: remains(root) == [])
    assert [path.name for path in (root / "site").iterdir()] == ["old.html"]


@linux
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_a_supervisor_that_is_ended_is_reported(tmp_path: Path, name: str) -> None:
    root = site(tmp_path / "a", lasting=LASTING.replace("900", "3"))
    running = build(root)
    started(root, running).send_signal(signal.Signals[name])
    _, said = running.communicate(timeout=20)
    assert running.returncode == 1
    assert "docs/lasting.md:3: " in said
    assert "the supervisor of the pages' processes ended" in said
    assert "Traceback" not in said
    assert soon(lambda: left(root) == [])
    assert name == "SIGKILL" or remains(root) == []


def test_a_long_path_of_temporary_files_costs_only_time(tmp_path: Path) -> None:
    root = site(tmp_path / "a")
    temporary = root / "tmp" / ("x" * 100)
    temporary.mkdir()
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "mkdocs", "build", "-q"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    assert (done.stderr, done.returncode) == (b"", 0)
    assert [*temporary.iterdir()] == []


def test_two_builds_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    pages = {f"page{n}": f"x = {n}\nx" for n in range(5)}
    root = site(tmp_path / "a", **pages)
    builds = [build(root, "-d", str(tmp_path / name)) for name in "bc"]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in builds] == [("", 0)] * 2
    pages = [(tmp_path / name / "page3" / "index.html").read_text() for name in "bc"]
    assert pages[0] == pages[1]
    assert len([*(root / ".cache" / "sybil-pages" / "pages").iterdir()]) == 6
    assert remains(root) == []


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    root = site(tmp_path / "a", drawing="#| alt: A.\nimport matplotlib.pyplot as p\np.plot([1]);")
    (root / ".cache").write_text("a file where the folder should be")
    running = build(root)
    assert (running.communicate(timeout=60)[1], running.returncode) == ("", 0)
    assert "<svg" in (root / "site" / "drawing" / "index.html").read_text()
    assert remains(root) == []


def test_a_full_disk_costs_only_time(tmp_path: Path) -> None:
    root = site(tmp_path / "a", drawing="#| alt: A.\nimport matplotlib.pyplot as p\np.plot([1]);")
    (root / ".cache").mkdir()
    small = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(root / ".cache")]
    if subprocess.run(small, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        with pytest.raises(OSError, match="No space left"):
            (root / ".cache" / "much").write_bytes(b"x" * 100_000)
        running = build(root)
        assert (running.communicate(timeout=60)[1], running.returncode) == ("", 0)
        assert remains(root) == []
        assert [*root.rglob("pages/*")] == []
    finally:
        subprocess.run(["umount", str(root / ".cache")], check=True)
    assert "<svg" in (root / "site" / "drawing" / "index.html").read_text()
