"""`driftline lsp`: the language server.

Example: an editor starts `driftline lsp` and speaks with it over its standard input and output.
"""

from __future__ import annotations

import argparse
import gc
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from driftline.cli.failure import Failure

if TYPE_CHECKING:
    from driftline.lsp.listening import Serve

_TURN = 0.0005
"""Seconds that a thread may keep the interpreter while another wants it. The worker always does; by Python's 5 ms, each
message that comes in while it runs would wait that long wherever the event loop has waited for something."""

_WEB = "websockets"
"""The package that pygls serves web sockets with; the extra `ws` installs it."""


_LOG_LEVELS = ("error", "warning", "info", "debug")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline lsp`."""
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--stdio", action="store_true", help="speak over standard input and output (the default)")
    way.add_argument("--tcp", metavar="HOST:PORT", help="listen there instead, for one editor")
    way.add_argument("--ws", metavar="HOST:PORT", help="listen there for one editor that speaks over a web socket")
    parser.add_argument(
        "--log-level",
        choices=_LOG_LEVELS,
        default="info",
        metavar="LEVEL",
        help=f"how much is logged on stderr: {', '.join(_LOG_LEVELS)} (default: info); debug says what each run did",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until the editor says goodbye; 1 where it leaves without that, as the protocol asks."""
    from driftline.lsp.listening import serve_stdio, serve_tcp, serve_ws
    from driftline.lsp.server import create_server, quiet_logs

    quiet_logs(arguments.log_level)
    sys.setswitchinterval(_TURN)
    if arguments.tcp is not None:
        return _listen(serve_tcp, "--tcp", arguments.tcp)
    if arguments.ws is not None:
        if find_spec(_WEB) is None:  # pygls would end the program with 1
            msg = f"--ws needs the package `{_WEB}`, which is not installed: the extra `driftline[ws]` brings it"
            raise Failure(msg)
        return _listen(serve_ws, "--ws", arguments.ws)
    server = create_server()
    serve_stdio(server)
    # An editor kills what is not gone after two seconds; looking for garbage in all that was read takes as long.
    gc.freeze()
    return 0 if server.told_to_stop else 1


def _listen(serve: Serve, option: str, place: str) -> int:
    """Serve one editor at `place` (`HOST:PORT`); raises `Failure` where that cannot be."""
    from driftline.lsp.server import create_server

    host, _, port = place.rpartition(":")
    if not host or not port.isdecimal():
        msg = f"{option} wants HOST:PORT, and got `{place}`"
        raise Failure(msg)
    server = create_server()
    try:
        serve(server, host, int(port))
    except (OSError, OverflowError) as error:
        msg = f"the server cannot listen at {place}: {error}"
        raise Failure(msg) from error
    gc.freeze()
    return 0 if server.told_to_stop else 1
