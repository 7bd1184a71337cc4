import assert from "node:assert/strict";
import { ago, localTime, signedSat, utcTime } from "../../lib/dashboard/app/format.ts";

Deno.test("ago gives the two largest units", () => {
  assert.equal(ago(1000, 2500), "just now");
  assert.equal(ago(0, 42_000), "42 s ago");
  assert.equal(ago(0, 3 * 3_600_000 + 20 * 60_000), "3 h 20 min ago");
  assert.equal(ago(5000, 0), "just now");
});

Deno.test("utcTime and localTime tell the day where it matters", () => {
  const timeMs = Date.UTC(2026, 0, 9, 13, 45, 1);
  assert.equal(utcTime(timeMs), "2026-01-09 13:45:01 UTC");
  assert.doesNotMatch(localTime(timeMs, timeMs), /2026/);
  assert.match(localTime(timeMs, timeMs + 30 * 86_400_000), /Jan 2026/);
});

Deno.test("signedSat shows the sign of gains and losses", () => {
  assert.deepEqual([1200, 0, -30].map(signedSat), ["+1,200 sat", "0 sat", "−30 sat"]);
});
