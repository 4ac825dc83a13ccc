import assert from "node:assert/strict";
import { test } from "node:test";
import { Crashes } from "../src/crashes.ts";

test("a server that crashes now and then is started again, one that crashes all the time is not", () => {
  let minutes = 0;
  let told = 0;
  const crashes = new Crashes(() => minutes * 60_000);
  crashes.tooMany = () => (told += 1);

  const spread = Array.from({ length: 20 }, () => ((minutes += 1), crashes.another()));
  minutes += 10;
  const bunched = Array.from({ length: 5 }, () => crashes.another());

  assert.deepEqual(spread, Array(20).fill(true));
  assert.deepEqual(bunched, [true, true, true, true, false]);
  assert.equal(told, 1);
});
