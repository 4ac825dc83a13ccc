"""Serving one editor, over standard input and output or over a socket: it is served, and with it the server goes.

pygls serves, too, but ends by an exception in the midst of its loop at `exit`, and does not end at all when a web
socket's client vanishes. From its standard input it asks a pool of threads for each line of a message: each way there
and back waits for the interpreter while an analysis runs.

Example: `serve_tcp(create_server(), "127.0.0.1", 2087)` returns when the editor has gone.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from pygls.io_ import run_async, run_websocket

from driftline.lsp.state import DriftlineServer

if TYPE_CHECKING:
    from pygls.io_ import AsyncReader

log = logging.getLogger(__name__)

Serve = Callable[[DriftlineServer, str, int], None]

_PART = 1 << 16
"""Bytes that are read from standard input at once."""


def serve_stdio(server: DriftlineServer) -> None:
    """Serve the editor that has started this program, until it says goodbye or closes the standard input."""

    async def serve() -> None:
        reader = asyncio.StreamReader(limit=sys.maxsize)
        threading.Thread(target=_feed, args=(reader, asyncio.get_running_loop()), daemon=True).start()
        server.protocol.set_writer(_Stdout())
        await _Editor(server).reads(reader)

    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        server.stop()


def _feed(reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
    """Hand on what comes on standard input, in a thread of its own: an editor that writes never waits for the server.

    The end of the program does not wait for it. It takes what comes from the file descriptor: the lock of a buffered
    reader, held by this thread, would be in the way of Python's end.
    """
    try:
        while part := os.read(sys.stdin.fileno(), _PART):
            loop.call_soon_threadsafe(reader.feed_data, part)
        loop.call_soon_threadsafe(reader.feed_eof)
    except RuntimeError:  # the loop is closed: the editor has said goodbye
        return


class _Stdout:
    """Writes to standard output, and keeps nothing back that Python would have to write at its end."""

    def write(self, data: bytes) -> None:
        """Write all of it."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(sys.stdout.fileno(), rest) :]

    def close(self) -> None:
        """Leave it open: it is the program's."""


def serve_tcp(server: DriftlineServer, host: str, port: int) -> None:
    """Listen at `host` and `port` and serve the first editor that connects. Raises OSError where it can't listen."""

    async def serve() -> None:
        editor = _Editor(server)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if editor.comes():
                server.protocol.set_writer(writer)
                await editor.reads(reader)
            writer.close()

        listening = await asyncio.start_server(connected, host, port)
        await editor.gone.wait()
        listening.close()

    asyncio.run(serve())


def serve_ws(server: DriftlineServer, host: str, port: int) -> None:
    """Do the same over a web socket; the package `websockets` must be there."""
    from websockets.asyncio.server import serve as listen  # type: ignore[import-not-found,unused-ignore]

    async def serve() -> None:
        editor = _Editor(server)

        async def connected(socket: Any) -> None:  # noqa: ANN401 - the package need not be installed
            if editor.comes():
                await editor.served(
                    run_websocket(
                        stop_event=editor.stop,
                        websocket=socket,
                        protocol=server.protocol,
                        logger=log,
                        error_handler=server.report_server_error,
                    )
                )

        listening = await listen(connected, host, port)
        await editor.gone.wait()
        listening.close(close_connections=False)

    asyncio.run(serve())


class _Editor:
    """The one editor that is served. `gone` is set when it has said goodbye, or vanished."""

    def __init__(self, server: DriftlineServer) -> None:
        """Wait for it; `exit` says goodbye."""
        self.gone = asyncio.Event()
        self.stop = threading.Event()
        self._server = server
        self._came = False
        server.leave = self._leave

    def comes(self) -> bool:
        """Whether who connects is the first."""
        first, self._came = not self._came, True
        return first

    async def reads(self, reader: AsyncReader) -> None:
        """Serve it what it asks for in messages with headers."""
        await self.served(
            run_async(
                stop_event=self.stop,
                reader=reader,
                protocol=self._server.protocol,
                logger=log,
                error_handler=self._server.report_server_error,
            )
        )

    async def served(self, serving: Awaitable[None]) -> None:
        """Serve it to the end."""
        try:
            await serving
        except (ConnectionError, asyncio.IncompleteReadError):
            log.info("the editor has vanished")
        finally:
            self._leave()

    def _leave(self) -> None:
        self.stop.set()
        self.gone.set()
        self._server.stop()
