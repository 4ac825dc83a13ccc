"""A simulated editor: it keeps documents, applies what the server asks for, and takes note of everything it is sent.

It is pytest-lsp's client (which holds each answer against the capabilities) with the memory of an editor. Offsets are
code points of the document's current text, as in the rest of Driftline; `position` and `offset` convert in the encoding
that was agreed, and refuse half a character.

Every wait is for a message, with a limit that only a hang reaches.

Example::

    editor = await start(capabilities, [folder])
    await editor.open(path)
    assert ["missing-check"] == await editor.rules(path)
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Union
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcInternalError
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES

if TYPE_CHECKING:
    from cattrs import Converter
    from pygls.exceptions import JsonRpcException

T = TypeVar("T")

PATIENCE = float(os.environ.get("DRIFTLINE_TEST_PATIENCE", "120"))
"""Seconds after which a server is taken to hang."""

_UNITS = {
    "utf-8": lambda text: len(text.encode()),
    "utf-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf-32": len,
}

_LINE_END = re.compile(r"\r\n|\r|\n")

Diagnostics = Sequence[types.Diagnostic]


@dataclass(frozen=True, slots=True)
class Buffer:
    """An open document."""

    version: int
    text: str


class Editor(LanguageClient):
    """The editor. `sent`: what the server sent of its own accord, oldest first, as (method, params)."""

    def __init__(self) -> None:
        super().__init__(converter_factory=_converter)
        self.buffers: dict[Path, Buffer] = {}
        self.sent: list[tuple[str, Any]] = []
        self.registrations: dict[str, types.Registration] = {}
        self.complaints: list[str] = []
        self.encoding = "utf-16"
        self.pulls = False
        self.server_capabilities = types.ServerCapabilities()
        self._news = asyncio.Event()
        self._stderr: asyncio.Task[None] | None = None
        for method, function in DEFAULT_CLIENT_FEATURES.items():
            self.feature(method)(_noting(self, method, function))
        self._feature(types.CLIENT_REGISTER_CAPABILITY, self._register)
        self._feature(types.CLIENT_UNREGISTER_CAPABILITY, self._unregister)
        self._feature(types.WORKSPACE_APPLY_EDIT, self._apply)

    # Life

    async def start(self, *command: str, env: dict[str, str] | None = None) -> None:
        """Start a server, and collect what it complains about."""
        await super(LanguageClient, self).start_io(command[0], *command[1:], env=env)
        self._stderr = asyncio.create_task(self._collect())

    async def begin(
        self,
        capabilities: types.ClientCapabilities,
        folders: Sequence[Path],
        *,
        options: object = None,
        initialized: bool = True,
    ) -> types.InitializeResult:
        """Shake hands, with `folders` opened."""
        self.capabilities = capabilities
        params = types.InitializeParams(
            capabilities=capabilities,
            process_id=None,
            root_uri=folders[0].as_uri() if folders else None,
            workspace_folders=[types.WorkspaceFolder(one.as_uri(), one.name) for one in folders],
            initialization_options=options,
        )
        result = await self.asked(self.initialize_async(params))
        self.server_capabilities = result.capabilities
        agreed = result.capabilities.position_encoding or types.PositionEncodingKind.Utf16
        self.encoding = types.PositionEncodingKind(agreed).value
        self.pulls = result.capabilities.diagnostic_provider is not None
        if initialized:
            self.initialized(types.InitializedParams())
        return result

    async def end(self) -> int:
        """Shut the server down, and give its exit code."""
        await self.asked(self.shutdown_async(None))
        self.exit(None)
        return await self.gone()

    async def gone(self) -> int:
        """Wait until the server's process has ended, and give its exit code."""
        assert self._server is not None
        code = await asyncio.wait_for(self._server.wait(), PATIENCE)
        if self._stderr is not None:
            await asyncio.wait_for(self._stderr, PATIENCE)
        return code

    async def kill(self) -> None:
        """End what a failed test has left."""
        if self._server is not None and self._server.returncode is None:
            self._server.kill()
        await self.stop()

    async def asked(self, answer: Awaitable[T]) -> T:
        """Wait for an answer."""
        return await asyncio.wait_for(answer, PATIENCE)

    async def until(self, what: str, happened: Callable[[], T | None]) -> T:
        """Wait until `happened` gives something true; it is asked after each message."""
        async with asyncio.timeout(PATIENCE) as limit:
            while True:
                self._news.clear()
                result = happened()
                if result:
                    return result
                try:
                    await self._news.wait()
                except asyncio.CancelledError:
                    if limit.expired():
                        msg = f"waited in vain for {what}; the server sent {self.sent} and said {self.complaints}"
                        raise AssertionError(msg) from None
                    raise

    # Documents

    def text(self, path: Path) -> str:
        """The text of a file as the user sees it."""
        if path in self.buffers:
            return self.buffers[path].text
        return path.read_bytes().decode()

    async def open(self, path: Path, text: str | None = None) -> None:
        """Open a file, with its text from disk or with what a user has typed before the server started."""
        self.buffers[path] = Buffer(1, self.text(path) if text is None else text)
        item = types.TextDocumentItem(path.as_uri(), _language(path), 1, self.buffers[path].text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, path: Path, *changes: tuple[str, str]) -> None:
        """Replace texts, each once and one after the other, in one notification of incremental changes."""
        buffer = self.buffers[path]
        events: list[types.TextDocumentContentChangeEvent] = []
        for old, new in changes:
            start = buffer.text.index(old)
            where = self.range(path, start, start + len(old))
            events.append(types.TextDocumentContentChangePartial(range=where, text=new))
            buffer = replace(buffer, text=buffer.text[:start] + new + buffer.text[start + len(old) :])
            self.buffers[path] = buffer
        self._changed(path, events)

    def type(self, path: Path, text: str) -> None:
        """Type at the end of a document, keystroke by keystroke."""
        for character in text:
            buffer = self.buffers[path]
            end = self.position(path, len(buffer.text))
            self.buffers[path] = replace(buffer, text=buffer.text + character)
            change = types.TextDocumentContentChangePartial(range=types.Range(end, end), text=character)
            self._changed(path, [change])

    def retype(self, path: Path, text: str) -> None:
        """Replace the whole text."""
        self.buffers[path] = replace(self.buffers[path], text=text)
        self._changed(path, [types.TextDocumentContentChangeWholeDocument(text=text)])

    def save(self, path: Path) -> None:
        """Write a document to disk."""
        path.write_bytes(self.buffers[path].text.encode())
        self.text_document_did_save(types.DidSaveTextDocumentParams(self._identifier(path)))
        self._tell_of(path, types.FileChangeType.Changed)

    def close(self, path: Path) -> None:
        """Close a document; what was not saved is gone."""
        self.text_document_did_close(types.DidCloseTextDocumentParams(self._identifier(path)))
        del self.buffers[path]

    def _changed(self, path: Path, events: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        buffer = self.buffers[path] = replace(self.buffers[path], version=self.buffers[path].version + 1)
        identifier = types.VersionedTextDocumentIdentifier(buffer.version, path.as_uri())
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, list(events)))

    def _identifier(self, path: Path) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(path.as_uri())

    # The disk, behind the editor's back

    def write(self, path: Path, text: str) -> None:
        """Write a file as another program would; an editor that watches files tells of it."""
        kind = types.FileChangeType.Changed if path.exists() else types.FileChangeType.Created
        path.write_bytes(text.encode())
        self._tell_of(path, kind)

    def delete(self, path: Path) -> None:
        """Delete a file as another program would."""
        path.unlink()
        self._tell_of(path, types.FileChangeType.Deleted)

    def delete_folder(self, path: Path) -> None:
        """Delete a folder as another program would; VS Code tells of the folder, and not of what was in it."""
        shutil.rmtree(path)
        self._tell_of(path, types.FileChangeType.Deleted)

    def move_folder(self, path: Path, to: Path) -> None:
        """Move a folder as another program would, which is told of in the same way."""
        path.rename(to)
        self._tell_of(path, types.FileChangeType.Deleted)
        self._tell_of(to, types.FileChangeType.Created)

    def watches(self, path: Path, change: types.FileChangeType = types.FileChangeType.Changed) -> bool:
        """Whether the server has asked this editor to tell when that happens to a file or folder."""
        kind = 1 << (change.value - 1)
        return any(
            _matches(watcher.glob_pattern, path) and kind & (7 if watcher.kind is None else watcher.kind)
            for one in self.registrations.values()
            if one.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            for watcher in self._watchers(one)
        )

    def _tell_of(self, path: Path, change: types.FileChangeType) -> None:
        if self.watches(path, change):
            event = types.FileEvent(path.as_uri(), change)
            self.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    def _watchers(self, one: types.Registration) -> Sequence[types.FileSystemWatcher]:
        options = self.protocol._converter.structure(
            one.register_options, types.DidChangeWatchedFilesRegistrationOptions
        )
        return options.watchers

    # Positions

    def position(self, path: Path, offset: int) -> types.Position:
        """The position of an offset."""
        lines = _LINE_END.split(self.text(path)[:offset])
        return types.Position(len(lines) - 1, _UNITS[self.encoding](lines[-1]))

    def range(self, path: Path, start: int, end: int) -> types.Range:
        """The range between two offsets."""
        return types.Range(self.position(path, start), self.position(path, end))

    def offset(self, path: Path, position: types.Position) -> int:
        """The offset of a position, which must be one: on a line that is there, between two characters."""
        text = self.text(path)
        starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
        line = _LINE_END.split(text)[position.line]
        for column in range(len(line) + 1):
            if _UNITS[self.encoding](line[:column]) == position.character:
                return starts[position.line] + column
        msg = f"{position} is no place in {line!r}, in {self.encoding}"
        raise AssertionError(msg)

    def under(self, path: Path, where: types.Range) -> str:
        """The text in a range."""
        return self.text(path)[self.offset(path, where.start) : self.offset(path, where.end)]

    # What the server shows

    def published(self, path: Path) -> list[types.PublishDiagnosticsParams]:
        """The sets of diagnostics that were sent for a file, oldest first."""
        return [
            params
            for method, params in self.sent
            if method == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS and _path(params.uri) == path
        ]

    def shown(self, path: Path) -> Diagnostics:
        """The diagnostics that this editor was sent last for a file."""
        sets = self.published(path)
        return sets[-1].diagnostics if sets else ()

    async def settle(self, path: Path) -> None:
        """Wait until the server has looked at everything that it was told about the project of `path`."""
        assert isinstance(await self.execute("driftline.trace"), str)  # it speaks of this very moment

    async def findings(self, path: Path) -> Diagnostics:
        """The diagnostics of an open file as it is now, whichever way this editor gets them."""
        if self.pulls:
            report = await self.pull(path)
            assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
            return report.items
        await self.settle(path)
        return self.shown(path)

    async def rules(self, path: Path) -> list[str]:
        """The rules of `findings`, but for the hints that mirror a finding from elsewhere."""
        return rules(await self.findings(path))

    async def comes_to(self, path: Path, expected: list[str]) -> None:
        """Wait until the rules of an open file's diagnostics are those expected, without hurrying the server.

        For what takes effect in its own time: the server asks back, or waits for a pause.
        """
        if not self.pulls:
            await self.until(f"{expected} in {path}", lambda: rules(self.shown(path)) == expected)
            return
        while True:
            told = self.diagnostic_refresh_count
            if expected == await self.rules(path):
                return
            await self.until(f"a refresh, for {expected} in {path}", lambda: self.diagnostic_refresh_count > told)  # noqa: B023 - awaited in its own round

    async def pull(self, path: Path, previous: str | None = None) -> types.DocumentDiagnosticReport:
        """Ask for the diagnostics of a file."""
        params = types.DocumentDiagnosticParams(
            self._identifier(path), identifier=self._diagnostics_identifier(), previous_result_id=previous
        )
        return await self.asked(self.text_document_diagnostic_async(params))

    async def pull_all(self, previous: dict[Path, str] | None = None) -> types.WorkspaceDiagnosticReport:
        """Ask for the diagnostics of all files."""
        known = [types.PreviousResultId(path.as_uri(), value) for path, value in (previous or {}).items()]
        params = types.WorkspaceDiagnosticParams(known, identifier=self._diagnostics_identifier())
        return await self.asked(self.workspace_diagnostic_async(params))

    def _diagnostics_identifier(self) -> str | None:
        provider = self.server_capabilities.diagnostic_provider
        return None if provider is None else provider.identifier

    async def hover(self, path: Path, text: str, within: str = "") -> types.Hover | None:
        """Hover the middle of a text; `within`: of the one in that surrounding text."""
        start = self.text(path).index(within) + within.index(text) if within else self.text(path).index(text)
        where = self.position(path, start + len(text) // 2)
        return await self.asked(self.text_document_hover_async(types.HoverParams(self._identifier(path), where)))

    async def actions(
        self,
        path: Path,
        where: types.Range,
        *,
        only: Sequence[str] | None = None,
        diagnostics: Diagnostics = (),
    ) -> list[types.CodeAction]:
        """The code actions at a range; for a client that knows commands only, each of those as an action."""
        context = types.CodeActionContext(diagnostics=list(diagnostics), only=list(only) if only is not None else None)
        params = types.CodeActionParams(self._identifier(path), where, context)
        answer = await self.asked(self.text_document_code_action_async(params))
        assert self.capabilities is not None
        text = self.capabilities.text_document
        literals = bool(text and text.code_action and text.code_action.code_action_literal_support)
        assert [literals] * len(answer or ()) == [isinstance(one, types.CodeAction) for one in answer or ()]
        return [one if literals else types.CodeAction(one.title, command=one) for one in answer or ()]

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Ask for what a code action leaves open."""
        return await self.asked(self.code_action_resolve_async(action))

    async def choose(self, action: types.CodeAction) -> None:
        """Do what choosing the action in a menu does."""
        if action.edit is None and action.data is not None:
            action = await self.resolve(action)
        if action.edit is not None:
            self.apply(action.edit)
        if action.command is not None:
            await self.execute(action.command.command, *(action.command.arguments or ()))

    async def execute(self, command: str, *arguments: object) -> object:
        """Run one of the server's commands."""
        params = types.ExecuteCommandParams(command, list(arguments))
        return await self.asked(self.workspace_execute_command_async(params))

    async def audit(self, folder: Path | None) -> str:
        """The audit of a folder, or of all."""
        text = await self.execute("driftline.audit", folder.as_uri() if folder is not None else None)
        assert isinstance(text, str)
        return text

    # Edits

    def apply(self, edit: types.WorkspaceEdit) -> list[Path]:
        """Apply an edit as an editor does: all of it, in order, or an AssertionError. Gives the files it touched."""
        assert (edit.changes is None) != (edit.document_changes is None), "an edit has changes of one kind"
        changes: list[Any] = list(edit.document_changes or ())
        for uri, texts in (edit.changes or {}).items():
            changes.append(types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri), list(texts)))
        touched = []
        for one in changes:
            path = self._create(one) if isinstance(one, types.CreateFile) else self._edit(one)
            touched.append(path)
        return touched

    def _create(self, one: types.CreateFile) -> Path:
        path = _path(one.uri)
        assert one.options is None or not one.options.overwrite, "an edit must not overwrite a file"
        assert not path.exists(), f"{path} is there already"
        self.write(path, "")
        return path

    def _edit(self, one: types.TextDocumentEdit) -> Path:
        path = _path(one.text_document.uri)
        text = self.text(path)
        version = self.buffers[path].version if path in self.buffers else None
        assert one.text_document.version in (None, version), f"an edit of {path} is for another version of it"
        spans = sorted(
            (self.offset(path, edit.range.start), self.offset(path, edit.range.end), edit.new_text)
            for edit in one.edits
            if isinstance(edit, types.TextEdit)
        )
        assert len(spans) == len(one.edits)
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans)), "edits overlap"
        for start, end, new in reversed(spans):
            text = text[:start] + new + text[end:]
        if path in self.buffers:
            self.retype(path, text)
        else:
            self.write(path, text)
        return path

    # What the server asks of this editor

    def refuse(self, *methods: str) -> None:
        """Answer every request of these methods with an error."""

        def refused(_params: Any) -> None:  # noqa: ANN401
            raise JsonRpcInternalError

        for method in methods:
            del self.protocol.fm._features[method]
            self.feature(method)(refused)

    def _feature(self, method: str, function: Callable[[Any], Any]) -> None:
        # pygls wants a function of one argument, not a bound method.
        self.feature(method)(_noting(self, method, lambda _client, params: function(params)))

    def _register(self, params: types.RegistrationParams) -> None:
        for one in params.registrations:
            assert one.id not in self.registrations, f"{one.id} is registered twice"
            self.registrations[one.id] = one

    def _unregister(self, params: types.UnregistrationParams) -> None:
        for one in params.unregisterations:
            del self.registrations[one.id]

    def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        self.apply(params.edit)
        return types.ApplyWorkspaceEditResult(applied=True)

    async def _collect(self) -> None:
        assert self._server is not None
        assert self._server.stderr is not None
        while line := await self._server.stderr.readline():
            self.complaints.append(line.decode(errors="replace").rstrip())


def rules(diagnostics: Diagnostics) -> list[str]:
    """The rules of diagnostics, sorted, but for the hints that mirror a finding from elsewhere."""
    return sorted(str(one.code) for one in diagnostics if not (one.data or {}).get("mirror"))


def error_code(error: JsonRpcException) -> int:
    """The code of an error answer."""
    return int(error.code)


def _converter() -> Converter:
    """The protocol's converter, which takes an action that has a command for that command (lsprotocol 2025.0.0)."""
    converter = default_converter()

    def command_or_action(value: dict[str, object], _: object) -> types.Command | types.CodeAction:
        kind = types.Command if isinstance(value.get("command"), str) else types.CodeAction
        return converter.structure(value, kind)

    converter.register_structure_hook(Union[types.Command, types.CodeAction], command_or_action)  # noqa: UP007 - lsprotocol's key
    return converter


def _noting(editor: Editor, method: str, function: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    # An annotation `object` would make pygls take the parameter for the server.
    def note(params: Any) -> object:  # noqa: ANN401
        try:
            return function(editor, params)
        finally:
            editor.sent.append((method, params))
            editor._news.set()

    return note


def _path(uri: str) -> Path:
    path = uris.to_fs_path(uri)
    assert path is not None
    return Path(unquote(urlsplit(uri).path, errors="surrogateescape") if "\ufffd" in path else path)


def _language(path: Path) -> str:
    return {".py": "python", ".ini": "ini", ".toml": "toml"}.get(path.suffix, "plaintext")


def _matches(pattern: types.Pattern | types.RelativePattern, path: Path) -> bool:
    """Whether a glob pattern of the protocol matches a file."""
    if isinstance(pattern, types.RelativePattern):
        base = pattern.base_uri if isinstance(pattern.base_uri, str) else pattern.base_uri.uri
        folder = _path(base)
        return (
            path.is_relative_to(folder) and _glob(pattern.pattern).fullmatch(str(path.relative_to(folder))) is not None
        )
    return _glob(pattern).fullmatch(str(path).lstrip("/")) is not None


def _glob(pattern: str) -> re.Pattern[str]:
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?|[{},])", pattern)
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))
