"""What the client tells: documents, folders, files on disk, settings. Each asks the folder concerned for a new result.

Example: `register(server)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lsprotocol import types

from driftline.lsp.convert import path_of, uri_of
from driftline.lsp.folder import Folder
from driftline.lsp.state import DriftlineServer

TYPING_PAUSE = 0.2
"""Seconds without a keystroke before a change is analysed; opening and saving are analysed at once."""

OUTSIDE_PAUSE = 0.05
"""Seconds in which changes from outside are taken together: a checkout sends hundreds."""

SECTION = "driftline"

_CLIENT_ONLY = frozenset({"path", "interpreter", "trace"})
"""Settings that say how an editor starts the server, which the server has no use for."""

_WATCHED = ("**/*.py", "**/*.mako", "**/*.ini", "**/pyproject.toml", "**/driftline.toml")


def register(server: DriftlineServer) -> None:
    """Register the handlers."""
    _register_lifecycle(server)
    _register_documents(server)
    _register_outside(server)


def _register_lifecycle(server: DriftlineServer) -> None:
    @server.feature(types.INITIALIZED)
    async def initialized(ls: DriftlineServer, _params: types.InitializedParams) -> None:
        for path in _paths(one.uri for one in ls.workspace.folders.values()) or _paths([ls.workspace.root_uri]):
            ls.add_folder(path)
        if ls.client.watches:
            watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
            one = types.Registration("driftline-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            await ls.client_register_capability_async(types.RegistrationParams([one]))
        await _ask_settings(ls)
        for folder in ls.folders.values():
            folder.request(0)
        await _show_progress(ls)

    @server.feature(types.SHUTDOWN)
    async def shutdown(ls: DriftlineServer, _params: None) -> None:
        ls.told_to_stop = True
        for folder in ls.folders.values():
            await folder.close()
        ls.worker.shutdown(wait=False, cancel_futures=True)


def _register_documents(server: DriftlineServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: DriftlineServer, params: types.DidOpenTextDocumentParams) -> None:
        document = ls.documents.open(params.text_document)
        folder = ls.folder_for(document.path) if document is not None else None
        if document is not None and folder is not None:
            ls.publishers[folder.path].opened(document.path)
            folder.request(0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: DriftlineServer, params: types.DidChangeTextDocumentParams) -> None:
        document = ls.documents.change(params.text_document, params.content_changes, ls.encoding)
        folder = ls.folder_of(document.path) if document is not None else None
        if folder is not None:
            folder.request(TYPING_PAUSE)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(ls: DriftlineServer, params: types.DidSaveTextDocumentParams) -> None:
        # Everything is looked at again: not every client can watch files, and a checkout arrives no other way.
        path = path_of(params.text_document.uri)
        folder = ls.folder_of(path) if path is not None else None
        if folder is not None:
            folder.request(0)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: DriftlineServer, params: types.DidCloseTextDocumentParams) -> None:
        document = ls.documents.close(params.text_document.uri)
        folder = ls.folder_of(document.path) if document is not None else None
        if document is not None and folder is not None:
            ls.publishers[folder.path].closed(document.path)
            folder.request(0)  # what was typed and not saved is gone


def _register_outside(server: DriftlineServer) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(ls: DriftlineServer, params: types.DidChangeWatchedFilesParams) -> None:
        folders = {ls.folder_of(path) for path in _paths(event.uri for event in params.changes)}
        for folder in folders - {None}:
            _request(folder, OUTSIDE_PAUSE)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def did_change_workspace_folders(ls: DriftlineServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
        for path in _paths(one.uri for one in params.event.removed):
            await ls.remove_folder(path)
        for path in _paths(one.uri for one in params.event.added):
            ls.add_folder(path)
        await _ask_settings(ls)
        for folder in ls.folders.values():
            folder.request(0)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(ls: DriftlineServer, params: types.DidChangeConfigurationParams) -> None:
        if ls.client.asks_configuration:
            await _ask_settings(ls)
        else:
            sent = params.settings
            for folder in ls.folders.values():
                folder.client_settings = _section(sent.get(SECTION)) if isinstance(sent, Mapping) else {}
        for folder in ls.folders.values():
            folder.request(0)


def _request(folder: Folder | None, delay: float) -> None:
    if folder is not None:
        folder.request(delay)


async def _ask_settings(ls: DriftlineServer) -> None:
    """Ask the client for each folder's settings."""
    folders = list(ls.folders.values())
    if not ls.client.asks_configuration or not folders:
        return
    items = [types.ConfigurationItem(scope_uri=uri_of(folder.path), section=SECTION) for folder in folders]
    answers = await ls.workspace_configuration_async(types.ConfigurationParams(items=items))
    for folder, answer in zip(folders, answers, strict=False):
        folder.client_settings = _section(answer)


def _section(value: Any) -> Mapping[str, object]:  # noqa: ANN401 - JSON
    """Keep what a user has set: editors send their own settings, and defaults, along."""
    if not isinstance(value, Mapping):
        return {}
    return {key: one for key, one in value.items() if key not in _CLIENT_ONLY and one not in (None, "", [], {})}


async def _show_progress(ls: DriftlineServer) -> None:
    """Show that the first results are being worked out, until they are there."""
    if not ls.client.reports_progress or not ls.folders:
        return
    token = "driftline-first-index"  # noqa: S105 - a progress token
    await ls.work_done_progress.create_async(token)
    ls.work_done_progress.begin(token, types.WorkDoneProgressBegin(title="Driftline: reading models and migrations"))
    tables = 0
    for folder in list(ls.folders.values()):
        result = await folder.first()
        tables += sum(len(one.migrated.schema.tables) for one in result.analyses)
    ls.work_done_progress.end(token, types.WorkDoneProgressEnd(message=f"{tables} tables"))


def _paths(uris: Iterable[str | None]) -> list[str]:
    return [path for uri in uris if uri is not None and (path := path_of(uri)) is not None]
