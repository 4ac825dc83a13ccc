"""The server's state: folders, open documents, and what the client can do.

Invariant: only the event loop's thread changes it.

Example: `result = await server.folder_of(path).first()`, then `server.view(result)`.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidRequest, JsonRpcMethodNotFound
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

import driftline
from driftline.ide.view import View
from driftline.lsp.client import Client
from driftline.lsp.convert import Converter
from driftline.lsp.documents import Documents
from driftline.lsp.folder import Folder, Result
from driftline.lsp.garbage import settle_all
from driftline.lsp.introduction import introduction
from driftline.lsp.publisher import Publisher
from driftline.lsp.shown import Shown, shown
from driftline.lsp.texts import Texts
from driftline.python.syntax import Syntax
from driftline.sources.disk import DiskSource
from driftline.text import Encoding

log = logging.getLogger(__name__)

_PROJECT_FILES = frozenset({"alembic.ini", "driftline.toml", "pyproject.toml", ".git"})
"""What makes a folder the project of a file that was opened on its own."""


class Protocol(LanguageServerProtocol):
    """pygls' protocol, but for its own copies of documents: `Documents` has them.

    pygls splits lines at U+2028 and the like: an edit behind one fails there, and our handler is not called.
    """

    def handle_message(self, message: Any) -> None:  # noqa: ANN401 - one of many classes that pygls makes
        """Hand a message on. A request after `shutdown` is refused: pygls leaves its sender waiting."""
        method, asked = getattr(message, "method", None), getattr(message, "id", None)
        if self._shutdown and method not in (None, types.EXIT) and asked is not None:
            refusal = JsonRpcInvalidRequest("the server has been told to shut down")
            self._send_response(asked, error=refusal.to_response_error())
        else:
            super().handle_message(message)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Hand a change to our handler."""
        handler = self.fm.features.get(types.TEXT_DOCUMENT_DID_CHANGE)
        if handler is not None:
            yield handler, (params,), None

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:  # noqa: ANN401 - pygls' signature
        """End the server: on a socket by leaving its loop, else as pygls does."""
        server: Any = self._server
        if server.leave is not None:
            server.leave()
        else:
            yield from super().lsp_exit(*args)


class DriftlineServer(LanguageServer):
    """The state, and how a complete result reaches the client.

    `settings`: the client's for every folder that it has no others for.
    """

    def __init__(self) -> None:
        """Start with nothing opened."""
        super().__init__(
            "driftline", driftline.__version__, types.TextDocumentSyncKind.Incremental, protocol_cls=Protocol
        )
        self.documents = Documents()
        self.folders: dict[str, Folder] = {}
        self.publishers: dict[str, Publisher] = {}
        self.client = Client.of(types.ClientCapabilities())
        self.settings: Mapping[str, object] = {}
        self.told_to_stop = False
        self.leave: Callable[[], None] | None = None
        """What ends a server on a socket."""
        self._complained: dict[str, tuple[str, ...]] = {}
        self._introduced: dict[str, tuple[str, ...]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # One thread: more of them would only take the interpreter from each other and from the event loop.
        self.worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="driftline-analysis")

    @property
    def encoding(self) -> Encoding:
        """How the client counts characters."""
        return types.PositionEncodingKind(self.workspace.position_encoding).value

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ANN401 - pygls' signature
        """Log what went wrong; a popup for every defect of ours would be worse than the defect."""
        if not isinstance(error, JsonRpcMethodNotFound):  # a client may ask for more than there is; it has its answer
            log.error("while handling a message (%s)", source, exc_info=error)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let `work` go on by itself."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Let nothing run that nobody waits for any more."""
        for folder in self.folders.values():
            folder.stop()
        self.worker.shutdown(wait=False, cancel_futures=True)

    def add_folder(self, path: str) -> Folder:
        """Open the folder at `path` (absolute), if it is not open."""
        path = _normal(path)
        folder = self.folders.get(path)
        if folder is None:
            folder = self.folders[path] = Folder(path, self.worker, self.documents.texts, self._finished, self._show)
            self.publishers[path] = Publisher(self.documents, self.text_document_publish_diagnostics)
        return folder

    async def remove_folder(self, path: str) -> None:
        """Close a folder, and take its diagnostics back."""
        folder = self.folders.pop(_normal(path), None)
        if folder is not None:
            await folder.close()
            self.publishers.pop(folder.path).clear()
            self.worker.submit(settle_all)
            self._introduced.pop(folder.path, None)

    def folder_of(self, path: str) -> Folder | None:
        """Give the innermost open folder that is, or is around, the file or folder at `path`."""
        path = path.rstrip(os.sep) + os.sep
        around = [one for one in self.folders if path.startswith(one.rstrip(os.sep) + os.sep)]
        return self.folders[max(around, key=len)] if around else None

    def folder_for(self, path: str) -> Folder | None:
        """Give the open folder around a file that is being opened; for a file outside of all, its own project's."""
        folder = self.folder_of(path)
        if folder is not None:
            return folder
        disk = DiskSource()
        above = (str(one) for one in Path(path).parents)
        project = next((one for one in above if not _PROJECT_FILES.isdisjoint(disk.list_dir(one))), None)
        return self.add_folder(project) if project is not None else None

    def view(self, result: Result, buffers: Mapping[str, str] | None = None) -> tuple[View, Converter]:
        """Give what features look at: `result`, placed in the texts as they are now; `buffers`: of what is open."""

        def analysed(path: str) -> Syntax | None:
            return next((found for one in result.analyses if (found := one.syntax(path)) is not None), None)

        buffers = self.documents.texts() if buffers is None else buffers
        texts = Texts(analysed, {**result.broken, **buffers})
        return View(result.analyses, texts.syntax, texts.span_of, result.problems), Converter(
            self.encoding, texts.index
        )

    def _show(self, result: Result, buffers: Mapping[str, str]) -> Mapping[str, Shown]:
        """Give what the client shows of a result; on the worker, with the texts that it is of."""
        view, converter = self.view(result, buffers)
        return shown(view, converter, related=self.client.related_information)

    def _finished(self, folder: Folder, changed: bool) -> None:  # noqa: FBT001 - a callback
        publisher = self.publishers.get(folder.path)
        if publisher is None or folder.result is None:
            return
        self._introduce(folder.path, folder.result)
        self._complain(folder.path, folder.result.complaints)
        if self.client.pulls:
            if changed:
                self.workspace_diagnostic_refresh(None)
        else:
            publisher.publish(folder.result.shown)

    def _introduce(self, folder: str, result: Result) -> None:
        """Log what was found in a folder: the first time, and when there are other environments in it."""
        labels = tuple(one.environment.label for one in result.analyses)
        if self._introduced.get(folder) != labels:
            self._introduced[folder] = labels
            for line in introduction(folder, result):
                self.window_log_message(types.LogMessageParams(types.MessageType.Info, line))

    def _complain(self, folder: str, complaints: tuple[str, ...]) -> None:
        """Say what is wrong with the client's settings, which no file could show; once."""
        for one in complaints:
            if one not in self._complained.get(folder, ()):
                message = types.ShowMessageParams(types.MessageType.Warning, f"Driftline's settings: {one}")
                self.window_show_message(message)
        self._complained[folder] = complaints


def _normal(path: str) -> str:
    """A client may say a folder with or without a slash at its end."""
    return str(Path(path))
