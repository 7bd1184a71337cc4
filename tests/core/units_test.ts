import assert from "node:assert/strict";
import { formatDuration, parseDuration } from "../../lib/core/mod.ts";

Deno.test("parseDuration reads days, hours, minutes and seconds, in this order, and nothing else", () => {
  assert.equal(parseDuration("2h30m"), 9_000_000);
  assert.equal(parseDuration("1d1s"), 86_401_000);
  assert.equal(parseDuration("0s"), 0);
  assert.equal(formatDuration(parseDuration("1d12h")!), "1 d 12 h");
  for (const text of ["", "2", "h", "30m2h", "1.5h", "-1h", "2 h"]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});
