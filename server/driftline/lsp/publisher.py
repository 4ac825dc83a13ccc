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
from driftline.lsp.shown import NOTHING, Shown, digests


class Publisher:
    """What one folder has sent. Lives on the event loop."""

    def __init__(
        self,
        documents: Documents,
        send: Callable[[types.PublishDiagnosticsParams], None],
        shown: Callable[[str], Shown],
        sent: dict[str, str],
    ) -> None:
        """Send through `send`.

        `shown` gives what is to be shown of a file, by all folders; `sent` is what they have sent, by file, as digests.
        """
        self._documents = documents
        self._send = send
        self._shown = shown
        self._sent = sent
        self._own: dict[str, str] = {}
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
        before, self._own = self._own, digests(found)
        moved = {path for path in before.keys() | self._own.keys() if before.get(path) != self._own.get(path)}
        for path in sorted(moved | self._awaiting, key=self._rank):
            now = self._shown(path)
            if path in self._awaiting or now.digest != self._sent.get(path, NOTHING.digest):
                document = self._documents.get(path)
                uri, version = (document.uri, document.version) if document is not None else (uri_of(path), None)
                self._send(types.PublishDiagnosticsParams(uri=uri, diagnostics=now.items, version=version))
                self._sent[path] = now.digest
        self._awaiting.clear()

    def _rank(self, path: str) -> tuple[bool, bool, str]:
        return path != self._touched, self._documents.get(path) is None, path

    def clear(self) -> None:
        """Take back everything: the folder was closed, and is no more among those that have something to show."""
        self._awaiting.clear()
        self.publish({})
