"""Completion of settings, in the files that hold them.

Example: `register(server)`.
"""

from __future__ import annotations

from lsprotocol import types

from driftline.ide.settings_completion import Completion, completions_at
from driftline.lsp.convert import path_of
from driftline.lsp.state import DriftlineServer
from driftline.text import Encoding, LineIndex, Position, Span

_KINDS = {
    "setting": types.CompletionItemKind.Property,
    "table": types.CompletionItemKind.Struct,
    "value": types.CompletionItemKind.EnumMember,
}


def register(server: DriftlineServer) -> None:
    """Register the handler."""
    options = types.CompletionOptions(trigger_characters=['"', "'", "[", "."])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    def completion(ls: DriftlineServer, params: types.CompletionParams) -> list[types.CompletionItem]:
        path = path_of(params.text_document.uri)
        document = ls.documents.get(path) if path is not None else None
        if document is None:
            return []
        index = LineIndex(document.text)
        offset = index.offset(Position(params.position.line, params.position.character), ls.encoding)
        found = completions_at(document.path, document.text, offset)
        items = [_item(one, index, ls.encoding) for one in found]
        markdown = _reads_markdown(ls.client_capabilities)
        for at, (item, one) in enumerate(zip(items, found, strict=True)):
            item.sort_text = f"{at:04}"  # the order of the documentation
            if one.text:
                item.documentation = types.MarkupContent(types.MarkupKind.Markdown, one.text) if markdown else one.text
        return items


def _reads_markdown(capabilities: types.ClientCapabilities) -> bool:
    text = capabilities.text_document
    item = text.completion.completion_item if text and text.completion else None
    return types.MarkupKind.Markdown in (item.documentation_format or () if item else ())


def _item(one: Completion, index: LineIndex, encoding: Encoding) -> types.CompletionItem:
    written = index.text[one.span.start : one.span.end]
    quote = written[:1] if written[:1] in {'"', "'"} else ""
    return types.CompletionItem(
        label=one.label,
        kind=_KINDS[one.kind],
        detail=one.detail or None,
        filter_text=f"{quote}{one.label}{quote}",  # editors hold it against what the edit replaces
        text_edit=types.TextEdit(_range(one.span, index, encoding), one.new_text),
    )


def _range(span: Span, index: LineIndex, encoding: Encoding) -> types.Range:
    start, end = index.position(span.start, encoding), index.position(span.end, encoding)
    return types.Range(types.Position(start.line, start.character), types.Position(end.line, end.character))
