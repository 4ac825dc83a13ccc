"""Serving one editor over a socket: it connects, it is served, and with it the server goes.

pygls serves sockets, too, but ends by an exception in the midst of its loop at `exit`, and does not end at all when a
web socket's client vanishes.

Example: `serve_tcp(create_server(), "127.0.0.1", 2087)` returns when the editor has gone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from pygls.io_ import run_async, run_websocket

from driftline.lsp.state import DriftlineServer

log = logging.getLogger(__name__)

Serve = Callable[[DriftlineServer, str, int], None]


def serve_tcp(server: DriftlineServer, host: str, port: int) -> None:
    """Listen at `host` and `port` and serve the first editor that connects. Raises OSError where it can't listen."""

    async def serve() -> None:
        editor = _Editor(server)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if editor.comes():
                server.protocol.set_writer(writer)
                await editor.served(
                    run_async(
                        stop_event=editor.stop,
                        reader=reader,
                        protocol=server.protocol,
                        logger=log,
                        error_handler=server.report_server_error,
                    )
                )
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
