/** The extension: finds or brings the server, starts it, and starts it again when what it was started with changes. */
import * as vscode from "vscode";
import { LanguageClient, State, type LanguageClientOptions } from "vscode-languageclient/node";
import { AuditPage } from "./audit";
import { findServer, type Command } from "./findServer";
import { Status } from "./status";
import { onDidChangeSelectedInterpreter, theWorld } from "./world";

/** Settings that decide which server runs; the server itself hears of all the others. */
const RESTARTING = ["driftline.path", "driftline.interpreter"];

interface Running {
  readonly client: LanguageClient;
  readonly server: Command;
}

/** The last start, or stop, that was asked for. One after the other, so that no server is left behind. Never rejected. */
let last: Promise<Running | undefined> = Promise.resolve(undefined);

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Driftline", { log: true });
  const status = new Status();
  const audit = new AuditPage();

  const restart = (): Promise<unknown> => {
    last = last.then(stop).then(() => start(context, output, status));
    return last;
  };

  context.subscriptions.push(
    output,
    status,
    audit,
    vscode.commands.registerCommand("driftline.restart", restart),
    vscode.commands.registerCommand("driftline.showOutput", () => output.show()),
    vscode.commands.registerCommand("driftline.showAudit", async () => {
      const running = await last;
      if (running === undefined) void vscode.window.showErrorMessage("Driftline is not running; see its output.");
      else await audit.show(running.client);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (RESTARTING.some((name) => event.affectsConfiguration(name))) void restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
    onDidChangeSelectedInterpreter(async () => {
      // Only where it makes a difference: the Python extension tells of it on every start.
      const [running, found] = await Promise.all([last, findServer(theWorld(context))]);
      if (JSON.stringify(running?.server) !== JSON.stringify(found)) await restart();
    }),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
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

async function start(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
  status: Status,
): Promise<Running | undefined> {
  status.starting();
  const server = await findServer(theWorld(context));
  if (typeof server === "string") {
    output.error(server);
    status.stopped(server);
    void vscode.window.showErrorMessage(server);
    return undefined;
  }
  output.info(`Starting ${[server.command, ...server.args].join(" ")} (${server.origin})`);
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: "file", language: "python" },
      { scheme: "file", pattern: "**/*.ini" },
      { scheme: "file", pattern: "**/{pyproject,driftline}.toml" },
    ],
    synchronize: { configurationSection: "driftline" },
    outputChannel: output,
  };
  // Not in the workspace: nothing that lies there shall be found first by whatever the server starts with.
  const executable = { command: server.command, args: [...server.args], options: { cwd: context.extensionPath } };
  const client = new LanguageClient("driftline", "Driftline", executable, options);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) status.running(server.origin);
    else if (newState === State.Stopped) status.stopped("Driftline has stopped; see its output.");
  });
  try {
    await client.start();
    return { client, server };
  } catch (error) {
    const why = `Driftline could not be started: ${error instanceof Error ? error.message : String(error)}`;
    output.error(why);
    status.stopped(why);
    return undefined;
  }
}
