"""Files → a zip with the same bytes every time: sorted names, one date, one compression."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold
_READABLE = 0o644 << 16
_UNIX = 3
_PACKED = (".png", ".jpg", ".webp", ".woff2", ".gz", ".zip")


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files.

    Args:
        files: The content of each, by its path with `/`.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = _READABLE
            entry.create_system = _UNIX  # else it differs between systems
            stored = name.endswith(_PACKED)
            method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            packed.writestr(entry, files[name], method, compresslevel=6)
    return buffer.getvalue()
