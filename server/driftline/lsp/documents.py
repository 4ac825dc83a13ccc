"""The open documents, as the client keeps them: their texts are ours, so that lines end where LSP says they end.

(pygls splits lines at form feeds and U+2028 too, which moves every edit behind one.)

Example: `documents.change(uri, 2, [event])` applies an incremental change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lsprotocol import types

from driftline.dataclass import dataclass, replace
from driftline.lsp.convert import path_of
from driftline.text import Encoding, LineIndex, Position, Span, TextEdit, apply_edits


@dataclass(frozen=True, slots=True)
class Document:
    """An open document. `path` is absolute."""

    uri: str
    path: str
    version: int
    text: str


class Documents:
    """The open documents by path. Only the event loop's thread touches it; `texts` is a copy for others."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_path: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._by_path.values()))

    def get(self, path: str) -> Document | None:
        """Give the open document at `path`."""
        return self._by_path.get(path)

    def texts(self) -> Mapping[str, str]:
        """Give the texts of all open documents by path, as they are now."""
        return {path: document.text for path, document in self._by_path.items()}

    def open(self, item: types.TextDocumentItem) -> Document | None:
        """Take note of an opened document; None for one that is no file."""
        path = path_of(item.uri)
        if path is None:
            return None
        document = self._by_path[path] = Document(item.uri, path, item.version, item.text)
        return document

    def change(
        self,
        identifier: types.VersionedTextDocumentIdentifier,
        changes: Iterable[types.TextDocumentContentChangeEvent],
        encoding: Encoding,
    ) -> Document | None:
        """Apply changes one after the other; None where no such document is open."""
        path = path_of(identifier.uri)
        document = self._by_path.get(path) if path is not None else None
        if document is None:
            return None
        text = document.text
        for change in changes:
            text = _changed(text, change, encoding)
        document = self._by_path[document.path] = replace(document, version=identifier.version, text=text)
        return document

    def close(self, uri: str) -> Document | None:
        """Forget a document; give what it was."""
        path = path_of(uri)
        return self._by_path.pop(path, None) if path is not None else None


def _changed(text: str, change: types.TextDocumentContentChangeEvent, encoding: Encoding) -> str:
    if isinstance(change, types.TextDocumentContentChangeWholeDocument):
        return change.text
    index = LineIndex(text)
    start, end = (
        index.offset(Position(one.line, one.character), encoding) for one in (change.range.start, change.range.end)
    )
    return apply_edits(text, [TextEdit(Span(start, max(start, end)), change.text)])
