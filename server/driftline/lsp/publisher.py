"""Diagnostics to the client: sent where they changed, or handed out when asked for.

A client that pulls is never sent any; it is told to ask again. A file whose diagnostics are gone is sent an empty set
once. A document that was just opened gets exactly one set, also when it is empty.

Example: `publisher.publish(view, converter)` after every complete result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from lsprotocol import converters, types

from driftline.ide.diagnostics import diagnostics
from driftline.ide.view import View
from driftline.lsp.convert import Converter, uri_of
from driftline.lsp.documents import Documents

_CONVERTER = converters.get_converter()


class Publisher:
    """What one folder has sent. Lives on the event loop."""

    def __init__(self, documents: Documents, send: Callable[[types.PublishDiagnosticsParams], None]) -> None:
        """Send through `send`."""
        self._documents = documents
        self._send = send
        self._sent: dict[str, str] = {}
        self._awaiting: set[str] = set()

    def opened(self, path: str) -> None:
        """Take note that the client waits for a set of diagnostics of a file that it has just opened."""
        self._awaiting.add(path)

    def closed(self, path: str) -> None:
        """Take note that nobody waits for them any more."""
        self._awaiting.discard(path)

    def publish(self, view: View, converter: Converter, *, related: bool) -> None:
        """Send what changed since the last time."""
        found = {path: converter.diagnostics(ones, related=related) for path, ones in diagnostics(view).items()}
        for path in sorted(found.keys() | self._sent.keys() | self._awaiting):
            ones = found.get(path, [])
            digest = digest_of(ones)
            if digest != self._sent.get(path, _NOTHING) or path in self._awaiting:
                document = self._documents.get(path)
                uri, version = (document.uri, document.version) if document is not None else (uri_of(path), None)
                self._send(types.PublishDiagnosticsParams(uri=uri, diagnostics=ones, version=version))
            self._sent[path] = digest
            if not ones:
                del self._sent[path]
        self._awaiting.clear()

    def clear(self) -> None:
        """Take back everything: the folder was closed."""
        for path in sorted(self._sent):
            self._send(types.PublishDiagnosticsParams(uri=uri_of(path), diagnostics=[]))
        self._sent.clear()
        self._awaiting.clear()


def digest_of(ones: list[types.Diagnostic]) -> str:
    """Give a digest of diagnostics as the client sees them: the result id of a pull."""
    text = json.dumps([_CONVERTER.unstructure(one) for one in ones], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


_NOTHING = digest_of([])
