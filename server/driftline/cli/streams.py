"""Standard output and error as commands write to them: a reader that has gone away is no error, a full disk is one.

Whoever reads our output may have enough of it (`driftline check | head -1`): the command goes on to its end, so that
its exit code is what it would have been. Where the output cannot be written (a full disk), that is said once.

Invariant: once a stream has failed, nothing more is written to it, also not when Python ends.

Example: `with standard_streams(): …` lets `print` do all that.
"""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager, suppress

from driftline.cli.failure import Failure

TYPE_CHECKING = False  # `typing` would be a third of what `driftline --version` imports
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any


class _Gone(io.RawIOBase):
    """What is left of a stream that the caller closed (`>&-`): it takes everything."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401 -- any buffer, as RawIOBase has it
        return len(data)


class _Guarded(_Gone):
    """Writes to `stream` until that fails. `says`: whether a failure that is more than a closed pipe is told."""

    def __init__(self, stream: IO[bytes], *, says: bool) -> None:
        self._stream: IO[bytes] | None = stream
        self._says = says

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno() if self._stream is not None else super().fileno()

    def write(self, data: Any, /) -> int:  # noqa: ANN401 -- as above
        if self._stream is None:
            return len(data)
        try:
            return self._stream.write(data)
        except BrokenPipeError:
            self._stream = None
        except OSError as error:
            self._stream = None
            if self._says:
                msg = f"the output cannot be written: {(error.strerror or str(error)).lower()}"
                raise Failure(msg) from error
        return len(data)


@contextmanager
def standard_streams() -> Iterator[None]:
    """Guard standard output and error, where they are the program's own, while the block runs.

    Writing to standard output raises `Failure`, once, where that is not possible; the block is to flush it at its end.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _guarded(sys.stdout, sys.__stdout__, says=True), _guarded(sys.stderr, sys.__stderr__)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Failure):
                stream.flush()
        sys.stdout, sys.stderr = before


def _guarded(stream: Any, own: Any, *, says: bool = False) -> Any:  # noqa: ANN401 -- None where the caller closed it
    if stream is None:
        return io.TextIOWrapper(_Gone(), encoding="utf-8")
    if stream is not own or not isinstance(stream, io.TextIOWrapper):  # somebody has put another in its place
        return stream
    stream.flush()
    raw: Any = getattr(stream.buffer, "raw", stream.buffer)
    return io.TextIOWrapper(
        io.BufferedWriter(_Guarded(raw, says=says)),
        encoding=stream.encoding,
        errors="backslashreplace",  # what it cannot show (a tick on an ASCII terminal) is spelt out
        line_buffering=stream.line_buffering or not says,
    )
