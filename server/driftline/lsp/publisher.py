"""Diagnostics to the client: sent where they changed, or handed out when asked for.

A client that pulls is never sent any; it is told to ask again. A file whose diagnostics are gone is sent an empty set
once. A document that was just opened gets exactly one set, also when it is empty.

Example: `publisher.publish(result.shown)` after every complete result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lsprotocol import types

from driftline.lsp.convert import uri_of
from driftline.lsp.documents import Documents
from driftline.lsp.shown import NOTHING, Shown


class Publisher:
    """What one folder has sent. Lives on the event loop."""

    def __init__(self, documents: Documents, send: Callable[[types.PublishDiagnosticsParams], None]) -> None:
        """Send through `send`."""
        self._documents = documents
        self._send = send
        self._sent: dict[str, str] = {}
        self._awaiting: set[str] = set()
        self._touched: str | None = None

    def opened(self, path: str) -> None:
        """Take note that the client waits for a set of diagnostics of a file that it has just opened."""
        self._awaiting.add(path)
        self._touched = path

    def touched(self, path: str) -> None:
        """Take note of the file that the user has just edited or saved: its diagnostics go first."""
        self._touched = path

    def closed(self, path: str) -> None:
        """Take note that nobody waits for them any more."""
        self._awaiting.discard(path)

    def publish(self, found: Mapping[str, Shown]) -> None:
        """Send what changed since the last time: the file that is edited, then what else is open, then the others."""
        moved = {path for path in found.keys() | self._sent.keys() if self._moved(path, found)}
        for path in sorted(moved | self._awaiting, key=self._rank):
            document = self._documents.get(path)
            uri, version = (document.uri, document.version) if document is not None else (uri_of(path), None)
            items = found.get(path, NOTHING).items
            self._send(types.PublishDiagnosticsParams(uri=uri, diagnostics=items, version=version))
        self._sent = {path: one.digest for path, one in found.items() if one.items}
        self._awaiting.clear()

    def _moved(self, path: str, found: Mapping[str, Shown]) -> bool:
        return found.get(path, NOTHING).digest != self._sent.get(path, NOTHING.digest)

    def _rank(self, path: str) -> tuple[bool, bool, str]:
        return path != self._touched, self._documents.get(path) is None, path

    def clear(self) -> None:
        """Take back everything: the folder was closed."""
        for path in sorted(self._sent):
            self._send(types.PublishDiagnosticsParams(uri=uri_of(path), diagnostics=[]))
        self._sent.clear()
        self._awaiting.clear()
