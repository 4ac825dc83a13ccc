import assert from "node:assert/strict";
import { test } from "node:test";
import { findServer, type Probe, type World } from "../src/findServer.ts";

const NEW: Probe = { version: 312, hasDriftline: false };
const HAS: Probe = { version: 311, hasDriftline: true };
const OLD: Probe = { version: 310, hasDriftline: true };

function world(changes: Partial<World>, probes: Record<string, Probe>, files: readonly string[] = []): World {
  return {
    trusted: true,
    path: "",
    interpreter: "",
    machineInterpreter: "",
    selectedInterpreter: async () => undefined,
    folders: ["/w"],
    windows: false,
    bundled: "/ext/bundled/run.py",
    exists: (path) => files.includes(path),
    probe: async (interpreter) => probes[interpreter],
    ...changes,
  };
}

async function commandOf(where: World): Promise<string> {
  const found = await findServer(where);
  return typeof found === "string" ? found : [found.command, ...found.args].join(" ");
}

test("the setting driftline.path wins over everything", async () => {
  assert.equal(await commandOf(world({ path: "/opt/driftline" }, { python3: HAS }, ["/opt/driftline"])), "/opt/driftline lsp");
});

test("a path that is not there is said, not passed over", async () => {
  assert.match(await commandOf(world({ path: "/opt/driftline" }, { python3: HAS })), /names \/opt\/driftline/);
});

test("an environment that has driftline is preferred to the bundled server", async () => {
  const files = ["/w/.venv/bin/python"];
  assert.equal(await commandOf(world({}, { "/w/.venv/bin/python": HAS, python3: NEW }, files)), "/w/.venv/bin/python -P -m driftline lsp");
});

test("the selected interpreter comes before the folder's own environment", async () => {
  const where = world({ selectedInterpreter: async () => "/conda/python" }, { "/conda/python": HAS, "/w/.venv/bin/python": HAS }, ["/w/.venv/bin/python"]);
  assert.equal(await commandOf(where), "/conda/python -P -m driftline lsp");
});

test("the bundled server is run by the first interpreter that is new enough", async () => {
  assert.equal(await commandOf(world({ interpreter: "/old" }, { "/old": OLD, python3: NEW })), "python3 -I /ext/bundled/run.py lsp");
});

test("who has set an interpreter and gets another is told so", async () => {
  const found = await findServer(world({ interpreter: "/old" }, { "/old": OLD, python3: NEW }));
  assert.ok(typeof found !== "string");
  assert.equal(found.origin, "the bundled server, run by python3; driftline.interpreter, /old, is no Python 3.11 or newer");
});

test("an untrusted workspace chooses nothing that is executed", async () => {
  const where = world(
    { trusted: false, path: "/w/evil", interpreter: "/w/evil-python", machineInterpreter: "/usr/bin/python3.12", selectedInterpreter: async () => "/w/other" },
    { "/w/evil-python": HAS, "/usr/bin/python3.12": HAS, "/w/.venv/bin/python": HAS, "/w/other": HAS },
    ["/w/evil", "/w/.venv/bin/python"],
  );
  assert.equal(await commandOf(where), "/usr/bin/python3.12 -I /ext/bundled/run.py lsp");
});

for (const inside of ["${workspaceFolder}/.venv/bin/python", ".venv/bin/python", "./python", "/w/.venv/bin/python", "/opt/../w/python"]) {
  test(`in an untrusted workspace the user's setting ${inside} is passed over`, async () => {
    const where = world({ trusted: false, machineInterpreter: inside }, { [inside]: HAS, "/w/python": HAS, python3: NEW }, [inside]);
    assert.equal(await commandOf(where), "python3 -I /ext/bundled/run.py lsp");
  });
}

for (const outside of ["/opt/python", "/w2/python", "python3.13"]) {
  test(`in an untrusted workspace the user's setting ${outside} counts`, async () => {
    const where = world({ trusted: false, machineInterpreter: outside }, { [outside]: HAS, python3: NEW });
    assert.equal(await commandOf(where), `${outside} -I /ext/bundled/run.py lsp`);
  });
}

for (const outside of ["D:\\Python\\python.exe", "C:\\w2\\python.exe", "\\\\server\\share\\python.exe"]) {
  test(`on Windows, too: ${outside} is outside of the workspace`, async () => {
    const where = world({ windows: true, folders: ["C:\\w"], trusted: false, machineInterpreter: outside }, { [outside]: HAS, python: NEW });
    assert.equal(await commandOf(where), `${outside} -I /ext/bundled/run.py lsp`);
  });
}

for (const inside of ["C:\\w\\python.exe", "c:\\W\\.venv\\python.exe", "C:\\w\\..x\\python.exe", "C:\\x\\..\\w\\python.exe"]) {
  test(`on Windows, too: ${inside} is inside of the workspace`, async () => {
    const where = world({ windows: true, folders: ["C:\\w"], trusted: false, machineInterpreter: inside }, { [inside]: HAS, python: NEW });
    assert.equal(await commandOf(where), "python -I /ext/bundled/run.py lsp");
  });
}

test("an environment that is too old is passed over, though it has driftline", async () => {
  const files = ["/w/.venv/bin/python"];
  assert.equal(await commandOf(world({}, { "/w/.venv/bin/python": OLD, python3: NEW }, files)), "python3 -I /ext/bundled/run.py lsp");
});

test("where nothing runs, one sentence says what was tried", async () => {
  assert.match(await commandOf(world({ interpreter: "/old" }, { "/old": OLD })), /tried \/old, python3, python.*driftline\.interpreter/);
});
