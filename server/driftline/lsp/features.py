"""What the client asks for: diagnostics (where it pulls), hover, quick fixes, the audit.

Example: `register(server)`; `register_pull(server)` for a client that pulls, before its `initialize` is answered.
"""

from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import converters, types

from driftline.ide import code_actions
from driftline.ide.code_actions import Offer, OfferKey
from driftline.ide.diagnostics import diagnostics
from driftline.ide.hover import hover_at
from driftline.ide.view import Place
from driftline.lsp.convert import SOURCE, Converter, path_of, uri_of
from driftline.lsp.publisher import digest_of
from driftline.lsp.state import DriftlineServer
from driftline.lsp.workspace_edit import workspace_edit

AUDIT = "driftline.audit"
APPLY_FIX = "driftline.applyFix"

_JSON = converters.get_converter()


def register(server: DriftlineServer) -> None:
    """Register the handlers that every client gets."""
    _register_hover(server)
    _register_code_actions(server)
    _register_audit(server)


def register_pull(server: DriftlineServer) -> None:
    """Register the handlers of a client that asks for diagnostics."""
    options = types.DiagnosticOptions(identifier=SOURCE, inter_file_dependencies=True, workspace_diagnostics=True)

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def document(ls: DriftlineServer, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        path = path_of(params.text_document.uri)
        folder = ls.folder_of(path) if path is not None else None
        if path is None or folder is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        view, converter = ls.view(await folder.current())
        items = converter.diagnostics(diagnostics(view).get(path, ()), related=ls.client.related_information)
        digest = digest_of(items)
        if digest == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=digest)
        return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=digest)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def workspace(
        ls: DriftlineServer, params: types.WorkspaceDiagnosticParams
    ) -> types.WorkspaceDiagnosticReport:
        known = {path_of(one.uri): one.value for one in params.previous_result_ids}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []
        for folder in list(ls.folders.values()):
            view, converter = ls.view(await folder.current())
            found = diagnostics(view)
            before = {path for path in known if path is not None and ls.folder_of(path) is folder}
            for path in sorted(found.keys() | before):
                items = converter.diagnostics(found.get(path, ()), related=ls.client.related_information)
                reports.append(_report(ls, path, items, known.get(path)))
        return types.WorkspaceDiagnosticReport(items=reports)


def _report(
    ls: DriftlineServer, path: str, items: list[types.Diagnostic], known: str | None
) -> types.WorkspaceDocumentDiagnosticReport:
    document = ls.documents.get(path)
    uri, version = (document.uri, document.version) if document is not None else (uri_of(path), None)
    digest = digest_of(items)
    if digest == known:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, result_id=digest, version=version)
    return types.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=items, result_id=digest, version=version)


def _register_hover(server: DriftlineServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: DriftlineServer, params: types.HoverParams) -> types.Hover | None:
        path = path_of(params.text_document.uri)
        folder = ls.folder_of(path) if path is not None else None
        if path is None or folder is None:
            return None
        view, converter = ls.view(await folder.first())
        offset = converter.offset(path, params.position)
        found = hover_at(view, path, offset) if offset is not None else None
        if found is None:
            return None
        contents = types.MarkupContent(types.MarkupKind.Markdown, found.markdown)
        return types.Hover(contents, converter.range(Place(path, found.span)))


def _register_code_actions(server: DriftlineServer) -> None:
    options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix], resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(
        ls: DriftlineServer, params: types.CodeActionParams
    ) -> list[types.CodeAction | types.Command]:
        path = path_of(params.text_document.uri)
        folder = ls.folder_of(path) if path is not None else None
        if path is None or folder is None or not _wants_quick_fixes(params.context):
            return []
        view, converter = ls.view(await folder.first())
        span = converter.span(path, params.range)
        offers = code_actions.offers_at(view, path, span) if span is not None else ()
        return [_action(ls, one, converter, path) for one in offers if ls.client.creates_files or not one.creates]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(ls: DriftlineServer, params: types.CodeAction) -> types.CodeAction:
        params.edit = await _build(ls, params.data)
        return params

    @server.command(APPLY_FIX)
    async def apply_fix(ls: DriftlineServer, data: dict[str, Any]) -> bool:
        edit = await _build(ls, data)
        if edit is None:
            return False
        answer = await ls.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, data.get("title")))
        return answer.applied


def _wants_quick_fixes(context: types.CodeActionContext) -> bool:
    quick = types.CodeActionKind.QuickFix.value
    return context.only is None or any(kind in ("", quick) for kind in map(_kind, context.only))


def _kind(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def _action(ls: DriftlineServer, offer: Offer, converter: Converter, path: str) -> types.CodeAction | types.Command:
    data = {"path": path, **_JSON.unstructure(offer.key)}
    command = types.Command(title=offer.title, command=APPLY_FIX, arguments=[data])
    if not ls.client.acts:
        return command
    action = types.CodeAction(
        title=offer.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=converter.diagnostics([offer.diagnostic], related=ls.client.related_information),
        is_preferred=offer.preferred or None,
    )
    if ls.client.resolves:
        action.data = data
    else:
        action.command = command
    return action


async def _build(ls: DriftlineServer, data: Any) -> types.WorkspaceEdit | None:  # noqa: ANN401 - JSON of our own making
    """Build a fix for the texts as they are now."""
    path = str(data["path"])
    folder = ls.folder_of(path)
    if folder is None:
        return None
    view, converter = ls.view(await folder.current())
    key = OfferKey(**{name: data[name] for name in ("environment", "rule", "table", "object", "title")})
    # Rendering imports Alembic and may take half a second: not on the event loop.
    fix = await asyncio.get_running_loop().run_in_executor(ls.worker, code_actions.build, view, key)
    return workspace_edit(fix, converter, ls.documents, versions=ls.client.versions) if fix is not None else None


def _register_audit(server: DriftlineServer) -> None:
    @server.command(AUDIT)
    async def audit(ls: DriftlineServer, uri: str | None = None) -> str:
        """Give the audit of the folder `uri` (by default of the first one) as Markdown."""
        path = path_of(uri) if uri is not None else None
        folder = ls.folders.get(path) if path is not None else next(iter(ls.folders.values()), None)
        if folder is None:
            return "Driftline has no folder open."
        result = await folder.current()
        return await asyncio.get_running_loop().run_in_executor(ls.worker, _audits, result.analyses, folder.path)


def _audits(analyses: tuple[Any, ...], folder: str) -> str:
    from driftline.report.audit import build_audit
    from driftline.report.markdown import render

    if not analyses:
        return f"# Driftline\n\nThere is no Alembic environment in `{folder}`.\n"
    return "\n\n".join(render(build_audit(one)) for one in analyses)
