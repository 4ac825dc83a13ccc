"""What three editors say of themselves in `initialize`, and one that can next to nothing.

Neovim's and Emacs' come with pytest-lsp; those of VS Code there are of 2022, and are brought up to date by what VS Code
1.139 with vscode-languageclient 11 sends (read from its `initialize`, November 2026).

Example: `CLIENTS["vscode"]().text_document.diagnostic` is there: VS Code pulls.
"""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types
from pytest_lsp import client_capabilities


def vscode() -> types.ClientCapabilities:
    """VS Code 1.139: pulls diagnostics, watches files, resolves code actions, counts in UTF-16 only."""
    capabilities = client_capabilities("visual-studio-code")
    text, workspace = capabilities.text_document, capabilities.workspace
    assert text is not None
    assert workspace is not None
    text.diagnostic = types.DiagnosticClientCapabilities(
        dynamic_registration=True,
        related_document_support=False,
        related_information=True,
        tag_support=types.ClientDiagnosticsTagOptions(
            value_set=[types.DiagnosticTag.Unnecessary, types.DiagnosticTag.Deprecated]
        ),
        code_description_support=True,
        data_support=True,
    )
    assert text.code_action is not None
    text.code_action.resolve_support = types.ClientCodeActionResolveOptions(properties=["edit", "command"])
    workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    workspace.did_change_watched_files = types.DidChangeWatchedFilesClientCapabilities(
        dynamic_registration=True, relative_pattern_support=True
    )
    assert capabilities.general is not None
    capabilities.general.position_encodings = [types.PositionEncodingKind.Utf16]
    capabilities.general.stale_request_support = types.StaleRequestSupportOptions(
        cancel=True, retry_on_content_modified=["textDocument/semanticTokens/full"]
    )
    return capabilities


def neovim() -> types.ClientCapabilities:
    """Neovim 0.11: is sent diagnostics (it cannot be told to pull again), watches no files, counts in UTF-8 first."""
    return client_capabilities("neovim@v0.11")


def emacs() -> types.ClientCapabilities:
    """Eglot: is sent diagnostics, watches files, cannot resolve actions or make files, counts in UTF-32."""
    capabilities = client_capabilities("emacs")
    capabilities.general = types.GeneralClientCapabilities(
        position_encodings=[
            types.PositionEncodingKind.Utf32,
            types.PositionEncodingKind.Utf8,
            types.PositionEncodingKind.Utf16,
        ]
    )
    return capabilities


def plain() -> types.ClientCapabilities:
    """A client of the first days of the protocol: what it is sent is all that it shows."""
    return types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(apply_edit=True),
        text_document=types.TextDocumentClientCapabilities(
            synchronization=types.TextDocumentSyncClientCapabilities(did_save=True)
        ),
    )


CLIENTS: dict[str, Callable[[], types.ClientCapabilities]] = {"vscode": vscode, "neovim": neovim, "emacs": emacs}
"""The editors that people use."""
