"""`driftline lsp`: the language server.

Example: an editor starts `driftline lsp` and speaks with it over its standard input and output.
"""

from __future__ import annotations

import argparse
import gc

from driftline.cli.failure import Failure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline lsp`."""
    parser.add_argument("--stdio", action="store_true", help="speak over standard input and output (the default)")
    parser.add_argument("--tcp", metavar="HOST:PORT", help="listen there instead, for one editor")


def run(arguments: argparse.Namespace) -> int:
    """Serve until the editor says goodbye; 1 where it leaves without that, as the protocol asks."""
    from driftline.lsp.server import create_server, quiet_logs

    quiet_logs()
    if arguments.tcp is None:
        server = create_server()
        server.start_io()
        # An editor kills what is not gone after two seconds; looking for garbage in all that was read takes as long.
        gc.freeze()
        return 0 if server.told_to_stop else 1
    host, _, port = arguments.tcp.rpartition(":")
    if not host or not port.isdecimal():
        msg = f"--tcp wants HOST:PORT, and got `{arguments.tcp}`"
        raise Failure(msg)
    try:
        create_server().start_tcp(host, int(port))
    except (OSError, OverflowError) as error:
        msg = f"the server cannot listen at {arguments.tcp}: {error}"
        raise Failure(msg) from error
    return 0
