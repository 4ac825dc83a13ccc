/**
 * Where the server comes from. Pure: what it must know of the world is handed in, so that it is tested without VS Code.
 *
 * Order, in a trusted workspace: the setting `driftline.path`; a Python environment that has Driftline installed (the setting
 * `driftline.interpreter`, the interpreter selected in the Python extension, a virtual environment of a workspace folder); else
 * the bundled server, run by the first of those interpreters that is new enough, or `python3`.
 * In an untrusted workspace only the bundled server runs, with an interpreter from the user's own settings or `python3`: a workspace
 * must not choose what is executed, not even where the user's settings point into whatever workspace is open.
 */

import * as path from "node:path";

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** For the status and the output channel: where this server comes from. */
  readonly origin: string;
}

export interface World {
  readonly trusted: boolean;
  /** The setting `driftline.path`, "" where it is not set. Ignored in an untrusted workspace. */
  readonly path: string;
  /** The setting `driftline.interpreter` as the workspace sees it, and as the user (the machine) has set it. */
  readonly interpreter: string;
  readonly machineInterpreter: string;
  /** The interpreter selected in the Python extension, if there is one. */
  readonly selectedInterpreter: () => Promise<string | undefined>;
  readonly folders: readonly string[];
  readonly windows: boolean;
  /** The script that starts the bundled server. */
  readonly bundled: string;
  readonly exists: (path: string) => boolean;
  /** What the interpreter says of itself: undefined where it does not run. `-P` keeps the workspace off its path. */
  readonly probe: (interpreter: string) => Promise<Probe | undefined>;
}

export interface Probe {
  /** Its version, as major * 100 + minor. */
  readonly version: number;
  /** Whether it can import driftline. */
  readonly hasDriftline: boolean;
}

/** Driftline's own requirement. */
const OLDEST = 311;

/** Finds the server, or says in one sentence why there is none. */
export async function findServer(world: World): Promise<Command | string> {
  if (world.trusted && world.path !== "") {
    return world.exists(world.path)
      ? { command: world.path, args: ["lsp"], origin: "the setting driftline.path" }
      : `The setting driftline.path names ${world.path}, and there is no such file.`;
  }
  const configured = interpreterSetting(world);
  const tried: string[] = [];
  let fallback: { readonly interpreter: string; readonly unused: string } | undefined;
  for await (const interpreter of interpreters(world)) {
    const probe = await world.probe(interpreter);
    if (probe === undefined || probe.version < OLDEST) {
      tried.push(interpreter);
      continue;
    }
    // Who has set one and gets another is told so.
    const unused = tried.includes(configured ?? "") ? `; driftline.interpreter, ${configured}, is no Python 3.11 or newer` : "";
    if (world.trusted && probe.hasDriftline) {
      const origin = `the environment of ${interpreter}${unused}`;
      return { command: interpreter, args: ["-P", "-m", "driftline", "lsp"], origin };
    }
    fallback ??= { interpreter, unused };
  }
  if (fallback !== undefined) {
    const origin = `the bundled server, run by ${fallback.interpreter}${fallback.unused}`;
    return { command: fallback.interpreter, args: ["-I", world.bundled, "lsp"], origin };
  }
  return `No Python 3.11 or newer was found (tried ${tried.join(", ")}). Name one in the setting driftline.interpreter.`;
}

async function* interpreters(world: World): AsyncGenerator<string> {
  const seen = new Set<string>();
  const fresh = (one: string | undefined): one is string => {
    if (one === undefined || one === "" || seen.has(one)) return false;
    seen.add(one);
    return true;
  };
  const configured = interpreterSetting(world);
  if (fresh(configured)) yield configured;
  if (world.trusted) {
    const selected = await world.selectedInterpreter();
    if (fresh(selected)) yield selected;
    for (const folder of world.folders) {
      for (const name of [".venv", "venv"]) {
        const python = world.windows ? `${folder}\\${name}\\Scripts\\python.exe` : `${folder}/${name}/bin/python`;
        if (world.exists(python) && fresh(python)) yield python;
      }
    }
  }
  for (const name of world.windows ? ["python", "py"] : ["python3", "python"]) if (fresh(name)) yield name;
}

/** What the setting says, as far as it counts. */
function interpreterSetting(world: World): string | undefined {
  return world.trusted ? world.interpreter : fixed(world.machineInterpreter, world);
}

/** The interpreter, if it is the same whatever is open: an absolute path outside of the workspace, or a program's name. */
function fixed(interpreter: string, world: World): string | undefined {
  if (!/[\\/]/.test(interpreter)) return interpreter;
  const { normalize, relative, isAbsolute } = world.windows ? path.win32 : path.posix;
  const plain = normalize(interpreter);
  // From one Windows drive to another there is no relative path: it stays absolute.
  const inside = (folder: string): boolean => {
    const way = relative(folder, plain);
    return !/^\.\.(?:[\\/]|$)/.test(way) && !isAbsolute(way);
  };
  return isAbsolute(plain) && !world.folders.some(inside) ? plain : undefined;
}
