"""The server, over its own protocol, with whatever may be typed, saved or cut off: it answers, and recovers."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from lsprotocol import types

from tests.long.copies import NAMES, on_disk
from tests.long.damage import damaged
from tests.long.effort import chance, seed, times
from tests.lsp.capabilities import emacs, neovim, vscode
from tests.lsp.conftest import SERVER, Start
from tests.lsp.editor import PATIENCE, Editor

pytestmark = pytest.mark.long

_READ = {".py", ".ini", ".toml"}
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
_LOUD = re.compile(rb"Exception in callback|never retrieved|Exception ignored|a bug|Fatal")
"""What nobody has caught. Of a message that is no message, the log tells with a traceback, which is pygls' way."""


def files_of(folder: Path) -> list[Path]:
    """The files that are read."""
    return sorted(one for one in folder.rglob("*") if one.suffix in _READ)


def characters(text: str | bytes) -> str:
    """What an editor makes of a text: it sends characters, and no halves of them."""
    content = text.encode("utf-8", "replace") if isinstance(text, str) else text
    return content.decode("utf-8", "replace")


async def everything(editor: Editor, folder: Path) -> dict[str, list[object]]:
    """Give all diagnostics of a folder's files, as this editor gets them; without what tells one run from another."""
    shown = {}
    for path in files_of(folder):
        await editor.open(path)
        found = [(one.code, one.message, one.range, one.severity) for one in await editor.findings(path)]
        editor.close(path)
        shown[path.name] = sorted(found, key=repr)
    return shown


def anywhere(chance: Random, text: str) -> types.Position:
    """A position that is mostly in the text, and sometimes far outside of it."""
    lines = text.count("\n") + 1
    if chance.random() < 0.1:
        return types.Position(chance.choice([0, lines, 10**6, 2**31 - 1]), chance.choice([0, 10**6, 2**31 - 1]))
    return types.Position(chance.randrange(lines), chance.randrange(90))


async def ask(editor: Editor, path: Path, chance: Random) -> None:
    """Ask at a random place for what editors ask for; each question has an answer."""
    identifier = types.TextDocumentIdentifier(path.as_uri())
    text = editor.text(path)
    where, end = sorted((anywhere(chance, text), anywhere(chance, text)), key=lambda one: (one.line, one.character))
    await editor.asked(editor.text_document_hover_async(types.HoverParams(identifier, where)))
    await editor.asked(editor.text_document_completion_async(types.CompletionParams(identifier, where)))
    context = types.CodeActionContext(diagnostics=[])
    actions = await editor.asked(
        editor.text_document_code_action_async(types.CodeActionParams(identifier, types.Range(where, end), context))
    )
    for one in (actions or ())[:2]:
        if isinstance(one, types.CodeAction) and one.data is not None:
            await editor.resolve(one)


@pytest.mark.parametrize("client", [vscode, neovim, emacs], ids=lambda one: one.__name__)
@pytest.mark.parametrize("name", NAMES)
async def test_whatever_is_typed(start: Start, tmp_path: Path, name: str, client: object) -> None:
    """Damaged buffers, saved ones and torn files; asked meanwhile; healed, the diagnostics are those from before."""
    begin = seed()
    random = chance(begin)
    folder = on_disk(name, tmp_path)
    editor = await start(client(), [folder])  # type: ignore[operator]
    expected = await everything(editor, folder)
    assert any(expected.values())
    for _ in range(times(4)):
        paths = random.sample(files_of(folder), 2)
        sound = {path: path.read_text(encoding="utf-8") for path in paths}
        for path in paths:
            await editor.open(path)
        for _ in range(8):
            path = random.choice(paths)
            text = damaged(sound[path], random)
            if random.random() < 0.3 and isinstance(text, bytes):
                path.write_bytes(text)
                editor._tell_of(path, types.FileChangeType.Changed)
            else:
                editor.retype(path, characters(text))
            if random.random() < 0.3:
                editor.save(path)
            await ask(editor, path, random)
            if random.random() < 0.5:
                await editor.findings(path)
        for path in paths:
            editor.retype(path, sound[path])
            editor.save(path)
            editor.close(path)
        assert expected == await everything(editor, folder), f"DRIFTLINE_SEED={begin}"


# ---------------------------------------------------------------------------------------------------------------------
# Clients that are torn off


def message(method: str, number: int | None = None, params: object = None) -> bytes:
    """Give a request (with a number) or a notification, as it goes over the wire."""
    told = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if number is None else {"id": number})
    body = json.dumps(told).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def conversation(folder: Path) -> bytes:
    """Give what a client says up to the midst of its work."""
    path = next(one for one in files_of(folder) if "versions" in one.parts)
    document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": path.read_text(encoding="utf-8")}
    hover = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 1, "character": 1}}
    root = [{"uri": folder.as_uri(), "name": "it"}]
    return b"".join(
        [
            message(
                "initialize", 1, {"processId": None, "rootUri": None, "capabilities": {}, "workspaceFolders": root}
            ),
            message("initialized", None, {}),
            message("textDocument/didOpen", None, {"textDocument": document}),
            *(message("textDocument/hover", number, hover) for number in range(2, 12)),
        ]
    )


def hears_signals() -> None:
    """Let a new process hear what this one was told not to: `nohup` and a shell's `&` say so to all that they start."""
    for one in SIGNALS:
        signal.signal(one, signal.SIG_DFL)


@pytest.fixture
async def server() -> AsyncIterator[asyncio.subprocess.Process]:
    """A server that nobody has greeted."""
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    process = await asyncio.create_subprocess_exec(*SERVER, preexec_fn=hears_signals, **pipes)  # type: ignore[arg-type]
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("reads", [True, False], ids=["read", "unread"])
@pytest.mark.parametrize("round_", range(times(6)))
async def test_a_client_that_dies(
    server: asyncio.subprocess.Process, tmp_path: Path, round_: int, *, reads: bool
) -> None:
    """In the midst of a message or a run, with its answers read or not: the server ends too, and quietly."""
    begin = seed() + round_
    random = chance(begin)
    said = conversation(on_disk("kitsu", tmp_path))
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stderr is not None
    server.stdin.write(said[: random.randint(0, len(said))])
    await server.stdin.drain()
    await asyncio.sleep(random.random() / 2)
    server.stdin.close()
    if not reads:
        server.stdout._transport.close()  # type: ignore[attr-defined]
        errors, _ = await asyncio.wait_for(asyncio.gather(server.stderr.read(), server.wait()), PATIENCE)
    else:
        _, errors = await asyncio.wait_for(server.communicate(), PATIENCE)

    # Where nobody reads, pygls says so of each answer.
    assert not (reads and _LOUD.search(errors)), (begin, errors.decode())
    assert server.returncode == 1, begin


@pytest.mark.parametrize(
    "noise",
    [
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 5\r\n\r\n\xff\xfe{}\x00",
        b"Content-Length: 4\r\n\r\nnull",
        b"\r\n\r\n",
        message(
            "textDocument/hover",
            50,
            {"textDocument": {"uri": "file:///%ff%00"}, "position": {"line": 0, "character": 0}},
        ),
        message("textDocument/hover", 51, {"textDocument": {}, "position": None}),
        message(
            "textDocument/didOpen",
            None,
            {"textDocument": {"uri": "untitled:1", "languageId": "", "version": 1, "text": "x"}},
        ),
        message(
            "textDocument/didChange",
            None,
            {"textDocument": {"uri": "file:///no", "version": 1}, "contentChanges": [{"text": ""}]},
        ),
        message("textDocument/didClose", None, {"textDocument": {"uri": "file:///never/opened.py"}}),
        message("workspace/executeCommand", 52, {"command": "driftline.applyFix", "arguments": [7]}),
        message("workspace/executeCommand", 53, {"command": "driftline.audit", "arguments": [[], {}, None]}),
        message("codeAction/resolve", 54, {"title": "x", "data": {"path": 3}}),
    ],
    ids=range(13),
)
async def test_what_no_client_should_send(server: asyncio.subprocess.Process, tmp_path: Path, noise: bytes) -> None:
    """After it, what is asked is still answered, and a goodbye is a goodbye."""
    assert server.stdin is not None
    folder = on_disk("batch-sqlite", tmp_path)
    server.stdin.write(conversation(folder) + noise + message("driftline/none", 60) + message("shutdown", 61))
    await server.stdin.drain()
    assert server.stdout is not None
    answered = b""
    while b'"id":61' not in answered.replace(b" ", b""):
        part = await asyncio.wait_for(server.stdout.read(1 << 16), PATIENCE)
        assert part, answered[-500:]
        answered += part
    server.stdin.write(message("exit"))
    _, errors = await asyncio.wait_for(server.communicate(), PATIENCE)

    assert 0 == server.returncode
    assert not _LOUD.search(errors), errors.decode()


@pytest.mark.parametrize("which", SIGNALS, ids=lambda one: one.name)
async def test_signals(server: asyncio.subprocess.Process, tmp_path: Path, which: signal.Signals) -> None:
    """In the midst of its work it ends, and leaves no process behind."""
    assert server.stdin is not None
    server.stdin.write(conversation(on_disk("kitsu", tmp_path)))
    await server.stdin.drain()
    await asyncio.sleep(0.5)
    server.send_signal(which)
    _, errors = await asyncio.wait_for(server.communicate(), PATIENCE)

    assert server.returncode not in (None, 0)
    assert not _LOUD.search(errors), errors.decode()


# ---------------------------------------------------------------------------------------------------------------------
# Folders that go


async def test_a_folder_that_is_deleted_and_comes_back(start: Start, tmp_path: Path) -> None:
    """Its diagnostics go with it and come back with it, each time."""
    folder = on_disk("batch-sqlite", tmp_path)
    editor = await start(vscode(), [folder])
    expected = await everything(editor, folder)
    for _ in range(times(5)):
        aside = tmp_path / "aside"
        editor.move_folder(folder, aside)
        model = folder / "library" / "models.py"
        editor.buffers.clear()
        await editor.open(model, "x = 1\n")
        assert () == tuple(await editor.findings(model))
        editor.close(model)
        editor.move_folder(aside, folder)
        assert expected == await everything(editor, folder)


@pytest.mark.parametrize("client", [vscode, neovim], ids=lambda one: one.__name__)
async def test_files_and_folders_not_in_utf8(start: Start, tmp_path: Path, client: object) -> None:
    """An editor names them in bytes, and sees what is wrong in them; what they are named by is never half a letter."""
    folder = on_disk("batch-sqlite", tmp_path / os.fsdecode(b"caf\xe9"))
    versions = folder / "migrations" / "versions"
    odd = versions / os.fsdecode(b"m\xe9.py")
    odd.write_text("revision = 'x'\ndown_revision = 'gone'\ndef upgrade(): pass\n")
    editor = await start(client(), [folder])  # type: ignore[operator]
    await editor.open(odd)

    assert ["unknown-down-revision"] == await editor.rules(odd)
