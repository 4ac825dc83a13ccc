/**
 * A real VS Code (code-server) in a real browser, with its own home, settings and extensions, as a user drives it: by keyboard and mouse.
 *
 *     await using code = await Code.open({ folder, home, vsix });
 *     await code.openFile("models.py");
 *
 * Every wait is for something to be seen, with a limit that only a hang reaches; what is not found in time leaves a picture behind.
 */
import { spawn } from "node:child_process";
import { glob, mkdir, readFile, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const ENTRY = path.join(import.meta.dirname, "node_modules", "code-server", "out", "node", "entry.js");
const LIMIT_MS = 60_000;

/** What would cover the editor, move it, or reach for the network. A test adds its own. */
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "git.enabled": false,
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
  "files.autoSave": "off",
};

export class Code {
  /** The page: for what this class has no word for. */
  page;
  #server;
  #browser;
  #pictures;
  #data;

  /**
   * `folder`: what is opened. `home`: an empty folder for everything that VS Code keeps. `vsix`: the extension to install.
   * `settings`: the user's settings. `machine`: those that belong to a machine, which VS Code reads elsewhere where it is served.
   * `trust`: whether every workspace is trusted. `environment`: for the server and what it starts.
   */
  static async open({ folder, home, vsix, settings = {}, machine = {}, trust = true, environment = {} }) {
    const code = new Code();
    const data = path.join(home, "data");
    const extensions = path.join(home, "extensions");
    code.#data = data;
    code.#pictures = path.join(home, "pictures");
    for (const one of [path.join(data, "User"), path.join(data, "Machine"), code.#pictures]) await mkdir(one, { recursive: true });
    await writeFile(path.join(data, "User", "settings.json"), JSON.stringify({ ...QUIET, ...settings }));
    await writeFile(path.join(data, "Machine", "settings.json"), JSON.stringify(machine));
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: path.join(home, "config"), XDG_DATA_HOME: path.join(home, "share"), ...environment };
    // Not the terminal that these tests may run in.
    for (const name of Object.keys(env)) if (name.startsWith("VSCODE_")) delete env[name];
    const folders = ["--user-data-dir", data, "--extensions-dir", extensions];
    await finished(spawn(process.execPath, [ENTRY, ...folders, "--install-extension", vsix], { env, stdio: ["ignore", "ignore", "inherit"] }));
    const quiet = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"];
    const trusting = trust ? ["--disable-workspace-trust"] : [];
    code.#server = spawn(process.execPath, [ENTRY, "--auth", "none", "--bind-addr", "127.0.0.1:0", ...folders, ...quiet, ...trusting], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
      detached: true, // a group of its own: its extension host and the language server end with it
    });
    try {
      const address = await listening(code.#server);
      code.#browser = await chromium.launch({
        executablePath: process.env.DRIFTLINE_CHROMIUM ?? "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        headless: true,
      });
      code.page = await code.#browser.newPage({ viewport: { width: 1360, height: 900 }, deviceScaleFactor: 1 });
      code.page.setDefaultTimeout(LIMIT_MS);
      await code.page.goto(`${address}/?folder=${encodeURIComponent(folder)}`);
      await code.page.locator(".monaco-workbench").waitFor();
      return code;
    } catch (error) {
      await code.close();
      throw error;
    }
  }

  /** Runs a scenario; where it fails, its last sight is kept, and what the extension has logged is told. */
  async run(scenario) {
    try {
      return await scenario(this);
    } catch (error) {
      await this.picture(path.join(this.#pictures, "failed.png")).catch(() => undefined);
      const seen = await this.page.locator(".monaco-workbench").innerText({ timeout: 1000 }).catch(() => "");
      const said = await this.log();
      throw new Error(`${error.message}\nThe last sight is ${path.join(this.#pictures, "failed.png")}; it reads:\n${seen}\nThe output Driftline:\n${said}`, { cause: error });
    } finally {
      await this.close();
    }
  }

  /** What is in the output channel *Driftline*. */
  async log() {
    const files = glob(path.join(this.#data, "logs", "**", "Driftline.log"));
    const texts = [];
    for await (const file of files) texts.push(await readFile(file, "utf8"));
    return texts.join("\n");
  }

  async close() {
    await this.#browser?.close();
    if (this.#server?.exitCode === null) {
      const gone = new Promise((resolve) => this.#server.once("close", resolve));
      process.kill(-this.#server.pid, "SIGKILL");
      await gone;
    }
  }

  async picture(file) {
    await this.page.screenshot({ path: file });
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Opens a file by (the beginning of) its name, and waits until it is the one that is shown. */
  async openFile(name) {
    const row = this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first();
    // A file that was made a moment ago may not be found yet, and the list does not look again by itself.
    await persistently(async (limit) => {
      await this.press("Escape", "Control+P");
      await this.page.locator(".quick-input-widget input").first().fill(name);
      await row.waitFor({ timeout: limit });
    });
    await this.press("Enter");
    await this.page.locator(`.tab.active[data-resource-name^="${name}"]`).waitFor();
    await this.page.locator(".editor-instance .view-line").first().waitFor();
  }

  /** Waits until no tab has unsaved changes. */
  async saved() {
    await this.page.waitForFunction(() => document.querySelector(".tab.dirty") === null);
  }

  /** Runs a command by its title in the palette. */
  async command(title) {
    await this.press("F1");
    await this.page.locator(".quick-input-widget input").first().fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().waitFor();
    await this.press("Enter");
  }

  /** Puts the cursor at a line and a column (from 1), which scrolls there. */
  async goTo(line, column) {
    await this.press("Control+G");
    await this.page.locator(".quick-input-widget input").first().fill(`:${line}:${column}`);
    await this.press("Enter");
    await this.page.getByText(`Ln ${line}, Col ${column}`, { exact: true }).waitFor();
  }

  /** The line of the open editor that has `text`: spaces are hard in the DOM. */
  line(text) {
    return this.page.locator(".editor-instance .view-line").filter({ hasText: new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "[\\u00a0 ]")) }).first();
  }

  /** Waits for an error's squiggle, and gives the texts of the lines that it runs under. */
  async squiggledLines() {
    await this.page.locator(".editor-instance .squiggly-error").first().waitFor();
    return this.page.evaluate(() => {
      const lines = [...document.querySelectorAll(".editor-instance .view-line")];
      const squiggles = [...document.querySelectorAll(".editor-instance .squiggly-error")];
      const under = (one) => lines.find((line) => Math.abs(line.getBoundingClientRect().top - one.getBoundingClientRect().top) < 4);
      return squiggles.map((one) => (under(one)?.textContent ?? "").replaceAll("\u00a0", " ").trim());
    });
  }

  /** The Problems panel, opened where it is not. */
  async problems() {
    const panel = this.page.locator(".markers-panel");
    if (!(await panel.isVisible())) await this.press("Control+Shift+M");
    await panel.waitFor();
    return panel.locator(".monaco-list-row");
  }

  /** Waits until a row of the Problems panel has all the words, and gives its text. */
  async problem(...words) {
    const row = (await this.#problemsWith(words)).first();
    await row.waitFor();
    return (await row.innerText()).replace(/\s+/g, " ").trim();
  }

  /** Goes to the problem that has all the words, in the editor, and gives the texts of the lines that are underlined there. */
  async goToProblem(...words) {
    const row = (await this.#problemsWith(words)).first();
    await row.waitFor();
    await row.dblclick();
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
    return this.squiggledLines();
  }

  /** Waits until no row of the Problems panel has all the words. */
  async noProblem(...words) {
    await (await this.#problemsWith(words)).first().waitFor({ state: "detached" });
  }

  async #problemsWith(words) {
    let rows = await this.problems();
    for (const word of words) rows = rows.filter({ hasText: word });
    return rows;
  }

  /** Rests the mouse on a text of the editor until a hover that has `words` shows; gives the hover's text. */
  async hover(text, words) {
    const hover = this.page.locator(".monaco-hover:visible", { hasText: words }).first();
    // A mouse that rests while the page moves under it hovers nothing: once more, as a user would.
    await persistently(async (limit) => {
      const { x, y } = await this.line(text).evaluate(middleOf, text.split(/\W/)[0]);
      await this.page.mouse.move(x + 300, y + 100);
      await this.page.mouse.move(x, y, { steps: 5 });
      await hover.waitFor({ timeout: limit });
    });
    return hover.innerText();
  }

  /** Drags the lower edge of the hover that shows: VS Code opens it no higher than a quarter of a screen. */
  async stretchHover(pixels) {
    const { x, y, width, height } = await this.page.locator(".monaco-resizable-hover:visible").first().boundingBox();
    await this.page.mouse.move(x + width / 2, y + height / 2, { steps: 5 });
    await this.page.mouse.move(x + width / 2, y + height, { steps: 5 });
    await this.page.mouse.down();
    await this.page.mouse.move(x + width / 2, y + height + pixels, { steps: 5 });
    await this.page.mouse.up();
    await this.page.mouse.move(x + width / 2, y + height / 2, { steps: 5 });
    await this.page.locator(".monaco-sash.hover, .monaco-sash.active").first().waitFor({ state: "detached" });
  }

  /** Chooses a quick fix at the cursor, by keyboard; `title` is a part of its name, `shown` is called before. Gives the whole name. */
  async quickFix(title, shown = () => undefined) {
    const widget = this.page.locator(".action-widget").first();
    await this.press("Control+.");
    await widget.waitFor();
    const entry = widget.locator(".monaco-list-row", { hasText: title }).first();
    await entry.waitFor();
    const name = (await entry.innerText()).trim();
    // The entries are few: walk to ours, as a user would.
    for (let step = 0; step < 20 && !(await entry.evaluate((one) => one.classList.contains("focused"))); step += 1) await this.press("ArrowDown");
    await shown();
    await this.press("Enter");
    await widget.waitFor({ state: "hidden" });
    return name;
  }

  /** Waits for the Markdown preview to have `words`; gives its text. */
  async preview(words) {
    const body = this.#previewBody();
    await body.getByText(words).first().waitFor({ state: "attached" });
    return body.innerText();
  }

  /** Scrolls the Markdown preview to its beginning. */
  async previewTop() {
    await this.#previewBody().evaluate((body) => body.ownerDocument.defaultView.scrollTo(0, 0));
  }

  #previewBody() {
    return this.page.frameLocator("iframe.webview").last().frameLocator("iframe#active-frame").locator("body");
  }

  /** What the tooltip of a status bar entry says, once the entry has `words` on it and the tooltip `explained`. */
  async status(words, explained = "") {
    const filter = explained === "" ? "" : `[aria-label*="${explained}"]`;
    const entry = this.page.locator(`.statusbar-item${filter}`, { hasText: words }).first();
    await entry.waitFor();
    return (await entry.getAttribute("aria-label")) ?? "";
  }
}

/** Tries something until it works: a few times, each with a part of the time that a wait has. */
async function persistently(attempt) {
  const start = Date.now();
  for (;;) {
    try {
      return await attempt(LIMIT_MS / 10);
    } catch (error) {
      if (Date.now() - start > LIMIT_MS) throw error;
    }
  }
}

/** Runs in the page: the middle of a word of a line, which may stand in one element with what is around it. */
function middleOf(line, word) {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const start = node.data.indexOf(word);
    if (start < 0) continue;
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, start + word.length);
    const box = range.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
  throw new Error(`${word} is not in ${line.textContent}`);
}

function finished(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => (status === 0 ? resolve() : reject(new Error(`code-server ended with ${status}`))));
  });
}

/** The address that the server says it listens on. */
function listening(server) {
  return new Promise((resolve, reject) => {
    const said = [];
    server.once("close", () => reject(new Error(`code-server did not start:\n${said.join("\n")}`)));
    createInterface({ input: server.stdout }).on("line", (line) => {
      said.push(line);
      const found = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
      if (found) resolve(found[1]);
    });
  });
}
