"""What the client can do, asked once.

Example: `Client.of(params.capabilities).pulls` is true of VS Code and false of Neovim 0.11.
"""

from __future__ import annotations

from lsprotocol import types

from driftline.dataclass import dataclass

_EDIT_PROPERTY = "edit"


@dataclass(frozen=True, slots=True)
class Client:
    """`pulls`: diagnostics are asked for, never sent. `watches`: it registers file watchers on our word.

    `acts`: it knows code actions, not only commands; `resolves`: they get their edits when they are chosen.
    `versions`: an edit may say which version of a document it is for; `creates_files`: it may make a file.
    `reports_progress`: it shows work-done progress that the server begins. `asks_configuration`: it answers
    `workspace/configuration`. `renders_markdown`: in a hover; another one is shown plain text.
    """

    pulls: bool
    watches: bool
    acts: bool
    resolves: bool
    versions: bool
    creates_files: bool
    reports_progress: bool
    asks_configuration: bool
    related_information: bool
    renders_markdown: bool

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> Client:
        """Read the capabilities that `initialize` brought."""
        text, workspace, window = capabilities.text_document, capabilities.workspace, capabilities.window
        action = text.code_action if text else None
        resolve = action.resolve_support if action and action.data_support else None
        edit = workspace.workspace_edit if workspace else None
        watched = workspace.did_change_watched_files if workspace else None
        publish = text.publish_diagnostics if text else None
        refresh = workspace.diagnostics if workspace else None
        return cls(
            # A client that cannot be told to ask again would miss what an edit in one file does to another.
            pulls=bool(text and text.diagnostic and refresh and refresh.refresh_support),
            watches=bool(watched and watched.dynamic_registration),
            acts=bool(action and action.code_action_literal_support),
            resolves=bool(resolve and _EDIT_PROPERTY in resolve.properties),
            # Neovim 0.11 knows resource operations, which only stand among document changes, and does not name these.
            versions=bool(edit and (edit.document_changes or edit.resource_operations)),
            creates_files=bool(
                edit and edit.resource_operations and types.ResourceOperationKind.Create in edit.resource_operations
            ),
            reports_progress=bool(window and window.work_done_progress),
            asks_configuration=bool(workspace and workspace.configuration),
            related_information=bool(publish and publish.related_information),
            renders_markdown=types.MarkupKind.Markdown in ((text and text.hover and text.hover.content_format) or ()),
        )
