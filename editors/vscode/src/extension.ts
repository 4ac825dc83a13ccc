/** The extension: finds or brings the server, starts it, and restarts it when what it was started with changes. */
import * as vscode from "vscode";
import { LanguageClient, State, Trace, type LanguageClientOptions } from "vscode-languageclient/node";
import { AuditPage } from "./audit";
import { findServer } from "./findServer";
import { Status } from "./status";
import { theWorld } from "./world";

/** Settings that decide which server runs; the server itself hears of all the others. */
const RESTARTING = ["driftline.path", "driftline.interpreter"];

let running: Promise<LanguageClient | undefined> = Promise.resolve(undefined);

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Driftline", { log: true });
  const status = new Status();
  const audit = new AuditPage();

  const restart = (): Promise<LanguageClient | undefined> => {
    // One after the other: a second restart waits for the first, so that no server is left behind.
    running = running.then((client) => client?.dispose()).then(() => start(context, output, status));
    return running;
  };

  context.subscriptions.push(
    output,
    status,
    audit,
    vscode.commands.registerCommand("driftline.restart", restart),
    vscode.commands.registerCommand("driftline.showOutput", () => output.show()),
    vscode.commands.registerCommand("driftline.showAudit", async () => {
      const client = await running;
      if (client === undefined) void vscode.window.showErrorMessage("Driftline is not running; see its output.");
      else await audit.show(client);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (RESTARTING.some((name) => event.affectsConfiguration(name))) void restart();
      else if (event.affectsConfiguration("driftline.trace.server")) void running.then((client) => client?.setTrace(trace()));
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await (await running)?.dispose();
}

function trace(): Trace {
  return Trace.fromString(vscode.workspace.getConfiguration("driftline").get("trace.server", "off"));
}

async function start(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
  status: Status,
): Promise<LanguageClient | undefined> {
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
      { scheme: "file", pattern: "**/alembic.ini" },
      { scheme: "file", pattern: "**/{pyproject,driftline}.toml" },
    ],
    synchronize: { configurationSection: "driftline" },
    outputChannel: output,
  };
  const client = new LanguageClient("driftline", "Driftline", { command: server.command, args: [...server.args] }, options);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) status.running(server.origin);
    else if (newState === State.Stopped) status.stopped("Driftline has stopped; see its output.");
  });
  try {
    await client.start();
    await client.setTrace(trace());
    return client;
  } catch (error) {
    const why = `Driftline could not be started: ${error instanceof Error ? error.message : String(error)}`;
    output.error(why);
    status.stopped(why);
    return undefined;
  }
}
