"""How a session ends: with requests still open, after `shutdown`, and on a socket."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.editor import PATIENCE
from tests.lsp.shop import RULES, Shop

REQUEST_CANCELLED = -32800
INVALID_REQUEST = -32600


class Wire:
    """A client that sends what it is told over TCP, and reads what comes."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: asyncio.subprocess.Process
    ) -> None:
        self.reader, self.writer, self.server = reader, writer, server
        self.answers: dict[int, dict[str, Any]] = {}

    def send(self, method: str, number: int | None = None, params: object = None) -> None:
        """Send a request (with a number) or a notification."""
        message = {"jsonrpc": "2.0", "method": method} | ({} if params is None else {"params": params})
        body = json.dumps(message | ({} if number is None else {"id": number})).encode()
        self.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def answer(self, number: int) -> dict[str, Any]:
        """Wait for the answer to a request."""
        while number not in self.answers:
            head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
            length = next(int(line.split()[1]) for line in head.splitlines() if line.startswith(b"Content-Length"))
            message = json.loads(await self.reader.readexactly(length))
            if "method" not in message:
                self.answers[message["id"]] = message
        return self.answers[number]

    async def gone(self) -> tuple[int | None, str]:
        """Wait for the server's end: its exit code, and what it said on standard error."""
        _, said = await asyncio.wait_for(self.server.communicate(), PATIENCE)
        return self.server.returncode, said.decode()


async def listening(option: str) -> tuple[asyncio.subprocess.Process, int]:
    """Start a server that listens, and give it with its port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-P", "-m", "driftline", "lsp", option, f"127.0.0.1:{port}"]
    return await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE), port


@pytest.fixture
async def wire(shop: Shop) -> AsyncIterator[Wire]:
    """A client of a server that listens on a port, greeted, in the midst of its first run."""
    server, port = await listening("--tcp")
    try:
        one = Wire(*await _connected(port), server)
        folder = {"uri": shop.folder.as_uri(), "name": "shop"}
        one.send(
            "initialize", 1, {"processId": None, "rootUri": None, "capabilities": {}, "workspaceFolders": [folder]}
        )
        await one.answer(1)
        one.send("initialized", None, {})
        yield one
    finally:
        if server.returncode is None:
            server.kill()


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(int(PATIENCE * 10)):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
    pytest.fail("the server does not listen")


def hover(path: Path) -> dict[str, object]:
    """The parameters of a hover at the file's beginning."""
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": 0, "character": 0}}


async def test_every_request_is_answered(wire: Wire, shop: Shop) -> None:
    """One that waits for the first result at `shutdown` is cancelled, one that comes after it is refused."""
    wire.send("textDocument/hover", 2, hover(shop.orders))
    wire.send("shutdown", 3)
    await wire.answer(3)
    wire.send("textDocument/hover", 4, hover(shop.orders))
    early, late = await wire.answer(2), await wire.answer(4)
    wire.send("exit")

    assert early.get("error", {}).get("code", REQUEST_CANCELLED) == REQUEST_CANCELLED
    assert late["error"]["code"] == INVALID_REQUEST
    assert await wire.gone() == (0, "")


async def test_a_client_that_vanishes_takes_the_server_along(wire: Wire) -> None:
    """In the midst of a run, too; without a goodbye that is an error, and no traceback."""
    wire.writer.transport.abort()

    assert await wire.gone() == (1, "")


@pytest.mark.parametrize("goodbye", [True, False], ids=["goodbye", "vanishes"])
async def test_over_a_web_socket(shop: Shop, goodbye: bool) -> None:  # noqa: FBT001 - a case of the test
    """An editor is greeted and sent what is wrong; when it goes, the server goes, too."""
    client = pytest.importorskip("websockets.asyncio.client", reason="the package `websockets` is not installed")
    server, port = await listening("--ws")
    try:
        _, writer = await _connected(port)
        socket = await client.connect(f"ws://127.0.0.1:{port}")
        writer.close()

        async def send(method: str, params: object, number: int | None = None) -> None:
            told = {"jsonrpc": "2.0", "method": method, "params": params}
            await socket.send(json.dumps(told if number is None else told | {"id": number}))

        async def until(wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
            async with asyncio.timeout(PATIENCE):
                while not wanted(message := json.loads(await socket.recv())):
                    pass
            return message

        folder = {"uri": shop.folder.as_uri(), "name": "shop"}
        greeting = {"processId": None, "rootUri": None, "capabilities": {}, "workspaceFolders": [folder]}
        await send("initialize", greeting, 1)
        greeted = await until(lambda one: one.get("id") == 1)
        await send("initialized", {})
        shown = await until(
            lambda one: (
                one.get("method") == "textDocument/publishDiagnostics" and one["params"]["uri"] == shop.orders.as_uri()
            )
        )
        if goodbye:
            await send("shutdown", None, 2)
            await until(lambda one: one.get("id") == 2)
            await send("exit", None)
        else:
            socket.transport.abort()
        _, said = await asyncio.wait_for(server.communicate(), PATIENCE)
    finally:
        if server.returncode is None:
            server.kill()

    assert "driftline" == greeted["result"]["serverInfo"]["name"]
    assert RULES == sorted(one["code"] for one in shown["params"]["diagnostics"])
    assert (0 if goodbye else 1, "") == (server.returncode, said.decode())
