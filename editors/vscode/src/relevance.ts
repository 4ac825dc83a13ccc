/** Whether what is open has anything to do with Alembic: in a window where nothing does, no server is started, and nothing is shown. */
import * as path from "node:path";

/** What makes a folder one that Driftline has something to say about; looked for in and below the folders that are open. */
export const MARKERS = "**/{alembic.ini,script.py.mako,driftline.toml}";

const FILES = ["alembic.ini", "driftline.toml"];
const PROJECT = "pyproject.toml";

/**
 * Whether a project with Alembic is around a file or folder: an `alembic.ini`, a `driftline.toml` or a `pyproject.toml` with a section
 * for Alembic stands beside it or above it. `read` gives the text of a file, undefined where there is none.
 */
export function isWithinProject(opened: string, read: (path: string) => string | undefined): boolean {
  for (let folder = opened; ; folder = path.dirname(folder)) {
    if (FILES.some((name) => read(path.join(folder, name)) !== undefined)) return true;
    if (/^\s*\[tool\.(alembic|driftline)\b/m.test(read(path.join(folder, PROJECT)) ?? "")) return true;
    if (folder === path.dirname(folder)) return false;
  }
}
