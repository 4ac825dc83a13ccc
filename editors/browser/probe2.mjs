import { Code } from "./code.mjs";
const [folder, home, vsix] = process.argv.slice(2);
const code = await Code.open({ folder, home, vsix, machine: { "driftline.path": "/tmp/fake/driftline" } });
await code.run(async () => {
  await code.openFile("refresh_token.py");
  await code.goToProblem("extra-foreign-key");
  const token = code.line("user_id: Mapped").locator("span span", { hasText: "user_id" }).first();
  console.log(await token.count(), await token.boundingBox());
  const box = await token.boundingBox();
  await code.page.mouse.move(box.x + 300, box.y + 200);
  await code.page.mouse.move(box.x + 10, box.y + box.height / 2, { steps: 5 });
  for (let i = 0; i < 5; i++) { await new Promise(r => setTimeout(r, 1000)); console.log(await code.page.locator(".monaco-hover").evaluateAll(es => es.map(e => [e.className, e.offsetWidth, e.innerText.slice(0, 200)]))); }
  await code.picture("/tmp/fake/p2.png");
});
