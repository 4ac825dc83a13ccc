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
    machineInterpreter: home(text(settings.inspect("interpreter")?.globalValue)),
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

/** A leading `~`, as users write it in settings. */
function home(value: string): string {
  const folder = process.env["HOME"] ?? process.env["USERPROFILE"] ?? "~";
  return value.replace(/^~(?=[/\\])/, folder);
}

/** `${workspaceFolder}` and paths relative to it too: in settings that only a trusted workspace has a say in. */
function expand(value: string): string {
  const [folder = ""] = folders();
  const plain = home(value.replace(/\$\{workspaceFolder\}/g, folder));
  return /[\\/]/.test(plain) ? path.resolve(folder, plain) : plain;
}

interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(): { readonly path: string };
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** The Python extension's doors, where there is one; its troubles are not ours: we look for an interpreter ourselves. */
async function pythonExtension(): Promise<PythonApi | undefined> {
  try {
    return await vscode.extensions.getExtension<PythonApi>("ms-python.python")?.activate();
  } catch {
    return undefined;
  }
}

async function selectedInterpreter(): Promise<string | undefined> {
  return (await pythonExtension())?.environments.getActiveEnvironmentPath().path;
}

/** Calls `listener` whenever another interpreter is selected in the Python extension. */
export function onDidChangeSelectedInterpreter(listener: () => void): vscode.Disposable {
  const subscription = pythonExtension().then((python) => python?.environments.onDidChangeActiveEnvironmentPath(listener));
  return { dispose: () => void subscription.then((one) => one?.dispose()) };
}

function probe(interpreter: string): Promise<Probe | undefined> {
  return new Promise((resolve) => {
    execFile(interpreter, ["-P", "-c", PROBE], { timeout: PROBE_TIMEOUT_MS, cwd: path.dirname(process.execPath) }, (error, stdout) => {
      const [version, hasDriftline] = stdout.trim().split(" ").map(Number);
      // A Python before 3.11 refuses -P, which is all that we want to know of it.
      resolve(error === null && version !== undefined ? { version, hasDriftline: hasDriftline === 1 } : undefined);
    });
  });
}
