/** The entry in the status bar, once a server is wanted: whether it runs, and where it comes from. */
import * as vscode from "vscode";

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("driftline", vscode.StatusBarAlignment.Left);

  constructor() {
    this.item.name = "Driftline";
    this.item.command = "driftline.showOutput";
  }

  starting(): void {
    this.set("$(sync~spin) Driftline", "Driftline is starting.");
  }

  running(origin: string): void {
    this.set("$(check) Driftline", `Driftline runs: ${origin}.`);
  }

  stopped(why: string): void {
    this.set("$(error) Driftline", why);
  }

  dispose(): void {
    this.item.dispose();
  }

  private set(text: string, tooltip: string): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.show();
  }
}
