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

  async show(client: LanguageClient): Promise<void> {
    const folder = vscode.window.activeTextEditor
      ? vscode.workspace.getWorkspaceFolder(vscode.window.activeTextEditor.document.uri)
      : undefined;
    const answer = await client.sendRequest<unknown>("workspace/executeCommand", {
      command: "driftline.audit",
      arguments: [(folder ?? vscode.workspace.workspaceFolders?.[0])?.uri.toString() ?? null],
    });
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${folder?.name ?? "Driftline"} audit.md` });
    this.texts.set(uri.path, typeof answer === "string" ? answer : "");
    this.changed.fire(uri);
    await vscode.commands.executeCommand("markdown.showPreview", uri);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
