"""What the client tells: documents, folders, files on disk, settings. Each asks the folder concerned for a new result.

Example: `register(server)`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from driftline.lsp.convert import path_of, uri_of
from driftline.lsp.folder import Folder
from driftline.lsp.state import DriftlineServer
from driftline.lsp.watching import WATCHERS, concerns
from driftline.sources.paths import is_within

log = logging.getLogger(__name__)

TYPING_PAUSE = 0.2
"""Seconds without a keystroke before a change is analysed; opening and saving are analysed at once."""

OUTSIDE_PAUSE = 0.05
"""Seconds in which changes from outside are taken together: a checkout sends hundreds."""

PATIENCE = 10.0
"""Seconds for the client to tell its settings; without them nothing is shown, so that nothing wrong is."""

SECTION = "driftline"

_CLIENT_ONLY = frozenset({"path", "interpreter", "trace"})
"""Settings that say how an editor starts the server, which the server has no use for."""


def register(server: DriftlineServer) -> None:
    """Register the handlers."""
    _register_lifecycle(server)
    _register_documents(server)
    _register_outside(server)


def _register_lifecycle(server: DriftlineServer) -> None:
    # Folders come and go in the order of the messages: a document that is opened in the next one may belong to them.
    @server.feature(types.INITIALIZED)
    def initialized(ls: DriftlineServer, _params: types.InitializedParams) -> None:
        for path in _paths(one.uri for one in ls.workspace.folders.values()) or _paths([ls.workspace.root_uri]):
            ls.add_folder(path)
        if ls.client.watches:
            ls.spawn(_watch(ls))
        ls.spawn(_configure(ls, list(ls.folders.values())))
        ls.spawn(_show_progress(ls))

    @server.feature(types.SHUTDOWN)
    async def shutdown(ls: DriftlineServer, _params: None) -> None:
        ls.told_to_stop = True
        for folder in ls.folders.values():
            await folder.close()
        ls.stop()


def _register_documents(server: DriftlineServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: DriftlineServer, params: types.DidOpenTextDocumentParams) -> None:
        document = ls.documents.open(params.text_document)
        known = set(ls.folders)
        folder = ls.folder_for(document.path) if document is not None else None
        if document is not None and folder is not None:
            ls.publishers[folder.path].opened(document.path)
            _ask(ls, document.path, 0)
            ls.spawn(_configure(ls, [one for path, one in ls.folders.items() if path not in known]))

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: DriftlineServer, params: types.DidChangeTextDocumentParams) -> None:
        document = ls.documents.change(params.text_document, params.content_changes, ls.encoding)
        if document is not None:
            _ask(ls, document.path, TYPING_PAUSE, typed=True)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(ls: DriftlineServer, params: types.DidSaveTextDocumentParams) -> None:
        # Everything is looked at again: not every client can watch files, and a checkout arrives no other way.
        path = path_of(params.text_document.uri)
        if path is not None:
            _ask(ls, path, 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: DriftlineServer, params: types.DidCloseTextDocumentParams) -> None:
        document = ls.documents.close(params.text_document.uri)
        if document is not None:
            for folder in ls.folders_about(document.path):
                ls.publishers[folder.path].closed(document.path)
                folder.request(0)  # what was typed and not saved is gone


def _ask(ls: DriftlineServer, path: str, delay: float, *, typed: bool = False) -> None:
    """Ask the folders that a file has to do with for new results, as its user has just done something with it."""
    for folder in ls.folders_about(path):
        ls.publishers[folder.path].touched(path)
        folder.request(delay, typed=typed)


def _register_outside(server: DriftlineServer) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(ls: DriftlineServer, params: types.DidChangeWatchedFilesParams) -> None:
        concerned: set[Folder] = set()
        for event in params.changes:
            path = path_of(event.uri)
            if path is None:
                continue
            for folder in ls.folders_about(path):
                if not is_within(path, folder.path) or concerns(path, event.type, folder.path):
                    concerned.add(folder)
        for folder in concerned:
            folder.request(OUTSIDE_PAUSE)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_workspace_folders(ls: DriftlineServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
        for path in _paths(one.uri for one in params.event.removed):
            ls.remove_folder(path)
        added = [ls.add_folder(path) for path in _paths(one.uri for one in params.event.added)]
        ls.spawn(_configure(ls, added))

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(ls: DriftlineServer, params: types.DidChangeConfigurationParams) -> None:
        if not ls.client.asks_configuration:
            sent = params.settings
            ls.settings = settings_in(sent.get(SECTION)) if isinstance(sent, Mapping) else {}
        await _configure(ls, ls.folders.values())


async def _watch(ls: DriftlineServer) -> None:
    """Ask the client to tell of files that change; one that refuses is looked after whenever its user saves."""
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers=WATCHERS)
    one = types.Registration("driftline-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    try:
        await ls.client_register_capability_async(types.RegistrationParams([one]))
    except JsonRpcException as error:
        log.warning("the client does not watch files: %s", error)


async def _configure(ls: DriftlineServer, folders: Iterable[Folder]) -> None:
    """Give each folder the client's settings for it; one that is asked and says nothing of use has none."""
    folders = list(folders)
    answers: Sequence[Any] = ()
    if ls.client.asks_configuration and folders:
        items = [types.ConfigurationItem(scope_uri=uri_of(folder.path), section=SECTION) for folder in folders]
        asked = ls.workspace_configuration_async(types.ConfigurationParams(items=items))
        try:
            answers = await asyncio.wait_for(asked, PATIENCE) or ()
        except (JsonRpcException, TimeoutError) as error:
            log.warning("the client does not tell its settings: %s", error)
    for folder, answer in itertools.zip_longest(folders, answers[: len(folders)]):
        folder.configure({**ls.settings, **settings_in(answer)})


def settings_in(value: Any) -> Mapping[str, object]:  # noqa: ANN401 - JSON
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
    tables, known = 0, 0
    for folder in list(ls.folders.values()):
        result = await folder.first()
        tables += sum(len(one.migrated.schema.tables) for one in result.analyses)
        known += sum(len(one.known.findings) for one in result.analyses if one.known is not None)
    message = f"{tables} tables{f', {known} findings in the baseline' if known else ''}"
    ls.work_done_progress.end(token, types.WorkDoneProgressEnd(message=message))


def _paths(uris: Iterable[str | None]) -> list[str]:
    return [path for uri in uris if uri is not None and (path := path_of(uri)) is not None]
