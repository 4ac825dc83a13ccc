"""Files are written whole or not at all: only what is as it was when it was read is replaced, and nothing made twice.

What is replaced keeps its encoding, its byte order mark, its mode, and the links that lead to it.

Example: `replace_file("/p/models.py", read.digest, text)` is None, or why the file is as it was.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from driftline.sources.decoding import decode, encode
from driftline.sources.source import Unreadable


def replace_file(path: str, digest: bytes, text: str) -> str | None:
    """Give the file at `path`, whose text still has `digest`, the text `text`.

    None, or why that was not done, as a clause for the user.
    """
    real = os.path.realpath(path)
    try:
        content = Path(real).read_bytes()
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}"
    now = decode(path, content)
    if isinstance(now, Unreadable):
        return now.reason
    if now.digest != digest:
        return "it has changed meanwhile"
    written = encode(text, content)
    if isinstance(written, Unreadable):
        return written.reason
    if not Path(real).stat().st_mode & 0o222:  # another file could take its place, and should not
        return "it is read-only"
    try:
        return _put(real, written, over=True)
    except OSError as error:
        return f"it cannot be written: {error.strerror or error}"


def create_file(path: str, text: str) -> str | None:
    """Make the file at `path`, and the folders above it.

    None, or why that was not done: there is one already, or the disk refuses.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return _put(path, text.encode("utf-8", "surrogatepass"), over=False)
    except OSError as error:
        return f"it cannot be written: {error.strerror or error}"


def _put(path: str, content: bytes, *, over: bool) -> str | None:
    """Write beside the file, then move: whoever reads sees the old file or the new one."""
    handle, temporary = tempfile.mkstemp(prefix=".driftline-", dir=Path(path).parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if over:
            Path(temporary).chmod(Path(path).stat().st_mode & 0o7777)
            Path(temporary).replace(path)
            return None
        Path(temporary).chmod(0o666 & ~_umask())
        return _link(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _link(temporary: str, path: str) -> str | None:
    try:
        os.link(temporary, path)  # fails where there is a file, at the very moment
    except FileExistsError:
        return "there is such a file already"
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            return "there is such a file already"
        Path(temporary).rename(path)
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
