/** *Driftline: Show audit*: the audit of what is open right now, unsaved changes included, as a Markdown preview. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

const SCHEME = "driftline-audit";

export class AuditPage implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private readonly texts = new Map<string, string>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? "";
  }

  /** Shows the audit of the folder that the active editor's file is in, else of the first one. */
  async show(client: LanguageClient): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const folders = vscode.workspace.workspaceFolders ?? [];
    const folder = (document && vscode.workspace.getWorkspaceFolder(document.uri)) ?? folders[0];
    const request = { command: "driftline.audit", arguments: [folder?.uri.toString() ?? null] };
    const answer = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: "Driftline: auditing" },
      () => client.sendRequest<unknown>("workspace/executeCommand", request),
    );
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${folder?.name ?? "Driftline"} audit.md` });
    this.texts.set(uri.path, typeof answer === "string" ? answer : "");
    this.changed.fire(uri); // where it is shown already, with what has changed since
    await vscode.commands.executeCommand("markdown.showPreview", uri);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
