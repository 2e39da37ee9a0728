"""An archive has the same bytes whenever and in whichever order it is made."""

import io
import zipfile

import pytest

from site_finish.archive import archive


def test_order_and_clock_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"b/c.txt": b"c" * 1000, "a.png": b"\x89PNG", "b/a.txt": b""}
    one = archive(files)
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert archive(dict(reversed(files.items()))) == one


def test_it_holds_the_files_packed_and_readable() -> None:
    files = {"b/c.txt": b"c" * 1000, "a.png": b"c" * 1000}
    with zipfile.ZipFile(io.BytesIO(archive(files))) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files
        assert [one.filename for one in packed.infolist()] == ["a.png", "b/c.txt"]
        png, text = packed.infolist()
        assert (png.compress_size, text.compress_size < 100) == (
            1000,
            True,
        )  # one is packed already
        assert {one.external_attr >> 16 for one in packed.infolist()} == {0o644}
