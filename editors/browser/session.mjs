/**
 * The two errors of fixtures/kitsu, from seeing them to their being gone, by keyboard, and the audit: `node session.mjs REQUEST`.
 *
 * REQUEST is JSON: `folder` (a copy of the fixture), `home`, `vsix`, and `pictures`, a folder for screenshots, or null.
 * Prints what was seen, as JSON; what must be true of it is the business of tests/editors.
 */
import * as path from "node:path";
import { Code } from "./code.mjs";

const { folder, home, vsix, pictures } = JSON.parse(process.argv[2]);
const seen = { seconds: {} };
const start = Date.now();
const lap = (what) => (seen.seconds[what] = (Date.now() - start) / 1000);

// Below the line there is room for the whole card, and the pictures look best without boxes around what has the same name.
const settings = { "editor.hover.above": false, "editor.occurrencesHighlight": "off" };
const code = await Code.open({ folder, home, vsix, settings });
lap("opened");
await code.run(async () => {
  const picture = (name) => (pictures ? code.picture(path.join(pictures, `${name}.png`)) : undefined);

  await code.openFile("refresh_token.py");
  seen.foreignKey = { problem: await code.problem("extra-foreign-key") };
  lap("first diagnostic");
  seen.foreignKey.lines = await code.goToProblem("extra-foreign-key");
  await code.press("ArrowLeft"); // to its beginning: nothing is selected any more
  seen.status = await code.status("Driftline");
  await code.press("Control+J"); // no panel: room for the whole card
  seen.foreignKey.hover = await code.hover("user_id: Mapped", "0005");
  await code.stretchHover(120);
  await picture("vscode-hover");
  lap("hovered");
  await code.press("Escape", "Control+J", "Control+1"); // the panel is back, the cursor in the editor
  seen.foreignKey.fix = await code.quickFix("Add ForeignKey", () => picture("vscode-quick-fix"));
  await code.line("ForeignKey(").waitFor();
  await code.press("Control+S");
  await code.noProblem("extra-foreign-key");
  lap("first cured");

  await code.openFile("audit_log.py");
  seen.check = { problem: await code.problem("missing-check"), lines: await code.goToProblem("missing-check") };
  seen.check.fix = await code.quickFix("Create a revision that adds");
  await code.noProblem("missing-check");
  lap("second cured");
  await code.command("File: Save All Files");
  await code.saved();
  await code.openFile("0014");
  await code.press("Control+J"); // no panel: the whole revision
  await code.line("op.drop_constraint").waitFor();
  await picture("vscode-revision");

  await code.command("Driftline: Show audit");
  seen.audit = await code.preview("Conclusion");
  lap("audited");
  await code.previewTop();
  await picture("vscode-audit");
});
lap("closed");
console.log(JSON.stringify(seen));
