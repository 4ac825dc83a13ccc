/**
 * The command that makes the revision for all drift, on fixtures/kitsu: `node migration.mjs REQUEST`.
 *
 * REQUEST is JSON: `folder` (a copy of the fixture), `home` and `vsix`. Prints what was seen, as JSON.
 */
import { Code } from "./code.mjs";

const { folder, home, vsix } = JSON.parse(process.argv[2]);
const seen = {};

const code = await Code.open({ folder, home, vsix });
await code.run(async () => {
  await code.openFile("audit_log.py");
  seen.before = await code.problem("missing-check");
  await code.command("Driftline: Create migration for all drift");
  // What it made is opened to be read, and saved by the user.
  const tab = code.page.locator('.tab.active[data-resource-name^="0014_"]');
  await tab.waitFor();
  seen.opened = await tab.getAttribute("data-resource-name");
  await code.line("from alembic import op").waitFor();
  await code.noProblem("missing-check");
  await code.noProblem("extra-foreign-key");
  await code.command("File: Save All Files");
  await code.saved();
});
console.log(JSON.stringify(seen));
