"""`driftline lsp`: the language server.

Example: an editor starts `driftline lsp` and speaks with it over its standard input and output.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from importlib.util import find_spec

from driftline.cli.failure import Failure

_WEB = "websockets"
"""The package that pygls serves web sockets with; the extra `ws` installs it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline lsp`."""
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--stdio", action="store_true", help="speak over standard input and output (the default)")
    way.add_argument("--tcp", metavar="HOST:PORT", help="listen there instead, for one editor")
    way.add_argument("--ws", metavar="HOST:PORT", help="listen there for one editor that speaks over a web socket")


def run(arguments: argparse.Namespace) -> int:
    """Serve until the editor says goodbye; 1 where it leaves without that, as the protocol asks."""
    from driftline.lsp.server import create_server, quiet_logs

    quiet_logs()
    if arguments.tcp is not None:
        _listen(create_server().start_tcp, "--tcp", arguments.tcp)
        return 0
    if arguments.ws is not None:
        if find_spec(_WEB) is None:  # pygls would end the program with 1
            msg = f"--ws needs the package `{_WEB}`, which is not installed: the extra `driftline[ws]` brings it"
            raise Failure(msg)
        _listen(create_server().start_ws, "--ws", arguments.ws)
        return 0
    server = create_server()
    server.start_io()
    # An editor kills what is not gone after two seconds; looking for garbage in all that was read takes as long.
    gc.freeze()
    return 0 if server.told_to_stop else 1


def _listen(serve: Callable[[str, int], None], option: str, place: str) -> None:
    """Serve at `place` (`HOST:PORT`); raises `Failure` where that cannot be."""
    host, _, port = place.rpartition(":")
    if not host or not port.isdecimal():
        msg = f"{option} wants HOST:PORT, and got `{place}`"
        raise Failure(msg)
    try:
        serve(host, int(port))
    except (OSError, OverflowError) as error:
        msg = f"the server cannot listen at {place}: {error}"
        raise Failure(msg) from error
