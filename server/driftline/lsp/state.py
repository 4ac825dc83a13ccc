"""The server's state: folders, open documents, and what the client can do.

Invariant: only the event loop's thread changes it.

Example: `result = await server.folders_about(path)[0].first()`, then `server.view(result)`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcMethodNotFound
from pygls.lsp.server import LanguageServer

import driftline
from driftline.ide.view import View
from driftline.lsp.carried import Carried
from driftline.lsp.client import Client
from driftline.lsp.convert import Converter
from driftline.lsp.documents import Documents
from driftline.lsp.folder import Folder, Result
from driftline.lsp.garbage import settle_all
from driftline.lsp.introduction import introduction
from driftline.lsp.protocol import Protocol
from driftline.lsp.publisher import Publisher
from driftline.lsp.shown import NOTHING, Showing, Shown, together
from driftline.lsp.texts import Texts
from driftline.lsp.worker import Worker
from driftline.python.syntax import Syntax, parse
from driftline.sources.disk import DiskSource
from driftline.sources.paths import is_within
from driftline.text import Encoding

log = logging.getLogger(__name__)

T = TypeVar("T")

_PROJECT_FILES = frozenset({"alembic.ini", "driftline.toml", "pyproject.toml", ".git"})
"""What makes a folder the project of a file that was opened on its own."""


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
        self._sent: dict[str, str] = {}
        self._parsed: dict[str, Syntax] = {}
        """Of open documents, the texts that were parsed for a request, by path."""
        self._complained: dict[str, tuple[str, ...]] = {}
        self._introduced: dict[str, tuple[str, ...]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.worker = Worker()
        # What is asked waits for no run, and the event loop waits for nothing. The second is for who asks while the
        # first still parses what is being typed.
        self._answering = ThreadPoolExecutor(max_workers=2, thread_name_prefix="driftline-answer")

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

    async def aside(self, answer: Callable[[], T]) -> T:
        """Have a question answered beside the event loop: whatever has to be parsed for it holds nobody up."""
        return await asyncio.get_running_loop().run_in_executor(self._answering, answer)

    def stop(self) -> None:
        """Let nothing run that nobody waits for any more."""
        for folder in self.folders.values():
            folder.stop()
        self.worker.shutdown(wait=False, cancel_futures=True)
        self._answering.shutdown(wait=False, cancel_futures=True)

    def add_folder(self, path: str) -> Folder:
        """Open the folder at `path` (absolute), if it is not open."""
        path = _normal(path)
        folder = self.folders.get(path)
        if folder is None:
            folder = self.folders[path] = Folder(
                path, self.worker, self.documents.texts, self._finished, self._show, self._bearing, self.folders.keys
            )
            self.publishers[path] = Publisher(
                self.documents, self.text_document_publish_diagnostics, self.shown_of, self._sent
            )
            self._others_change(path)
        return folder

    def remove_folder(self, path: str) -> None:
        """Take the diagnostics of a folder back, and close it: what comes from it after this reaches nobody."""
        folder = self.folders.pop(_normal(path), None)
        if folder is not None:
            self.publishers.pop(folder.path).clear()
            self._introduced.pop(folder.path, None)
            self._others_change(folder.path)
            self.spawn(self._close(folder))

    def _others_change(self, path: str) -> None:
        """Have those folders look again from which the projects of a folder that comes or goes can be seen."""
        for one in self.folders.values():
            if one.path != path and (is_within(one.path, path) or is_within(path, one.path)):
                one.request(0)

    async def _close(self, folder: Folder) -> None:
        await folder.close()
        self.worker.submit(settle_all)

    def folders_about(self, path: str) -> list[Folder]:
        """Give the open folders that have to do with the file or folder at `path`.

        Those around it, the innermost first; then those whose projects reach out to it.
        """
        folders = tuple(self.folders.values())  # who answers beside the event loop asks, too
        around = [one for one in folders if is_within(path, one.path)]
        around.sort(key=lambda one: len(one.path), reverse=True)
        reaching = (one for one in folders if one.result is not None and one.result.rests_on(path))
        return list(dict.fromkeys((*around, *reaching)))

    def folder_of(self, path: str) -> Folder | None:
        """Give the one of them whose project it is: the first that reads it; the innermost, if none does."""
        about = self.folders_about(path)
        reading = (one for one in about if one.result is not None and one.result.rests_on(path))
        return next(reading, about[0] if about else None)

    def shown_of(self, path: str) -> Shown:
        """Give what is shown of a file: what any folder says of it."""
        return together(one.shown.get(path, NOTHING) for one in self.folders.values())

    def folder_for(self, path: str) -> Folder | None:
        """Do the same for a file that is being opened; where no folder is around it, its own project's is opened."""
        if not any(is_within(path, one) for one in self.folders):
            disk = DiskSource()
            above = (str(one) for one in Path(path).parents)
            project = next((one for one in above if not _PROJECT_FILES.isdisjoint(disk.list_dir(one))), None)
            if project is not None:
                self.add_folder(project)
        return self.folder_of(path)

    def view(self, result: Result) -> tuple[View, Converter]:
        """Give what features look at: `result`, placed in the texts as they are now."""
        return self._view(result, Texts(result.syntax, {**result.broken, **self.documents.texts()}, self._parse))

    def _view(self, result: Result, texts: Texts) -> tuple[View, Converter]:
        view = View(result.analyses, texts.syntax, texts.span_of, result.problems)
        return view, Converter(self.encoding, texts.index)

    def _parse(self, path: str, text: str) -> Syntax:
        """Parse an open document, once; not at all where the run that is under way has done so."""
        syntax = self._parsed.get(path)
        if syntax is None or syntax.text != text:
            known_to = (one.session.known(path, text) for one in self.folders_about(path))
            syntax = next(filter(None, known_to), None) or parse(path, text)
            known = {path: one for path, one in self._parsed.items() if self.documents.get(path) is not None}
            self._parsed = {**known, path: syntax}
        return syntax

    def view_at(
        self, result: Result, buffers: Mapping[str, str], path: str, where: types.Range
    ) -> tuple[View, Converter]:
        """Give what features look at that are asked about a range of a file. `buffers`: the open documents, by path.

        They look at the texts as they were analysed, unless the range touches what was changed since: a file that is
        being edited need not be parsed for whoever looks at another part of it.
        """
        present = {**result.broken, **buffers}
        carried = Carried(result.syntax, present)
        converter = Converter(self.encoding, carried.index, carried.span, carried.before)
        if result.syntax(path) is None or converter.span(path, where) is None:
            return self._view(result, Texts(result.syntax, present, self._parse))
        return View(result.analyses, carried.syntax, carried.span_of, result.problems, carried.line), converter

    def _show(
        self, result: Result, buffers: Mapping[str, str], showing: Showing, changed: Collection[str] | None
    ) -> Mapping[str, Shown]:
        """Give what the client shows of a result, by what is kept in `showing`; on the worker, with its texts."""
        view, converter = self._view(result, Texts(result.syntax, {**result.broken, **buffers}))
        return showing.show(view, converter, changed, related=self.client.related_information)

    def _bearing(self) -> Mapping[str, object]:
        """Give what of the client bears on what it is shown, besides its settings."""
        return {"encoding": self.encoding, "related": self.client.related_information}

    def _finished(self, folder: Folder, changed: bool) -> None:  # noqa: FBT001 - a callback
        if self.folders.get(folder.path) is not folder:
            return
        if folder.result is not None:
            self._introduce(folder.path, folder.result)
            self._complain(folder.path, folder.result.complaints)
        if self.client.pulls:
            if changed:
                self.workspace_diagnostic_refresh(None)
        else:
            self.publishers[folder.path].publish(folder.shown)

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
