"""The protocol's own bookkeeping, in this process: what a message leaves behind, and a goodbye with much under way."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from driftline.lsp.server import create_server
from driftline.lsp.state import DriftlineServer
from tests.lsp.editor import PATIENCE


class Sent:
    """Where the server writes to: `answers` by the number of the request."""

    def __init__(self) -> None:
        self.answers: dict[int | str, dict[str, Any]] = {}
        self._news = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Take note of a message of the server."""
        message = json.loads(data)
        if "method" not in message:
            self.answers[message["id"]] = message
            self._news.set()

    def close(self) -> None:
        """Nothing is open."""

    async def answer(self, number: int) -> dict[str, Any]:
        """Wait for an answer."""
        async with asyncio.timeout(PATIENCE):
            while number not in self.answers:
                self._news.clear()
                await self._news.wait()
        return self.answers[number]


@pytest.fixture
def thresholds() -> Iterator[None]:
    """A server sets when garbage is looked for, in its process; here it is everybody's."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def served(folder: Path) -> tuple[DriftlineServer, Sent]:
    """A server, greeted."""
    server, sent = create_server(), Sent()
    server.protocol.set_writer(sent, include_headers=False)
    params = {
        "processId": None,
        "capabilities": {},
        "rootUri": None,
        "workspaceFolders": [{"uri": folder.as_uri(), "name": "shop"}],
    }
    send(server, "initialize", params, 0)
    return server, sent


def send(server: DriftlineServer, method: str, params: object = None, number: int | None = None) -> None:
    """Hand the server a message."""
    told = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if number is None else {"id": number})
    server.protocol.handle_message(json.loads(json.dumps(told), object_hook=server.protocol.structure_message))


@pytest.mark.usefixtures("thresholds")
async def test_messages_leave_nothing_behind(tmp_path: Path) -> None:
    """However many notifications have come, nothing is kept of any of them."""
    path = tmp_path / "alone.py"
    server, _ = served(tmp_path)
    document = {"uri": path.as_uri(), "languageId": "python", "version": 0, "text": ""}
    send(server, "textDocument/didOpen", {"textDocument": document})

    def futures() -> int:
        gc.collect()
        return sum(isinstance(one, Future) for one in gc.get_objects())

    before = futures()
    for version in range(1, 51):
        identifier = {"uri": path.as_uri(), "version": version}
        send(server, "textDocument/didChange", {"textDocument": identifier, "contentChanges": [{"text": "x"}]})
        await asyncio.sleep(0)
    after = futures()
    server.stop()

    assert before == after


AUDIT = {"command": "driftline.audit", "arguments": []}
CANCELLED = -32800


@pytest.mark.usefixtures("thresholds")
async def test_a_goodbye_cancels_all_that_is_under_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Commands that wait for a first result which never comes are answered, and so is `shutdown`."""
    server, sent = served(tmp_path)
    server.add_folder(str(tmp_path))
    for number in range(1, 6):
        send(server, "workspace/executeCommand", AUDIT, number)
    await asyncio.sleep(0)
    send(server, "shutdown", None, 6)
    goodbye = await sent.answer(6)

    assert None is goodbye.get("error")
    assert [CANCELLED] * 5 == [(await sent.answer(number))["error"]["code"] for number in range(1, 6)]
    assert [] == caplog.messages


@pytest.mark.usefixtures("thresholds")
async def test_a_command_that_is_given_up_is_answered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The folder that it speaks of is closed before there is a result."""
    server, sent = served(tmp_path)
    server.add_folder(str(tmp_path))
    send(server, "workspace/executeCommand", AUDIT, 1)
    await asyncio.sleep(0)
    server.remove_folder(str(tmp_path))
    answer = await sent.answer(1)
    server.stop()

    assert CANCELLED == answer["error"]["code"]
    assert [] == caplog.messages


@pytest.mark.usefixtures("thresholds")
async def test_a_document_belongs_to_the_folders_that_were_told_before_it(tmp_path: Path) -> None:
    """Also where both are told in one breath: it does not bring a project of its own inside of an opened folder."""
    greeted, added = tmp_path / "greeted", tmp_path / "added"
    for folder in (greeted, added):
        (folder / "backend").mkdir(parents=True)
        (folder / "backend" / "alembic.ini").write_text("[alembic]\n", encoding="utf-8")
    server, _sent = served(greeted)

    def opens(folder: Path) -> None:
        document = {
            "uri": (folder / "backend" / "models.py").as_uri(),
            "languageId": "python",
            "version": 1,
            "text": "",
        }
        send(server, "textDocument/didOpen", {"textDocument": document})

    send(server, "initialized", {})
    opens(greeted)
    event = {"added": [{"uri": added.as_uri(), "name": "added"}], "removed": [{"uri": greeted.as_uri(), "name": ""}]}
    send(server, "workspace/didChangeWorkspaceFolders", {"event": event})
    before = list(server.folders)
    opens(added)
    after = list(server.folders)
    server.stop()

    assert [[str(added)], [str(added)]] == [before, after]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("caf\udce9 \U0001f600", "caf\ufffd \U0001f600"),
        ("\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\udce9", r"\udce9"),
        ("\\\udce9\n", "\\\ufffd\n"),
    ],
)
@pytest.mark.usefixtures("thresholds")
def test_texts_are_whole_characters(text: str, read: str) -> None:
    """A name that is no UTF-8 is sent in letters that every editor can read, and a message stays as long as it says."""
    server, written = create_server(), Written()
    server.protocol.set_writer(written)

    server.window_log_message(types.LogMessageParams(types.MessageType.Info, text))

    head, _, body = written.data.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}" == head.decode().splitlines()[0]
    sent = json.loads(body)["params"]["message"]
    assert read == sent.encode("utf-16", "surrogatepass").decode("utf-16", "strict")


class Written:
    """Takes what is written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        """Keep it."""
        self.data += data

    def close(self) -> None:
        """Nothing is open."""
