/** The real world that `findServer` looks at: VS Code's settings and folders, the disk, and the interpreters on this machine. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import type { Probe, World } from "./findServer";

const PROBE = [
  "import sys, importlib.util as u",
  "print(sys.version_info[0] * 100 + sys.version_info[1], int(u.find_spec('driftline') is not None))",
].join("; ");
const PROBE_TIMEOUT_MS = 10_000;

export function theWorld(context: vscode.ExtensionContext): World {
  const settings = vscode.workspace.getConfiguration("driftline");
  const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
  return {
    trusted: vscode.workspace.isTrusted,
    path: expand(text(settings.get("path"))),
    interpreter: expand(text(settings.get("interpreter"))),
    machineInterpreter: expand(text(settings.inspect("interpreter")?.globalValue)),
    selectedInterpreter,
    folders: folders(),
    windows: process.platform === "win32",
    bundled: path.join(context.extensionPath, "bundled", "run.py"),
    exists: existsSync,
    probe,
  };
}

function folders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).filter((one) => one.uri.scheme === "file").map((one) => one.uri.fsPath);
}

/** `${workspaceFolder}` and a leading `~`, as users write them in settings. */
function expand(value: string): string {
  const home = process.env["HOME"] ?? process.env["USERPROFILE"] ?? "~";
  return value.replace(/\$\{workspaceFolder\}/g, folders()[0] ?? "").replace(/^~(?=[/\\])/, home);
}

interface PythonApi {
  readonly environments: { getActiveEnvironmentPath(): { readonly path: string } };
}

async function selectedInterpreter(): Promise<string | undefined> {
  const python = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (python === undefined) return undefined;
  try {
    const api = await python.activate();
    return api.environments.getActiveEnvironmentPath().path;
  } catch {
    return undefined; // That extension's trouble is not ours: we look for an interpreter ourselves.
  }
}

function probe(interpreter: string): Promise<Probe | undefined> {
  return new Promise((resolve) => {
    execFile(interpreter, ["-P", "-c", PROBE], { timeout: PROBE_TIMEOUT_MS }, (error, stdout) => {
      const [version, hasDriftline] = stdout.trim().split(" ").map(Number);
      // A Python before 3.11 refuses -P, which is all that we want to know of it.
      resolve(error === null && version !== undefined ? { version, hasDriftline: hasDriftline === 1 } : undefined);
    });
  });
}
