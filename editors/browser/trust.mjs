/**
 * Which server runs, before and after its workspace is trusted, and after a setting is changed: `node trust.mjs REQUEST`.
 *
 * REQUEST is JSON: `folder`, whose settings name an interpreter, `home`, `vsix`, and `mark`, a file that
 * the interpreter makes when it is run. Prints what was seen, as JSON.
 */
import { existsSync } from "node:fs";
import { Code } from "./code.mjs";

const { folder, home, vsix, mark } = JSON.parse(process.argv[2]);
const seen = {};

const settings = { "security.workspace.trust.startupPrompt": "never", "security.workspace.trust.banner": "never" };
const code = await Code.open({ folder, home, vsix, settings, trust: false });
await code.run(async () => {
  await code.openFile("refresh_token.py");
  await code.problem("extra-foreign-key");
  seen.untrusted = await code.status("Driftline");
  seen.ranUntrusted = existsSync(mark);

  await code.command("Workspaces: Manage Workspace Trust");
  await code.page.getByRole("button", { name: "Trust", exact: true }).click();
  seen.trusted = await code.status("Driftline", "environment");
  await code.openFile("refresh_token.py");
  await code.problem("extra-foreign-key");
});
console.log(JSON.stringify(seen));
