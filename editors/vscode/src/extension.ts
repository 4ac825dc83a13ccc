/** The extension: finds or brings the server, starts it, and starts it again when what it was started with changes. */
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, State, type LanguageClientOptions } from "vscode-languageclient/node";
import { AuditPage } from "./audit";
import { findServer, type Command } from "./findServer";
import { Crashes } from "./crashes";
import { createMigration } from "./migration";
import { isWithinProject, MARKERS } from "./relevance";
import { Status } from "./status";
import { onDidChangeSelectedInterpreter, theWorld } from "./world";

/** Settings that decide which server runs; the server itself hears of all the others. */
const RESTARTING = ["driftline.path", "driftline.interpreter"];

interface Running {
  readonly client: LanguageClient;
  readonly server: Command;
}

const SHOW_OUTPUT = "Show output";

/** Whether the running server is about to be stopped. */
let stopping = false;

/** The last start, or stop, that was asked for. One after the other, so that no server is left behind. Never rejected. */
let last: Promise<Running | undefined> = Promise.resolve(undefined);

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Driftline", { log: true });
  const status = new Status();
  const audit = new AuditPage();

  let wanted = false;
  const restart = (): Promise<unknown> => {
    wanted = stopping = true;
    last = last.then(stop).then(() => start(context, output, status));
    return last;
  };
  const restartIfWanted = (): void => {
    if (wanted) void restart();
  };
  const startIfNeeded = async (isNeeded: () => boolean | Promise<boolean>): Promise<void> => {
    if (!wanted && (await isNeeded()) && !wanted) await restart();
  };
  /** The running client; what the user asks for by name starts a server wherever it is. */
  const client = async (): Promise<LanguageClient | undefined> => {
    if (!wanted) await restart();
    const running = await last;
    if (running === undefined) void vscode.window.showErrorMessage("Driftline is not running; see its output.");
    return running?.client;
  };
  const markers = vscode.workspace.createFileSystemWatcher(MARKERS, false, true, true);

  context.subscriptions.push(
    output,
    status,
    audit,
    vscode.commands.registerCommand("driftline.restart", restart),
    vscode.commands.registerCommand("driftline.showOutput", () => output.show()),
    vscode.commands.registerCommand("driftline.showAudit", async () => {
      const running = await client();
      if (running !== undefined) await audit.show(running);
    }),
    vscode.commands.registerCommand("driftline.migrateAllDrift", async () => {
      const running = await client();
      if (running !== undefined) await createMigration(running);
    }),
    markers,
    markers.onDidCreate(() => startIfNeeded(() => true)),
    vscode.workspace.onDidOpenTextDocument((document) => startIfNeeded(() => isPartOfProject(document))),
    vscode.workspace.onDidChangeWorkspaceFolders(() => startIfNeeded(hasProject)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (RESTARTING.some((name) => event.affectsConfiguration(name))) restartIfWanted();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restartIfWanted),
    onDidChangeSelectedInterpreter(async () => {
      // Only where it makes a difference: the Python extension tells of it on every start.
      if (!wanted) return;
      const [running, found] = await Promise.all([last, findServer(theWorld(context))]);
      if (JSON.stringify(running?.server) !== JSON.stringify(found)) restartIfWanted();
    }),
  );
  await startIfNeeded(hasProject);
}

/** Whether anything that is open belongs to a project with Alembic. */
async function hasProject(): Promise<boolean> {
  if ((await vscode.workspace.findFiles(MARKERS, undefined, 1)).length > 0) return true;
  const folders = (vscode.workspace.workspaceFolders ?? []).map((one) => one.uri);
  return folders.some(isOnDiskWithinProject) || vscode.workspace.textDocuments.some(isPartOfProject);
}

function isPartOfProject(document: vscode.TextDocument): boolean {
  return document.languageId === "python" && isOnDiskWithinProject(document.uri);
}

function isOnDiskWithinProject(uri: vscode.Uri): boolean {
  return uri.scheme === "file" && isWithinProject(uri.fsPath, textOf);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

export async function deactivate(): Promise<void> {
  stopping = true;
  last = last.then(stop);
  await last;
}

async function stop(running: Running | undefined): Promise<undefined> {
  try {
    await running?.client.dispose();
  } catch {
    // It did not even end well; the next one may.
  }
}

/** Says why there is no server: in the status bar, in the output, and in one message. */
async function failed(why: string, output: vscode.LogOutputChannel, status: Status): Promise<void> {
  output.error(why);
  status.stopped(why);
  if ((await vscode.window.showErrorMessage(why, SHOW_OUTPUT)) === SHOW_OUTPUT) output.show();
}

async function start(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
  status: Status,
): Promise<Running | undefined> {
  status.starting();
  const server = await findServer(theWorld(context));
  if (typeof server === "string") {
    void failed(server, output, status);
    return undefined;
  }
  output.info(`Starting ${[server.command, ...server.args].join(" ")} (${server.origin})`);
  let started = false;
  const crashes = new Crashes();
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: "file", language: "python" },
      { scheme: "file", pattern: "**/*.ini" },
      { scheme: "file", pattern: "**/{pyproject,driftline}.toml" },
    ],
    synchronize: { configurationSection: "driftline" },
    outputChannel: output,
    // A server that is about to be replaced is told nothing more, and what goes wrong is said once, and by us.
    middleware: { workspace: { didChangeConfiguration: async (sections, next) => (stopping ? undefined : next(sections)) } },
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: started && crashes.another() ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true }),
    },
  };
  // Not in the workspace: nothing that lies there shall be found first by whatever the server starts with.
  const executable = { command: server.command, args: [...server.args], options: { cwd: context.extensionPath } };
  const client = new LanguageClient("driftline", "Driftline", executable, options);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) status.running(server.origin);
    else if (newState === State.Stopped) status.stopped("Driftline has stopped; see its output.");
  });
  crashes.tooMany = () => void failed("Driftline has crashed several times, and is not started again.", output, status);
  stopping = false;
  try {
    await client.start();
    started = true;
    return { client, server };
  } catch {
    const told = [server.command, ...server.args].join(" ");
    void failed(`Driftline could not be started: “${told}” is no server (${server.origin}).`, output, status);
    return undefined;
  }
}
