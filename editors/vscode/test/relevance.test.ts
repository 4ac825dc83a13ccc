import assert from "node:assert/strict";
import { test } from "node:test";
import { isWithinProject } from "../src/relevance.ts";

const reader = (files: Record<string, string>) => (path: string) => files[path];

test("a file in a project with an alembic.ini above it", () => {
  assert.equal(isWithinProject("/p/app/models/user.py", reader({ "/p/alembic.ini": "" })), true);
  assert.equal(isWithinProject("/p/app", reader({ "/p/app/alembic.ini": "" })), true);
});

test("an alembic.ini beside or below the way up is another project's", () => {
  assert.equal(isWithinProject("/p/app/models/user.py", reader({ "/p/other/alembic.ini": "" })), false);
  assert.equal(isWithinProject("/user.py", reader({})), false);
});

test("a pyproject.toml counts where it speaks of Alembic or Driftline", () => {
  const within = (text: string) => isWithinProject("/p/app/user.py", reader({ "/p/pyproject.toml": text }));
  assert.equal(within('[project]\nname = "x"\n'), false);
  assert.equal(within('[project]\nname = "x"\n\n[tool.alembic]\nscript_location = "migrations"\n'), true);
  assert.equal(within("[tool.driftline]\n"), true);
  assert.equal(within("# [tool.alembic]\n"), false);
});
