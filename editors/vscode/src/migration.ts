/** *Driftline: Create migration for all drift*: the server makes the revision, and what it made is opened to be read. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

/** Closes the drift of the project that the active editor's file belongs to. Why there is nothing to close, the server says itself. */
export async function createMigration(client: LanguageClient): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const request = { command: "driftline.createMigration", arguments: [(uri ?? folder)?.toString() ?? null] };
  const made = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "Driftline: creating a migration" },
    () => client.sendRequest<unknown>("workspace/executeCommand", request),
  );
  if (typeof made === "string") await vscode.window.showTextDocument(vscode.Uri.parse(made));
}
