"""What the client asks for: diagnostics (where it pulls), hover, quick fixes, the audit.

Example: `register(server)`; `register_pull(server)` for a client that pulls, before its `initialize` is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lsprotocol import types

from driftline.fixes.fix import Fix
from driftline.ide import code_actions
from driftline.ide.code_actions import Offer, OfferKey
from driftline.ide.hover import hover_at
from driftline.ide.view import Place, View
from driftline.lsp.convert import SOURCE, Converter, path_of, plain_text, uri_of
from driftline.lsp.folder import Folder, Result
from driftline.lsp.json_form import JSON
from driftline.lsp.shown import Shown
from driftline.lsp.state import DriftlineServer
from driftline.lsp.workspace_edit import workspace_edit
from driftline.sources.paths import is_within

AUDIT = "driftline.audit"
TRACE = "driftline.trace"
APPLY_FIX = "driftline.applyFix"
CREATE_MIGRATION = "driftline.createMigration"

FIX_ALL_KIND = "source.fixAll.driftline"
"""The kind of the action that makes all safe fixes of a file, as editors do when a file is saved."""
_OF_A_KEY = ("environment", "rule", "table", "object", "title", "revision", "place")


def register(server: DriftlineServer) -> None:
    """Register the handlers that every client gets."""
    _register_hover(server)
    _register_code_actions(server)
    _register_create_migration(server)
    _register_audit(server)
    _register_trace(server)


def register_pull(server: DriftlineServer) -> None:
    """Register the handlers of a client that asks for diagnostics."""
    options = types.DiagnosticOptions(identifier=SOURCE, inter_file_dependencies=True, workspace_diagnostics=True)

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def document(ls: DriftlineServer, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        path = path_of(params.text_document.uri)
        if path is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        for folder in ls.folders_about(path):
            await folder.shows()
        one = ls.shown_of(path)
        if one.digest == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=one.digest)
        return types.RelatedFullDocumentDiagnosticReport(items=one.items, result_id=one.digest)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def workspace(
        ls: DriftlineServer, params: types.WorkspaceDiagnosticParams
    ) -> types.WorkspaceDiagnosticReport:
        known = {path_of(one.uri): one.value for one in params.previous_result_ids}
        paths = {path for path in known if path is not None}
        for folder in list(ls.folders.values()):
            paths |= (await folder.shows()).keys()
        reports = [_report(ls, path, ls.shown_of(path), known.get(path)) for path in sorted(paths)]
        return types.WorkspaceDiagnosticReport(items=reports)


def _report(ls: DriftlineServer, path: str, one: Shown, known: str | None) -> types.WorkspaceDocumentDiagnosticReport:
    document = ls.documents.get(path)
    uri, version = (document.uri, document.version) if document is not None else (uri_of(path), None)
    if one.digest == known:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, result_id=one.digest, version=version)
    return types.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=one.items, result_id=one.digest, version=version)


def _register_hover(server: DriftlineServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: DriftlineServer, params: types.HoverParams) -> types.Hover | None:
        path = path_of(params.text_document.uri)
        if path is None:
            return None
        for folder in ls.folders_about(path):
            result, buffers = await folder.first(), ls.documents.texts()
            found = await ls.aside(partial(_hover, ls, result, buffers, path, params.position))
            if found is not None:
                return found
        return None


def _hover(
    ls: DriftlineServer, result: Result, buffers: Mapping[str, str], path: str, position: types.Position
) -> types.Hover | None:
    view, converter = ls.view_at(result, buffers, path, types.Range(position, position))
    offset = converter.offset(path, position)
    found = hover_at(view, path, offset) if offset is not None else None
    if found is None:
        return None
    markdown = ls.client.renders_markdown
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    text = found.markdown if markdown else plain_text(found.markdown)
    return types.Hover(types.MarkupContent(kind, text), converter.range(Place(path, found.span)))


def _register_code_actions(server: DriftlineServer) -> None:
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL_KIND], resolve_provider=True
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(
        ls: DriftlineServer, params: types.CodeActionParams
    ) -> list[types.CodeAction | types.Command]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        actions: list[types.CodeAction | types.Command] = []
        all_of: Folder | None = None
        for folder in ls.folders_about(path):
            result, buffers = await folder.first(), ls.documents.texts()
            found, mends = await ls.aside(partial(_actions, ls, result, buffers, path, params, folder))
            actions += found
            if all_of is None and mends:
                all_of = folder
        if all_of is not None and _wants_fix_all(params.context) and ls.client.acts:
            actions.append(_fix_all_action(ls, path, all_of))
        return actions

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
        for folder in ls.folders_about(path_of(str(data["uri"])) or "") if answer.applied else ():
            folder.request(0)  # not every client watches files, or opens what it has edited
        return answer.applied


def _register_create_migration(server: DriftlineServer) -> None:
    @server.command(CREATE_MIGRATION)
    async def create_migration(ls: DriftlineServer, *about: object) -> str | None:
        """Have the client make the revision that closes all drift of the project around `about`, a URI or nothing.

        Gives the revision's URI; where there is none, None, and the client is told why.
        """
        path = next((path_of(one) for one in about if isinstance(one, str)), None)
        folder = ls.folder_of(path) if path is not None else None
        folder = folder if folder is not None else next(iter(ls.folders.values()), None)
        if folder is None:
            _tell(ls, "Driftline has no folder open.")
            return None
        if not ls.client.creates_files:
            _tell(ls, "This editor makes no files for a server; `driftline revision` does.")
            return None

        def build(view: View) -> Fix | str:
            return code_actions.migration(view, path)

        made, edit = await _current_edit(ls, folder, build)
        if made is None or edit is None:
            return None
        answer = await ls.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, made.title))
        if not answer.applied:
            return None
        folder.request(0)  # not every client watches files, or opens the new one
        return uri_of(next(iter(made.creates)))


def _actions(
    ls: DriftlineServer,
    result: Result,
    buffers: Mapping[str, str],
    path: str,
    params: types.CodeActionParams,
    folder: Folder,
) -> tuple[list[types.CodeAction | types.Command], bool]:
    """Give the quick fixes that are wanted, and whether the file has safe ones."""
    view, converter = ls.view_at(result, buffers, path, params.range)
    offers: tuple[Offer, ...] = ()
    if _wants_quick_fixes(params.context):
        span = converter.span(path, params.range)
        offers = code_actions.offers_at(view, path, span) if span is not None else ()
    able = [one for one in offers if ls.client.creates_files or not one.creates]
    return [_action(ls, one, converter, path, folder) for one in able], code_actions.has_safe_fixes(view, path)


def _tell(ls: DriftlineServer, message: str) -> None:
    ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))


def _wants_fix_all(context: types.CodeActionContext) -> bool:
    """Whether it is asked for by its kind, or one that holds it: nobody looks for it among quick fixes."""
    return any(kind and f"{FIX_ALL_KIND}.".startswith(f"{kind}.") for kind in map(_kind, context.only or ()))


def _fix_all_action(ls: DriftlineServer, path: str, folder: Folder) -> types.CodeAction:
    data = {"uri": uri_of(path), "folder": folder.path, "all": True, "title": code_actions.FIX_ALL}
    action = types.CodeAction(title=code_actions.FIX_ALL, kind=FIX_ALL_KIND)
    if ls.client.resolves:
        action.data = data
    else:
        action.command = types.Command(title=action.title, command=APPLY_FIX, arguments=[data])
    return action


def _wants_quick_fixes(context: types.CodeActionContext) -> bool:
    quick = types.CodeActionKind.QuickFix.value
    return context.only is None or any(kind in ("", quick) for kind in map(_kind, context.only))


def _kind(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def _action(
    ls: DriftlineServer, offer: Offer, converter: Converter, path: str, folder: Folder
) -> types.CodeAction | types.Command:
    data = {"uri": uri_of(path), "folder": folder.path, **JSON.unstructure(offer.key)}
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
    path = path_of(str(data["uri"]))
    folder = ls.folders.get(str(data.get("folder"))) or (ls.folder_of(path) if path is not None else None)
    if path is None or folder is None:
        return None
    if data.get("all"):
        _, edit = await _current_edit(ls, folder, lambda view: code_actions.fix_all(view, path), quiet=True)
        return edit
    key = OfferKey(**{name: data.get(name) for name in _OF_A_KEY})  # Neovim loses what is null
    _, edit = await _current_edit(ls, folder, lambda view: code_actions.build(view, key))
    return edit


async def _current_edit(
    ls: DriftlineServer, folder: Folder, build: Callable[[View], Fix | str | None], *, quiet: bool = False
) -> tuple[Fix | None, types.WorkspaceEdit | None]:
    """Build a fix, and its edit of the texts as they are now; where there is none, the client is told why.

    The disk is looked at first: what an earlier fix made, or somebody behind the client's back, may be the end of it.
    What changed while it was built is read, and the fix built anew: once, since a file that does not parse stays
    different from what was last read. `quiet`: say nothing; nobody asked for it.
    """
    refusal = ""
    for _ in range(2):
        folder.request(0)
        result = await folder.current()
        view, _converter = ls.view(result)
        # Rendering imports Alembic and may take half a second: not on the event loop.
        fix = await asyncio.get_running_loop().run_in_executor(ls.worker, build, view)
        if not isinstance(fix, Fix):
            refusal = fix or refusal or "What this would mend is not there any more. Nothing was changed."
            break
        edit = workspace_edit(fix, result.analyses, ls.documents, ls.encoding, versions=ls.client.versions)
        if isinstance(edit, types.WorkspaceEdit):
            return fix, edit
        refusal = edit
    if refusal and not quiet:
        _tell(ls, refusal)
    return None, None


def _register_audit(server: DriftlineServer) -> None:
    @server.command(AUDIT)
    async def audit(ls: DriftlineServer, *about: object) -> str:
        """Give the audit as Markdown: of the folders around the files or folders `about` (URIs), or else of all."""
        paths = [path for one in about if isinstance(one, str) and (path := path_of(one)) is not None]
        wanted = [one for path in paths for one in _audited(ls, path)] if paths else ls.folders.values()
        folders = list(dict.fromkeys(wanted))
        if not folders:
            return "Driftline has no such folder open.\n" if paths else "Driftline has no folder open.\n"
        results = [(folder.path, await folder.current()) for folder in folders]
        return await asyncio.get_running_loop().run_in_executor(ls.worker, _audits, results)


def _register_trace(server: DriftlineServer) -> None:
    @server.command(TRACE)
    async def trace(ls: DriftlineServer, *_about: object) -> str:
        """Say of the latest run in each folder which stages ran for what, and how long; then what was done at rest."""
        results = [(folder, await folder.current()) for folder in list(ls.folders.values())]
        return "".join(
            "\n".join([f"{folder.path}: {result.seconds * 1000:.1f} ms", *result.trace, *folder.rest.trace(), ""])
            for folder, result in results
        )


def _audited(ls: DriftlineServer, path: str) -> list[Folder]:
    """Give the open folders that an audit of the file or folder at `path` is about; of an open one, those in it too."""
    folder = ls.folder_of(path)
    if folder is None:
        return []
    inside = [one for one in ls.folders.values() if is_within(one.path, path)] if path in ls.folders else []
    return [folder, *(one for one in inside if one is not folder)]


def _audits(results: list[tuple[str, Result]]) -> str:
    from driftline.report.audit import build_audit
    from driftline.report.markdown import render

    audits: list[str] = []
    for folder, result in results:
        audits += [render(build_audit(one)) for one in result.analyses]
        if not result.analyses and result.problems:
            wrong = "".join(f"- `{one.path}`: {one.message}\n" for one in result.problems)
            audits.append(f"# Driftline\n\nNothing can be said of `{folder}`:\n\n{wrong}")
        elif not result.analyses:
            audits.append(f"# Driftline\n\nThere is no Alembic environment in `{folder}`.\n")
    return "\n\n".join(audits)
