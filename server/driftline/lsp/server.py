"""The server, put together.

Example: `create_server().start_io()`.
"""

from __future__ import annotations

import logging

from lsprotocol import types

from driftline.lsp import completion, features, sync
from driftline.lsp.client import Client
from driftline.lsp.garbage import look_rarely
from driftline.lsp.state import DriftlineServer


def create_server() -> DriftlineServer:
    """Give a server with all its handlers; each has its own state."""
    look_rarely()
    server = DriftlineServer()

    @server.feature(types.INITIALIZE)
    def initialize(ls: DriftlineServer, params: types.InitializeParams) -> None:
        # Before the capabilities are worked out, and before anything is read: `initialize` answers at once.
        ls.client = Client.of(params.capabilities)
        ls.settings = sync.settings_in(params.initialization_options)
        if ls.client.pulls:
            features.register_pull(ls)

    sync.register(server)
    features.register(server)
    completion.register(server)
    return server


def quiet_logs(level: str = "info") -> None:
    """Send logs to stderr, Driftline's own from `level` on: stdout belongs to the protocol.

    None of pygls' copies of every message, and of its warnings neither: a client that cancels what is answered already
    is no trouble.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("driftline").setLevel(level.upper())
    logging.getLogger("pygls").setLevel(logging.ERROR)
    logging.getLogger("websockets").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
