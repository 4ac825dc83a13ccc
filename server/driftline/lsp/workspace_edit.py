"""From a fix to a workspace edit that the client applies.

New files never overwrite one; edits of open documents carry their version, so that a client refuses them when the text
has moved on.

Example: `workspace_edit(fix, converter, documents)`.
"""

from __future__ import annotations

from lsprotocol import types

from driftline.fixes.fix import Fix
from driftline.ide.view import Place
from driftline.lsp.convert import Converter, uri_of
from driftline.lsp.documents import Documents

_BEGINNING = types.Range(types.Position(0, 0), types.Position(0, 0))


def workspace_edit(fix: Fix, converter: Converter, documents: Documents, *, versions: bool) -> types.WorkspaceEdit:
    """Convert a fix whose edits refer to the current texts.

    `versions`: whether the client knows edits of versions; one that does not is offered no fix that makes a file.
    """
    if not versions:
        return types.WorkspaceEdit(changes={uri_of(path): _texts(fix, path, converter) for path in fix.edits})
    changes: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
    for path, text in fix.creates.items():
        uri = uri_of(path)
        changes.append(
            types.CreateFile(uri=uri, options=types.CreateFileOptions(overwrite=False, ignore_if_exists=False))
        )
        changes.append(_edit(uri, None, [types.TextEdit(_BEGINNING, text)]))
    for path in fix.edits:
        document = documents.get(path)
        uri, version = (document.uri, document.version) if document is not None else (uri_of(path), None)
        changes.append(_edit(uri, version, _texts(fix, path, converter)))
    return types.WorkspaceEdit(document_changes=changes)


def _texts(fix: Fix, path: str, converter: Converter) -> list[types.TextEdit]:
    return [types.TextEdit(converter.range(Place(path, one.span)), one.new_text) for one in fix.edits[path]]


def _edit(uri: str, version: int | None, edits: list[types.TextEdit]) -> types.TextDocumentEdit:
    return types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version), [*edits])
