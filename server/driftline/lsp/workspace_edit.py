"""From a fix to a workspace edit that the client applies, or a sentence that says why it must not be.

A fix was built from what was read; it holds for that text alone. So the text that is there now is looked at once more:
edits of open documents carry the version that was looked at, so that a client refuses them when it has moved on.
New files never overwrite one. That is not left to the client: Neovim empties a file that is there already.

Example: `workspace_edit(fix, analyses, documents, "utf-16", versions=True)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types

from driftline.engine.analysis import Analysis
from driftline.fixes.fix import Fix
from driftline.ide.view import Place
from driftline.lsp.convert import Converter, uri_of
from driftline.lsp.documents import Documents
from driftline.python.syntax import Syntax
from driftline.sources.disk import DiskSource
from driftline.sources.source import FileText
from driftline.text import Encoding

_BEGINNING = types.Range(types.Position(0, 0), types.Position(0, 0))


def workspace_edit(
    fix: Fix, analyses: Sequence[Analysis], documents: Documents, encoding: Encoding, *, versions: bool
) -> types.WorkspaceEdit | str:
    """Convert a fix that `analyses` led to, for the texts as they are at this moment.

    `versions`: whether the client knows edits of versions; one that does not is offered no fix that makes a file.
    Gives a sentence for the user where a file is not (any more) what the fix was made for.
    """
    disk = DiskSource()
    taken = next((path for path in fix.creates if _is_there(path, documents, disk)), None)
    if taken is not None:
        return f"{Path(taken).name} is there already. Nothing was changed."
    read = {path: _syntax(path, analyses) for path in fix.edits}
    for path, syntax in read.items():
        if syntax is None or _text(path, documents, disk) != syntax.text:
            return f"{Path(path).name} is not as it was read, or does not parse as it stands. Nothing was changed."

    indexes = {path: syntax.index for path, syntax in read.items() if syntax is not None}
    converter = Converter(encoding, indexes.get)
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


def _syntax(path: str, analyses: Sequence[Analysis]) -> Syntax | None:
    """Give the parse that the fix's spans speak of."""
    return next((found for one in analyses if (found := one.syntax(path)) is not None), None)


def _text(path: str, documents: Documents, disk: DiskSource) -> str | None:
    document = documents.get(path)
    if document is not None:
        return document.text
    file = disk.read(path)
    return file.text if isinstance(file, FileText) else None


def _is_there(path: str, documents: Documents, disk: DiskSource) -> bool:
    return documents.get(path) is not None or disk.is_file(path) or disk.is_dir(path)


def _texts(fix: Fix, path: str, converter: Converter) -> list[types.TextEdit]:
    return [types.TextEdit(converter.range(Place(path, one.span)), one.new_text) for one in fix.edits[path]]


def _edit(uri: str, version: int | None, edits: list[types.TextEdit]) -> types.TextDocumentEdit:
    return types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version), [*edits])
